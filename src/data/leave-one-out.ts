import type { IdColumnOf, NumberColumn, Split } from './split'
import { checkRows, partition, rowsByUser, timestampsOf } from './split'
import type { Id } from './values'

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
export function leaveOneOut<Row extends object>(rows: readonly Row[], options: {
  /** The column that names the user, or a function that gives it. */
  readonly user: IdColumnOf<Row> | ((row: Row) => Id)
  /** The column with the time of the row, or a function that gives it; any unit. */
  readonly timestamp: NumberColumn<Row> | ((row: Row) => number)
}): Split<Row> {
  const where = 'leaveOneOut'
  checkRows(where, rows, options)
  const timestamps = timestampsOf(where, rows, options.timestamp)
  const parts: (keyof Split<Row>)[] = Array.from(rows, () => 'train')
  for (const indices of rowsByUser(where, rows, options.user, timestamps)) {
    if (indices.length < 3) continue
    parts[indices[indices.length - 1]] = 'test'
    parts[indices[indices.length - 2]] = 'validation'
  }
  return partition(where, rows, timestamps, (r) => parts[r])
}
