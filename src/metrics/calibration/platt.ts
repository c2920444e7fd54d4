import type { Numbers } from '../checks'
import { logitFitRows, logitsOf, sigmoid } from './calibrator'
import type { Calibrator, LogitFitOptions, PlattJson } from './calibrator'
import { fitLogistic, standardized } from './logistic'

/**
 * Platt scaling: fits `p = σ(slope·z + intercept)` by maximum likelihood.
 *
 * Labels are softened to `(N₊ + 1) / (N₊ + 2)` and `1 / (N₋ + 2)`, so that separable data has a finite answer (Platt
 * 1999); Newton's method with backtracking (Lin, Lin and Weng 2007) runs to the optimum, where gradients vanish to
 * rounding. scikit-learn's `sigmoid` calibration minimises the same loss and stops near it.
 *
 * @param scores logits or probabilities, as `input` says, shape `[rows]`
 * @param labels 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, scores that are not what `input` says, one class only.
 * @example
 * ```ts
 * import { fitPlatt } from 'feedrank'
 *
 * const calibrator = fitPlatt([5, -4, 1], [1, 0, 0], { input: 'logit' })
 * console.log(calibrator.apply([5])[0].toFixed(4)) // 0.5892
 * ```
 */
export function fitPlatt(scores: Numbers, labels: Numbers, options: LogitFitOptions): Calibrator<PlattJson> {
  const rows = logitFitRows('fitPlatt', scores, labels, options)
  const high = (rows.positive + 1) / (rows.positive + 2)
  const low = 1 / (rows.negative + 2)
  const { column, centre, size } = standardized(rows.scores)
  const ones = new Float64Array(column.length).fill(1)
  const [slope, intercept] = fitLogistic([column, ones], Float64Array.from(rows.labels, (label) => (label === 1 ? high : low)), rows.weights, [0, 0])
  return plattCalibrator({ kind: 'platt', input: options.input, slope: slope / size, intercept: intercept - (slope * centre) / size })
}

export function plattCalibrator(json: PlattJson): Calibrator<PlattJson> {
  return {
    kind: 'platt',
    apply: (scores) => logitsOf('platt', scores, json.input).map((z) => sigmoid(json.slope * z + json.intercept)),
    toJSON: () => json,
  }
}
