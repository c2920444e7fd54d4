/** A value that names something. A number, a bigint and their decimal strings are one id: `1`, `1n` and `'1'` are the same. */
export type Id = string | number | bigint

/** What an id has to be, for messages. */
export const idKinds = 'a string or a finite number (integers of 2^53 and more as strings)'

/** True for numbers that may stand for an id: finite, and where integer small enough to be exact. */
export const isIdNumber = (value: number) => Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))

/** The key of an id: a string as it is, numbers and bigints by their decimal string; undefined for what is no id. */
export function idKey(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return isIdNumber(value) ? String(value) : undefined
  return typeof value === 'bigint' ? String(value) : undefined
}

/** True for what counts as a missing value. NaN does not: it is an error in whatever made it. */
export const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null

/** `rows[3].age`: where a value stands, for messages. */
export const cell = (row: number, column: string) =>
  /^[A-Za-z_$][\w$]*$/.test(column) ? `rows[${row}].${column}` : `rows[${row}][${JSON.stringify(column)}]`
