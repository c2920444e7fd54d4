import { describe, expect, it } from 'vitest'
import { concatTables, describeTable, filterTable, rowsOf, selectColumns, seededRandom, sliceTable, tableOf, takeTable } from '../../src'
import type { Table } from '../../src'
import { checkTable } from '../../src/data/table'

const kindOf = (table: Table, name: string) => table.columns.get(name)?.kind

/** Rows with a column of every kind, and nulls anywhere. */
function someRows(seed: number, n: number) {
  const random = seededRandom(seed)
  const orNull = <T>(value: T) => (random.next() < 0.2 ? null : value)
  return Array.from({ length: n }, (_, i) => ({
    text: orNull(`u${random.integer(5)}`), number: orNull(random.next()), flag: orNull(random.next() < 0.5),
    big: orNull(BigInt(i) * 2n ** 40n), at: orNull(new Date(1e12 + i)), list: orNull(Array.from({ length: random.integer(4) }, () => orNull(`t${random.integer(3)}`))),
    mixed: random.next() < 0.5 ? i : `${i}`, ['__proto__' as string]: i,
  }))
}

describe('tableOf', () => {
  it('gives back every row, whatever its kinds and nulls', () => {
    for (let seed = 0; seed < 30; seed++) {
      const rows = someRows(seed, seed)
      expect([...rowsOf(tableOf(rows))]).toStrictEqual(rows)
    }
  })

  it('finds the kinds', () => {
    const table = tableOf(someRows(1, 60))
    expect(Array.from(table.columns, ([name, { kind }]) => [name, kind])).toEqual([
      ['text', 'text'], ['number', 'number'], ['flag', 'boolean'], ['big', 'bigint'], ['at', 'date'], ['list', 'list'], ['mixed', 'mixed'], ['__proto__', 'number'],
    ])
    expect(kindOf(tableOf([{ a: null }, {}]), 'a')).toBe('mixed')
    expect(kindOf(tableOf([{ a: 2n ** 63n }]), 'a')).toBe('mixed')
    expect(kindOf(tableOf([{ a: 1 }, { a: 1n }]), 'a')).toBe('mixed')
  })

  it('takes columns, and keeps typed arrays without a copy', () => {
    const values = Float32Array.of(1, NaN, 3)
    const table = tableOf({ values, list: [Float32Array.of(1), null, Float32Array.of(2, 3)], name: ['x', 'y', 'x'] })
    expect(table.columns.get('values')).toEqual({ kind: 'number', values })
    expect((table.columns.get('values') as { values: unknown }).values).toBe(values)
    expect(table.columns.get('list')).toEqual({
      kind: 'list', offsets: Int32Array.of(0, 1, 1, 3), values: { kind: 'number', values: Float32Array.of(1, 2, 3) }, valid: Uint8Array.of(1, 0, 1),
    })
    expect(table.columns.get('name')).toEqual({ kind: 'text', codes: Int32Array.of(0, 1, 0), dictionary: ['x', 'y'] })
    expect(tableOf(new Map([['__proto__', [1, 2]]])).columns.get('__proto__')?.kind).toBe('number')
    expect(tableOf(table)).toBe(table)
    expect(tableOf([]).rows + tableOf({}).rows).toBe(0)
  })

  it('names what is no table', () => {
    expect(() => tableOf({ a: [1], b: [1, 2] })).toThrow('expected `a` and `b` to have the same length, got 1 and 2')
    expect(() => tableOf([{ a: 1 }, null as unknown as object])).toThrow('`rows[1]`')
    expect(() => tableOf([{ at: new Date(NaN) }])).toThrow('expected `rows[0].at` to be a valid date')
    expect(() => tableOf('a,b' as unknown as object[])).toThrow('got "a,b"')
    expect(() => tableOf({ a: 'text' as unknown as string[] })).toThrow('expected `a` to be an array of values, got "text"')
    const altered = { rows: 2, columns: new Map([['a', { kind: 'text' as const, codes: Int32Array.of(0, 7), dictionary: ['x'] }]]) }
    expect(() => checkTable('test', altered)).toThrow('codes in [0, 1), got 7 at row 1')
    expect(() => checkTable('test', { ...altered, rows: 3 })).toThrow('3 rows, got 2')
  })
})

describe('rows of tables', () => {
  it('takes, slices, filters and joins as arrays do', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed)
      const rows = someRows(seed, 1 + random.integer(40))
      const table = tableOf(rows)
      const all = [...rowsOf(table)]
      const indices = Array.from({ length: 20 }, () => random.integer(rows.length))
      expect([...rowsOf(takeTable(table, indices))]).toStrictEqual(indices.map((i) => all[i]))
      const start = random.integer(rows.length)
      const slice = sliceTable(table, start)
      expect([...rowsOf(slice)]).toStrictEqual(all.slice(start))
      expect([...rowsOf(sliceTable(slice, 0, 0))]).toEqual([])
      const mask = rows.map(() => random.next() < 0.5)
      expect([...rowsOf(filterTable(table, mask))]).toStrictEqual(all.filter((_, i) => mask[i]))
      expect([...rowsOf(concatTables([slice, sliceTable(table, 0, start), takeTable(slice, [0])]))]).toStrictEqual([...all.slice(start), ...all.slice(0, start), all[start]])
    }
  })

  it('joins kinds that fit, and names those that do not', () => {
    const joined = (...parts: (readonly unknown[])[]) => concatTables(parts.map((a) => tableOf({ a }))).columns.get('a')
    expect(joined([1], [null, null], [2])).toEqual({ kind: 'number', values: Float64Array.of(1, 0, 0, 2), valid: Uint8Array.of(1, 0, 0, 1) })
    expect(joined(['x'], [null], ['y', 'x'])).toEqual({ kind: 'text', codes: Int32Array.of(0, 0, 1, 0), dictionary: ['x', 'y'], valid: Uint8Array.of(1, 0, 1, 1) })
    expect(joined(['x', 1], ['y'])).toEqual({ kind: 'mixed', values: ['x', 1, 'y'] })
    expect(concatTables([tableOf({ a: Int8Array.of(-1) }), tableOf({ a: Uint8Array.of(200) })]).columns.get('a')).toEqual({ kind: 'number', values: Float64Array.of(-1, 200) })
    expect(() => joined(['x'], [1])).toThrow('column "a" to be of one kind in all tables, got text, number')
    expect(() => concatTables([tableOf({ a: [1] }), tableOf({ b: [1] })])).toThrow('the same columns ("a"), tables[1] has "b"')
  })

  it('names what is not there', () => {
    const table = tableOf({ a: [1, 2] })
    expect(() => takeTable(table, [2])).toThrow('`indices[0]` to be a row, 0 to 1, got 2')
    expect(() => sliceTable(table, 0, 3)).toThrow('at most the number of rows, 2')
    expect(() => filterTable(table, [true])).toThrow('same length')
    for (const neither of [null, undefined, NaN, 'false', 0n]) expect(() => filterTable(table, [true, neither] as boolean[])).toThrow('expected `mask[1]` to be true, false or a number')
    expect(() => selectColumns(table, ['b'])).toThrow('expected a column "b", got "a"')
    expect(() => concatTables([])).toThrow('at least one table')
    expect([...selectColumns(tableOf({ a: [1], b: [2] }), ['b', 'a']).columns.keys()]).toEqual(['b', 'a'])
  })
})

it('describes a table in text', () => {
  expect(describeTable(tableOf({ user: ['a', 'b', 'a', 'b'], at: [new Date(0), null, null, null], tags: [['x'], [], [], null] }))).toBe([
    '4 rows, 3 columns',
    '  user  text of 2          no nulls  "a", "b", "a", ...',
    '  at    date               3 nulls   1970-01-01T00:00:00.000Z, null, null, ...',
    '  tags  list of text of 1  1 null    ["x"], [], [], ...',
  ].join('\n'))
})
