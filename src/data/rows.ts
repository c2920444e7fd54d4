import { DataError, expected } from '../errors'
import { cell } from './values'

/** Reads one column of a row. What every object inherits (`constructor`, `__proto__`) is no column unless the row owns it. */
export type ColumnReader = (row: object) => unknown

export function columnReader(column: string): ColumnReader {
  if (column in Object.prototype)
    return (row) => (Object.hasOwn(row, column) ? (row as Readonly<Record<string, unknown>>)[column] : undefined)
  return (row) => (row as Readonly<Record<string, unknown>>)[column]
}

/** Sets a column of an object. Plain assignment would take one called `__proto__` for the prototype. */
export function setOwn(target: object, column: string, value: unknown): void {
  if (column === '__proto__') Object.defineProperty(target, column, { value, enumerable: true, configurable: true, writable: true })
  else (target as Record<string, unknown>)[column] = value
}

/** Throws unless `row` is an object. */
export function checkRow(where: string, row: unknown, r: number): asserts row is object {
  if (typeof row !== 'object' || row === null) throw new DataError(expected(where, `rows[${r}]`, 'an object with columns', row))
}

/** Throws where a row lacks a column altogether, naming those it has and the one that was perhaps meant. */
export function checkColumn(where: string, column: string, row: object, r: number): void {
  const there = columnReader(column)(row) !== undefined || Object.hasOwn(row, column)
  if (there) return
  throw missingColumn(where, column, 'a row', Object.keys(row), r)
}

/** The error that `what` (a row, a table) has no such column, naming those it has and the one that was perhaps meant. */
export function missingColumn(where: string, column: string, what: string, names: readonly string[], r: number): DataError {
  const meant = meantColumn(names, column)
  const listed = names.length === 0 ? 'no columns' : names.slice(0, 20).join(', ') + (names.length > 20 ? ', ...' : '')
  const hint = meant === undefined ? '' : `; was \`${meant}\` meant?`
  return new DataError(`feedrank/${where}: expected \`${cell(r, column)}\` to be there, got ${what} with ${listed}${hint}`)
}

/** Of columns the one that was perhaps meant by another name: it differs in case or signs alone. */
export const meantColumn = (names: readonly string[], column: string): string | undefined => names.find((name) => name !== column && plain(name) === plain(column))

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** One column of all rows. Where `required`, rows that lack the column are an error; `first` is the number of the first row. */
export function pluck(where: string, rows: readonly object[], column: string, required: boolean, first = 0): readonly unknown[] {
  const read = columnReader(column)
  const values: unknown[] = Array.from({ length: rows.length })
  for (let r = 0; r < rows.length; r++) {
    const value = read(rows[r])
    if (value === undefined && required) checkColumn(where, column, rows[r], first + r)
    values[r] = value
  }
  return values
}
