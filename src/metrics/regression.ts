import { noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { checkedRows } from './rows'
import { weightedMean } from './sum'

function meanError(where: string, targets: Numbers, predictions: Numbers, options: RowOptions, error: (difference: number) => number) {
  const rows = regressionRows(where, targets, predictions, options)
  const { mean, weight } = weightedMean(rows.labels.length, (i) => error(rows.scores[i] - rows.labels[i]), rows.weights)
  return weight > 0 ? mean : undefined
}

const regressionRows = (where: string, targets: Numbers, predictions: Numbers, options: RowOptions) =>
  checkedRows(where, targets, predictions, options, { labels: 'finite', scores: 'finite', names: ['targets', 'predictions'] })

/**
 * Mean absolute error, `Σ w_i·|p_i − y_i| / Σ w_i`.
 *
 * @throws ArgumentError on lengths that differ, values that are not finite, and, unless `whenUndefined` says otherwise,
 * on no rows.
 * @example
 * ```ts
 * import { meanAbsoluteError } from 'feedrank'
 *
 * console.log(meanAbsoluteError([1, 2], [2, 4])) // 1.5
 * ```
 */
export function meanAbsoluteError(targets: Numbers, predictions: Numbers, options: RowOptions = {}): number {
  const mean = meanError('meanAbsoluteError', targets, predictions, options, Math.abs)
  return mean ?? noValue('meanAbsoluteError', 'without a row of positive weight', options)
}

/**
 * Root of the mean squared error, `√(Σ w_i·(p_i − y_i)² / Σ w_i)`.
 *
 * @throws ArgumentError as {@link meanAbsoluteError}.
 * @example
 * ```ts
 * import { rootMeanSquaredError } from 'feedrank'
 *
 * console.log(rootMeanSquaredError([1, 2], [4, 6]).toFixed(4)) // 3.5355
 * ```
 */
export function rootMeanSquaredError(targets: Numbers, predictions: Numbers, options: RowOptions = {}): number {
  const mean = meanError('rootMeanSquaredError', targets, predictions, options, (difference) => difference * difference)
  return mean === undefined ? noValue('rootMeanSquaredError', 'without a row of positive weight', options) : Math.sqrt(mean)
}

/**
 * Coefficient of determination, `R² = 1 − Σ w_i·(y_i − p_i)² / Σ w_i·(y_i − ȳ)²`: 1 is perfect, 0 as good as the mean.
 *
 * @throws ArgumentError as {@link meanAbsoluteError}; also undefined where all targets are equal.
 * @example
 * ```ts
 * import { rSquared } from 'feedrank'
 *
 * console.log(rSquared([1, 2, 3], [1, 2, 4])) // 0.5
 * ```
 */
export function rSquared(targets: Numbers, predictions: Numbers, options: RowOptions = {}): number {
  const { labels, scores, weights } = regressionRows('rSquared', targets, predictions, options)
  const variance = varianceOf(labels.length, (i) => labels[i], weights)
  if (!(variance > 0)) return noValue('rSquared', 'where the targets do not vary', options)
  return 1 - weightedMean(labels.length, (i) => (scores[i] - labels[i]) ** 2, weights).mean / variance
}

/**
 * Explained variance, `1 − Var(y − p) / Var(y)`: as {@link rSquared}, but blind to a constant offset.
 *
 * @throws ArgumentError as {@link rSquared}.
 * @example
 * ```ts
 * import { explainedVariance } from 'feedrank'
 *
 * console.log(explainedVariance([1, 2, 3], [2, 3, 4])) // 1
 * ```
 */
export function explainedVariance(targets: Numbers, predictions: Numbers, options: RowOptions = {}): number {
  const { labels, scores, weights } = regressionRows('explainedVariance', targets, predictions, options)
  const variance = varianceOf(labels.length, (i) => labels[i], weights)
  if (!(variance > 0)) return noValue('explainedVariance', 'where the targets do not vary', options)
  return 1 - varianceOf(labels.length, (i) => labels[i] - scores[i], weights) / variance
}

function varianceOf(rows: number, valueOf: (row: number) => number, weights: Numbers | undefined): number {
  const { mean } = weightedMean(rows, valueOf, weights)
  return weightedMean(rows, (i) => (valueOf(i) - mean) ** 2, weights).mean
}
