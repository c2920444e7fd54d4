import { checkColumn, checkRow, missingColumn } from '../data/rows'
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

/** Rows are read in blocks that stay in the processor's cache, all columns of a block one after another. */
const block = 256

/**
 * `names` are the columns that will be asked for, `first` is the number of the first row, for messages.
 *
 * @throws DataError for a row that is no object
 */
export function batchOfRows(where: string, rows: readonly object[], names: ReadonlySet<string>, first = 0): Batch {
  for (let r = 0; r < rows.length; r++) checkRow(where, rows[r], first + r)
  const columns = new Map<string, unknown[]>(Array.from(names, (name) => [name, emptyArray(rows.length)]))
  for (let start = 0; start < rows.length; start += block) {
    const end = Math.min(rows.length, start + block)
    for (const [name, values] of columns) pluckInto(values, rows, name, start, end)
  }
  const row = (cell: number) => first + cell
  return {
    where,
    rows: rows.length,
    required: (column, r) => checkColumn(where, column, rows[r], first + r),
    cells(name, needed) {
      const values = columns.get(name) ?? pluckInto(emptyArray(rows.length), rows, name, 0, rows.length)
      if (needed && values.includes(undefined))
        values.forEach((value, r) => value === undefined && checkColumn(where, name, rows[r], first + r))
      return { where, name, length: rows.length, column: { kind: 'mixed', values }, row }
    },
  }
}

/** An array of holes, which is several times faster to make than one of undefined. */
function emptyArray(length: number): unknown[] {
  const values: unknown[] = []
  values.length = length
  return values
}

/** One column of the rows from `start` to before `end`. What every object inherits is no column unless the row owns it. */
function pluckInto(values: unknown[], rows: readonly object[], name: string, start: number, end: number): unknown[] {
  const inherited = name in Object.prototype
  for (let r = start; r < end; r++)
    values[r] = inherited && !Object.hasOwn(rows[r], name) ? undefined : (rows[r] as Readonly<Record<string, unknown>>)[name]
  return values
}
