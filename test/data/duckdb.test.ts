import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDuckDb, readParquet, rowsOf } from '../../src'
import type { ReadDuckDbOptions, Table } from '../../src'

const folder = mkdtempSync(join(tmpdir(), 'feedrank-duckdb-'))
const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true, force: true })
})

async function tablesOf(batches: AsyncIterable<Table>): Promise<Table[]> {
  const tables: Table[] = []
  for await (const table of batches) tables.push(table)
  return tables
}
const rowsIn = async (sql: string, options: ReadDuckDbOptions = { connection }) => (await tablesOf(readDuckDb(sql, options))).flatMap((table) => [...rowsOf(table)])

describe('readDuckDb', () => {
  it('gives every type, and null where it is null', async () => {
    const sql = `SELECT * FROM (VALUES
      (1::TINYINT, 2::INTEGER, 0.5::FLOAT, 1.25::DOUBLE, TRUE, 'a', 7::BIGINT, 12.34::DECIMAL(9,2), DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05.678', TIMESTAMP_NS '2026-01-02 03:04:05.678', ['x', NULL], [1, 2]::INTEGER[2], {a: 1, b: 'q'}, 'bad'::ENUM('good', 'bad'), 5::HUGEINT, '2b0f3e3c-0000-4000-8000-000000000001'::UUID),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    ) t(tiny, i, f, d, flag, text, big, price, day, moment, ns, tags, pair, who, mood, huge, uuid)`
    const at = new Date('2026-01-02T03:04:05.678Z')
    const [first, second] = await rowsIn(sql)
    expect(first).toEqual({
      tiny: 1, i: 2, f: 0.5, d: 1.25, flag: true, text: 'a', big: 7, price: 12.34, day: new Date('2026-01-02'), moment: at, ns: at, tags: ['x', null], pair: [1, 2],
      who: { a: 1, b: 'q' }, mood: 'bad', huge: 5, uuid: '2b0f3e3c-0000-4000-8000-000000000001',
    })
    expect(new Set(Object.values(second))).toEqual(new Set([null]))
  })

  it('streams batches with their nulls in place, and takes parameters', async () => {
    const tables = await tablesOf(readDuckDb("SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE i * $1 END AS x, 'u' || (i % 5) AS u FROM range(10000) t(i)", { connection, values: [2], rowsPerBatch: 4000 }))
    expect(tables.map((table) => table.rows)).toEqual([4096, 4096, 1808])
    const rows = tables.flatMap((table) => [...rowsOf(table)])
    expect(rows).toEqual(Array.from({ length: 10_000 }, (_, i) => ({ i, x: i % 3 === 0 ? null : 2 * i, u: `u${i % 5}` })))
    const [none] = await tablesOf(readDuckDb('SELECT 1 AS a WHERE FALSE', { connection }))
    expect([none.rows, [...none.columns.keys()]]).toEqual([0, ['a']])
  })

  it('opens a database of its own, and again for every loop', async () => {
    const path = join(folder, 'some.db')
    const own = await DuckDBInstance.create(path)
    const into = await own.connect()
    await into.run('CREATE TABLE log AS SELECT i AS id FROM range(5) t(i)')
    into.closeSync()
    own.closeSync()
    const batches = readDuckDb('SELECT sum(id) AS total FROM log', { path })
    for (let i = 0; i < 2; i++) expect((await tablesOf(batches)).flatMap((table) => [...rowsOf(table)])).toEqual([{ total: 10 }])
    expect(await rowsIn('SELECT 1 AS one', {})).toEqual([{ one: 1 }])
  })

  it('says what is wrong', async () => {
    await expect(rowsIn('SELEC 1')).rejects.toThrow(/feedrank\/readDuckDb: .*syntax error/i)
    await expect(rowsIn('SELECT 9007199254740993::BIGINT AS id')).rejects.toThrow('an integer past 2^53 in column id, 9007199254740993')
    expect(await rowsIn('SELECT 9007199254740993::BIGINT AS id', { connection, int64: 'bigint' })).toEqual([{ id: 9007199254740993n }])
    await expect(rowsIn('SELECT 1 AS a, 2 AS a')).rejects.toThrow('columns of different names, got "a" twice')
    expect(() => readDuckDb('')).toThrow('`sql`')
    expect(() => readDuckDb('SELECT 1', { connection, path: 'x' })).toThrow('`path`')
  })
})

describe("readParquet reads what DuckDB's writer writes", () => {
  beforeAll(() => connection.run(`CREATE TABLE log AS SELECT i, (i * 7919) % 1000 AS x, CASE WHEN i % 3 = 0 THEN NULL ELSE ['f', 'm'][1 + i % 2] END AS gender, 'author-' || ((i * 104729) % 3000) AS author,
    i % 10 = 0 AS clicked, i / 7.0 AS dwell, TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND AS at, [i, i + 1] AS pair, CASE WHEN i % 2 = 0 THEN 0.5::FLOAT END AS half FROM range(9000) t(i)`))

  it.each(['snappy', 'zstd', 'uncompressed'])('%s', async (codec) => {
    const path = join(folder, `${codec}.parquet`)
    await connection.run(`COPY log TO '${path}' (FORMAT parquet, CODEC ${codec}, ROW_GROUP_SIZE 4096)`)
    const tables = await tablesOf(readParquet(path, { rowsPerBatch: 1500 }))
    expect(tables.flatMap((table) => [...rowsOf(table)])).toEqual(await rowsIn('SELECT * FROM log'))
  })
})
