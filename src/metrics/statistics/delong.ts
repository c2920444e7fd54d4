import { ArgumentError, checkNumber, checkSameLength } from '../../errors'
import { checkBinary, checkScores } from '../checks'
import type { Numbers } from '../checks'
import { averageRanks } from '../correlation'
import { normalCdf, normalQuantile } from './normal'
import { momentsOf } from './pairs'

/** An AUC and its analytic interval. */
export interface AucInterval {
  readonly value: number
  readonly standardError: number
  readonly low: number
  readonly high: number
  readonly level: number
}

/** Two AUCs on the same rows, and the interval of their difference. */
export interface AucDifference {
  readonly a: number
  readonly b: number
  /** `a − b`. */
  readonly difference: number
  readonly standardError: number
  readonly low: number
  readonly high: number
  readonly level: number
  /** `difference / standardError`. */
  readonly statistic: number
  /** Two-sided. */
  readonly pValue: number
}

/** Of each positive the share of negatives it beats, of each negative the share of positives that beat it. */
interface Placements {
  readonly auc: number
  readonly positive: Float64Array
  readonly negative: Float64Array
}

/** From ranks among all and among their own, as Sun and Xu (2014) have it: two sorts instead of all pairs. */
function placementsOf(where: string, labels: Numbers, scores: Numbers, name: string): Placements {
  checkScores(where, scores, name)
  checkSameLength(where, 'labels', labels.length, name, scores.length)
  const split = (label: number) => Array.from(labels).flatMap((value, i) => (value === label ? [i] : []))
  const [positives, negatives] = [split(1), split(0)]
  if (positives.length < 2 || negatives.length < 2)
    throw new ArgumentError(`feedrank/${where}: expected at least two positives and two negatives, got ${positives.length} and ${negatives.length}`)
  const all = averageRanks(scores)
  const own = (rows: readonly number[]) => averageRanks(Float64Array.from(rows, (row) => scores[row]))
  const [positiveRanks, negativeRanks] = [own(positives), own(negatives)]
  const positive = Float64Array.from(positives, (row, i) => (all[row] - positiveRanks[i]) / negatives.length)
  const negative = Float64Array.from(negatives, (row, i) => 1 - (all[row] - negativeRanks[i]) / positives.length)
  return { auc: momentsOf(positive).mean, positive, negative }
}

const errorOf = (positive: Float64Array, negative: Float64Array) =>
  Math.sqrt(momentsOf(positive).deviation ** 2 / positive.length + momentsOf(negative).deviation ** 2 / negative.length)

/**
 * The AUC and its interval by DeLong's method: `AUC ± z·√(S₁₀/m + S₀₁/n)` (DeLong, DeLong and Clarke-Pearson 1988).
 *
 * It takes rows as independent; where users have many rows each, use `bootstrapInterval` with groups. The interval is cut
 * to [0, 1]; where the classes separate without an error it has no width, which says nothing about new rows.
 *
 * @param labels 0 or 1, shape `[rows]`
 * @param scores any increasing scale, shape `[rows]`
 * @defaultValue `level` 0.95
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, fewer than two rows of either class.
 * @example
 * ```ts
 * import { aucInterval } from 'feedrank'
 *
 * const { value, low } = aucInterval([0, 0, 0, 1, 1, 1], [0.1, 0.4, 0.5, 0.35, 0.8, 0.9])
 * console.log(value.toFixed(4), low.toFixed(4)) // 0.7778 0.2908
 * ```
 */
export function aucInterval(labels: Numbers, scores: Numbers, level = 0.95): AucInterval {
  checkBinary('aucInterval', labels)
  checkNumber('aucInterval', 'level', level, { above: 0, below: 1 })
  const { auc, positive, negative } = placementsOf('aucInterval', labels, scores, 'scores')
  const standardError = errorOf(positive, negative)
  const reach = normalQuantile(0.5 + level / 2) * standardError
  return { value: auc, standardError, low: Math.max(0, auc - reach), high: Math.min(1, auc + reach), level }
}

/**
 * The difference of two AUCs on the same rows, its interval and test, by DeLong's method.
 *
 * @throws ArgumentError as {@link aucInterval}.
 * @example
 * ```ts
 * import { aucDifference } from 'feedrank'
 *
 * const labels = [0, 0, 0, 1, 1, 1]
 * const { difference, pValue } = aucDifference(labels, [0.1, 0.4, 0.5, 0.35, 0.8, 0.9], [0.5, 0.3, 0.7, 0.4, 0.6, 0.2])
 * console.log(difference.toFixed(4), pValue > 0.05) // 0.4444 true
 * ```
 */
export function aucDifference(labels: Numbers, a: Numbers, b: Numbers, level = 0.95): AucDifference {
  const where = 'aucDifference'
  checkBinary(where, labels)
  checkNumber(where, 'level', level, { above: 0, below: 1 })
  const [one, other] = [placementsOf(where, labels, a, 'a'), placementsOf(where, labels, b, 'b')]
  const minus = (x: Float64Array, y: Float64Array) => x.map((value, i) => value - y[i])
  const standardError = errorOf(minus(one.positive, other.positive), minus(one.negative, other.negative))
  const difference = one.auc - other.auc
  const reach = normalQuantile(0.5 + level / 2) * standardError
  // Where nothing differs there is nothing to divide by, and nothing to be surprised at.
  const statistic = difference === 0 ? 0 : difference / standardError
  return {
    a: one.auc, b: other.auc, difference, standardError, low: difference - reach, high: difference + reach, level,
    statistic, pValue: Math.min(1, 2 * normalCdf(-Math.abs(statistic))),
  }
}
