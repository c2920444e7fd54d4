import { ArgumentError, DataError, expected } from '../errors'
import { checkColumn, checkRow, columnReader, meantColumn } from './rows'
import type { RunningAggregates } from './running-aggregates'
import type { Table } from './table'
import { checkTable, isTable } from './table'

/** The rows that all of `A` take, and the columns that all of them give. */
type Events<A extends readonly RunningAggregates[]> = Both<EventOf<A[number]>>
type Columns<A extends readonly RunningAggregates[]> = Both<ColumnsOf<A[number]>>
type EventOf<T> = T extends RunningAggregates<infer Event, infer _, infer _Key> ? Event : never
type ColumnsOf<T> = T extends RunningAggregates<infer _, infer C, infer _Key> ? C : never
type Both<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer All) => void ? All : never

/**
 * Adds to each row what aggregates knew strictly before its time, then tells them of it.
 *
 * Rows must be in order of time. No row sees itself, a row of the same time, or a later one, so the columns are honest
 * features for training on the whole table, before it is split. The aggregates are left as of the last row: a service
 * goes on from there with `add` and `before`. Of a {@link Table} comes a table with more columns, at a few million numbers
 * a second.
 *
 * @throws DataError when rows are out of order, a column that an aggregate is of is misspelt, or a value is not what it should
 * be: the message names the row.
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
export function pointInTime(table: Table, aggregates: readonly RunningAggregates[]): Table
export function pointInTime<const A extends readonly RunningAggregates[], Row extends Events<A> & object>(
  rows: readonly Row[], aggregates: A,
): (Row & Columns<A>)[]
export function pointInTime(rows: Table | readonly object[], aggregates: readonly RunningAggregates[]): Table | object[] {
  const where = 'pointInTime'
  const table = isTable(rows)
  if (!table && !Array.isArray(rows)) throw new ArgumentError(expected(where, 'rows', 'an array of rows, or a table', rows))
  if (!Array.isArray(aggregates)) throw new ArgumentError(expected(where, 'aggregates', 'an array of aggregates', aggregates))
  const names = new Set<string>()
  for (const name of aggregates.flatMap((one: RunningAggregates) => one.names)) {
    if (names.has(name)) throw new ArgumentError(expected(where, 'aggregates', 'of different names', `${name} twice`))
    if (table && rows.columns.has(name)) throw new ArgumentError(expected(where, 'aggregates', 'of names that are no column of the table', name))
    names.add(name)
  }
  return table ? ofTable(where, rows, aggregates) : ofRows(where, rows as readonly object[], aggregates, names)
}

function ofTable(where: string, table: Table, aggregates: readonly RunningAggregates[]): Table {
  checkTable(where, table)
  const columns = new Map(table.columns)
  for (const one of aggregates) for (const [name, column] of one.replay(table)) columns.set(name, column)
  return { rows: table.rows, columns }
}

function ofRows(where: string, rows: readonly object[], aggregates: readonly RunningAggregates[], names: ReadonlySet<string>): object[] {
  const readers = (aggregates as readonly RunningAggregates<object, object, unknown>[]).map((one) => {
    const columns = typeof one.key === 'string' ? [one.key] : one.key
    const keys = columns.map(columnReader)
    return { one, columns, keys, keyOf: typeof one.key === 'string' ? keys[0] : (row: object) => keys.map((read) => read(row)), time: columnReader(one.timestamp) }
  })
  for (const { declared } of aggregates)
    for (const { of } of Object.values(declared.aggregates) as readonly { readonly of?: string }[]) if (of !== undefined) checkSpelling(where, rows, of)
  const make = rowMaker([...names])
  return rows.map((row: object, r) => {
    checkRow(where, row, r)
    for (const { one, columns, keys, time } of readers) {
      keys.forEach((key, k) => { if (key(row) === undefined) checkColumn(where, columns[k], row, r) })
      if (time(row) === undefined) checkColumn(where, one.timestamp, row, r)
    }
    for (const name of names)
      if (Object.hasOwn(row, name)) throw new ArgumentError(expected(where, 'aggregates', 'of names that are no column of the rows', name))
    try {
      const known = readers.map(({ one, keyOf, time }) => one.before(keyOf(row), time(row) as number))
      for (const { one } of readers) one.add(row)
      return make(row, known)
    } catch (error) {
      if (!DataError.isInstance(error)) throw error
      throw new DataError(`feedrank/${where}: rows[${r}]: ${error.message.replace(/^feedrank\//, '')}`, { cause: error })
    }
  })
}

/** Rows may leave out what an aggregate is of; but where none has it and one nearly has, it is misspelt, and would be counted as nothing. */
function checkSpelling(where: string, rows: readonly object[], column: string): void {
  const [first] = rows
  if (typeof first !== 'object' || first === null || meantColumn(Object.keys(first), column) === undefined) return
  if (!rows.some((row) => typeof row === 'object' && row !== null && Object.hasOwn(row, column))) checkColumn(where, column, first, 0)
}

type Values = Record<string, unknown>

/**
 * New rows with the columns of a row and of all that is known. All rows of the same columns are copies of one object, so that
 * they have one shape: engines turn an object that grows column by column into a table of its own.
 */
function rowMaker(names: readonly string[]): (row: object, known: readonly object[]) => object {
  let columns: readonly string[] = []
  let shape: object = shapeOf(names)
  return (row, known) => {
    const own = Object.keys(row)
    if (own.length !== columns.length || own.some((name, i) => name !== columns[i])) {
      columns = own
      shape = shapeOf([...own, ...names])
    }
    // Every column is there already, be it called `__proto__`: none of this reaches a prototype.
    const made = { ...shape } as Values
    for (const name of own) made[name] = (row as Values)[name]
    let n = 0
    for (const one of known) for (const name of Object.keys(one)) made[names[n++]] = (one as Values)[name]
    return made
  }
}

const shapeOf = (names: readonly string[]): object => JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))))
