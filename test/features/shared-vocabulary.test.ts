import { describe, expect, it } from 'vitest'
import { ArgumentError, SpecError } from '../../src/errors'
import { categorical, defineFeatures, fittedSpecFromJSON, hashed, multiHot, numeric, type Feature } from '../../src/features'
import { murmur3 } from '../../src/hash'
import { plain } from './samples'

const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

const spec = defineFeatures({
  features: {
    history: multiHot({ scope: 'user', combiner: 'sum', sharedWith: 'movie' }),
    last: categorical({ scope: 'user', missing: 'out-of-vocabulary', sharedWith: 'movie' }),
    movie: categorical({ scope: 'item', minCount: 2, embeddingDim: 5 }),
  },
})
const rows = [
  { history: ['a', 'b', 7], last: 'a', movie: 'c' },
  { history: ['a'], last: null, movie: 'b' },
  { history: [], last: 'c', movie: '7' },
]

describe('a vocabulary that features share', () => {
  it('is one: counts of all add up, and the rules are those of the feature named', () => {
    const fitted = spec.fit(rows)
    // a 3, b 2, c 2, 7 2: all but none are kept; equals in order of their text.
    expect(fitted.categories('movie')).toEqual([null, 'a', '7', 'b', 'c'])
    expect(fitted.categories('history')).toEqual(fitted.categories('movie'))
    expect(fitted.features.map(({ name, sharedWith, encoding }) => [name, sharedWith, 'cardinality' in encoding && [encoding.cardinality, encoding.embeddingDim]]))
      .toEqual([['history', 'movie', [5, 5]], ['last', 'movie', [5, 5]], ['movie', undefined, [5, 5]]])
    const { columns } = fitted.encode([{ history: ['c', 'z', '7'], last: undefined, movie: 7 }])
    expect(columns).toEqual(new Map([
      ['history', { kind: 'bags', ids: Int32Array.of(4, 0, 2), offsets: Int32Array.of(0, 3) }],
      ['last', { kind: 'ids', ids: Int32Array.of(0) }],
      ['movie', { kind: 'ids', ids: Int32Array.of(2) }],
    ]))
  })

  it('is kept once in JSON, and read back bit for bit', () => {
    const fitted = spec.fit(rows)
    const json = JSON.parse(JSON.stringify(fitted)) as { features: { state: { categories?: unknown } }[] }
    expect(json.features.map(({ state }) => 'categories' in state)).toEqual([false, false, true])
    const read = fittedSpecFromJSON<typeof spec>(json)
    expect(read.hash).toBe(fitted.hash)
    expect(plain(read.encode(rows))).toEqual(plain(fitted.encode(rows)))
    expect(read.describe()).toBe(fitted.describe())
    expect(read.describe()).toMatch(/history +multi-hot .* 5 x 5 sum +as movie, bags by sum/)
  })

  it('may be hashes', () => {
    const hashes = defineFeatures({
      features: { movie: hashed({ scope: 'item', buckets: 11, seed: 3, missing: 'category' }), history: multiHot({ scope: 'user', sharedWith: 'movie' }), last: categorical({ scope: 'user', missing: 'category', sharedWith: 'movie' }) },
    })
    const fitted = hashes.fit([{ movie: 'x', history: ['y'], last: null }])
    const { columns } = fittedSpecFromJSON<typeof hashes>(JSON.parse(JSON.stringify(fitted))).encode([{ movie: null, history: ['x', 5], last: null }, { movie: 'x', history: [], last: '5' }])
    const [x, five] = [murmur3('x', 3) % 11, murmur3('5', 3) % 11]
    expect(columns.get('movie')).toEqual({ kind: 'ids', ids: Int32Array.of(11, x) })
    expect(columns.get('last')).toEqual({ kind: 'ids', ids: Int32Array.of(11, five) })
    expect(columns.get('history')).toEqual({ kind: 'bags', ids: Int32Array.of(x, five), offsets: Int32Array.of(0, 2, 2) })
    expect(SpecError.isInstance(caught(() => fitted.categories('history')))).toBe(true)
    expect(fitted.features.map(({ encoding }) => 'cardinality' in encoding && [encoding.cardinality, encoding.embeddingDim])).toEqual([[12, 3], [12, 3], [12, 3]])
    expect(String(caught(() => hashes.fit([{ movie: 'x', history: [{}] as never, last: null }])))).toMatch(/rows\[0\].history.*got an object/)
  })

  it('spreads unknown values by hash, where there are several rows for them', () => {
    const several = defineFeatures({ features: { topic: categorical({ scope: 'item', outOfVocabulary: 4, missing: 'category' }), tags: multiHot({ scope: 'item', sharedWith: 'topic' }) } })
    const fitted = several.fit([{ topic: 'surf', tags: [] }])
    expect(fitted.categories('topic')).toEqual([null, null, null, null, null, 'surf'])
    const { columns } = fitted.encode([{ topic: 'go', tags: ['go', 12, 'surf'] }, { topic: null, tags: ['12'] }])
    const [go, twelve] = [murmur3('go') % 4, murmur3('12') % 4]
    expect(columns.get('topic')).toEqual({ kind: 'ids', ids: Int32Array.of(go, 4) })
    expect(columns.get('tags')).toEqual({ kind: 'bags', ids: Int32Array.of(go, twelve, 5, twelve), offsets: Int32Array.of(0, 3, 4) })
  })

  const movie = categorical({ scope: 'item' })
  const shares = (sharedWith: string) => multiHot({ scope: 'user', sharedWith })
  const bad: readonly [string, Readonly<Record<string, Feature>>, RegExp][] = [
    ['nothing of that name', { movie, history: shares('film') }, /features.history.sharedWith` to be the name of another feature.*got "film"/],
    ['itself', { movie, history: shares('history') }, /got "history"/],
    ['one that shares in turn', { movie, a: shares('movie'), b: shares('a') }, /features.b.sharedWith/],
    ['numbers', { movie: numeric({ scope: 'item' }), history: shares('movie') }, /history: sharedWith` to be a feature with a vocabulary or hashed ids, got "movie"/],
    ['several hashes at once', { movie: hashed({ scope: 'item', buckets: 9, hashes: 2 }), history: shares('movie') }, /history: sharedWith` to be a feature with a vocabulary or hashed ids/],
    ['a row for missing values that is not there', { movie, a: categorical({ scope: 'user', missing: 'category', sharedWith: 'movie', column: 'movie' }) }, /expected `missing: 'category'` to be a rule of the feature that `sharedWith` names too, movie/],
  ]
  it.each(bad)('is not that of %s', (_, features, message) => {
    const error = caught(() => defineFeatures({ features }).fit([{ movie: 1, history: [1], a: [1], b: [1] }]))
    expect(String(error)).toMatch(message)
    expect(SpecError.isInstance(error)).toBe(true)
  })

  it.each([{ minCount: 2 }, { capacity: 9 }, { embeddingDim: 4 }, { outOfVocabulary: 2 }])('has the rules of the feature named: %o is refused', (own) => {
    const error = caught(() => multiHot({ scope: 'user', sharedWith: 'movie', ...own }))
    expect(String(error)).toMatch(new RegExp(`multiHot: expected \`${Object.keys(own)[0]}\` to be left to the feature that \`sharedWith\` names, movie`))
    expect(ArgumentError.isInstance(error)).toBe(true)
  })

  it('of a feature that is not there does not compile', () => {
    // @ts-expect-error there is no feature `film`
    expect(() => defineFeatures({ features: { movie: categorical({ scope: 'item' }), history: multiHot({ scope: 'user', sharedWith: 'film' }) } })).toThrow(/film/)
    // @ts-expect-error a feature cannot share with itself
    expect(() => defineFeatures({ features: { history: multiHot({ scope: 'user', sharedWith: 'history' }) } })).toThrow(/history/)
  })
})
