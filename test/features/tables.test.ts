import { describe, expect, test } from 'vitest'
import { rowsOf, sliceTable, tableOf, takeTable } from '../../src/data'
import type { Column, Table } from '../../src/data'
import { DataError } from '../../src/errors'
import { binary, boolean, bucketized, categorical, concatRows, defineFeatures, hashed, multiHot, numeric, regression } from '../../src/features'
import { seededRandom } from '../../src/random'
import { everything, plain, randomRows, type Row } from './samples'

const seeds = Array.from({ length: 8 }, (_, seed) => seed)

/** The same table in pieces, cut anywhere. */
function pieces(table: Table, seed: number): Table[] {
  const random = seededRandom(seed)
  const cuts = [0, ...Array.from({ length: 4 }, () => random.integer(table.rows + 1)), table.rows].toSorted((a, b) => a - b)
  return cuts.slice(1).map((end, i) => sliceTable(table, cuts[i], end))
}

/** The same values in a column of another make, where there is one. */
function remade(column: Column, seed: number): Column {
  const random = seededRandom(seed)
  if (column.kind === 'number' && column.values.every((value, i) => column.valid?.[i] === 0 || (value | 0) === value)) {
    const { values, valid = new Uint8Array(values.length).fill(1) } = column
    // What stands where there is nothing has no meaning.
    if (random.next() < 0.5) return { kind: 'bigint', values: BigInt64Array.from(values, (value, i) => (valid[i] === 0 ? 77n : BigInt(value))), valid }
    return { kind: 'number', values: Int32Array.from(values, (value, i) => (valid[i] === 0 ? -5 : value)), valid }
  }
  if (column.kind === 'text') {
    const { codes, dictionary } = column
    const size = dictionary.length
    // A dictionary may hold what no row has, and a text twice.
    const doubled = [...dictionary, 'unused', ...dictionary]
    return { ...column, dictionary: doubled, codes: codes.map((code, i) => (column.valid?.[i] === 0 ? -1 : code + (random.next() < 0.5 ? 0 : size + 1))) }
  }
  if (column.kind === 'list') {
    // Lists need not begin at 0.
    const elements = [...rowsOf({ rows: column.offsets[column.offsets.length - 1], columns: new Map([['value', column.values]]) })].map((row) => (row as { value: unknown }).value)
    return { ...column, offsets: column.offsets.map((offset) => offset + 2), values: tableOf({ value: ['before', 'before', ...elements] }).columns.get('value')! }
  }
  return column
}

describe('a table encodes as its rows do, bit for bit', () => {
  test('all at once, in pieces, and row by row', () => {
    for (const seed of seeds) {
      const fitted = everything.fit(randomRows(seed, 80))
      const rows = randomRows(seed + 300, 40)
      const table = tableOf(rows)
      const expected = plain(fitted.encode(rows, { labels: true }))
      expect(plain(fitted.encode(table, { labels: true }))).toEqual(expected)
      expect(plain(concatRows(pieces(table, seed).map((piece) => fitted.encode(piece, { labels: true }))))).toEqual(expected)
      expect(plain(concatRows(rows.map((_, r) => fitted.encode(sliceTable(table, r, r + 1), { labels: true }))))).toEqual(expected)
      expect(plain(fitted.encode(takeTable(table, rows.map((_, r) => r)), { labels: true }))).toEqual(expected)
    }
  })

  test('whatever its columns are made of', () => {
    let another = 0
    for (const seed of seeds) {
      const fitted = everything.fit(randomRows(seed, 80))
      const rows = randomRows(seed + 400, 40)
      const columns = new Map(Array.from(tableOf(rows).columns, ([name, column]) => {
        const made = remade(column, seed)
        if (made !== column) another++
        return [name, made]
      }))
      expect(plain(fitted.encode({ rows: 40, columns }, { labels: true }))).toEqual(plain(fitted.encode(rows, { labels: true })))
    }
    expect(another).toBeGreaterThan(seeds.length * 3)
  })

  test('with scopes, and without columns that may be missing', () => {
    const fitted = everything.fit(randomRows(1, 80))
    const rows = randomRows(2, 30)
    const table = tableOf(rows)
    for (const scope of ['user', 'item', 'context', 'pair'] as const)
      expect(plain(fitted.encode(table, { scopes: [scope] }))).toEqual(plain(fitted.encode(rows, { scopes: [scope] })))
    const without = new Map([...table.columns].filter(([name]) => name !== 'country'))
    expect(plain(fitted.encode({ rows: 30, columns: without }))).toEqual(plain(fitted.encode(rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'country')) as Row))))
  })
})

describe('fit learns the same', () => {
  test('from rows, tables, and streams of either', async () => {
    for (const seed of seeds.slice(0, 3)) {
      const rows = randomRows(seed, 90)
      const table = tableOf(rows)
      const { hash } = everything.fit(rows)
      async function* awaited<T>(all: Iterable<T>) { yield* all }
      expect(everything.fit(table).hash).toBe(hash)
      expect(everything.fit(pieces(table, seed)).hash).toBe(hash)
      expect((await everything.fitAsync(table)).hash).toBe(hash)
      expect((await everything.fitAsync(awaited(pieces(table, seed)))).hash).toBe(hash)
      expect((await everything.fitAsync(awaited(rows))).hash).toBe(hash)
      expect((await everything.fit(awaited(rows))).hash).toBe(hash)
      expect(everything.fit([rows.slice(0, 30), [], rows.slice(30)]).hash).toBe(hash)
      expect((await everything.fit(awaited([rows.slice(0, 50), rows.slice(50)]))).hash).toBe(hash)
      expect((await everything.fit(awaited(pieces(table, seed)))).hash).toBe(hash)
    }
  })

  test('from more rows than are looked at together', () => {
    const rows = randomRows(9, 17_000)
    expect(everything.fit(tableOf(rows)).hash).toBe(everything.fit(rows).hash)
  })
})

describe('bad cells of tables: row and column, what was expected and what came', () => {
  const spec = defineFeatures({
    features: {
      id: categorical({ scope: 'user' }), hash: hashed({ scope: 'item', buckets: 9 }), n: numeric({ scope: 'item' }), cut: bucketized({ scope: 'item', boundaries: [1] }),
      yes: boolean({ scope: 'item' }), tags: multiHot({ scope: 'item' }),
    },
    labels: { clicked: binary(), stars: regression({ min: 1, max: 5 }) },
  })
  const good = { id: ['a', 'b', 'c'], hash: [1, 2, 3], n: [1, 2, 3], cut: [1, 2, 3], yes: [true, false, true], tags: [['x'], [], ['y', 'z']], clicked: [1, 0, 1], stars: [1, 2, 5] }
  const fitted = spec.fit(tableOf(good))
  const cases: readonly [column: string, values: ArrayLike<unknown>, message: RegExp][] = [
    ['id', ['a', null, 'c'], /rows\[1\]\.id` to be a string or a number, got null/],
    ['id', [1, 2, NaN], /rows\[2\]\.id` to be a string or a finite number.*got NaN/],
    ['id', [1, Infinity, 3], /rows\[1\]\.id.*got Infinity/],
    ['id', [1, 2 ** 53, 3], /rows\[1\]\.id.*2\^53.*got 9007199254740992/],
    ['id', [true, false, true], /rows\[0\]\.id.*got true/],
    ['id', [new Date(0), new Date(0), new Date(0)], /rows\[0\]\.id.*got an object \(Date\)/],
    ['hash', [['a'], ['b'], ['c']], /rows\[0\]\.hash.*got an array of 1/],
    ['n', [1, NaN, 3], /rows\[1\]\.n` to be a finite number, got NaN/],
    ['n', Float32Array.of(1, 2, -Infinity), /rows\[2\]\.n.*got -Infinity/],
    ['n', ['1', '2', '3'], /rows\[0\]\.n` to be a finite number, got "1"/],
    ['n', [true, false, true], /rows\[0\]\.n.*got true/],
    ['n', [1n, 2n ** 60n + 1n, 3n], /rows\[1\]\.n` to be an integer that a number holds exactly, got 1152921504606846977n/],
    ['n', [1, undefined, 3], /rows\[1\]\.n.*got null/],
    ['n', [1, 1e300, 3], /rows\[1\]\.n.*32-bit float/],
    ['cut', [1, 2, 'three'], /rows\[2\]\.cut.*got "three"/],
    ['yes', [1, 0, 2], /rows\[2\]\.yes` to be true, false, 1 or 0, got 2/],
    ['yes', ['true', 'false', 'true'], /rows\[0\]\.yes.*got "true"/],
    ['tags', ['x', 'y', 'z'], /rows\[0\]\.tags` to be an array.*got "x"/],
    ['tags', [['x'], [], [1, NaN]], /rows\[2\]\.tags.*got NaN/],
    ['tags', [['x'], [null], ['y']], /rows\[1\]\.tags.*got null/],
    ['tags', [[1], [2], [['deep']]], /rows\[2\]\.tags.*got an array of 1/],
    ['clicked', [1, 0, 0.5], /rows\[2\]\.clicked.*got 0.5/],
    ['stars', [1, 6, 5], /rows\[1\]\.stars` to be within the label's range 1\.\.5, got 6/],
    ['stars', [1, 1e300, 5], /rows\[1\]\.stars` to be within.*got 1e\+300/],
    ['stars', [1, null, 5], /rows\[1\]\.stars.*got null/],
  ]
  test.each(cases)('%s: %o', (column, values, message) => {
    const table = tableOf({ ...good, [column]: values })
    const encoding = () => fitted.encode(table, { labels: true })
    expect(encoding).toThrow(message)
    expect(encoding).toThrow(expect.objectContaining({ code: DataError.code }))
    // The row is counted from the first of all tables.
    if (String(message).includes('32-bit')) return
    expect(() => spec.fit([tableOf(good), table])).toThrow(new RegExp(message.source.replace(/rows\\\[(\d)/, (_, row: string) => `rows\\[${Number(row) + 3}`)))
  })

  test('a table without a column that has to be there', () => {
    const { n: _, ...without } = good
    expect(() => fitted.encode(tableOf({ ...without, N: good.n }))).toThrow(/expected `rows\[0\]\.n` to be there, got a table with id, hash, .*N; was `N` meant\?/)
    expect(() => spec.fit(tableOf(without))).toThrow(/`rows\[0\]\.n` to be there/)
  })

  test('ragged tables, and codes outside their dictionary', () => {
    for (const rows of [NaN, -1, 1.5]) expect(() => fitted.encode({ rows, columns: new Map() })).toThrow(/`rows\.rows` to be a non-negative integer/)
    const table = tableOf(good)
    const spoiled = (name: string, column: Column) => ({ rows: 3, columns: new Map(table.columns).set(name, column) })
    expect(() => fitted.encode(spoiled('n', { kind: 'number', values: new Float64Array(2) }))).toThrow(/column "n" to be 3 rows, got 2/)
    expect(() => spec.fit(spoiled('id', { kind: 'text', codes: Int32Array.of(0, 1, 2), dictionary: ['a', 'b'] }))).toThrow(/codes in \[0, 2\), got 2 at row 2/)
  })

  test('no rows', () => {
    const empty = sliceTable(tableOf(good), 0, 0)
    expect(fitted.encode(empty, { labels: true }).rows).toBe(0)
    expect(() => spec.fit(empty)).toThrow(/at least one row/)
    expect(() => spec.fit([empty, empty])).toThrow(/at least one row/)
    expect(spec.fit([empty, tableOf(good)]).hash).toBe(fitted.hash)
  })
})
