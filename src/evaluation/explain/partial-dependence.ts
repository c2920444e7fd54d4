import { ArgumentError, DataError, checkInteger, checkObject, expected } from '../../errors'
import { columnReader } from '../../data/rows'
import { quantileOfSorted } from '../../metrics/intervals'
import { checkTable } from '../columns'
import { stepper } from '../progress'
import type { LongRun } from '../progress'
import { changed, checkedScores } from './model-function'
import type { ScoreFunction } from './model-function'

/** What {@link partialDependence} takes. */
export interface PartialDependenceOptions<Row extends object> extends LongRun {
  readonly rows: readonly Row[]
  readonly score: ScoreFunction<Row>
  /** The column that is set to each value in turn. */
  readonly feature: keyof Row & string
  /** The values. @defaultValue 20 quantiles of a column of numbers from the 5th to the 95th percentile, else the 12 commonest values */
  readonly grid?: readonly unknown[] | undefined
  /** How many rows are shown one by one (individual conditional expectation, Goldstein et al. 2015), evenly among all. @defaultValue 0 */
  readonly individuals?: number | undefined
}

/** How the score moves with one feature. */
export interface PartialDependence {
  readonly feature: string
  readonly numeric: boolean
  readonly grid: readonly unknown[]
  /** The mean score over all rows with the feature at each value. */
  readonly mean: readonly number[]
  /** The same of single rows, `[individual][value]`. */
  readonly individuals: readonly (readonly number[])[]
  /** Rows whose value is nearest to each of the grid, or the same: where few are, the curve is a guess. */
  readonly rows: readonly number[]
}

/**
 * The mean score as a function of one feature, the others as they are (Friedman 2001, eq. 51): `f(v) = mean_i score(x_i with feature = v)`.
 *
 * Where features go together, some of these rows cannot be: read the curve beside `rows`, the support of each value.
 *
 * @throws ArgumentError on an option that makes no sense; DataError where no row has a value.
 * @example
 * ```ts
 * import { partialDependence } from 'feedrank'
 *
 * const rows = Array.from({ length: 10 }, (_, i) => ({ age: i, price: 10 - i }))
 * const { mean } = await partialDependence({ rows, feature: 'age', grid: [0, 1, 2], score: (some) => some.map(({ age, price }) => 2 * age + price) })
 * console.log(mean) // [5.5, 7.5, 9.5]
 * ```
 */
export async function partialDependence<Row extends object>(options: PartialDependenceOptions<Row>): Promise<PartialDependence> {
  const where = 'partialDependence'
  const { rows, score, feature, individuals = 0 } = checkObject(where, 'options', options)
  checkTable(where, 'rows', rows, 1)
  checkInteger(where, 'individuals', individuals, 0)
  if (typeof feature !== 'string') throw new ArgumentError(expected(where, 'feature', 'the name of a column', feature))
  const step = stepper(where, options)
  const read = columnReader(feature)
  const values = rows.map((row) => read(row)).filter((value) => value !== undefined && value !== null)
  if (values.length === 0) throw new DataError(`feedrank/${where}: expected some row to have a value in ${feature}, got none`)
  const numeric = values.every((value) => typeof value === 'number' && Number.isFinite(value))
  const grid = options.grid ?? (numeric ? quantiles(values as number[]) : commonest(values))
  if (!Array.isArray(grid) || grid.length === 0) throw new ArgumentError(expected(where, 'grid', 'an array with at least one value', grid))
  const shown = Array.from({ length: Math.min(individuals, rows.length) }, (_, i) => Math.floor((i * rows.length) / Math.min(individuals, rows.length)))
  const mean: number[] = []
  const lines: number[][] = shown.map(() => [])
  for (const [g, value] of grid.entries()) {
    await step('scoring', `${feature} = ${String(value)}`, g, grid.length)
    const scores = await checkedScores(where, score, rows.map((row) => changed(row, [[feature, value]])))
    mean.push(scores.reduce((sum, one) => sum + one, 0) / scores.length)
    shown.forEach((r, i) => lines[i].push(scores[r]))
  }
  return { feature, numeric, grid, mean, individuals: lines, rows: supportOf(values, grid, numeric) }
}

function quantiles(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  return [...new Set(Array.from({ length: 20 }, (_, i) => quantileOfSorted(sorted, 0.05 + (0.9 * i) / 19)))]
}

const keyOf = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : value)

function commonest(values: readonly unknown[]): unknown[] {
  const counts = new Map<unknown, { readonly value: unknown; count: number }>()
  for (const value of values) {
    const known = counts.get(keyOf(value))
    if (known) known.count++
    else counts.set(keyOf(value), { value, count: 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, 12).map(({ value }) => value)
}

function supportOf(values: readonly unknown[], grid: readonly unknown[], numeric: boolean): number[] {
  const rows = grid.map(() => 0)
  const numbers = numeric && grid.every((value) => typeof value === 'number')
  for (const value of values) {
    let at = numbers ? 0 : grid.findIndex((one) => keyOf(one) === keyOf(value))
    if (numbers) grid.forEach((one, g) => { if (Math.abs(Number(one) - Number(value)) < Math.abs(Number(grid[at]) - Number(value))) at = g })
    if (at >= 0) rows[at]++
  }
  return rows
}
