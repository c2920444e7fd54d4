import { checkNumber, checkSameLength } from '../errors'
import { checkBinary, checkProbabilities, checkScores, checkWeights, noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { argsort } from './sort'
import { weightedMean } from './sum'

/**
 * Brier score: the mean squared distance between probability and label.
 *
 * `Σ w_i·(p_i − y_i)² / Σ w_i`; scikit-learn's `brier_score_loss`. 0 is perfect.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, probabilities outside [0, 1], and, unless
 * `whenUndefined` says otherwise, on no rows.
 * @example
 * ```ts
 * import { brierScore } from 'feedrank'
 *
 * console.log(brierScore([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]).toFixed(4)) // 0.0375
 * ```
 */
export function brierScore(labels: Numbers, probabilities: Numbers, options: RowOptions = {}): number {
  checkBinary('brierScore', labels)
  checkProbabilities('brierScore', probabilities)
  checkSameLength('brierScore', 'labels', labels.length, 'probabilities', probabilities.length)
  if (options.weights) checkWeights('brierScore', options.weights, labels.length)
  const { mean, weight } = weightedMean(labels.length, (i) => (probabilities[i] - labels[i]) ** 2, options.weights)
  return weight > 0 ? mean : noValue('brierScore', 'without a row of positive weight', options)
}

/** Options of {@link accuracy}. */
export interface AccuracyOptions extends RowOptions {
  /**
   * Scores of at least this are called 1.
   * @defaultValue 0.5
   */
  readonly threshold?: number | undefined
}

/**
 * Share of rows on the right side of the threshold.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, and, unless `whenUndefined` says
 * otherwise, on no rows.
 * @example
 * ```ts
 * import { accuracy } from 'feedrank'
 *
 * console.log(accuracy([0, 1, 1, 0], [0.1, 0.9, 0.4, 0.3])) // 0.75
 * ```
 */
export function accuracy(labels: Numbers, scores: Numbers, options: AccuracyOptions = {}): number {
  checkBinary('accuracy', labels)
  checkScores('accuracy', scores)
  checkSameLength('accuracy', 'labels', labels.length, 'scores', scores.length)
  const { threshold = 0.5, weights } = options
  checkNumber('accuracy', 'threshold', threshold)
  if (weights) checkWeights('accuracy', weights, labels.length)
  const { mean, weight } = weightedMean(labels.length, (i) => (scores[i] >= threshold ? labels[i] : 1 - labels[i]), weights)
  return weight > 0 ? mean : noValue('accuracy', 'without a row of positive weight', options)
}

/**
 * Lift of the best-scored share of rows: their rate of positives over the rate of all.
 *
 * The first `⌈share·rows⌉` rows by score count, ties in input order. 1 is a random order.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, a share outside (0, 1], and, unless
 * `whenUndefined` says otherwise, without a positive.
 * @example
 * ```ts
 * import { lift } from 'feedrank'
 *
 * console.log(lift([1, 0, 0, 0], [0.9, 0.5, 0.2, 0.1], { share: 0.25 })) // 4
 * ```
 */
export function lift(labels: Numbers, scores: Numbers, options: { readonly share: number } & Omit<RowOptions, 'weights'>): number {
  const positives = checkBinary('lift', labels)
  checkScores('lift', scores)
  checkSameLength('lift', 'labels', labels.length, 'scores', scores.length)
  checkNumber('lift', 'share', options.share, { above: 0, max: 1 })
  if (positives === 0) return noValue('lift', `without a positive among ${labels.length} rows`, options)
  const order = argsort(scores, true)
  // 0.07 * 100 is 7.000000000000001: a share that means a whole number of rows must not round past it.
  const rows = Math.ceil(options.share * labels.length - 1e-9)
  let hits = 0
  for (let i = 0; i < rows; i++) hits += labels[order[i]]
  return hits / rows / (positives / labels.length)
}
