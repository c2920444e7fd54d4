import type { IdColumnOf, NumberColumn, Split, SplitOf, TableRow, TableSplit } from './split'
import { byTime, partition, rowsByUser, splittable, timestampsOf } from './split'
import type { Rows } from './rows-view'
import type { Table } from './table'
import type { Id } from './values'

/** Whose rows, and when they are. */
export interface LeaveOneOutOptions<Row> {
  /** The column that names the user, or a function that gives it. */
  readonly user: IdColumnOf<Row> | ((row: Row) => Id)
  /** The column with the time of the row, or a function that gives it; any unit. */
  readonly timestamp: NumberColumn<Row> | ((row: Row) => number)
}

/**
 * Splits off each user's last row to test and the one before it to validation; the rest trains.
 *
 * Of rows with equal timestamps the later in the table counts as later. Users with fewer than three rows are in train
 * alone. As with {@link splitByUserTime}, what others did later trains the model.
 *
 * @throws DataError when a value is not what it should be, or no user has three rows.
 * @example
 * ```ts
 * import { leaveOneOut } from 'feedrank'
 *
 * const rows = [1, 2, 3, 4].map((at) => ({ user: 'a', at }))
 * console.log(leaveOneOut(rows, { user: 'user', timestamp: 'at' }).test) // [{ user: 'a', at: 4 }]
 * ```
 */
export function leaveOneOut(table: Table, options: LeaveOneOutOptions<TableRow>): TableSplit
export function leaveOneOut<Row extends object>(rows: readonly Row[], options: LeaveOneOutOptions<Row>): Split<Row>
export function leaveOneOut<R extends Rows, Row>(rows: R, options: LeaveOneOutOptions<Row>): SplitOf<R> {
  const where = 'leaveOneOut'
  const view = splittable(where, rows, options)
  const timestamps = timestampsOf(where, view, options.timestamp)
  const parts: (keyof Split<unknown>)[] = Array.from({ length: view.rows }, () => 'train')
  for (const indices of rowsByUser(where, view, options.user, timestamps)) {
    if (indices.length < 3) continue
    parts[indices[indices.length - 1]] = 'test'
    parts[indices[indices.length - 2]] = 'validation'
  }
  return partition(where, rows, byTime(timestamps), (r) => parts[r])
}
