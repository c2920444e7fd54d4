import { ArgumentError, BackendError, DataError, FeedrankError, checkInteger, checkObject, expected } from '../../errors'
import { importOptional, messageOf, namesOf } from '../../optional-package'
import type { Column, Table } from '../table'
import { concatTables } from '../table-rows'
import { vectorReader, type DuckDbIntegers, type DuckDbVector, type VectorReader } from './vectors'

/** A connection of `@duckdb/node-api`, as far as a reader needs it. */
export interface DuckDbConnection {
  readonly stream: (sql: string, values?: never) => Promise<DuckDbResult>
}

/** A result of `@duckdb/node-api` that comes in chunks. */
export interface DuckDbResult {
  readonly columnCount: number
  readonly columnNames: () => string[]
  readonly columnTypeId: (column: number) => number
  readonly fetchChunk: () => Promise<DuckDbChunk | null>
}

export interface DuckDbChunk {
  readonly rowCount: number
  readonly getColumnVector: (column: number) => DuckDbVector
  readonly convertColumnValues: (column: number, converter: never) => readonly unknown[]
}

export interface ReadDuckDbOptions {
  /** An open connection, which stays open. */
  readonly connection?: DuckDbConnection
  /** A database file, opened for the query and closed after it. @defaultValue a database in memory, for queries over files */
  readonly path?: string
  /** The values of the parameters of the query, by number or by name. */
  readonly values?: readonly unknown[] | Readonly<Record<string, unknown>>
  /** Least rows of a batch, but for the last: DuckDB gives 2048 at a time. @defaultValue 65536 */
  readonly rowsPerBatch?: number
  /** What integers of 64 bits and more become; as `number`, one past 2^53 is an error. @defaultValue 'number' */
  readonly int64?: DuckDbIntegers
}

interface DuckDbModule {
  readonly DuckDBInstance: { readonly create: (path: string) => Promise<{ readonly connect: () => Promise<DuckDbConnection & { readonly closeSync: () => void }>; readonly closeSync: () => void }> }
  readonly JSDuckDBValueConverter: unknown
}

const load = async () => namesOf(await importOptional('readDuckDb', '@duckdb/node-api'), 'DuckDBInstance') as DuckDbModule

/**
 * What a query of DuckDB's gives, batch by batch, as it comes; every loop runs the query anew.
 *
 * Moments become dates in ms, decimals numbers, enumerations and UUIDs text, lists lists; structs, maps and what is rarer
 * become JavaScript values in a mixed column. The package `@duckdb/node-api` is optional: install it to use this.
 *
 * @throws BackendError, while reading, when the package is not installed; DataError when DuckDB fails, with its message, or an integer does not fit;
 * ArgumentError when an option is not what it should be
 * @example
 * ```ts no-run
 * import { describeTable, readDuckDb } from 'feedrank'
 *
 * const log = readDuckDb("SELECT user_id, clicked FROM 'log/*.parquet' WHERE day >= $1", { values: ['2026-01-01'] })
 * for await (const table of log) console.log(describeTable(table))
 * ```
 */
export function readDuckDb(sql: string, options: ReadDuckDbOptions = {}): AsyncIterable<Table> {
  const where = 'readDuckDb'
  checkObject(where, 'options', options)
  const { connection, path, rowsPerBatch = 65_536, int64 = 'number' } = options
  if (typeof sql !== 'string' || sql.trim() === '') throw new ArgumentError(expected(where, 'sql', 'a query', sql))
  if (connection !== undefined && typeof connection?.stream !== 'function') throw new ArgumentError(expected(where, 'connection', 'a connection of @duckdb/node-api', connection))
  if (path !== undefined && (typeof path !== 'string' || connection !== undefined)) throw new ArgumentError(expected(where, 'path', 'a path, where no connection is given', path))
  if (int64 !== 'number' && int64 !== 'bigint') throw new ArgumentError(expected(where, 'int64', "'number' or 'bigint'", int64))
  checkInteger(where, 'rowsPerBatch', rowsPerBatch)
  return { [Symbol.asyncIterator]: () => batches(sql, { ...options, rowsPerBatch, int64 }) }
}

async function* batches(sql: string, options: ReadDuckDbOptions & { readonly rowsPerBatch: number; readonly int64: DuckDbIntegers }): AsyncGenerator<Table, void> {
  if (options.connection !== undefined) {
    yield* tablesOf(options.connection, sql, options)
    return
  }
  const { DuckDBInstance } = await load()
  const instance = await attempt(() => DuckDBInstance.create(options.path ?? ':memory:'))
  try {
    const connection = await attempt(() => instance.connect())
    try {
      yield* tablesOf(connection, sql, options)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

async function* tablesOf(
  connection: DuckDbConnection, sql: string, { values, rowsPerBatch, int64 }: ReadDuckDbOptions & { readonly rowsPerBatch: number; readonly int64: DuckDbIntegers },
): AsyncGenerator<Table, void> {
  const result = await attempt(() => connection.stream(sql, values as never))
  const names = result.columnNames()
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new DataError(`feedrank/readDuckDb: expected columns of different names, got ${JSON.stringify(twice)} twice; name them with AS`)
  const readers = names.map((name, i) => vectorReader(name, result.columnTypeId(i), int64))
  let held: Table[] = []
  let rows = 0
  let yielded = false
  for (;;) {
    const chunk = await attempt(() => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) break
    held.push(await attempt(() => tableOfChunk(chunk, names, readers)))
    rows += chunk.rowCount
    if (rows < rowsPerBatch) continue
    yield concatTables(held)
    held = []
    rows = 0
    yielded = true
  }
  if (held.length > 0) yield concatTables(held)
  else if (!yielded) yield { rows: 0, columns: new Map(names.map((name) => [name, { kind: 'mixed', values: [] }])) }
}

async function tableOfChunk(chunk: DuckDbChunk, names: readonly string[], readers: readonly VectorReader[]): Promise<Table> {
  // Only types that are read one by one need what the package knows of them.
  let converter: unknown
  const columns = new Map<string, Column>()
  for (const [i, name] of names.entries()) {
    const read = () => readers[i](chunk.getColumnVector(i), () => {
      if (converter === undefined) throw needed
      return chunk.convertColumnValues(i, converter as never)
    })
    try {
      columns.set(name, read())
    } catch (error) {
      if (error !== needed) throw error
      converter = (await load()).JSDuckDBValueConverter
      columns.set(name, read())
    }
  }
  return { rows: chunk.rowCount, columns }
}

const needed = new BackendError('feedrank/readDuckDb: the converter of values is not loaded')

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (FeedrankError.isInstance(cause)) throw cause
    throw new DataError(`feedrank/readDuckDb: ${messageOf(cause)}`, { cause })
  }
}
