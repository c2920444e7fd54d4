import { checkObject } from '../errors'
import { binned, totalsOf } from './bins'
import type { BinOptions, BinSums } from './bins'
import { noValue } from './checks'
import type { Numbers, RowOptions, UndefinedRule } from './checks'

/** Mean and largest gap between predicted and observed rate; undefined for empty bins. */
export function calibrationGaps(sums: readonly BinSums[]): { mean: number; max: number } | undefined {
  let weight = 0
  let weighted = 0
  let max = 0
  for (const bin of sums.map(totalsOf)) {
    if (bin.weight === 0) continue
    const gap = Math.abs(bin.predicted - bin.positive)
    weight += bin.weight
    weighted += gap
    max = Math.max(max, gap / bin.weight)
  }
  return weight > 0 ? { mean: weighted / weight, max } : undefined
}

/**
 * Expected calibration error: the mean gap between predicted and observed rate over bins, weighted by their rows.
 *
 * `ECE = Σ_b (n_b / n)·|mean p_b − mean y_b|` (Naeini et al. 2015; Guo et al. 2017). It depends on the bins:
 * compare only figures of equal `bins` and `strategy`.
 *
 * @throws ArgumentError as {@link reliabilityCurve}, and, unless `whenUndefined` says otherwise, on no rows.
 * @example
 * ```ts
 * import { expectedCalibrationError } from 'feedrank'
 *
 * console.log(expectedCalibrationError([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75], { bins: 2 })) // 0.25
 * ```
 */
export function expectedCalibrationError(labels: Numbers, probabilities: Numbers, options: BinOptions & UndefinedRule = {}): number {
  const gaps = calibrationGaps(binned('expectedCalibrationError', labels, probabilities, options).sums)
  return gaps ? gaps.mean : noValue('expectedCalibrationError', 'without a row of positive weight', options)
}

/**
 * Maximum calibration error: the largest gap between predicted and observed rate over bins (Guo et al. 2017).
 *
 * @throws ArgumentError as {@link expectedCalibrationError}.
 * @example
 * ```ts
 * import { maximumCalibrationError } from 'feedrank'
 *
 * console.log(maximumCalibrationError([0, 1, 1, 1], [0.25, 0.25, 0.5, 1], { bins: 4 })) // 0.5
 * ```
 */
export function maximumCalibrationError(labels: Numbers, probabilities: Numbers, options: BinOptions & UndefinedRule = {}): number {
  const gaps = calibrationGaps(binned('maximumCalibrationError', labels, probabilities, options).sums)
  return gaps ? gaps.max : noValue('maximumCalibrationError', 'without a row of positive weight', options)
}

/**
 * Calibration ratio: expected over observed positives, `Σ w_i·p_i / Σ w_i·y_i`. Above 1 the model promises too much.
 *
 * @throws ArgumentError as {@link expectedCalibrationError}; also undefined without a positive.
 * @example
 * ```ts
 * import { calibrationRatio } from 'feedrank'
 *
 * console.log(calibrationRatio([0, 1], [0.5, 0.75])) // 1.25
 * ```
 */
export function calibrationRatio(labels: Numbers, probabilities: Numbers, options: RowOptions = {}): number {
  checkObject('calibrationRatio', 'options', options)
  const [{ predicted, positive }] = binned('calibrationRatio', labels, probabilities, { weights: options.weights, mask: options.mask, bins: 1 }).sums.map(totalsOf)
  return positive > 0 ? predicted / positive : noValue('calibrationRatio', 'without a positive', options)
}
