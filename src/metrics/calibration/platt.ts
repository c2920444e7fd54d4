import { checkFit, logitsOf, sigmoid } from './calibrator'
import type { Calibrator, LogitFitOptions, PlattJson } from './calibrator'
import type { Numbers } from '../checks'

/**
 * Platt scaling: fits `p = σ(slope·z + intercept)` by maximum likelihood.
 *
 * Labels are softened to `(N₊ + 1) / (N₊ + 2)` and `1 / (N₋ + 2)`, so that separable data has a finite answer (Platt
 * 1999); Newton's method with backtracking (Lin, Lin and Weng 2007) runs to the optimum, where gradients vanish to
 * rounding. scikit-learn's `sigmoid` calibration minimises the same loss and stops near it.
 *
 * @param scores logits, or probabilities with `input: 'probability'`, shape `[rows]`
 * @param labels 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, scores that are not finite, one class only.
 * @example
 * ```ts
 * import { fitPlatt } from 'feedrank'
 *
 * const calibrator = fitPlatt([5, -4, 1], [1, 0, 0])
 * console.log(calibrator.apply([5])[0].toFixed(4)) // 0.5892
 * ```
 */
export function fitPlatt(scores: Numbers, labels: Numbers, options: LogitFitOptions = {}): Calibrator<PlattJson> {
  const { input = 'logit', weights } = options
  const z = logitsOf('fitPlatt', scores, input)
  const { positive, negative } = checkFit('fitPlatt', scores, labels, weights)
  const high = (positive + 1) / (positive + 2)
  const low = 1 / (negative + 2)
  // Scores of mean 0 and size 1 keep Newton's 2x2 system well conditioned; the result is mapped back.
  const centre = z.reduce((sum, value) => sum + value / z.length, 0)
  const size = Math.sqrt(z.reduce((sum, value) => sum + (value - centre) ** 2 / z.length, 0)) || 1
  const x = z.map((value) => (value - centre) / size)
  const target = (i: number) => (labels[i] === 1 ? high : low)
  const weight = (i: number) => (weights ? weights[i] : 1)

  const lossAt = (slope: number, intercept: number) => {
    let loss = 0
    for (let i = 0; i < x.length; i++) {
      const logit = slope * x[i] + intercept
      loss += weight(i) * (Math.log1p(Math.exp(-Math.abs(logit))) + Math.max(logit, 0) - target(i) * logit)
    }
    return loss
  }

  let slope = 0
  let intercept = Math.log((positive + 1) / (negative + 1))
  let loss = lossAt(slope, intercept)
  for (let step = 0; step < 100; step++) {
    let gradientSlope = 0
    let gradientIntercept = 0
    let xx = 1e-12
    let x1 = 0
    let one = 1e-12
    for (let i = 0; i < x.length; i++) {
      const p = sigmoid(slope * x[i] + intercept)
      const error = weight(i) * (p - target(i))
      const curvature = weight(i) * p * (1 - p)
      gradientSlope += error * x[i]
      gradientIntercept += error
      xx += curvature * x[i] * x[i]
      x1 += curvature * x[i]
      one += curvature
    }
    const determinant = xx * one - x1 * x1
    const moveSlope = (one * gradientSlope - x1 * gradientIntercept) / determinant
    const moveIntercept = (xx * gradientIntercept - x1 * gradientSlope) / determinant
    let share = 1
    let next = lossAt(slope - moveSlope, intercept - moveIntercept)
    while (!(next <= loss) && share > 1e-10) {
      share /= 2
      next = lossAt(slope - share * moveSlope, intercept - share * moveIntercept)
    }
    if (!(next <= loss)) break
    slope -= share * moveSlope
    intercept -= share * moveIntercept
    loss = next
    if (Math.abs(moveSlope) + Math.abs(moveIntercept) < 1e-14 * (1 + Math.abs(slope) + Math.abs(intercept))) break
  }
  return plattCalibrator({ kind: 'platt', input, slope: slope / size, intercept: intercept - (slope * centre) / size })
}

export function plattCalibrator(json: PlattJson): Calibrator<PlattJson> {
  return {
    kind: 'platt',
    apply: (scores) => logitsOf('platt', scores, json.input).map((z) => sigmoid(json.slope * z + json.intercept)),
    toJSON: () => json,
  }
}
