import { ArgumentError, DataError, expected, show } from '../errors'
import { checkColumn, checkRow, columnReader } from './rows'
import type { Table } from './table'
import { cellReader, checkTable, isTable, tableColumn } from './table'
import { filterTable, takeTable } from './table-rows'

/** Rows as objects, or as a table. */
export type Rows = readonly object[] | Table

/** Rows of either form, read by column. */
export interface RowsView {
  readonly rows: number
  readonly names: () => readonly string[]
  /** Reads a column, null and undefined where there is no value. @throws DataError or ArgumentError where there is no such column */
  readonly column: (name: string) => (row: number) => unknown
  readonly row: (row: number) => Readonly<Record<string, unknown>>
  /** Throws where the row lacks the column altogether: what is undefined may be misspelt in one row alone. */
  readonly check: (name: string, row: number) => void
}

export function rowsView(where: string, data: Rows, name = 'rows'): RowsView {
  if (isTable(data)) {
    const table = checkTable(where, data, name)
    const readers = () => Array.from(table.columns, ([column, held]) => ({ column, read: cellReader(held) }))
    return {
      rows: table.rows,
      names: () => [...table.columns.keys()],
      column: (column) => cellReader(tableColumn(where, table, column)),
      check: () => {},
      row: (r) => Object.fromEntries(readers().map(({ column, read }) => [column, read(r)])),
    }
  }
  if (!Array.isArray(data)) throw new ArgumentError(expected(where, name, 'an array of rows or a table', data))
  data.forEach((row, r) => checkRow(where, row, r))
  return {
    rows: data.length,
    names() {
      const names = new Set<string>()
      for (const row of data as readonly object[]) for (const name of Object.keys(row)) names.add(name)
      return [...names]
    },
    column(column) {
      const read = columnReader(column)
      // A column that no row has is misspelt; where only some lack it, they have nulls.
      if (data.length > 0 && !data.some((row) => read(row) !== undefined || Object.hasOwn(row, column))) checkColumn(where, column, data[0], 0)
      return (r) => read(data[r])
    },
    check: (column, r) => checkColumn(where, column, data[r], r),
    row: (r) => data[r] as Readonly<Record<string, unknown>>,
  }
}

/** The rows at `indices`, in the form in which they came. */
export function pickRows<R extends Rows>(data: R, indices: ArrayLike<number>): R {
  return (isTable(data) ? takeTable(data, indices) : Array.from(indices, (i) => (data as readonly object[])[i])) as R
}

/** The rows where `mask` is 1, in the form in which they came. */
export function keepRows<R extends Rows>(data: R, mask: Uint8Array): R {
  return (isTable(data) ? filterTable(data, mask) : (data as readonly object[]).filter((_, r) => mask[r] === 1)) as R
}

/** A moment of a cell: a number as it is, a Date in ms; NaN where there is none. @throws DataError at anything else */
export function momentReader(where: string, view: RowsView, column: string): (row: number) => number {
  const read = view.column(column)
  return (r) => {
    const value = read(r)
    if (value === null || value === undefined) return NaN
    if (typeof value === 'number') return value
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
    if (Object.prototype.toString.call(value) === '[object Date]') return Number(value)
    throw new DataError(`feedrank/${where}: expected column ${show(column)} to hold timestamps (numbers or dates), got ${show(value)} at row ${r}`)
  }
}
