import { describe, expect, test } from 'vitest'
import { ArgumentError, DataError, SpecError } from '../../src/errors'
import { binary, boolean, bucketized, categorical, cross, cyclical, defineFeatures, embeddingSize, fittedSpecFromJSON, hashed, multiHot, numeric, quantileOf, regression } from '../../src/features'
import type { Feature } from '../../src/features'
import { everything, randomRows } from './samples'

/** What a JavaScript caller can do and the compiler would not let through. */
const loose = (value: unknown) => value as never

const thrown = (run: () => unknown): Error => {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('expected an error')
}

const { surface: _, ...good } = randomRows(1, 1)[0]
const row = { ...good, userId: 'u', genres: ['Drama'], views: 3, clicked: 0, liked: null, surface: 'home', seconds: 1 }

describe('rows: a DataError with row, column, what was expected and what came', () => {
  const fitted = everything.fit(randomRows(1, 40))
  const cases: readonly [column: string, value: unknown, message: RegExp][] = [
    ['userId', null, /rows\[2\]\.userId` to be a string or a number, got null \(.*`missing` rule\)/],
    ['userId', NaN, /rows\[2\]\.userId` to be a string or a finite number.*got NaN/],
    ['userId', 2 ** 53, /rows\[2\]\.userId.*2\^53.*got 9007199254740992/],
    ['userId', true, /rows\[2\]\.userId.*got true/],
    ['userId', {}, /rows\[2\]\.userId.*got an object/],
    ['authorId', Infinity, /rows\[2\]\.authorId.*got Infinity/],
    ['age', '42', /rows\[2\]\.age` to be a finite number, got "42"/],
    ['age', NaN, /rows\[2\]\.age.*got NaN/],
    ['age', 1e300, /rows\[2\]\.age.*32-bit float/],
    ['views', -Infinity, /rows\[2\]\.views.*got -Infinity/],
    ['affinity', undefined, /rows\[2\]\.affinity` to be a finite number, got undefined/],
    ['hour', null, /rows\[2\]\.hour.*got null/],
    ['premium', 'yes', /rows\[2\]\.premium` to be true, false, 1 or 0, got "yes"/],
    ['premium', 2, /rows\[2\]\.premium.*got 2/],
    ['genres', 'Drama', /rows\[2\]\.genres` to be an array.*got "Drama"/],
    ['genres', ['Drama', null], /rows\[2\]\.genres.*got null/],
    ['length', '3', /rows\[2\]\.length.*got "3"/],
    ['clicked', 2, /rows\[2\]\.clicked.*got 2/],
    ['clicked', null, /rows\[2\]\.clicked.*got null/],
    ['seconds', -1, /rows\[2\]\.seconds` to be within the label's range 0\.\.Infinity, got -1/],
    ['seconds', NaN, /rows\[2\]\.seconds.*got NaN/],
    ['surface', {}, /rows\[2\]\.surface.*got an object/],
  ]
  test.each(cases)('%s: %s', (column, value, message) => {
    const rows = loose([row, row, { ...row, [column]: value }])
    const encoding = thrown(() => fitted.encode(rows, { labels: true }))
    expect(encoding.message).toMatch(message)
    expect(encoding.message).toMatch(/^feedrank\/encode: /)
    expect(DataError.isInstance(encoding)).toBe(true)
    if (value === 1e300) return
    const fitting = thrown(() => everything.fit(rows))
    expect(fitting.message).toMatch(message)
    expect(fitting.message).toMatch(/^feedrank\/fit: /)
    expect(DataError.isInstance(fitting)).toBe(true)
  })

  test('an unknown column names those that are there, and the one that was perhaps meant', () => {
    const spec = defineFeatures({ features: { userId: categorical({ scope: 'user' }) } })
    const rows = loose([{ user_id: 'a', age: 3 }])
    for (const run of [() => spec.fit(rows), () => spec.fit([{ userId: 'a' }]).encode(rows)])
      expect(thrown(run).message).toMatch(/expected `rows\[0\]\.userId` to be there, got a row with user_id, age; was `user_id` meant\?/)
  })

  test('log1p takes values above -1', () => {
    const spec = defineFeatures({ features: { n: numeric({ scope: 'item', transform: 'log1p' }) } })
    expect(thrown(() => spec.fit([{ n: -1 }])).message).toMatch(/rows\[0\]\.n` to be above -1.*got -1/)
    expect(thrown(() => spec.fit([{ n: 1 }]).encode([{ n: -3 }])).message).toMatch(/rows\[0\]\.n` to be above -1.*got -3/)
  })

  test('an empty table, and columns without a single value', () => {
    expect(thrown(() => everything.fit([])).message).toMatch(/at least one row/)
    const spec = (feature: Feature) => defineFeatures({ features: { n: feature } })
    for (const feature of [numeric({ scope: 'item', missing: { fill: 'mean' } }), numeric({ scope: 'item', clip: { quantiles: [0, 0.5] }, missing: { fill: 0 } }), bucketized({ scope: 'item', quantiles: 3, missing: 'category' })])
      expect(thrown(() => spec(feature).fit([{ n: null }, {}])).message).toMatch(/column `n` to have a value in some row/)
    const masked = defineFeatures({ features: { a: categorical({ scope: 'user' }) }, labels: { c: binary(), l: binary({ when: 'c' }) } })
    expect(thrown(() => masked.fit([{ a: 1, c: 0 }])).message).toMatch(/label `l` to count in some row/)
  })

  test('numbers too large for statistics', () => {
    const spec = defineFeatures({ features: { n: numeric({ scope: 'item' }) } })
    expect(thrown(() => spec.fit([{ n: 1e200 }, { n: -1e200 }])).message).toMatch(/column `n` to have a finite deviation/)
  })

  test('a fill too large for a float', () => {
    const spec = defineFeatures({ features: { n: numeric({ scope: 'item', scale: 'none', missing: { fill: 1e300 } }) } })
    expect(SpecError.isInstance(thrown(() => spec.fit([{ n: 1 }])))).toBe(true)
  })

  test('what is no table or no row', () => {
    for (const rows of [undefined, null, 3, 'text', {}]) {
      expect(ArgumentError.isInstance(thrown(() => everything.fit(loose(rows))))).toBe(true)
      expect(ArgumentError.isInstance(thrown(() => fitted.encode(loose(rows))))).toBe(true)
    }
    for (const bad of [null, 3, 'text']) expect(thrown(() => fitted.encode(loose([row, bad]))).message).toMatch(/rows\[1\]` to be an object/)
    expect(thrown(() => fitted.encode([row], { scopes: loose(['movie']) })).message).toMatch(/scopes\[0\]/)
  })

  test('async rows fail as a rejected promise', async () => {
    await expect(everything.fitAsync([])).rejects.toThrow(/at least one row/)
  })
})

test('labels of a spec without labels, and categories of a feature without a vocabulary', () => {
  const fitted = defineFeatures({ features: { n: numeric({ scope: 'item' }), a: categorical({ scope: 'item' }) } }).fit([{ n: 1, a: 'x' }])
  expect(thrown(() => fitted.encode([{ n: 1, a: 'x' }], { labels: true })).message).toMatch(/declares no label/)
  for (const name of ['n', 'missing']) expect(thrown(() => fitted.categories(name)).message).toMatch(/a feature with a vocabulary \(a\)/)
})

describe('factories: an ArgumentError that names the option', () => {
  const cases: readonly [string, () => unknown][] = [
    ['scope', () => categorical(loose({ scope: 'movie' }))],
    ['options', () => categorical(loose(undefined))],
    ['column', () => categorical(loose({ scope: 'user', column: 3 }))],
    ['minCount', () => categorical({ scope: 'user', minCount: 0 })],
    ['capacity', () => multiHot({ scope: 'user', capacity: 1.5 })],
    ['embeddingDim', () => hashed({ scope: 'user', buckets: 4, embeddingDim: 0 })],
    ['missing', () => categorical(loose({ scope: 'user', missing: 'ignore' }))],
    ['buckets', () => hashed(loose({ scope: 'user' }))],
    ['buckets', () => hashed({ scope: 'user', buckets: 2 ** 31 })],
    ['transform', () => numeric(loose({ scope: 'user', transform: 'log' }))],
    ['clip', () => numeric(loose({ scope: 'user', clip: [1] }))],
    ['clip[1]', () => numeric({ scope: 'user', clip: [1, 0] })],
    ['clip[1]', () => numeric({ scope: 'user', clip: [-5, -2], transform: 'log1p' })],
    ['clip.quantiles[1]', () => numeric({ scope: 'user', clip: { quantiles: [0.1, 1.1] } })],
    ['missing', () => numeric(loose({ scope: 'user', missing: 'mean' }))],
    ['missing.fill', () => numeric({ scope: 'user', missing: { fill: NaN } })],
    ['missing.fill', () => numeric({ scope: 'user', transform: 'log1p', missing: { fill: -1 } })],
    ['missing.flag', () => numeric(loose({ scope: 'user', missing: { fill: 0, flag: 1 } }))],
    ['missing', () => boolean(loose({ scope: 'user', missing: { fill: 1 } }))],
    ['missing', () => boolean(loose({ scope: 'user', missing: null }))],
    ['period', () => cyclical({ scope: 'user', period: 0 })],
    ['options', () => bucketized({ scope: 'user' })],
    ['options', () => bucketized({ scope: 'user', boundaries: [1], quantiles: 2 })],
    ['boundaries', () => bucketized({ scope: 'user', boundaries: [] })],
    ['boundaries[1]', () => bucketized({ scope: 'user', boundaries: [1, 1] })],
    ['quantiles', () => bucketized({ scope: 'user', quantiles: 1 })],
    ['combiner', () => multiHot(loose({ scope: 'user', combiner: 'max' }))],
    ['parts', () => cross(loose(['a']), { buckets: 3 })],
    ['parts', () => cross(['a', 'a'], { buckets: 3 })],
    ['options', () => cross(['a', 'b'], loose(undefined))],
    ['when', () => binary(loose({ when: { column: 'x' } }))],
    ['missing', () => binary(loose({ missing: 'skip' }))],
    ['max', () => regression({ min: 3, max: 3 })],
    ['min', () => regression({ min: NaN })],
    ['cardinality', () => embeddingSize(0)],
    ['q', () => quantileOf([1], 2)],
    ['sorted', () => quantileOf([], 0.5)],
  ]
  test.each(cases)('%s', (option, run) => {
    const error = thrown(run)
    expect(ArgumentError.isInstance(error)).toBe(true)
    expect(error.message).toContain(`\`${option}\``)
  })
})

describe('declarations: a SpecError that names the declaration', () => {
  const a = categorical({ scope: 'user' })
  const features = { a, n: numeric({ scope: 'item' }), yes: boolean({ scope: 'item' }) }
  const define = (declared: object) => defineFeatures(loose(declared))
  const cases: readonly [string, object, RegExp][] = [
    ['no feature', { features: {} }, /at least one feature/],
    ['no object', { features: [a] }, /`features` to be an object by name/],
    ['no feature made by a factory', { features: { a: { scope: 'user' } } }, /features\.a: .*`kind`/],
    ['a feature by hand that is wrong', { features: { a: { kind: 'categorical', scope: 'user', minCount: -1 } } }, /features\.a: categorical: .*`minCount`/],
    ['a cross of a feature that is not there', { features, crosses: { ab: cross(['a', 'b'], { buckets: 8 }) } }, /crosses\.ab.*features \(a, n, yes\), got "b"/],
    ['a cross of a number', { features, crosses: { an: cross(['a', 'n'], { buckets: 8 }) } }, /crosses\.an.*n, which is numeric/],
    ['a cross that is a feature', { features, crosses: { b: a } }, /crosses\.b/],
    ['a name used twice', { features, labels: { a: binary({ column: 'b' }) } }, /`a` twice/],
    ['a label that is also a feature', { features, labels: { liked: binary({ column: 'n' }) } }, /label `liked` and feature `n` both read column `n`/],
    ['no label made by a factory', { features, labels: { liked: true } }, /labels\.liked/],
    ['a when that names nothing', { features, labels: { liked: binary({ when: 'clicked' }) } }, /labels\.liked\.when.*got "clicked"/],
    ['a when that names a number', { features, labels: { r: regression(), liked: binary({ when: 'r' }) } }, /labels\.liked\.when.*got "r"/],
    ['whens in a circle', { features, labels: { x: binary({ when: 'y' }), y: binary({ when: 'x' }) } }, /x -> y -> x/],
  ]
  test.each(cases)('%s', (_name, declared, message) => {
    const error = thrown(() => define(declared))
    expect(error.message).toMatch(message)
    expect(SpecError.isInstance(error)).toBe(true)
  })
})

describe('JSON: a SpecError that names the field', () => {
  const text = JSON.stringify(everything.fit(randomRows(1, 40)))
  const cases: readonly [string, (json: Record<string, never>) => unknown, RegExp][] = [
    ['not an object', () => 'text', /`json` to be an object/],
    ['another format', (json) => ({ ...json, format: 'x' }), /`format`/],
    ['a newer version', (json) => ({ ...json, version: 2 }), /`version` to be 1, got 2/],
    ['no features', (json) => ({ ...json, features: undefined }), /`features` to be an array, got undefined/],
    ['no cap', (json) => ({ ...json, maxEmbeddingDim: null }), /`maxEmbeddingDim`/],
  ]
  test.each(cases)('%s', (_name, change, message) => {
    const error = thrown(() => fittedSpecFromJSON(change(JSON.parse(text))))
    expect(error.message).toMatch(message)
    expect(SpecError.isInstance(error)).toBe(true)
  })

  test('any leaf made null or nonsense, or removed, gives a spec or a SpecError, never another error', () => {
    let refused = 0
    const spoil = (spoilLeaf: (holder: Record<string, unknown>, key: string) => void) => {
      const paths: string[][] = []
      const walk = (value: unknown, path: string[]) => {
        if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
        else paths.push(path)
      }
      walk(JSON.parse(text), [])
      for (const path of paths) {
        const json = JSON.parse(text) as Record<string, unknown>
        let holder = json
        for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>
        spoilLeaf(holder, path[path.length - 1])
        try {
          void fittedSpecFromJSON(json).hash
        } catch (error) {
          expect(SpecError.isInstance(error), `${path.join('.')}: ${String(error)}`).toBe(true)
          refused++
        }
      }
    }
    spoil((holder, key) => { holder[key] = null })
    spoil((holder, key) => { holder[key] = 'nonsense' })
    spoil((holder, key) => { delete holder[key] })
    expect(refused).toBeGreaterThan(100)
  })

  test('states are checked', () => {
    const change = (name: string, state: object) => {
      const json = JSON.parse(text) as { features: { name: string; state: object }[] }
      const feature = json.features.find((one) => one.name === name)
      if (feature) feature.state = { ...feature.state, ...state }
      return thrown(() => fittedSpecFromJSON(json)).message
    }
    expect(change('userId', { categories: ['a', 'a'] })).toMatch(/features\[0\]\.state\.categories\[1\]/)
    expect(change('userId', { categories: [1, '1'] })).toMatch(/features\[0\]\.state\.categories\[1\]/)
    expect(change('age', { scale: 0 })).toMatch(/features\[2\]\.state\.scale/)
    expect(change('views', { bounds: [3, 1] })).toMatch(/features\[6\]\.state\.bounds/)
    expect(change('length', { boundaries: [3, 1] })).toMatch(/features\[8\]\.state\.boundaries\[1\]/)
  })
})
