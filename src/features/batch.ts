import { checkColumn, checkRow, missingColumn, pluck } from '../data/rows'
import type { Table } from '../data/table'
import type { Cells } from './cells'

/** Rows to be read by columns: what fitting and encoding run on, whether they came as objects or as a table. */
export interface Batch {
  readonly where: string
  readonly rows: number
  /** The cells of a column. Where `required`, a row that lacks the column is an error. */
  readonly cells: (column: string, required: boolean) => Cells
  /** Throws if the row lacks the column altogether. */
  readonly required: (column: string, row: number) => void
}

/** `first` is the number of the first row, for messages. */
export function batchOfTable(where: string, table: Table, first = 0): Batch {
  const required = (column: string, row: number) => {
    if (!table.columns.has(column)) throw missingColumn(where, column, 'a table', [...table.columns.keys()], first + row)
  }
  const row = (cell: number) => first + cell
  return {
    where,
    rows: table.rows,
    required,
    cells(name, needed) {
      if (needed && table.rows > 0) required(name, 0)
      const column = table.columns.get(name) ?? { kind: 'mixed', values: Array.from({ length: table.rows }) }
      return { where, name, length: table.rows, column, row }
    },
  }
}

/** `first` is the number of the first row, for messages. @throws DataError for a row that is no object */
export function batchOfRows(where: string, rows: readonly object[], first = 0): Batch {
  for (let r = 0; r < rows.length; r++) checkRow(where, rows[r], first + r)
  const row = (cell: number) => first + cell
  const plucked = new Map<string, readonly unknown[]>()
  return {
    where,
    rows: rows.length,
    required: (column, r) => checkColumn(where, column, rows[r], first + r),
    cells(name, needed) {
      let values = plucked.get(name)
      if (values === undefined || needed) plucked.set(name, (values = pluck(where, rows, name, needed, first)))
      return { where, name, length: rows.length, column: { kind: 'mixed', values }, row }
    },
  }
}
