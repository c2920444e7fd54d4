import { ArgumentError, DataError, checkNumber, checkObject, expected } from '../errors'
import { checkColumn, checkRow, columnReader } from './rows'
import type { Id } from './values'
import { cell, idKey, idKinds } from './values'

/** A table in three parts; train, validation, test and dropped together are all the rows. */
export interface Split<Row> {
  readonly train: Row[]
  readonly validation: Row[]
  readonly test: Row[]
  /** Rows in a gap, in no part. */
  readonly dropped: Row[]
}

/** The columns of `Row` that hold numbers. */
export type NumberColumn<Row> = { [K in keyof Row & string]: Row[K] extends number ? K : never }[keyof Row & string]

/** The columns of `Row` that hold ids. */
export type IdColumnOf<Row> = { [K in keyof Row & string]: Row[K] extends Id ? K : never }[keyof Row & string]

/** Checks that `rows` is a table, and `options` say how to split it. */
export function checkRows(where: string, rows: unknown, options: object): void {
  checkObject(where, 'options', options)
  if (!Array.isArray(rows)) throw new ArgumentError(expected(where, 'rows', 'an array of rows', rows))
  if (rows.length === 0) throw new DataError(`feedrank/${where}: expected \`rows\` to be at least one row, got none`)
  rows.forEach((row, r) => checkRow(where, row, r))
}

/** The timestamp of every row, by column or by function. */
export function timestampsOf<Row extends object>(where: string, rows: readonly Row[], timestamp: string | ((row: Row) => number)): Float64Array {
  const read = reader(where, 'timestamp', timestamp)
  return Float64Array.from(rows, (row, r) => {
    const value = read(row)
    if (typeof timestamp === 'string' && value === undefined) checkColumn(where, timestamp, row, r)
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw new DataError(expected(where, cell(r, nameOf(timestamp)), 'a finite timestamp', value))
  })
}

/** The indices of each user's rows, in order of time, equal timestamps in the order of the rows. */
export function rowsByUser<Row extends object>(
  where: string, rows: readonly Row[], user: string | ((row: Row) => Id), timestamps: Float64Array,
): readonly number[][] {
  const read = reader(where, 'user', user)
  const byUser = new Map<string, number[]>()
  rows.forEach((row, r) => {
    const value = read(row)
    if (typeof user === 'string' && value === undefined) checkColumn(where, user, row, r)
    const key = idKey(value)
    if (key === undefined) throw new DataError(expected(where, cell(r, nameOf(user)), idKinds, value))
    const indices = byUser.get(key)
    if (indices) indices.push(r)
    else byUser.set(key, [r])
  })
  for (const indices of byUser.values()) indices.sort((a, b) => timestamps[a] - timestamps[b])
  return [...byUser.values()]
}

function reader<Row extends object>(where: string, name: string, column: string | ((row: Row) => unknown)): (row: Row) => unknown {
  if (typeof column === 'string') return columnReader(column)
  if (typeof column === 'function') return column
  throw new ArgumentError(expected(where, name, 'the name of a column or a function of the row', column))
}

const nameOf = (column: string | { readonly name: string }) => (typeof column === 'string' ? column : `${column.name || 'timestamp'}(row)`)

/** Three fractions of the rows, each above 0, that sum to 1. */
export function checkFractions(where: string, fractions: unknown): readonly [number, number, number] {
  if (!Array.isArray(fractions) || fractions.length !== 3)
    throw new ArgumentError(expected(where, 'fractions', 'three numbers: train, validation and test', fractions))
  const [train, validation, test] = fractions.map((fraction, i) => checkNumber(where, `fractions[${i}]`, fraction, { above: 0, below: 1 }))
  const sum = train + validation + test
  if (Math.abs(sum - 1) > 1e-9) throw new ArgumentError(expected(where, 'fractions', 'numbers that sum to 1', sum))
  return [train, validation, test]
}

/**
 * The place to cut ascending `times` that is nearest to `wanted` without parting equal times; of two equally near ones
 * the earlier.
 */
export function cutNear(times: ArrayLike<number>, wanted: number): number {
  if (wanted <= 0) return 0
  if (wanted >= times.length) return times.length
  let before = wanted
  while (before > 0 && times[before - 1] === times[wanted]) before--
  let after = wanted
  while (after < times.length && times[after] === times[wanted]) after++
  return before === wanted || wanted - before <= after - wanted ? before : after
}

/** Puts rows into their parts, each part in order of time, equal timestamps in the order of the rows. */
export function partition<Row>(
  where: string, rows: readonly Row[], timestamps: Float64Array, partOf: (row: number) => keyof Split<Row>,
): Split<Row> {
  const split: Split<Row> = { train: [], validation: [], test: [], dropped: [] }
  const order = Array.from(rows.keys()).sort((a, b) => timestamps[a] - timestamps[b])
  for (const r of order) split[partOf(r)].push(rows[r])
  const { train, validation, test, dropped } = split
  if (train.length > 0 && validation.length > 0 && test.length > 0) return split
  const counts = `train ${train.length}, validation ${validation.length}, test ${test.length}, dropped ${dropped.length}`
  throw new DataError(`feedrank/${where}: expected rows in every part, got ${counts}`)
}
