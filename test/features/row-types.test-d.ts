import { describe, expectTypeOf, test } from 'vitest'
import {
  age, binary, boolean, bucketized, categorical, cross, cyclical, defineFeatures, defineFeaturesFor, fittedSpecFromJSON, hashed, multiHot, numeric, regression,
} from '../../src/features'
import { tableOf } from '../../src/data'
import type { Id } from '../../src/data'
import { requestEncoder } from '../../src/serving'
import type { FeatureSchema, FeatureSpec, FittedSpec, RowOf, SpecShape } from '../../src/features'

const spec = defineFeatures({
  features: {
    userId: categorical({ scope: 'user' }),
    age: numeric({ scope: 'user', missing: { fill: 'mean', flag: true } }),
    hour: cyclical({ scope: 'context', period: 24 }),
    night: boolean({ scope: 'context' }),
    movieId: hashed({ scope: 'item', buckets: 100 }),
    genres: multiHot({ scope: 'item', missing: 'empty' }),
    decade: bucketized({ scope: 'item', column: 'year', boundaries: [1980, 1990] }),
    year: numeric({ scope: 'item' }),
    seenBefore: numeric({ scope: 'pair' }),
  },
  crosses: { user_movie: cross(['userId', 'movieId'], { buckets: 64 }), user_night: cross(['userId', 'night'], { buckets: 64 }) },
  labels: {
    clicked: binary(),
    liked: binary({ column: 'isLiked', when: 'clicked' }),
    atNight: binary({ when: 'night' }),
    rating: regression({ min: 0.5, max: 5, when: { column: 'surface', equals: 'home' } }),
  },
})

type User = { readonly userId: Id; readonly age?: number | null | undefined }
type Item = { readonly movieId: Id; readonly genres?: readonly Id[] | null | undefined; readonly year: number }

describe('RowOf', () => {
  test('holds the columns of a scope, optional where missing has a rule', () => {
    expectTypeOf<RowOf<typeof spec, 'user'>>().toEqualTypeOf<User>()
    expectTypeOf<RowOf<typeof spec, 'item'>>().toEqualTypeOf<Item>()
  })

  test('a cross needs the columns of its parts in its own, the widest scope', () => {
    expectTypeOf<RowOf<typeof spec, 'pair'>>().toEqualTypeOf<{ readonly userId: Id; readonly movieId: Id; readonly seenBefore: number }>()
    expectTypeOf<RowOf<typeof spec, 'context'>>()
      .toEqualTypeOf<{ readonly userId: Id; readonly hour: number; readonly night: boolean | number }>()
  })

  test('all scopes and labels together', () => {
    type Row = RowOf<typeof spec, 'user' | 'item' | 'context' | 'pair', true>
    expectTypeOf<Row['clicked']>().toEqualTypeOf<boolean | number>()
    expectTypeOf<Row['isLiked']>().toEqualTypeOf<boolean | number | null | undefined>()
    expectTypeOf<Row['rating']>().toEqualTypeOf<number | null | undefined>()
    expectTypeOf<'surface' extends keyof Row ? true : false>().toEqualTypeOf<true>()
    expectTypeOf<'liked' extends keyof Row ? true : false>().toEqualTypeOf<false>()
  })

  test('two features of one column agree on its type', () => {
    const twice = defineFeatures({ features: { id: categorical({ scope: 'user', column: 'x' }), x: numeric({ scope: 'user' }) } })
    expectTypeOf<RowOf<typeof twice>>().toEqualTypeOf<{ readonly x: number }>()
  })
})

const user = { userId: 'u', age: 3 }
const context = { hour: 3, night: false }
const item = { movieId: 1, genres: ['a', 2], year: 1999 }
const row = { ...user, ...context, ...item, seenBefore: 0 }
const fitted = spec.fit([{ ...row, clicked: 1, isLiked: true, atNight: null, surface: 'home', rating: 3 }])

test('encode takes rows of the scopes asked for', () => {
  fitted.encode([row])
  fitted.encode([item], { scopes: ['item'] })
  fitted.encode([{ ...user, ...context }], { scopes: ['user', 'context'] })
  fitted.encode([{ ...row, clicked: true, surface: 'home' }], { labels: true })
  // @ts-expect-error a misspelt column
  fitted.encode([{ ...user, ...context, movieID: 1, year: 1999, seenBefore: 0 }])
  // @ts-expect-error a misspelt column beside the right ones
  fitted.encode([{ movieId: 1, year: 1999, generes: ['a'] }], { scopes: ['item'] })
  // @ts-expect-error a value of the wrong type
  fitted.encode([{ movieId: 1, genres: 'Drama', year: 1999 }], { scopes: ['item'] })
  // @ts-expect-error a missing value without a rule
  fitted.encode([{ movieId: null, year: 1999 }], { scopes: ['item'] })
  // @ts-expect-error labels that rows do not have
  fitted.encode([row], { labels: true })
  // @ts-expect-error an unknown scope
  fitted.encode([row], { scopes: ['movie'] })
  // @ts-expect-error item rows lack the columns of the user
  fitted.encode([item], { scopes: ['user'] })
})

test('fit takes rows, tables, and streams of either', async () => {
  const labelled = { ...row, clicked: 1, isLiked: true, atNight: null, surface: 'home', rating: 3 }
  const table = tableOf([labelled])
  async function* rows() { yield labelled }
  async function* tables() { yield table }
  expectTypeOf(spec.fit(table)).toEqualTypeOf(fitted)
  expectTypeOf(spec.fit([table])).toEqualTypeOf(fitted)
  expectTypeOf(spec.fit(new Set([labelled]))).toEqualTypeOf(fitted)
  expectTypeOf(spec.fit([[labelled], [labelled]])).toEqualTypeOf(fitted)
  expectTypeOf(await spec.fit(rows())).toEqualTypeOf(fitted)
  expectTypeOf(await spec.fit(tables())).toEqualTypeOf(fitted)
  expectTypeOf<ReturnType<typeof spec.fit>>().toEqualTypeOf(fitted)
  expectTypeOf(spec.fit(JSON.parse('[]'))).toEqualTypeOf(fitted)
  expectTypeOf(fitted.encode(table, { labels: true }).rows).toEqualTypeOf<number>()
  async function* unlabelled() { yield row }
  // @ts-expect-error rows of a stream lack the labels
  await spec.fit(unlabelled())
})

test('a request and its candidates', () => {
  const requests = requestEncoder(fitted)
  requests.items.set([1], [item])
  requests.encode({ ...user, ...context }, { ids: [1], rows: [{ seenBefore: 1 }] })
  // @ts-expect-error an item lacks a column
  requests.items.set([1], [{ movieId: 1 }])
  // @ts-expect-error the request lacks its context
  requests.encode(user, { ids: [1], rows: [{ seenBefore: 1 }] })
  // @ts-expect-error a misspelt feature of the pair
  requests.encode({ ...user, ...context }, { ids: [1], rows: [{ seenbefore: 1 }] })
})

test('fit needs labels', () => {
  // @ts-expect-error no labels
  spec.fit([row])
})

test('declarations are checked against each other', () => {
  const features = { a: categorical({ scope: 'user' }), b: categorical({ scope: 'item' }), n: numeric({ scope: 'item' }), yes: boolean({ scope: 'item' }) }
  // @ts-expect-error a cross of an unknown feature
  defineFeatures({ features, crosses: { ac: cross(['a', 'c'], { buckets: 8 }) } })
  // @ts-expect-error a cross of a number
  defineFeatures({ features, crosses: { an: cross(['a', 'n'], { buckets: 8 }) } })
  // @ts-expect-error `when` names nothing
  defineFeatures({ features, labels: { liked: binary({ when: 'clicked' }) } })
  // @ts-expect-error `when` names a regression label
  defineFeatures({ features, labels: { rating: regression(), liked: binary({ when: 'rating' }) } })
  // @ts-expect-error `when` names the label itself
  defineFeatures({ features, labels: { liked: binary({ when: 'liked' }) } })
  // @ts-expect-error `when` names a feature that is no boolean
  defineFeatures({ features, labels: { liked: binary({ when: 'a' }) } })
  // @ts-expect-error an unknown scope
  categorical({ scope: 'movie' })
  // @ts-expect-error an unknown option
  categorical({ scope: 'user', minimum: 3 })
  // @ts-expect-error crosses are of two or three
  cross(['a'], { buckets: 8 })
  defineFeatures({ features, crosses: { ab: cross(['a', 'b'], { buckets: 8 }) }, labels: { x: binary(), y: binary({ when: 'yes' }), z: binary({ when: 'x' }) } })
})

test('a type can be imposed on a spec, and any fitted spec is a schema', () => {
  expectTypeOf(fitted).toExtend<FeatureSchema>()
  expectTypeOf(spec).toExtend<SpecShape>()
  expectTypeOf<RowOf<FeatureSpec>>().toEqualTypeOf<object>()
  const untyped: FittedSpec = fittedSpecFromJSON({})
  untyped.encode([{ anything: 1 }])
  const typed = fittedSpecFromJSON<typeof spec>({})
  typed.encode([row])
  // @ts-expect-error a misspelt column
  typed.encode([{ movieID: 1 }])

  interface Movie { readonly movieId: number; readonly year: number; readonly title: string }
  const movies: readonly Movie[] = []
  fitted.encode(movies, { scopes: ['item'] })
})

test('a row type can be imposed on the declarations', () => {
  interface Impression {
    readonly userId: number
    readonly country: string | null
    readonly genres: readonly string[]
    readonly likes?: number
    readonly at: Date
    readonly postedAt: number
    readonly clicked: 0 | 1
    readonly surface: string
  }
  const define = defineFeaturesFor<Impression>()
  const declared = define({
    features: {
      userId: categorical({ scope: 'user' }), country: categorical({ scope: 'user', missing: 'category' }), genres: multiHot({ scope: 'item' }),
      popularity: numeric({ scope: 'item', column: 'likes', missing: { fill: 0 } }), age: age({ scope: 'pair', column: 'postedAt', at: 'at' }),
    },
    crosses: { user_genre: cross(['userId', 'genres'], { buckets: 8 }) },
    labels: { clicked: binary(), home: binary({ column: 'clicked', when: { column: 'surface', equals: 'home' } }) },
  })
  const log: readonly Impression[] = []
  declared.fit(log)
  define({ features: {
    // @ts-expect-error a misspelt column
    user_id: categorical({ scope: 'user' }),
  } })
  define({ features: {
    // @ts-expect-error a misspelt column, though it may be missing
    cuntry: categorical({ scope: 'user', missing: 'category' }),
  } })
  define({ features: {
    // @ts-expect-error null without a rule
    country: categorical({ scope: 'user' }),
  } })
  define({ features: {
    // @ts-expect-error a text as a number
    surface: numeric({ scope: 'context' }),
  } })
  define({ features: {
    // @ts-expect-error a column read beside the own that is not there
    age: age({ scope: 'pair', column: 'postedAt', at: 'when' }),
  } })
  define({ features: { userId: categorical({ scope: 'user' }) }, labels: {
    // @ts-expect-error a label of no column
    liked: binary(),
  } })
  // @ts-expect-error a cross of an unknown feature
  define({ features: { userId: categorical({ scope: 'user' }) }, crosses: { x: cross(['userId', 'item'], { buckets: 8 }) } })
})
