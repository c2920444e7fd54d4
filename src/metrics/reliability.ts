import { checkNumber, checkObject } from '../errors'
import { binned, totalsOf } from './bins'
import type { BinOptions } from './bins'
import type { Numbers } from './checks'
import { wilsonInterval } from './intervals'

/** Options of {@link reliabilityCurve}. */
export interface ReliabilityOptions extends BinOptions {
  /** Confidence of the interval around the observed rate. @defaultValue 0.95 */
  readonly level?: number | undefined
}

/** One bin of a {@link reliabilityCurve}. */
export interface ReliabilityBin {
  /** Predictions in `(low, high]`. */
  readonly low: number
  readonly high: number
  readonly count: number
  /** Sum of the weights of its rows; equal to `count` without weights. */
  readonly weight: number
  readonly meanPredicted: number
  /** Rate of positives. */
  readonly observed: number
  /** Wilson interval of `observed`. */
  readonly interval: { readonly low: number; readonly high: number }
}

/**
 * Predicted against observed rate, bin by bin, with Wilson intervals; bins without a row are left out.
 *
 * The points of scikit-learn's `calibration_curve`. With weights the interval uses the effective number of rows,
 * `(Σw)² / Σw²`.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, probabilities outside [0, 1], a bad option.
 * @example
 * ```ts
 * import { reliabilityCurve } from 'feedrank'
 *
 * const [first] = reliabilityCurve([0, 1, 1, 1], [0.2, 0.3, 0.8, 0.9], { bins: 2 })
 * console.log(first.meanPredicted, first.observed) // 0.25 0.5
 * ```
 */
export function reliabilityCurve(labels: Numbers, probabilities: Numbers, options: ReliabilityOptions = {}): ReliabilityBin[] {
  checkObject('reliabilityCurve', 'options', options)
  const { level = 0.95 } = options
  checkNumber('reliabilityCurve', 'level', level, { above: 0, below: 1 })
  const { cuts, sums } = binned('reliabilityCurve', labels, probabilities, options)
  return sums.map(totalsOf).flatMap((bin, i) => {
    if (bin.weight === 0) return []
    const observed = bin.positive / bin.weight
    const trials = bin.weight ** 2 / bin.squaredWeight
    const interval = wilsonInterval(Math.min(observed, 1) * trials, trials, level)
    const meanPredicted = bin.predicted / bin.weight
    return [{ low: cuts[i], high: cuts[i + 1], count: bin.count, weight: bin.weight, meanPredicted, observed, interval }]
  })
}
