import { checkProbabilities } from '../checks'
import type { Numbers } from '../checks'
import { binOf, binned, totalsOf } from '../bins'
import type { BinOptions } from '../bins'
import { fitRows } from './calibrator'
import type { Calibrator, HistogramJson } from './calibrator'

/**
 * Histogram binning: a probability becomes the rate of positives in its bin (Zadrozny and Elkan 2001).
 *
 * Plain and free of assumptions, but it forgets the order within a bin and may turn neighbours round; `fitIsotonic` keeps the
 * order. A bin without rows leaves a probability as it is.
 *
 * @param probabilities as the model gives them, shape `[rows]`
 * @param labels 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, probabilities outside [0, 1], one class only, a bad option.
 * @example
 * ```ts
 * import { fitHistogram } from 'feedrank'
 *
 * const calibrator = fitHistogram([0.1, 0.2, 0.6, 0.9], [0, 1, 1, 1], { bins: 2 })
 * console.log(calibrator.apply([0.3, 0.7]).join()) // 0.5,1
 * ```
 */
export function fitHistogram(probabilities: Numbers, labels: Numbers, options: BinOptions = {}): Calibrator<HistogramJson> {
  fitRows('fitHistogram', probabilities, labels, options, 'probability')
  const { cuts, sums } = binned('fitHistogram', labels, probabilities, options)
  const rates = sums.map(totalsOf).map(({ positive, weight }) => (weight > 0 ? Math.min(1, positive / weight) : null))
  return histogramCalibrator({ kind: 'histogram', cuts: Array.from(cuts), rates })
}

export function histogramCalibrator(json: HistogramJson): Calibrator<HistogramJson> {
  const cuts = Float64Array.from(json.cuts)
  return {
    kind: 'histogram',
    apply(probabilities) {
      checkProbabilities('histogram', probabilities)
      return Float64Array.from(probabilities, (p) => json.rates[binOf(cuts, p)] ?? p)
    },
    toJSON: () => json,
  }
}
