import type { IdColumnOf, NumberColumn, Split, SplitOf, TableRow, TableSplit } from './split'
import { byTime, checkFractions, cutNear, partition, rowsByUser, splittable, timestampsOf } from './split'
import type { Rows } from './rows-view'
import type { Table } from './table'
import type { Id } from './values'

/** How each user's rows are cut. */
export interface SplitByUserTimeOptions<Row> {
  /** The column that names the user, or a function that gives it. */
  readonly user: IdColumnOf<Row> | ((row: Row) => Id)
  /** The column with the time of the row, or a function that gives it; any unit. */
  readonly timestamp: NumberColumn<Row> | ((row: Row) => number)
  /** Shares of each user's rows: train, validation, test. */
  readonly fractions: readonly [train: number, validation: number, test: number]
}

/**
 * Splits each user's rows by time: the earliest share of everyone trains, the latest tests.
 *
 * Every user with enough rows is in every part, which suits models that need to know their users. It leaks, though:
 * what others did later trains the model, so figures are better than in use; {@link splitByTime} does not have that.
 * A user's rows of equal time stay together; users with few rows may be in train alone.
 *
 * @throws DataError when a value is not what it should be, or a part is left without rows.
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { splitByUserTime } from 'feedrank'
 *
 * const rows = ['a', 'b'].flatMap((user) => [1, 2, 3, 4, 5].map((at) => ({ user, at })))
 * const { test } = splitByUserTime(rows, { user: 'user', timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
 * console.log(test) // [{ user: 'a', at: 5 }, { user: 'b', at: 5 }]
 * ```
 */
export function splitByUserTime(table: Table, options: SplitByUserTimeOptions<TableRow>): TableSplit
export function splitByUserTime<Row extends object>(rows: readonly Row[], options: SplitByUserTimeOptions<Row>): Split<Row>
export function splitByUserTime<R extends Rows, Row>(rows: R, options: SplitByUserTimeOptions<Row>): SplitOf<R> {
  const where = 'splitByUserTime'
  const view = splittable(where, rows, options)
  const timestamps = timestampsOf(where, view, options.timestamp)
  const [train, validation] = checkFractions(where, options.fractions)
  const parts: (keyof Split<unknown>)[] = Array.from({ length: view.rows }, () => 'train')
  for (const indices of rowsByUser(where, view, options.user, timestamps)) {
    const times = indices.map((r) => timestamps[r])
    const first = cutNear(times, Math.round(train * times.length)) || times.length
    const second = Math.max(first, cutNear(times, Math.round((train + validation) * times.length)))
    for (let i = first; i < second; i++) parts[indices[i]] = 'validation'
    for (let i = second; i < indices.length; i++) parts[indices[i]] = 'test'
  }
  return partition(where, rows, byTime(timestamps), (r) => parts[r])
}
