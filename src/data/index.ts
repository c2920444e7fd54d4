/** Tables of rows: readers, cleaning, honest splits, and aggregates that know only the past. */
export type { Aggregate } from './aggregate'
export { leaveOneOut } from './leave-one-out'
export { pointInTime } from './point-in-time'
export { runningAggregates } from './running-aggregates'
export type { AggregateColumns, AggregateEvent, RunningAggregates } from './running-aggregates'
export type { NumberColumn, Split } from './split'
export { splitByTime } from './split-by-time'
export type { SplitByTimeOptions, TimeSplit } from './split-by-time'
export { splitByUserTime } from './split-by-user-time'
export type {
  BigintColumn, BooleanColumn, Column, DateColumn, ListColumn, MixedColumn, NumberArray, NumericColumn, Table, TextColumn,
} from './table'
export { describeTable, rowsOf, tableOf } from './table-of'
export { concatTables, filterTable, selectColumns, sliceTable, takeTable } from './table-rows'
export type { Id } from './values'
