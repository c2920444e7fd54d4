import { describe, expect, test } from 'vitest'
import { binary, categorical, concatRows, defineFeatures, fittedSpecFromJSON, numeric, regression } from '../../src/features'
import type { Scope } from '../../src/features'
import { everything, plain, randomRows } from './samples'

const seeds = Array.from({ length: 12 }, (_, seed) => seed)

describe('encode', () => {
  test('through JSON is equal bit for bit, and so is the hash', () => {
    for (const seed of seeds) {
      const fitted = everything.fit(randomRows(seed, 80))
      const text = JSON.stringify(fitted)
      const read = fittedSpecFromJSON<typeof everything>(JSON.parse(text))
      const rows = randomRows(seed + 100, 50)
      expect(plain(read.encode(rows, { labels: true }))).toEqual(plain(fitted.encode(rows, { labels: true })))
      expect(JSON.stringify(read)).toBe(text)
      expect(read.hash).toBe(fitted.hash)
      expect(read.features).toEqual(fitted.features)
      expect(read.labels).toEqual(fitted.labels)
      expect(read.describe()).toBe(fitted.describe())
    }
  })

  test('of a batch equals that of its rows one by one', () => {
    for (const seed of seeds) {
      const fitted = everything.fit(randomRows(seed, 80))
      const rows = randomRows(seed + 200, 30)
      const single = concatRows(rows.map((row) => fitted.encode([row], { labels: true })))
      expect(plain(fitted.encode(rows, { labels: true }))).toEqual(plain(single))
    }
  })

  test('rests on the rows of fit alone: encoding other rows changes nothing', () => {
    const fitted = everything.fit(randomRows(1, 80))
    const rows = randomRows(2, 40)
    const before = plain(fitted.encode(rows))
    const hash = fittedSpecFromJSON(JSON.parse(JSON.stringify(fitted))).hash
    fitted.encode(randomRows(3, 500), { labels: true })
    expect(plain(fitted.encode(rows))).toEqual(before)
    expect(fitted.hash).toBe(hash)
  })

  test('scopes: what is encoded alone equals its part of the whole, and rows need nothing else', () => {
    const fitted = everything.fit(randomRows(1, 80))
    const rows = randomRows(2, 20)
    const whole = fitted.encode(rows)
    for (const scope of ['user', 'item', 'context'] as const satisfies readonly Scope[]) {
      const names = fitted.features.filter((feature) => feature.scope === scope).map((feature) => feature.name)
      const columns = new Set([...names, 'length', 'historyAt', 'shares', 'shownAt'])
      const narrow = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name))))
      const encoded = fittedSpecFromJSON(JSON.parse(JSON.stringify(fitted))).encode(narrow, { scopes: [scope] })
      expect([...encoded.columns.keys()]).toEqual(names)
      for (const name of names) expect(encoded.columns.get(name)).toEqual(whole.columns.get(name))
    }
    expect([...fitted.encode(rows, { scopes: ['pair'] }).columns.keys()]).toEqual(['affinity', 'postedAt', 'user_genre', 'country_premium_author'])
  })

  test('columns are those of `features`, in their order and shape; labels come only when asked for', () => {
    const fitted = everything.fit(randomRows(1, 80))
    const { columns, labels, rows } = fitted.encode(randomRows(2, 17))
    expect([...columns.keys()]).toEqual(fitted.features.map((feature) => feature.name))
    expect(labels.size).toBe(0)
    expect(rows).toBe(17)
    for (const { name, encoding } of fitted.features) {
      const column = columns.get(name)!
      expect(column.kind).toBe(encoding.kind)
      if (column.kind === 'dense') expect(column.values.length).toBe(17 * column.width)
      if (column.kind === 'dense' && encoding.kind === 'dense') expect(column.width).toBe(encoding.width)
      if (column.kind !== 'dense' && encoding.kind !== 'dense') expect(column.ids.every((id) => id >= 0 && id < encoding.cardinality)).toBe(true)
    }
  })

  test('no rows give empty columns', () => {
    const { columns, rows, labels } = everything.fit(randomRows(1, 80)).encode([], { labels: true })
    expect(rows).toBe(0)
    for (const column of columns.values()) expect(column.kind === 'dense' ? column.values.length : column.ids.length).toBe(0)
    expect(labels.get('liked')).toEqual({ values: new Float32Array(0), mask: new Float32Array(0) })
  })
})

describe('fit', () => {
  test('takes any iterable, and an async one, to the same end', async () => {
    const rows = randomRows(5, 60)
    const { hash } = everything.fit(rows)
    function* generated() { yield* rows }
    async function* awaited() { yield* rows }
    expect(everything.fit(generated()).hash).toBe(hash)
    expect((await everything.fitAsync(awaited())).hash).toBe(hash)
    expect((await everything.fitAsync(rows)).hash).toBe(hash)
  })

  test('the hash tells apart what encodes differently', () => {
    const spec = defineFeatures({ features: { a: categorical({ scope: 'user' }) } })
    const other = defineFeatures({ features: { a: categorical({ scope: 'item' }) } })
    const hashes = [spec.fit([{ a: 'x' }]), spec.fit([{ a: 'y' }]), spec.fit([{ a: 'x' }, { a: 'y' }]), other.fit([{ a: 'x' }])].map(({ hash }) => hash)
    expect(new Set(hashes).size).toBe(4)
    expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/)
  })

  test('rows may have columns that no feature reads', () => {
    const spec = defineFeatures({ features: { a: categorical({ scope: 'user' }) } })
    const row = { a: 'x', title: 'Heat', nothing: undefined }
    expect(spec.fit([row]).encode([row]).columns.size).toBe(1)
  })

  test('a fitted spec and its declarations cannot be changed', () => {
    const fitted = everything.fit(randomRows(1, 30))
    for (const part of [everything, everything.features, everything.features.age, everything.features.age.missing, fitted, fitted.features, fitted.features[0], fitted.features[0].encoding, fitted.labels[0], fitted.categories('userId')])
      expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('labels', () => {
  const spec = defineFeatures({
    features: { a: categorical({ scope: 'user' }) },
    labels: {
      liked: binary({ when: 'clicked' }), clicked: binary(), shared: binary({ when: 'liked', missing: 'mask' }),
      rating: regression({ min: 0.5, max: 5, when: { column: 'surface', equals: 1 } }),
    },
  })
  const rows = [
    { a: 'x', clicked: true, liked: 1, shared: null, surface: '1', rating: 5 },
    { a: 'x', clicked: 1, liked: false, shared: true, surface: true, rating: 2 },
    { a: 'x', clicked: 0, surface: null, rating: 99 },
    { a: 'x', clicked: 1, liked: true, shared: 0, surface: 2, rating: null },
  ]
  const fitted = spec.fit(rows)

  test('count where their condition holds, and masked values are not looked at', () => {
    expect(plain(fitted.encode(rows, { labels: true })).labels).toEqual([
      ['liked', [1, 0, 0, 1], [1, 1, 0, 1]],
      ['clicked', [1, 1, 0, 1], null],
      ['shared', [0, 0, 0, 0], [0, 0, 0, 1]],
      ['rating', [5, 2, 0, 0], [1, 1, 0, 0]],
    ])
  })

  test('statistics are those of the rows that count', () => {
    expect(fitted.labels).toEqual([
      { name: 'liked', kind: 'binary', mean: expect.closeTo(2 / 3, 12), deviation: expect.closeTo(Math.sqrt(2) / 3, 12), count: 3 },
      { name: 'clicked', kind: 'binary', mean: 0.75, deviation: expect.closeTo(Math.sqrt(3) / 4, 12), count: 4 },
      { name: 'shared', kind: 'binary', mean: 0, deviation: 0, count: 1 },
      { name: 'rating', kind: 'regression', mean: 3.5, deviation: 1.5, count: 2, min: 0.5, max: 5 },
    ])
  })
})

test('minus zero comes through JSON as what it encodes to', () => {
  const spec = defineFeatures({ features: {
    a: numeric({ scope: 'item', scale: 'min-max' }), b: numeric({ scope: 'item', scale: 'none', clip: [-0, 5], missing: { fill: -0 } }), c: categorical({ scope: 'item' }),
  } })
  const rows = [{ a: -0, b: -1, c: -0 }, { a: 1, b: 3, c: 0 }, { a: 0, b: null, c: '0' }]
  const fitted = spec.fit(rows)
  const read = fittedSpecFromJSON<typeof spec>(JSON.parse(JSON.stringify(fitted)))
  const bits = (encoded: ReturnType<typeof fitted.encode>) => plain(encoded).columns.map(([, values]) => JSON.stringify(values, (_, value) => (Object.is(value, -0) ? '-0' : value)))
  expect(bits(read.encode(rows))).toEqual(bits(fitted.encode(rows)))
  expect(read.categories('c')).toEqual([null, '0'])
})

test('a label too large for a float', () => {
  const spec = defineFeatures({ features: { a: categorical({ scope: 'user' }) }, labels: { n: regression(), m: regression({ missing: 'mask' }) } })
  for (const row of [{ a: 1, n: 1e300, m: 1 }, { a: 1, n: 1, m: -1e300 }]) expect(() => spec.fit([row])).toThrow(/rows\[0\]\.[nm]` to be a number that fits a 32-bit float, got -?1e\+300/)
})

test('features, labels and columns may be called __proto__ or constructor', () => {
  const spec = defineFeatures({
    features: { ['__proto__']: categorical({ scope: 'user' }), constructor: numeric({ scope: 'item' }) },
    labels: { toString: binary() },
  })
  const rows = JSON.parse('[{"__proto__": "a", "constructor": 1, "toString": 1}, {"__proto__": "b", "constructor": 3, "toString": 0}]')
  const fitted = spec.fit(rows)
  const { columns, labels } = fittedSpecFromJSON(JSON.parse(JSON.stringify(fitted))).encode(rows, { labels: true })
  expect(columns.get('__proto__')).toEqual({ kind: 'ids', ids: Int32Array.of(1, 2) })
  expect(columns.get('constructor')).toEqual({ kind: 'dense', width: 1, values: Float32Array.of(-1, 1) })
  expect(labels.get('toString')).toEqual({ values: Float32Array.of(1, 0) })
})

test('what every object inherits is no column', () => {
  const required = defineFeatures({ features: { constructor: numeric({ scope: 'item' }) } })
  expect(() => required.fit([{} as never])).toThrow(/rows\[0\]\.constructor` to be there, got a row with no columns/)
  const optional = defineFeatures({ features: { constructor: categorical({ scope: 'item', missing: 'category' }), ['__proto__']: numeric({ scope: 'item', missing: { fill: 7 }, scale: 'none' }) } })
  const fitted = optional.fit(JSON.parse('[{"constructor": "a", "__proto__": 1}]'))
  const { columns } = fitted.encode(JSON.parse('[{}]'))
  expect(columns.get('constructor')).toEqual({ kind: 'ids', ids: Int32Array.of(1) })
  expect(columns.get('__proto__')).toEqual({ kind: 'dense', width: 1, values: Float32Array.of(7) })
})

test('a JSON form whose lists were put in another order still gives each feature its own state', () => {
  const spec = defineFeatures({ features: { 2: categorical({ scope: 'user' }), 1: categorical({ scope: 'user' }), b: categorical({ scope: 'user' }) }, labels: { 9: regression(), 8: regression() } })
  const rows = [{ 1: 'x', 2: 'y', b: 'z', 8: 8, 9: 9 }, { 1: 'xx', 2: 'y', b: 'z', 8: 8, 9: 9 }]
  const fitted = spec.fit(rows)
  const json = JSON.parse(JSON.stringify(fitted))
  const read = fittedSpecFromJSON({ ...json, features: json.features.toReversed(), labels: json.labels.toReversed() })
  for (const name of ['1', '2', 'b']) expect(read.categories(name)).toEqual(fitted.categories(name))
  expect(read.labels).toEqual(fitted.labels)
})

test('describe names every feature and label', () => {
  const fitted = everything.fit(randomRows(1, 80))
  const text = fitted.describe()
  for (const { name } of [...fitted.features, ...fitted.labels]) expect(text).toContain(`${name} `)
  // What it reads, what becomes of missing values, where a label counts, and which spec it is.
  expect(text.split('\n')[0]).toBe(`${Object.keys(everything.features).length} features, 2 crosses, 3 labels; hash ${fitted.hash}`)
  for (const part of ['lengthInMinutes', 'mean and a flag', 'country x premium x authorId', 'when surface = home', 'hashed into 1009 rows, seed 5']) expect(text).toContain(part)
})
