import { describe, expect, test } from 'vitest'
import { boolean, bucketized, categorical, cross, cyclical, defineFeatures, embeddingSize, fittedSpecFromJSON, hashed, multiHot, numeric, quantileOf } from '../../src/features'
import type { Feature } from '../../src/features'
import { murmur3 } from '../../src/hash'
import { seededRandom } from '../../src/random'

/** Encodes `encoded` with one feature fitted on `fitted`. */
function encodeOne(feature: Feature, fitted: readonly unknown[], encoded: readonly unknown[] = fitted) {
  const spec = defineFeatures({ features: { x: feature } }).fit(fitted.map((x) => ({ x })))
  const column = spec.encode(encoded.map((x) => ({ x }))).columns.get('x')!
  return { spec, column, ids: column.kind === 'dense' ? [] : [...column.ids], values: column.kind === 'dense' ? [...column.values] : [], encoding: spec.features[0].encoding }
}

const close = (got: readonly number[], wanted: readonly number[]) => {
  expect(got.length).toBe(wanted.length)
  got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5))
}

describe('categorical', () => {
  test('most frequent first, equals by their text, unseen is 0', () => {
    const { ids, spec, encoding } = encodeOne(categorical({ scope: 'user' }), ['b', 'c', 'a', 'c'], ['a', 'b', 'c', 'd', ''])
    expect(ids).toEqual([2, 3, 1, 0, 0])
    expect(spec.categories('x')).toEqual([null, 'c', 'a', 'b'])
    expect(encoding).toEqual({ kind: 'ids', cardinality: 4, embeddingDim: embeddingSize(4) })
  })

  test('a number, a bigint and their decimal string are one category', () => {
    const { ids, spec } = encodeOne(categorical({ scope: 'user' }), [1, '1', 1n, 2, '3', -0, 1.5], [1, '1', 1n, '2', 2, 3, '0', 0, '1.5', '01', '1.0'])
    expect(ids).toEqual([1, 1, 1, 4, 4, 5, 2, 2, 3, 0, 0])
    expect(spec.categories('x')).toEqual([null, '1', 0, 1.5, 2, '3'])
  })

  test('values rarer than minCount, or beyond capacity, are out of vocabulary', () => {
    expect(encodeOne(categorical({ scope: 'user', minCount: 2 }), ['a', 'a', 'b'], ['a', 'b']).ids).toEqual([1, 0])
    expect(encodeOne(categorical({ scope: 'user', capacity: 1 }), ['a', 'b', 'b'], ['a', 'b']).ids).toEqual([0, 1])
  })

  test('missing values by rule', () => {
    expect(encodeOne(categorical({ scope: 'user', missing: 'out-of-vocabulary' }), ['a', null], [undefined, 'a']).ids).toEqual([0, 1])
    const own = encodeOne(categorical({ scope: 'user', missing: 'category' }), ['a', null], [undefined, 'a', 'b'])
    expect(own.ids).toEqual([1, 2, 0])
    expect(own.spec.categories('x')).toEqual([null, null, 'a'])
  })

  test('names of the prototype are plain strings', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    expect(encodeOne(categorical({ scope: 'user' }), ['__proto__'], names).ids).toEqual([1, 0, 0, 0])
    expect(new Set(encodeOne(categorical({ scope: 'user' }), names).ids)).toEqual(new Set([1, 2, 3, 4]))
  })

  test('the vocabulary does not depend on the order of rows', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const values = Array.from({ length: 60 }, () => (random.next() < 0.5 ? random.integer(9) : String(random.integer(9))))
      const fit = (rows: readonly unknown[]) => encodeOne(categorical({ scope: 'user', capacity: 5 }), rows).spec.hash
      expect(fit(random.shuffle([...values]))).toBe(fit(values))
    }
  })
})

describe('hashed', () => {
  // sklearn.utils.murmurhash3_32(text.encode(), seed=7, positive=True) % 1000, scikit-learn 1.9.1
  test('equals scikit-learn', () => {
    const texts = ['hello', '', 'user:42', '日本語', '__proto__', 'The quick brown fox jumps over the lazy dog']
    expect(encodeOne(hashed({ scope: 'item', buckets: 1000, seed: 7 }), texts).ids).toEqual([587, 660, 315, 248, 645, 633])
  })

  test('a number hashes as its text, a missing value has a row of its own', () => {
    const { ids, encoding } = encodeOne(hashed({ scope: 'item', buckets: 50, missing: 'category' }), ['a'], [42, '42', 42n, null, undefined])
    expect(new Set(ids.slice(0, 3)).size).toBe(1)
    expect(ids.slice(3)).toEqual([50, 50])
    expect(encoding).toMatchObject({ cardinality: 51 })
  })
})

describe('hashed several times', () => {
  test('is a bag of the rows by each hash, and a missing value has one', () => {
    const feature = hashed({ scope: 'item', buckets: 1000, seed: 7, hashes: 3, missing: 'category' })
    const fitted = defineFeatures({ features: { word: feature } }).fit([{ word: 'x' }])
    expect(fitted.features[0].encoding).toEqual({ kind: 'bags', cardinality: 1001, embeddingDim: 9, combiner: 'sum' })
    const of = (word: string, seed: number) => murmur3(word, seed) % 1000
    const { columns } = fitted.encode([{ word: 'a' }, { word: null }, { word: 12 }])
    expect(columns.get('word')).toEqual({
      kind: 'bags', offsets: Int32Array.of(0, 3, 4, 7),
      ids: Int32Array.of(of('a', 7), of('a', 8), of('a', 9), 1000, of('12', 7), of('12', 8), of('12', 9)),
    })
    expect(fittedSpecFromJSON(JSON.parse(JSON.stringify(fitted))).encode([{ word: 'a' }]).columns.get('word')).toMatchObject({ offsets: Int32Array.of(0, 3) })
    expect(() => hashed({ scope: 'item', buckets: 9, hashes: 0 })).toThrow(/`hashes` to be a positive integer/)
  })
})

describe('numeric', () => {
  const x = [0.1, 2.5, -3.75, 1e3, 7, 7, -0.001, 42.42]

  // sklearn.preprocessing.StandardScaler().fit_transform(x), scikit-learn 1.9.1
  test('z-score equals StandardScaler', () => {
    close(encodeOne(numeric({ scope: 'item' }), x).values, [
      -0.40137860403289044, -0.3940702154530161, -0.4131024773797722, 2.643478788057249,
      -0.38036698686575177, -0.38036698686575177, -0.40168616538562685, -0.2725073520744399,
    ])
  })

  // StandardScaler of np.log1p(np.abs(x))
  test('log1p comes before the z-score', () => {
    close(encodeOne(numeric({ scope: 'item', transform: 'log1p' }), x.map(Math.abs)).values, [
      -1.011467656815274, -0.4599958068801216, -0.31449580475503114, 2.2348184417928567,
      -0.0661223232183352, -0.0661223232183352, -1.0564022626884555, 0.7397877357826961,
    ])
  })

  // MinMaxScaler().fit_transform(x)
  test('min-max equals MinMaxScaler and goes beyond 0 and 1 on other rows', () => {
    const feature = numeric({ scope: 'item', scale: 'min-max' })
    close(encodeOne(feature, x).values, [
      0.0038356164383561643, 0.0062266500622665, 0, 1, 0.01070983810709838, 0.01070983810709838, 0.0037349937733499373, 0.045997509339975096,
    ])
    close(encodeOne(feature, [0, 10], [-10, 20]).values, [-1, 2])
  })

  // StandardScaler of np.clip(x, *np.quantile(x, [0.1, 0.9]))
  test('clip at quantiles equals NumPy', () => {
    close(encodeOne(numeric({ scope: 'item', clip: { quantiles: [0.1, 0.9] } }), x).values, [
      -0.45128036858527404, -0.4288789529316648, -0.4627209582380361, 2.6251247109712637,
      -0.38687629858114736, -0.38687629858114736, -0.4522230948273634, -0.05626873922663057,
    ])
  })

  test('clip is in the units of the column, before the transform', () => {
    close(encodeOne(numeric({ scope: 'item', clip: [0, Math.E - 1], transform: 'log1p', scale: 'none' }), [-5, 0, 99]).values, [0, 0, 1])
  })

  test('a missing value is filled, flagged, and no part of the statistics', () => {
    close(encodeOne(numeric({ scope: 'item', missing: { fill: 'mean' } }), [1, 3, null], [undefined, 3]).values, [0, 1])
    close(encodeOne(numeric({ scope: 'item', missing: { fill: 5, flag: true } }), [1, 3, null], [null, 3]).values, [3, 1, 1, 0])
    close(encodeOne(numeric({ scope: 'item', transform: 'log1p', scale: 'none', missing: { fill: Math.E - 1 } }), [0], [null]).values, [1])
  })

  test('a constant column encodes as 0, far from zero as well', () => {
    close(encodeOne(numeric({ scope: 'item' }), [1e15 + 0.5, 1e15 + 0.5, 1e15 + 0.5]).values, [0, 0, 0])
    close(encodeOne(numeric({ scope: 'item', scale: 'min-max' }), [3, 3], [3, 5]).values, [0, 2])
  })

  test('statistics keep their precision far from zero', () => {
    const { values } = encodeOne(numeric({ scope: 'item' }), [1e9 + 1, 1e9 + 2, 1e9 + 4])
    const deviation = Math.sqrt((1 + 4 + 16) / 3 - (7 / 3) ** 2)
    close(values, [1, 2, 4].map((value) => (value - 7 / 3) / deviation))
  })
})

// np.quantile(x, q), NumPy 2.4.6
test('quantiles equal the linear method of NumPy', () => {
  const sorted = [0.1, 2.5, -3.75, 1e3, 7, 7, -0.001, 42.42].toSorted((a, b) => a - b)
  const golden = [[0, -3.75], [0.01, -3.48757], [0.1, -1.1257], [0.25, 0.07475], [1 / 3, 0.9], [0.5, 4.75], [0.9, 329.694], [0.99, 932.9694], [1, 1000]]
  for (const [q, value] of golden) expect(quantileOf(sorted, q)).toBeCloseTo(value, 10)
  expect(quantileOf([4], 0.3)).toBe(4)
})

describe('bucketized', () => {
  // np.digitize(x, np.quantile(x, [0.2, 0.4, 0.6, 0.8]))
  test('quantile buckets equal NumPy', () => {
    expect(encodeOne(bucketized({ scope: 'item', quantiles: 5 }), [0.1, 2.5, -3.75, 1e3, 7, 7, -0.001, 42.42]).ids).toEqual([1, 2, 0, 4, 3, 3, 0, 4])
  })

  test('a boundary belongs to the bucket above it; equal quantiles merge', () => {
    expect(encodeOne(bucketized({ scope: 'item', boundaries: [0, 10] }), [-1, 0, 9.99, 10]).ids).toEqual([0, 1, 1, 2])
    expect(encodeOne(bucketized({ scope: 'item', quantiles: 10 }), [1, 1, 1, 1, 2]).encoding).toMatchObject({ cardinality: 4 })
  })

  test('a missing value lies behind the last bucket', () => {
    expect(encodeOne(bucketized({ scope: 'item', boundaries: [0], missing: 'category' }), [1], [null, 5, undefined]).ids).toEqual([2, 1, 2])
  })
})

describe('cyclical', () => {
  test('a point on the circle that comes round after a period', () => {
    close(encodeOne(cyclical({ scope: 'context', period: 24 }), [0, 6, 12, 30, -18]).values, [0, 1, 1, 0, 0, -1, 1, 0, 1, 0])
    close(encodeOne(cyclical({ scope: 'context', period: 7, missing: 'centre' }), [0], [null]).values, [0, 0])
  })

  test('remainders are exact for large values', () => {
    const { values } = encodeOne(cyclical({ scope: 'context', period: 24 }), [6, 24 * 1e12 + 6])
    expect(values.slice(2)).toEqual(values.slice(0, 2))
  })
})

test('boolean: 0 or 1, and a flag', () => {
  expect(encodeOne(boolean({ scope: 'item' }), [true, 0, 1, false]).values).toEqual([1, 0, 1, 0])
  expect(encodeOne(boolean({ scope: 'item', missing: { fill: true, flag: true } }), [true, null, 0]).values).toEqual([1, 0, 1, 1, 0, 0])
})

describe('multi-hot', () => {
  test('one id for each element, unknown ones included', () => {
    const { column, spec } = encodeOne(multiHot({ scope: 'item' }), [['b', 'a'], ['b']], [['a', 'z', 'b', 'b'], [], ['b']])
    expect(column).toEqual({ kind: 'bags', ids: Int32Array.of(2, 0, 1, 1, 1), offsets: Int32Array.of(0, 4, 4, 5) })
    expect(spec.categories('x')).toEqual([null, 'b', 'a'])
  })

  test('a missing list is empty by rule', () => {
    expect(encodeOne(multiHot({ scope: 'item', missing: 'empty' }), [['a']], [null, ['a']]).column).toMatchObject({ offsets: Int32Array.of(0, 0, 1) })
  })
})

describe('cross', () => {
  const spec = defineFeatures({
    features: {
      user: categorical({ scope: 'user' }), country: categorical({ scope: 'user' }), night: boolean({ scope: 'context' }),
      item: categorical({ scope: 'item' }), tags: multiHot({ scope: 'item' }), more: multiHot({ scope: 'item' }),
    },
    crosses: {
      two: cross(['user', 'country'], { buckets: 1 << 20 }), other: cross(['user', 'country'], { buckets: 1 << 20, seed: 1 }),
      request: cross(['user', 'night'], { buckets: 100 }), pair: cross(['user', 'item', 'night'], { buckets: 100 }),
      bag: cross(['user', 'tags'], { buckets: 1 << 20 }), bags: cross(['tags', 'more', 'user'], { buckets: 1 << 20 }), items: cross(['item', 'tags'], { buckets: 7 }),
    },
  })
  const row = (user: number, country: number, tags: readonly number[], more: readonly number[] = []) => ({ user, country, night: user % 2, item: country, tags, more })
  const rows = Array.from({ length: 400 }, (_, i) => row(i % 20, Math.floor(i / 20), [i % 3, i % 5], [i % 2]))
  const fitted = spec.fit(rows)

  test('has the widest scope of its parts, and is for the wide part', () => {
    const scopes = new Map(fitted.features.filter((feature) => feature.part === 'wide').map(({ name, scope, rate }) => [name, `${scope} ${rate}`]))
    expect(Object.fromEntries(scopes)).toEqual({
      two: 'user request', other: 'user request', request: 'context request', pair: 'pair pair', bag: 'pair pair', bags: 'pair pair', items: 'item item',
    })
  })

  test('gives each combination one id, and hardly any two the same', () => {
    const { columns } = fitted.encode([...rows, ...rows])
    for (const name of ['two', 'other']) {
      const column = columns.get(name)!
      if (column.kind !== 'ids') throw new Error('expected ids')
      expect([...column.ids.slice(400)]).toEqual([...column.ids.slice(0, 400)])
      expect(new Set(column.ids).size).toBeGreaterThan(396)
    }
    expect(columns.get('two')).not.toEqual(columns.get('other'))
  })

  test('of a multi-hot, one id per combination', () => {
    const { columns } = fitted.encode([row(1, 1, [0, 1], [0, 1]), row(1, 1, [], [0]), row(1, 1, [1], [1])])
    const bag = columns.get('bag')!
    const bags = columns.get('bags')!
    if (bag.kind !== 'bags' || bags.kind !== 'bags') throw new Error('expected bags')
    expect([...bag.offsets]).toEqual([0, 2, 2, 3])
    expect([...bags.offsets]).toEqual([0, 4, 4, 5])
    expect(bag.ids[2]).toBe(bag.ids[1])
    expect(bags.ids[4]).toBe(bags.ids[3])
    expect(new Set(bags.ids).size).toBe(4)
    expect(fitted.features.find((feature) => feature.name === 'bag')?.encoding).toEqual({ kind: 'bags', cardinality: 1 << 20, embeddingDim: 1, combiner: 'sum' })
  })

  test('of more combinations than can be held is an error, not a wrong column', () => {
    const long = Array.from({ length: 1 << 16 }, (_, i) => i)
    expect(() => fitted.encode([row(1, 1, [0], [0]), row(1, 1, long, long)])).toThrow('fewer than 2^31 combinations of tags, more, user in all rows, got 4294967297 up to `rows[1]`')
  })

  test('ids stay in range and the order of parts matters', () => {
    const swapped = defineFeatures({ features: spec.features, crosses: { ba: cross(['country', 'user'], { buckets: 1 << 20 }) } }).fit(rows).encode(rows)
    expect(swapped.columns.get('ba')).not.toEqual(fitted.encode(rows).columns.get('two'))
    for (const { name, encoding } of fitted.features) {
      const column = fitted.encode(rows).columns.get(name)!
      if (column.kind === 'dense' || encoding.kind === 'dense') continue
      expect(column.ids.every((id) => id >= 0 && id < encoding.cardinality)).toBe(true)
    }
  })
})

test('embedding sizes by the rule, under a cap, or by hand', () => {
  expect([1, 2, 100, 10_000, 1e6, 1e9].map((n) => embeddingSize(n))).toEqual([2, 2, 5, 16, 51, 64])
  const sized = (features: Feature, maxEmbeddingDim?: number) =>
    defineFeatures({ features: { x: features }, ...(maxEmbeddingDim && { maxEmbeddingDim }) }).fit([{ x: 'a' }]).features[0].encoding
  expect(sized(hashed({ scope: 'user', buckets: 1e6 }), 8)).toMatchObject({ embeddingDim: 8 })
  expect(sized(hashed({ scope: 'user', buckets: 1e6, embeddingDim: 128 }), 8)).toMatchObject({ embeddingDim: 128 })
})
