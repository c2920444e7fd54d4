import { checkNumber } from '../errors'
import { noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { checkedRows } from './rows'
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
  const rows = checkedRows('brierScore', labels, probabilities, options, { scores: 'probabilities' })
  const { mean, weight } = weightedMean(rows.labels.length, (i) => (rows.scores[i] - rows.labels[i]) ** 2, rows.weights)
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
  const rows = checkedRows('accuracy', labels, scores, options)
  const { threshold = 0.5 } = options
  checkNumber('accuracy', 'threshold', threshold)
  const { mean, weight } = weightedMean(rows.labels.length, (i) => (rows.scores[i] >= threshold ? rows.labels[i] : 1 - rows.labels[i]), rows.weights)
  return weight > 0 ? mean : noValue('accuracy', 'without a row of positive weight', options)
}

/**
 * Lift of the best-scored share of rows: their rate of positives over the rate of all.
 *
 * The first `⌈share·rows⌉` rows by score count, ties in input order; with weights that are no whole numbers, rows up to that
 * share of the weight, the last of them in part. 1 is a random order.
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
export function lift(labels: Numbers, scores: Numbers, options: { readonly share: number } & RowOptions): number {
  const rows = checkedRows('lift', labels, scores, options)
  checkNumber('lift', 'share', options.share, { above: 0, max: 1 })
  const weight = (row: number) => (rows.weights ? rows.weights[row] : 1)
  let all = 0
  let positives = 0
  for (let i = 0; i < rows.labels.length; i++) {
    all += weight(i)
    positives += weight(i) * rows.labels[i]
  }
  if (positives === 0) return noValue('lift', `without a positive among ${rows.labels.length} rows`, options)
  const whole = rows.weights === undefined || Array.prototype.every.call(rows.weights, Number.isInteger)
  // 0.07 * 100 is 7.000000000000001: a share that means a whole number of rows must not round past it.
  const wanted = whole ? Math.ceil(options.share * all - 1e-9) : options.share * all
  let taken = 0
  let hits = 0
  for (const row of argsort(rows.scores, true)) {
    if (taken >= wanted) break
    const part = Math.min(weight(row), wanted - taken)
    taken += part
    hits += part * rows.labels[row]
  }
  return hits / taken / (positives / all)
}
