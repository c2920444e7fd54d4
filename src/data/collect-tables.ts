import { ArgumentError, expected } from '../errors'
import type { Table } from './table'
import { isTable } from './table'
import { concatTables } from './table-rows'

/**
 * All of a stream of tables in one: for data that fits into memory.
 *
 * @throws ArgumentError when it is no stream of tables, or there is not even one; ContractError when tables differ in columns or their kinds
 * @example
 * ```ts
 * import { collectTables, describeTable, readCsv } from 'feedrank'
 *
 * console.log(describeTable(await collectTables(readCsv('user,age\na,31\nb,28', { rowsPerBatch: 1 }))))
 * // 2 rows, 2 columns
 * //   user  text of 2     no nulls  "a", "b"
 * //   age   Float64Array  no nulls  31, 28
 * ```
 */
export async function collectTables(batches: AsyncIterable<Table> | Iterable<Table>): Promise<Table> {
  if (typeof batches !== 'object' || batches === null || !(Symbol.asyncIterator in batches || Symbol.iterator in batches))
    throw new ArgumentError(expected('collectTables', 'batches', 'a stream of tables, as readParquet gives it', batches))
  const tables: Table[] = []
  for await (const table of batches) {
    if (!isTable(table)) throw new ArgumentError(expected('collectTables', `batches[${tables.length}]`, 'a table', table))
    tables.push(table)
  }
  return concatTables(tables)
}
