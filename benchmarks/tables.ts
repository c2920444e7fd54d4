import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addCells, addTable, type Sums } from './tables/sums'
import { impressionBatches, readDuckDb, readParquet, type Table } from 'feedrank'
import { withParquetFiles } from '../examples/generate/parquet-file'
import type { Benchmark, Variant } from './harness/benchmark'
import { Missing, timed } from './harness/benchmark'

/** A file of the impression log, written once for all variants of a run and gone with the process. */
const files = new Map<number, Promise<string>>()
function fileOf(rows: number): Promise<string> {
  const known = files.get(rows) ?? write(rows)
  files.set(rows, known)
  return known
}

async function write(rows: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-tables-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'log.parquet')
  await withParquetFiles([path], async (add) => {
    for (const { table } of impressionBatches({ rows, batchRows: 100_000 }).batches()) await add(table)
  })
  return path
}

const tables = (name: string, open: (path: string) => AsyncIterable<Table>) => (rows: number): Variant => ({
  name, side: 'ours', threads: 1,
  async start() {
    const path = await fileOf(rows)
    const read = async () => { for await (const table of open(path)) if (table.rows === 0) throw new Error('a table without rows') }
    const check = async () => {
      const sums: Sums = new Map()
      for await (const table of open(path)) addTable(sums, table)
      return Object.fromEntries(sums)
    }
    return { check, repeat: () => timed(read), close: () => {} }
  },
})

/** The columns of hyparquet, as it gives them. */
const hyparquet = (rows: number): Variant => ({
  name: 'hyparquet', side: 'peer', threads: 1,
  async start() {
    const [{ asyncBufferFromFile, parquetMetadataAsync, parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
    const path = await fileOf(rows)
    const read = async (onChunk: (name: string, values: ArrayLike<unknown>) => void) => {
      const file = await asyncBufferFromFile(path)
      const metadata = await parquetMetadataAsync(file)
      let start = 0
      for (const group of metadata.row_groups) {
        const end = start + Number(group.num_rows)
        await parquetRead({ file, metadata, compressors, rowStart: start, rowEnd: end, onChunk: ({ columnName, columnData }) => onChunk(columnName, columnData) })
        start = end
      }
    }
    const check = async () => {
      const sums: Sums = new Map()
      await read((name, values) => addCells(sums, name, values.length, (r) => values[r]))
      return Object.fromEntries(sums)
    }
    return { check, repeat: () => timed(() => read(() => {})), close: () => {} }
  },
})

/** DuckDB's own vectors, with the texts taken out, as a reader of them has to. */
const duckdb = (rows: number): Variant => ({
  name: 'duckdb', side: 'peer', threads: 1,
  async start() {
    const { DuckDBInstance } = await import('@duckdb/node-api').catch((): never => { throw new Missing('@duckdb/node-api is not installed') })
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    const path = await fileOf(rows)
    const read = async (onVector?: (name: string, count: number, valueAt: (row: number) => unknown) => void) => {
      const result = await connection.stream(`SELECT * FROM '${path}'`)
      const names = result.columnNames()
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk())
        for (const [i, name] of names.entries()) {
          const vector = chunk.getColumnVector(i)
          if (onVector !== undefined) onVector(name, chunk.rowCount, (r) => vector.getItem(r))
          else if (!('items' in vector)) for (let r = 0; r < chunk.rowCount; r++) vector.getItem(r)
        }
    }
    const check = async () => {
      const sums: Sums = new Map()
      await read((name, count, valueAt) => addCells(sums, name, count, valueAt))
      return Object.fromEntries(sums)
    }
    return { check, repeat: () => timed(() => read()), close: () => { connection.closeSync(); instance.closeSync() } }
  },
})

/** All seventeen columns of an impression log, from a Parquet file to typed columns. */
export const benchmark: Benchmark = {
  name: 'tables',
  question: 'how fast does a Parquet file become typed columns, beside hyparquet as it is and DuckDB on one thread?',
  unit: 'rows',
  options: { rows: { value: 500_000, about: 'rows of the log' } },
  unitsPerRepeat: ({ rows }) => rows,
  tolerance: { relative: 1e-9, absolute: 1e-9 },
  variants: ({ rows }, threads) =>
    threads > 1
      ? [] // a reader of ours uses one
      : [tables('readParquet', (path) => readParquet(path))(rows), tables('readDuckDb', (path) => readDuckDb(`SELECT * FROM '${path}'`))(rows), hyparquet(rows), duckdb(rows)],
}
