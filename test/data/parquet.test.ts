import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { collectTables, concatTables, readParquet, rowsOf, seededRandom } from '../../src'
import type { Bytes, ReadParquetOptions, Table } from '../../src'

const folder = mkdtempSync(join(tmpdir(), 'feedrank-parquet-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function tablesOf(from: Bytes, options?: ReadParquetOptions): Promise<Table[]> {
  const tables: Table[] = []
  for await (const table of readParquet(from, options)) tables.push(table)
  return tables
}
const rowsIn = async (from: Bytes, options?: ReadParquetOptions) => (await tablesOf(from, options)).flatMap((table) => [...rowsOf(table)])

/** Columns of every kind that the writer knows, some with nulls. */
function someColumns(seed: number, n: number) {
  const random = seededRandom(seed)
  const some = <T>(make: (i: number) => T, nulls = 0) => Array.from({ length: n }, (_, i) => (random.next() < nulls ? null : make(i)))
  return {
    int: { type: 'INT32' as const, data: some(() => random.integer(2 ** 31) - 2 ** 30) },
    few: { type: 'INT32' as const, data: some(() => random.integer(3), 0.2), nullable: true },
    float: { type: 'FLOAT' as const, data: some(() => Math.fround(random.normal())) },
    double: { type: 'DOUBLE' as const, data: some(() => random.normal(), 0.1), nullable: true },
    flag: { type: 'BOOLEAN' as const, data: some(() => random.next() < 0.3, 0.1), nullable: true },
    long: { type: 'INT64' as const, data: some((i) => BigInt(i) * 10_000_000_000n) },
    id: { type: 'STRING' as const, data: some(() => `ünïcode-${random.integer(2 ** 31)}`, 0.1), nullable: true },
    genre: { type: 'STRING' as const, data: some(() => ['drama', 'comedy', ''][random.integer(3)]) },
    at: { type: 'TIMESTAMP' as const, data: some((i) => new Date(1.7e12 + 1000 * i), 0.1), nullable: true },
    ['__proto__' as string]: { type: 'INT32' as const, data: some((i) => i) },
  }
}
type Columns = ReturnType<typeof someColumns>
const sourceOf = (columns: Columns) => Object.entries(columns).map(([name, column]) => ({ name, ...column }))
const expectedRows = (columns: Columns, n: number) =>
  Array.from({ length: n }, (_, r) => {
    const row = Object.create(Object.prototype) as object
    for (const [name, { data }] of Object.entries(columns)) {
      const value = data[r]
      Object.defineProperty(row, name, { value: typeof value === 'bigint' ? Number(value) : value, enumerable: true, configurable: true, writable: true })
    }
    return row
  })

describe('readParquet', () => {
  it('gives back what was written, in batches of any size', async () => {
    for (const [seed, n] of [[1, 1], [2, 37], [3, 1000], [4, 3003]] as const) {
      const columns = someColumns(seed, n)
      const file = parquetWriteBuffer({ columnData: sourceOf(columns), rowGroupSize: 1700, pageSize: 2000 })
      const rows = expectedRows(columns, n)
      for (const rowsPerBatch of [64, 1000, 1e6]) {
        const tables = await tablesOf(file, { rowsPerBatch })
        expect(Math.max(...tables.map((table) => table.rows))).toBeLessThanOrEqual(rowsPerBatch)
        expect(tables.flatMap((table) => [...rowsOf(table)])).toStrictEqual(rows)
      }
    }
  })

  it('gives columns of the kinds of the file, the same in all batches', async () => {
    const columns = someColumns(5, 3000)
    columns.few.data.fill(null, 0, 1500)
    const tables = await tablesOf(parquetWriteBuffer({ columnData: sourceOf(columns), rowGroupSize: 1000 }), { rowsPerBatch: 500 })
    for (const table of tables)
      expect(Array.from(table.columns, ([name, { kind }]) => `${name}: ${kind}`)).toEqual([
        'int: number', 'few: number', 'float: number', 'double: number', 'flag: boolean', 'long: number', 'id: text', 'genre: text', 'at: date', '__proto__: number',
      ])
    expect(tables[0].columns.get('int')).toMatchObject({ values: Int32Array.from(columns.int.data.slice(0, 500) as number[]) })
    expect(tables[0].columns.get('float')).toMatchObject({ values: Float32Array.from(columns.float.data.slice(0, 500) as number[]) })
    const dictionaries = tables.map((table) => { const column = table.columns.get('genre'); return column?.kind === 'text' ? column.dictionary : [] })
    expect(dictionaries[1]).toBe(dictionaries[0])
    expect(concatTables(tables).rows).toBe(3000)
  })

  it('reads files, blobs and buffers, again with every loop, and only the columns that are asked for', async () => {
    const columns = someColumns(6, 200)
    const file = parquetWriteBuffer({ columnData: sourceOf(columns) })
    const path = join(folder, 'some.parquet')
    writeFileSync(path, new Uint8Array(file))
    const rows = expectedRows(columns, 200)
    for (const from of [path, new Uint8Array(file), new Blob([file])]) expect(await rowsIn(from)).toStrictEqual(rows)
    const reader = readParquet(path, { columns: ['genre', 'int'], rowsPerBatch: 99 })
    const once: string[][] = []
    for (let i = 0; i < 2; i++) for await (const table of reader) once.push([...table.columns.keys(), `${table.rows}`])
    expect(once).toEqual([99, 99, 2, 99, 99, 2].map((n) => ['genre', 'int', `${n}`]))
  })

  it('makes integers of 64 bits what the file needs, or what is asked for', async () => {
    const write = (data: bigint[]) => parquetWriteBuffer({ columnData: [{ name: 'id', type: 'INT64', data }], rowGroupSize: 2 })
    const small = [1n, 2n ** 53n - 1n, -5n]
    const large = [1n, 2n, 2n ** 60n]
    expect(await rowsIn(write(small))).toEqual(small.map((id) => ({ id: Number(id) })))
    expect(await rowsIn(write(large))).toEqual(large.map((id) => ({ id })))
    expect(await rowsIn(write(small), { int64: 'bigint' })).toEqual(small.map((id) => ({ id })))
    await expect(rowsIn(write(large), { int64: 'number' })).rejects.toThrow(/column "id", rows 2 to 2: an integer past 2\^53/)
  })

  it('reads lists, and leaves structs to hyparquet', async () => {
    const tags = [['a', 'b'], [], null, ['c', null, 'a'], null, ['b']]
    const list = (name: string, type: 'BYTE_ARRAY' | 'DOUBLE') => [
      { name, repetition_type: 'OPTIONAL' as const, num_children: 1, converted_type: 'LIST' as const },
      { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL' as const, type, ...(type === 'BYTE_ARRAY' && { converted_type: 'UTF8' as const }) },
    ]
    const numbers = [[1.5], null, [], [2, null], [3], [4, 5, 6]]
    const names = [{ first: 'x' }, null, { first: null }, { first: 'y' }, { first: 'z' }, null]
    const file = parquetWriteBuffer({
      columnData: [{ name: 'tags', data: tags }, { name: 'numbers', data: numbers }, { name: 'name', data: names }],
      schema: [
        { name: 'root', num_children: 3 }, ...list('tags', 'BYTE_ARRAY'), ...list('numbers', 'DOUBLE'),
        { name: 'name', repetition_type: 'OPTIONAL', num_children: 1 }, { name: 'first', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      ],
      rowGroupSize: 4,
    })
    const rows = tags.map((_, r) => ({ tags: tags[r], numbers: numbers[r], name: names[r] }))
    for (const rowsPerBatch of [1, 2, 3, 100]) expect(await rowsIn(file, { rowsPerBatch })).toEqual(rows)
    const [table] = await tablesOf(file)
    expect(table.columns.get('tags')).toMatchObject({ kind: 'list', values: { kind: 'text' } })
    expect(table.columns.get('numbers')).toMatchObject({ kind: 'list', values: { kind: 'number' } })
  })

  it('reads long lists over many pages', async () => {
    const random = seededRandom(9)
    const data = Array.from({ length: 700 }, () => (random.next() < 0.1 ? null : Array.from({ length: random.integer(40) }, () => random.integer(1e6))))
    const file = parquetWriteBuffer({
      columnData: [{ name: 'ids', data }], pageSize: 700, rowGroupSize: 500,
      schema: [
        { name: 'root', num_children: 1 }, { name: 'ids', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, { name: 'element', repetition_type: 'REQUIRED', type: 'INT32' },
      ],
    })
    expect(await rowsIn(file, { rowsPerBatch: 33 })).toEqual(data.map((ids) => ({ ids })))
  })

  it('gives the columns of a file without rows', async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: 'a', data: [], type: 'INT32' }, { name: 'b', data: [], type: 'STRING' }] })
    const table = await collectTables(readParquet(file))
    expect([table.rows, ...Array.from(table.columns, ([name, { kind }]) => `${name}: ${kind}`)]).toEqual([0, 'a: number', 'b: text'])
    await expect(collectTables([] as Table[])).rejects.toThrow('at least one table')
    await expect(collectTables([1] as never)).rejects.toThrow('`batches[0]` to be a table, got 1')
  })

  it('names what it cannot read', async () => {
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2], type: 'INT32' }] }))
    await expect(rowsIn(join(folder, 'nothing'))).rejects.toThrow(/expected a file at .*nothing.*cannot be opened: ENOENT/)
    await expect(rowsIn(folder)).rejects.toThrow('got a folder')
    await expect(rowsIn(new Uint8Array(0))).rejects.toThrow('at its end, where it says what it holds: 0 bytes')
    await expect(rowsIn(new TextEncoder().encode('a,b\n1,2\n3,4\n'))).rejects.toThrow('the letters PAR1 are not there')
    await expect(rowsIn(file, { columns: ['b'] })).rejects.toThrow('expected a column "b", got "a"')
    expect(() => readParquet(file, { rowsPerBatch: 0 })).toThrow('`rowsPerBatch`')
    expect(() => readParquet(file, { int64: 'long' as 'bigint' })).toThrow('`int64`')
    expect(() => readParquet(file, { columns: ['a', 'a'] })).toThrow('different names')
    await expect(rowsIn(12 as unknown as string)).rejects.toThrow('a path, bytes or a Blob, got 12')
  })
})
