import { checkNumber, checkObject } from '../../errors'
import { checkProbabilities } from '../checks'
import type { Calibrator, DownsamplingJson } from './calibrator'

/**
 * The probability in the field, from that of a model trained on all positives and a share of the negatives.
 *
 * `p / (p + (1 − p) / rate)` (He et al. 2014, Practical Lessons from Predicting Clicks on Ads at Facebook, section 6.3).
 *
 * @param options.rate the share of negatives that was kept, in (0, 1]
 * @throws ArgumentError when `rate` is outside (0, 1], and, when applied, on probabilities outside [0, 1].
 * @example
 * ```ts
 * import { downsamplingCorrection } from 'feedrank'
 *
 * console.log(downsamplingCorrection({ rate: 0.1 }).apply([0.5])[0].toFixed(4)) // 0.0909
 * ```
 */
export function downsamplingCorrection(options: { readonly rate: number }): Calibrator<DownsamplingJson> {
  const { rate } = checkObject('downsamplingCorrection', 'options', options)
  checkNumber('downsamplingCorrection', 'rate', rate, { above: 0, max: 1 })
  return {
    kind: 'downsampling',
    apply(probabilities) {
      checkProbabilities('downsampling', probabilities)
      return Float64Array.from(probabilities, (p) => (p === 0 ? 0 : p / (p + (1 - p) / rate)))
    },
    toJSON: () => ({ kind: 'downsampling', rate }),
  }
}
