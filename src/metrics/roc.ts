import { noValue } from './checks'
import type { Numbers, RowOptions, WeightOptions } from './checks'
import { countsByThreshold } from './thresholds'

/** The ROC curve from the highest score down, with the point (0, 0) first. */
export interface RocCurve {
  /** The score at each point; the first is infinite: nothing is called positive there. */
  readonly thresholds: Float64Array
  readonly falsePositiveRate: Float64Array
  readonly truePositiveRate: Float64Array
}

/**
 * The ROC curve: false and true positive rate at every distinct score.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, or one class only.
 * @example
 * ```ts
 * import { rocCurve } from 'feedrank'
 *
 * console.log(rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).truePositiveRate.join()) // 0,0.5,0.5,1,1
 * ```
 */
export function rocCurve(labels: Numbers, scores: Numbers, options: WeightOptions = {}): RocCurve {
  const { thresholds, truePositive, falsePositive, hits, misses } = countsByThreshold('rocCurve', labels, scores, options)
  if (hits === 0 || misses === 0) noValue('rocCurve', `without both a positive and a negative among ${labels.length} rows`, {})
  return {
    thresholds: Float64Array.from([Infinity, ...thresholds]),
    falsePositiveRate: Float64Array.from([0, ...falsePositive], (miss) => miss / misses),
    truePositiveRate: Float64Array.from([0, ...truePositive], (hit) => hit / hits),
  }
}

/**
 * The Kolmogorov-Smirnov statistic of a classifier: the largest gap between true and false positive rate.
 *
 * @throws ArgumentError as {@link rocCurve}; one class only follows `whenUndefined`.
 * @example
 * ```ts
 * import { kolmogorovSmirnov } from 'feedrank'
 *
 * console.log(kolmogorovSmirnov([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])) // 0.5
 * ```
 */
export function kolmogorovSmirnov(labels: Numbers, scores: Numbers, options: RowOptions = {}): number {
  const { truePositive, falsePositive, hits, misses } = countsByThreshold('kolmogorovSmirnov', labels, scores, options)
  if (hits === 0 || misses === 0) return noValue('kolmogorovSmirnov', `without both a positive and a negative among ${labels.length} rows`, options)
  let gap = 0
  for (let i = 0; i < truePositive.length; i++) gap = Math.max(gap, Math.abs(truePositive[i] / hits - falsePositive[i] / misses))
  return gap
}
