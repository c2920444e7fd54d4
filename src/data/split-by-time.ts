import { ArgumentError, DataError, checkNumber, expected } from '../errors'
import type { NumberColumn, Split, SplitOf, TableRow, TableSplit } from './split'
import { byTime, checkFractions, cutNear, partition, splittable, timestampsOf } from './split'
import type { Rows } from './rows-view'
import type { Table } from './table'

/** How a table is cut: by fractions of the rows, or at two moments. */
export type SplitByTimeOptions<Row> = {
  /** The column with the time of the row, or a function that gives it; any unit. */
  readonly timestamp: NumberColumn<Row> | ((row: Row) => number)
  /** Rows less than this long before a boundary are dropped, in the unit of the timestamp. @defaultValue 0 */
  readonly gap?: number
} & (
  | { /** Shares of the rows: train, validation, test. */ readonly fractions: readonly [train: number, validation: number, test: number] }
  | { /** The first moment of validation and of test. */ readonly boundaries: readonly [validation: number, test: number] }
)

/** A split by time, and the moments at which validation and test begin. */
export interface TimeSplit<Row> extends Split<Row> {
  readonly boundaries: readonly [validation: number, test: number]
}

/** A split of a table by time, and the moments at which validation and test begin. */
export interface TableTimeSplit extends TableSplit {
  readonly boundaries: readonly [validation: number, test: number]
}

/**
 * Splits a table at two moments: train is before the first, validation before the second, test from there on.
 *
 * `train: t < b₁ − gap; validation: b₁ ≤ t < b₂ − gap; test: t ≥ b₂`. It is the split that resembles use: a model
 * knows the past of everybody and is asked about what comes. Rows of equal time stay together, so shares are met as
 * nearly as ties allow. A gap keeps labels that take time (a purchase within a day) from telling about the next part;
 * rows in it are returned as `dropped`. Dates count in ms. Each part is in order of time, equal timestamps in the order of the rows.
 *
 * @throws DataError when a timestamp is not a finite number, or a part is left without rows.
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { splitByTime } from 'feedrank'
 *
 * const rows = [3, 1, 2, 5, 4].map((at) => ({ at }))
 * const { train, validation, test, boundaries } = splitByTime(rows, { timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
 * console.log(train.length, validation.length, test.length, boundaries) // 3 1 1 [4, 5]
 * ```
 */
export function splitByTime(table: Table, options: SplitByTimeOptions<TableRow>): TableTimeSplit
export function splitByTime<Row extends object>(rows: readonly Row[], options: SplitByTimeOptions<Row>): TimeSplit<Row>
export function splitByTime<R extends Rows, Row>(rows: R, options: SplitByTimeOptions<Row>): SplitOf<R> & { readonly boundaries: readonly [number, number] } {
  const where = 'splitByTime'
  const view = splittable(where, rows, options)
  const { timestamp, gap = 0 } = options
  checkNumber(where, 'gap', gap, { min: 0 })
  const timestamps = timestampsOf(where, view, timestamp)
  const fractions = 'fractions' in options ? options.fractions : undefined
  const given = 'boundaries' in options ? options.boundaries : undefined
  if ((fractions === undefined) === (given === undefined))
    throw new ArgumentError(expected(where, 'options', 'an object with either fractions or boundaries', options))
  const [first, second] = given === undefined ? boundariesOf(timestamps, checkFractions(where, fractions)) : checkBoundaries(given)
  const split = partition(where, rows, byTime(timestamps), (r) => {
    const t = timestamps[r]
    if (t >= second) return 'test'
    if (t >= first) return t < second - gap ? 'validation' : 'dropped'
    return t < first - gap ? 'train' : 'dropped'
  })
  return { ...split, boundaries: [first, second] }
}

function checkBoundaries(boundaries: unknown): readonly [number, number] {
  if (!Array.isArray(boundaries) || boundaries.length !== 2)
    throw new ArgumentError(expected('splitByTime', 'boundaries', 'two moments: the first of validation and of test', boundaries))
  const first = checkNumber('splitByTime', 'boundaries[0]', boundaries[0])
  return [first, checkNumber('splitByTime', 'boundaries[1]', boundaries[1], { above: first })]
}

function boundariesOf(timestamps: Float64Array, [train, validation]: readonly [number, number, number]): readonly [number, number] {
  const sorted = timestamps.slice().sort()
  const n = sorted.length
  const first = cutNear(sorted, Math.round(train * n))
  const second = cutNear(sorted, Math.round((train + validation) * n))
  if (first > 0 && second > first && second < n) return [sorted[first], sorted[second]]
  const counts = `train ${first}, validation ${second - first}, test ${n - second}`
  throw new DataError(`feedrank/splitByTime: expected rows in every part, got ${counts} (rows of equal time stay together)`)
}
