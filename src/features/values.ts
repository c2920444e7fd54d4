import { DataError, expected } from '../errors'

/** A value that names something. A number, a bigint and their decimal strings are one id: `1`, `1n` and `'1'` are the same. */
export type Id = string | number | bigint

/** `rows[3].age`: where a value stands, for messages. */
export const cell = (row: number, column: string) =>
  /^[A-Za-z_$][\w$]*$/.test(column) ? `rows[${row}].${column}` : `rows[${row}][${JSON.stringify(column)}]`

/** The error about one value of one row. */
export function badValue(where: string, column: string, row: number, expectation: string, value: unknown): DataError {
  const missing = value === undefined || value === null ? ' (a value that may be missing needs a `missing` rule)' : ''
  return new DataError(expected(where, cell(row, column), expectation, value) + missing)
}

/** True for what counts as a missing value. NaN does not: it is an error in whatever made it. */
export const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null

const idKinds = 'a string or a finite number (integers of 2^53 and more as strings)'

/** The key of an id: a string as it is, numbers and bigints by their decimal string. */
export function idKey(where: string, column: string, row: number, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') {
    if (isIdNumber(value)) return String(value)
  } else if (typeof value === 'bigint') return String(value)
  throw badValue(where, column, row, idKinds, value)
}

/** True for numbers that may stand for an id: finite, and where integer small enough to be exact. */
export const isIdNumber = (value: number) => Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))

/** `value` as a finite number; otherwise a {@link DataError}. */
export function finite(where: string, column: string, row: number, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw badValue(where, column, row, 'a finite number', value)
}

/** `value` as 0 or 1, from a boolean or a 0/1 number; otherwise a {@link DataError}. */
export function zeroOrOne(where: string, column: string, row: number, value: unknown): 0 | 1 {
  if (value === true || value === 1) return 1
  if (value === false || value === 0) return 0
  throw badValue(where, column, row, 'true, false, 1 or 0', value)
}
