import { ArgumentError, DataError, show } from '../errors'
import { isNull, tableColumn, type NumberArray, type Table } from './table'

/**
 * The numbers of a column as the table holds them: numbers, moments in ms, or booleans as 0 and 1. Nothing is copied.
 *
 * @throws ArgumentError when there is no such column, or it holds something else; DataError when a row has no value
 * @example
 * ```ts
 * import { columnNumbers, tableOf } from 'feedrank'
 *
 * const table = tableOf({ likes: [3, 5], liked: [true, false] })
 * console.log([...columnNumbers(table, 'likes')], [...columnNumbers(table, 'liked')]) // [ 3, 5 ] [ 1, 0 ]
 * ```
 */
export function columnNumbers(table: Table, name: string): NumberArray {
  const column = tableColumn('columnNumbers', table, name)
  if (column.kind !== 'number' && column.kind !== 'boolean' && column.kind !== 'date')
    throw new ArgumentError(`feedrank/columnNumbers: expected column ${show(name)} to hold numbers, booleans or dates, got ${column.kind}`)
  for (let row = 0; column.valid !== undefined && row < table.rows; row++)
    if (isNull(column, row)) throw new DataError(`feedrank/columnNumbers: expected column ${show(name)} to have a value in every row, got none in row ${row}`)
  return column.values
}
