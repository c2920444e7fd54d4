import { isMissing, cell } from '../data/values'
import { DataError, expected } from '../errors'

/** The error about one value of one row. */
export function badValue(where: string, column: string, row: number, expectation: string, value: unknown): DataError {
  const hint = isMissing(value) ? ' (a value that may be missing needs a `missing` rule)' : ''
  return new DataError(expected(where, cell(row, column), expectation, value) + hint)
}

/** `value` as a finite number, a bigint where that is exact; otherwise a {@link DataError}. */
export function finite(where: string, column: string, row: number, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value)
  throw badValue(where, column, row, 'a finite number', value)
}

/** `value` as 0 or 1, from a boolean or a 0/1 number; otherwise a {@link DataError}. */
export function zeroOrOne(where: string, column: string, row: number, value: unknown): 0 | 1 {
  if (value === true || value === 1 || value === 1n) return 1
  if (value === false || value === 0 || value === 0n) return 0
  throw badValue(where, column, row, 'true, false, 1 or 0', value)
}

/** The largest finite 32-bit float. */
export const largestFloat = 3.4028234663852886e38
