import { ArgumentError, DataError, checkNumber, checkObject, expected } from '../errors'
import type { Rows, RowsView } from './rows-view'
import { pickRows, rowsView } from './rows-view'
import type { Table } from './table'
import type { Id } from './values'
import { cell, idKey, idKinds, isIdNumber } from './values'

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

/** A table in three parts; train, validation, test and dropped together are all the rows. */
export interface TableSplit {
  readonly train: Table
  readonly validation: Table
  readonly test: Table
  /** Rows in a gap, in no part. */
  readonly dropped: Table
}

/** What rows become in parts: rows where they are objects, tables where they are a table. */
export type SplitOf<R extends Rows> = R extends Table ? TableSplit : R extends readonly (infer Row)[] ? Split<Row> : never

/** A row of a table, whose columns are not known to the compiler. */
export type TableRow = { readonly [column: string]: number }

/** Reads rows, at least one, and checks that `options` say how to split them. */
export function splittable(where: string, rows: Rows, options: object): RowsView {
  checkObject(where, 'options', options)
  const view = rowsView(where, rows)
  if (view.rows === 0) throw new DataError(`feedrank/${where}: expected \`rows\` to be at least one row, got none`)
  return view
}

/** A column by its name, or a function of the row. */
type Read<Row, Value> = string | ((row: Row) => Value)

/** The timestamp of every row, by column or by function; dates in ms. */
export function timestampsOf<Row>(where: string, view: RowsView, timestamp: Read<Row, number>): Float64Array {
  const read = reader(where, 'timestamp', view, timestamp)
  return Float64Array.from({ length: view.rows }, (_, r) => {
    const value = read(r)
    if (typeof timestamp === 'string' && value === undefined) view.check(timestamp, r)
    const moment = Object.prototype.toString.call(value) === '[object Date]' || (typeof value === 'bigint' && isIdNumber(Number(value))) ? Number(value) : value
    if (typeof moment === 'number' && Number.isFinite(moment)) return moment
    throw new DataError(expected(where, cell(r, nameOf(timestamp)), 'a finite timestamp', value))
  })
}

/** The indices of the rows of each user, or of whatever else is named, in the order in which these first come. */
export function rowsByGroup<Row>(where: string, view: RowsView, name: string, group: Read<Row, Id>): readonly number[][] {
  const read = reader(where, name, view, group)
  const byGroup = new Map<string, number[]>()
  for (let r = 0; r < view.rows; r++) {
    const value = read(r)
    if (typeof group === 'string' && value === undefined) view.check(group, r)
    const key = idKey(value)
    if (key === undefined) throw new DataError(expected(where, cell(r, nameOf(group)), idKinds, value))
    const indices = byGroup.get(key)
    if (indices) indices.push(r)
    else byGroup.set(key, [r])
  }
  return [...byGroup.values()]
}

/** The indices of each user's rows, in order of time, equal timestamps in the order of the rows. */
export function rowsByUser<Row>(where: string, view: RowsView, user: Read<Row, Id>, timestamps: Float64Array): readonly number[][] {
  const users = rowsByGroup(where, view, 'user', user)
  for (const indices of users) indices.sort((a, b) => timestamps[a] - timestamps[b])
  return users
}

function reader<Row>(where: string, name: string, view: RowsView, column: Read<Row, unknown>): (row: number) => unknown {
  if (typeof column === 'string') return view.column(column)
  if (typeof column === 'function') return (r) => column(view.row(r) as Row)
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

/** The indices of rows in order of time, equal timestamps in the order of the rows. */
export const byTime = (timestamps: Float64Array): Int32Array =>
  Int32Array.from({ length: timestamps.length }, (_, r) => r).sort((a, b) => timestamps[a] - timestamps[b] || a - b)

/** Puts rows into their parts, each in the given order. */
export function partition<R extends Rows>(where: string, rows: R, order: Int32Array, partOf: (row: number) => keyof Split<unknown>): SplitOf<R> {
  const parts: Record<keyof Split<unknown>, number[]> = { train: [], validation: [], test: [], dropped: [] }
  for (const r of order) parts[partOf(r)].push(r)
  const { train, validation, test, dropped } = parts
  if (train.length === 0 || validation.length === 0 || test.length === 0) {
    const counts = `train ${train.length}, validation ${validation.length}, test ${test.length}, dropped ${dropped.length}`
    throw new DataError(`feedrank/${where}: expected rows in every part, got ${counts}`)
  }
  const split = { train: pickRows(rows, train), validation: pickRows(rows, validation), test: pickRows(rows, test), dropped: pickRows(rows, dropped) }
  return split as unknown as SplitOf<R>
}
