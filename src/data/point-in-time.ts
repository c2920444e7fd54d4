import { ArgumentError, DataError, expected } from '../errors'
import { checkColumn, checkRow, columnReader, setOwn } from './rows'
import type { RunningAggregates } from './running-aggregates'
import type { Id } from './values'

/** The rows that all of `A` take, and the columns that all of them give. */
type Events<A extends readonly RunningAggregates[]> = Both<EventOf<A[number]>>
type Columns<A extends readonly RunningAggregates[]> = Both<ColumnsOf<A[number]>>
type EventOf<T> = T extends RunningAggregates<infer Event, infer _> ? Event : never
type ColumnsOf<T> = T extends RunningAggregates<infer _, infer C> ? C : never
type Both<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer All) => void ? All : never

/**
 * Adds to each row what aggregates knew strictly before its time, then tells them of it.
 *
 * Rows must be in order of time. No row sees itself, a row of the same time, or a later one, so the columns are honest
 * features for training on the whole table, before it is split. The aggregates are left as of the last row: a service
 * goes on from there with `add` and `before`.
 *
 * @throws DataError when rows are out of order, or a value is not what it should be: the message names the row.
 * @throws ArgumentError when two columns have the same name.
 * @example
 * ```ts
 * import { pointInTime, runningAggregates } from 'feedrank'
 *
 * const users = runningAggregates({ key: 'user', timestamp: 'at', aggregates: { seen: { kind: 'count' }, idle: { kind: 'since-last' } } })
 * const rows = pointInTime([{ user: 'a', at: 1 }, { user: 'a', at: 5 }, { user: 'a', at: 5 }], [users])
 * console.log(rows[2]) // { user: 'a', at: 5, seen: 1, idle: 4 }
 * console.log(users.before('a', 9).seen) // 3
 * ```
 */
export function pointInTime<const A extends readonly RunningAggregates[], Row extends Events<A> & object>(
  rows: readonly Row[], aggregates: A,
): (Row & Columns<A>)[] {
  const where = 'pointInTime'
  if (!Array.isArray(rows)) throw new ArgumentError(expected(where, 'rows', 'an array of rows', rows))
  if (!Array.isArray(aggregates)) throw new ArgumentError(expected(where, 'aggregates', 'an array of aggregates', aggregates))
  const names = new Set<string>()
  for (const name of aggregates.flatMap((one: RunningAggregates) => one.names)) {
    if (names.has(name)) throw new ArgumentError(expected(where, 'aggregates', 'of different names', `${name} twice`))
    names.add(name)
  }
  const readers = aggregates.map((one: RunningAggregates<Row>) => ({ one, key: columnReader(one.key), time: columnReader(one.timestamp) }))
  return rows.map((row: Row, r) => {
    checkRow(where, row, r)
    for (const { one, key, time } of readers) {
      if (key(row) === undefined) checkColumn(where, one.key, row, r)
      if (time(row) === undefined) checkColumn(where, one.timestamp, row, r)
    }
    for (const name of names)
      if (Object.hasOwn(row, name)) throw new ArgumentError(expected(where, 'aggregates', 'of names that are no column of the rows', name))
    try {
      const known = readers.map(({ one, key, time }) => one.before(key(row) as Id, time(row) as number))
      for (const { one } of readers) one.add(row)
      return merge(row, known) as Row & Columns<A>
    } catch (error) {
      if (!DataError.isInstance(error)) throw error
      throw new DataError(`feedrank/${where}: rows[${r}]: ${error.message.replace(/^feedrank\//, '')}`, { cause: error })
    }
  })
}

/** A new row with the columns of `row` and of all that is known. */
function merge(row: object, known: readonly object[]): object {
  const merged = { ...row }
  for (const columns of known) for (const [name, value] of Object.entries(columns)) setOwn(merged, name, value)
  return merged
}
