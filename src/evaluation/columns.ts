import { checkColumn, checkRow, columnReader } from '../data/rows'
import { isTable } from '../data/table'
import { cell, idKey, idKinds } from '../data/values'
import { ArgumentError, DataError, expected } from '../errors'

/** A column by its name, or what it holds as a function of the row. */
export type RowColumn<Row, Value = unknown> = (keyof Row & string) | ((row: Row) => Value)

const nameOf = (column: unknown, fallback: string): string => (typeof column === 'string' ? column : fallback)

/** Throws unless `rows` is an array of objects. */
export function checkTable(where: string, name: string, rows: unknown, least: number): void {
  if (isTable(rows)) throw new ArgumentError(`feedrank/${where}: expected \`${name}\` to be an array of rows, got a table; give [...rowsOf(table)]`)
  if (!Array.isArray(rows)) throw new ArgumentError(expected(where, name, 'an array of rows', rows))
  if (rows.length < least) throw new DataError(`feedrank/${where}: expected \`${name}\` to be at least ${least === 1 ? 'one row' : `${least} rows`}, got ${rows.length}`)
  rows.forEach((row, r) => checkRow(where, row, r))
}

/** Reads a column of any rows; a name that no row has is an error. */
export function readerOf<Row extends object>(where: string, name: string, column: RowColumn<Row>): (row: Row, r: number) => unknown {
  if (typeof column === 'function') return column
  if (typeof column !== 'string') throw new ArgumentError(expected(where, name, 'the name of a column or a function of the row', column))
  const read = columnReader(column)
  return (row, r) => {
    const value = read(row)
    if (value === undefined) checkColumn(where, column, row, r)
    return value
  }
}

/** A column of 0 and 1 from numbers or booleans. */
export function labelsOf<Row extends object>(where: string, rows: readonly Row[], column: RowColumn<Row>): Float64Array {
  const read = readerOf(where, 'label', column)
  return Float64Array.from(rows, (row, r) => {
    const value = read(row, r)
    if (value === true || value === 1) return 1
    if (value === false || value === 0) return 0
    throw new DataError(expected(where, cell(r, nameOf(column, 'label')), '0, 1, true or false', value))
  })
}

/** A column of finite numbers of at least `least`. */
export function numbersOf<Row extends object>(where: string, name: string, rows: readonly Row[], column: RowColumn<Row>, least = -Infinity): Float64Array {
  const read = readerOf(where, name, column)
  return Float64Array.from(rows, (row, r) => {
    const value = read(row, r)
    if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value
    if (value === true || value === false) return Number(value)
    throw new DataError(expected(where, cell(r, nameOf(column, name)), least === -Infinity ? 'a finite number' : `a finite number of at least ${least}`, value))
  })
}

/** A column of moments, in ms since 1970 or any unit, from numbers or dates. */
export function momentsOf<Row extends object>(where: string, rows: readonly Row[], column: RowColumn<Row>): Float64Array {
  const read = readerOf(where, 'timestamp', column)
  return Float64Array.from(rows, (row, r) => {
    const value = read(row, r)
    const moment = Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : value
    if (typeof moment === 'number' && Number.isFinite(moment)) return moment
    throw new DataError(expected(where, cell(r, nameOf(column, 'timestamp')), 'a finite timestamp or a Date', value))
  })
}

/** A column of ids, as their keys: `1`, `1n` and `'1'` are the same. */
export function idsOf<Row extends object>(where: string, name: string, rows: readonly Row[], column: RowColumn<Row>): string[] {
  const read = readerOf(where, name, column)
  return rows.map((row, r) => {
    const value = read(row, r)
    const key = idKey(value)
    if (key === undefined) throw new DataError(expected(where, cell(r, nameOf(column, name)), idKinds, value))
    return key
  })
}
