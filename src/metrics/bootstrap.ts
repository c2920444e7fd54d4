import { ArgumentError, checkInteger, checkNumber, checkObject, checkSameLength, expected } from '../errors'
import { seededRandom } from '../random'
import type { Seed } from '../random'
import type { Numbers } from './checks'
import { checkColumn, checkScores } from './checks'
import type { Groups } from './groups'
import { quantileOfSorted } from './intervals'
import { drawer, isListMetric, prepare } from './resample'
import { bcaShift, intervalEnds } from './statistics/bca'
import type { ResampledMetric, Weighed } from './resample'

/** What both bootstraps take. */
export interface BootstrapOptions {
  readonly labels: Numbers
  /** `auc`, `logLoss`, `ndcg`, …; see {@link ResampledMetric}. */
  readonly metric: ResampledMetric
  /** Options of the metric, such as `{ k: 10 }`. */
  readonly options?: object | undefined
  /**
   * Whole groups are drawn, so that rows of one user stay together: rows of a user are not independent, and drawing them
   * one by one makes intervals too narrow. Absent, rows are drawn. A list metric needs groups.
   */
  readonly groups?: Groups | undefined
  /** @defaultValue 1000 */
  readonly resamples?: number | undefined
  /** Equal seeds give equal intervals. @defaultValue 0 */
  readonly seed?: Seed | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
  /**
   * `'percentile'` reads the interval off the resamples; `'bca'` moves its ends where they are biased or skewed (Efron 1987),
   * for the price of a few hundred more values of the metric.
   * @defaultValue 'percentile'
   */
  readonly method?: 'percentile' | 'bca' | undefined
}

interface Interval {
  /** Ends of the interval: between them lies a share `level` of the resamples, or about so with `'bca'`. */
  readonly low: number
  readonly high: number
  /** Standard deviation of the resamples. */
  readonly standardError: number
  readonly level: number
  /** The resamples the interval is made of. */
  readonly resamples: number
  /** Resamples in which the metric had no value (one class only, say); they are left out. */
  readonly undefinedResamples: number
}

/** A metric and its bootstrap interval. */
export interface BootstrapInterval extends Interval {
  readonly value: number
}

/** Two models by one metric, and the bootstrap interval of their paired difference. */
export interface BootstrapDifference extends Interval {
  readonly a: number
  readonly b: number
  /** `a − b`. */
  readonly difference: number
  /**
   * Share of resamples in which the difference is zero or has the other sign: close to 0 the sign is settled. Twice this
   * share is a rough two-sided p-value.
   */
  readonly otherSide: number
}

/**
 * The bootstrap interval of a metric (Efron 1979).
 *
 * The scores are sorted once; a resample is a vector of how often each row counts.
 *
 * @throws ArgumentError on bad input to the metric, where the metric has no value on the whole data or in more than half
 * of the resamples, and on a list metric without groups.
 * @example
 * ```ts
 * import { auc, bootstrapInterval } from 'feedrank'
 *
 * const labels = [0, 1, 0, 1, 0, 1, 0, 1]
 * const scores = [0.1, 0.9, 0.4, 0.6, 0.5, 0.3, 0.2, 0.8]
 * const { value, low, high } = bootstrapInterval({ labels, scores, metric: auc, seed: 7 })
 * console.log(value, low < value, high <= 1) // 0.875 true true
 * ```
 */
export function bootstrapInterval(input: BootstrapOptions & { readonly scores: Numbers }): BootstrapInterval {
  const { scores, ...rest } = checkObject('bootstrapInterval', 'input', input, 'an object with labels, scores and a metric')
  const { whole, values } = resample('bootstrapInterval', rest, [['scores', scores]], ([value]) => value)
  return { value: whole[0], ...values }
}

/**
 * The bootstrap interval of the difference between two models on the same rows, paired: both are measured
 * on every resample.
 *
 * @throws ArgumentError as {@link bootstrapInterval}.
 * @example
 * ```ts
 * import { auc, bootstrapDifference } from 'feedrank'
 *
 * const labels = [0, 1, 0, 1, 0, 1, 0, 1]
 * const a = [0.1, 0.9, 0.4, 0.6, 0.5, 0.3, 0.2, 0.8]
 * const b = [0.6, 0.5, 0.4, 0.3, 0.2, 0.7, 0.8, 0.1]
 * const { difference, low } = bootstrapDifference({ labels, a, b, metric: auc, seed: 7 })
 * console.log(difference, low > 0) // 0.5 false
 * ```
 */
export function bootstrapDifference(input: BootstrapOptions & { readonly a: Numbers; readonly b: Numbers }): BootstrapDifference {
  const { a, b, ...rest } = checkObject('bootstrapDifference', 'input', input, 'an object with labels, a, b and a metric')
  const { whole, values, sorted } = resample('bootstrapDifference', rest, [['a', a], ['b', b]], ([first, second]) => first - second)
  const difference = whole[0] - whole[1]
  const sign = Math.sign(difference)
  const other = sorted.reduce((count, value) => count + (value * sign <= 0 ? 1 : 0), 0)
  return { a: whole[0], b: whole[1], difference, ...values, otherSide: other / sorted.length }
}

function resample(
  where: string, input: BootstrapOptions,
  models: readonly (readonly [name: string, scores: Numbers])[], statistic: (values: readonly number[]) => number,
): { whole: number[]; values: Interval; sorted: Float64Array } {
  const { labels, metric, groups, options = {}, resamples = 1000, seed = 0, level = 0.95, method = 'percentile' } = input
  checkInteger(where, 'resamples', resamples)
  checkNumber(where, 'level', level, { above: 0, below: 1 })
  if (method !== 'percentile' && method !== 'bca') throw new ArgumentError(expected(where, 'method', "'percentile' or 'bca'", method))
  if (typeof metric !== 'function') throw new ArgumentError(expected(where, 'metric', 'a metric function, such as auc', metric))
  if (isListMetric(metric) && !groups) throw new ArgumentError(expected(where, 'groups', 'given with a list metric', groups))
  checkColumn(where, 'labels', labels)
  const weighed = models.map(([name, scores]): Weighed => {
    checkScores(where, scores, name)
    checkSameLength(where, 'labels', labels.length, name, scores.length)
    // Once through the front door: it checks labels and probabilities, which the prepared form takes for granted.
    if (!isListMetric(metric)) metric(labels, scores, { ...options, weights: new Float64Array(labels.length).fill(1), whenUndefined: NaN })
    return prepare(metric, labels, scores, groups, options)
  })
  const { everything, draw, without } = drawer(where, labels.length, groups, seededRandom(seed).next)
  const whole = weighed.map((value) => value(everything))
  if (!whole.every(Number.isFinite)) throw new ArgumentError(`feedrank/${where}: the metric has no value on these ${labels.length} rows`)
  const kept = new Float64Array(resamples)
  let count = 0
  for (let i = 0; i < resamples; i++) {
    const drawn = draw()
    const value = statistic(weighed.map((valueOf) => valueOf(drawn)))
    if (Number.isFinite(value)) kept[count++] = value
  }
  if (count * 2 < resamples)
    throw new ArgumentError(`feedrank/${where}: the metric has a value in only ${count} of ${resamples} resamples: too few rows for an interval`)
  const sorted = kept.slice(0, count).sort()
  const mean = sorted.reduce((sum, value) => sum + value / count, 0)
  const standardError = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2 / Math.max(count - 1, 1), 0))
  const ends = intervalEnds(level, method === 'bca' ? shiftOf(sorted, statistic(whole), without((drawn) => statistic(weighed.map((valueOf) => valueOf(drawn))))) : undefined)
  const values = {
    low: quantileOfSorted(sorted, ends.low), high: quantileOfSorted(sorted, ends.high),
    standardError, level, resamples: count, undefinedResamples: resamples - count,
  }
  return { whole, values, sorted }
}

/** Blocks whose absence leaves the metric without a value say nothing about its skewness. */
const shiftOf = (sorted: Float64Array, value: number, leaveOneOut: readonly number[]) => bcaShift(sorted, value, leaveOneOut.filter(Number.isFinite))
