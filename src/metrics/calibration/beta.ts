import { ArgumentError, expected } from '../../errors'
import { checkProbabilities } from '../checks'
import type { Numbers, WeightOptions } from '../checks'
import { fitRows, insideUnit, sigmoid } from './calibrator'
import type { BetaJson, Calibrator } from './calibrator'
import { fitLogistic, standardized } from './logistic'

/** Options of {@link fitBeta}. */
export interface BetaFitOptions extends WeightOptions {
  /**
   * What is free: `'abm'` all three; `'am'` keeps `a = b`, which is Platt's map of the logits; `'ab'` keeps the map of ½ at ½.
   * @defaultValue 'abm'
   */
  readonly parameters?: 'abm' | 'am' | 'ab' | undefined
}

/** So little that it moves no fit, and enough that classes which separate have a finite one. */
const ridge = 1e-11

/**
 * Beta calibration of probabilities: fits `p' = σ(a·ln p − b·ln(1 − p) + c)` with `a, b ≥ 0` by maximum likelihood.
 *
 * The right family where scores of each class are beta distributed; it holds the identity (1, 1, 0), so it cannot harm what
 * is calibrated already, and bends either end on its own (Kull, Silva Filho and Flach 2017). A logistic regression on
 * `ln p` and `−ln(1 − p)`; where `a` or `b` would be negative it is 0 and the rest is fitted again.
 *
 * @param probabilities as the model gives them, shape `[rows]`
 * @param labels 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, probabilities outside [0, 1], one class only.
 * @example
 * ```ts
 * import { fitBeta } from 'feedrank'
 *
 * const calibrator = fitBeta([0.9, 0.9, 0.9, 0.2, 0.2, 0.1], [1, 1, 0, 0, 1, 0])
 * console.log(calibrator.apply([0.9])[0].toFixed(2)) // 0.70
 * ```
 */
export function fitBeta(probabilities: Numbers, labels: Numbers, options: BetaFitOptions = {}): Calibrator<BetaJson> {
  const rows = fitRows('fitBeta', probabilities, labels, options, 'probability')
  const { parameters = 'abm' } = options
  const inside = rows.scores.map(insideUnit)
  const targets = Float64Array.from(rows.labels)
  const fit = (columns: readonly Float64Array[], intercept: boolean) => {
    const scaled = columns.map((column) => standardized(column, intercept))
    const all = scaled.map(({ column }) => column)
    if (intercept) all.push(new Float64Array(targets.length).fill(1))
    const beta = fitLogistic(all, targets, rows.weights, all.map((_, j) => (j < columns.length ? ridge : 0)))
    const slopes = scaled.map(({ size }, j) => beta[j] / size)
    const c = intercept ? beta[columns.length] - scaled.reduce((sum, { centre }, j) => sum + slopes[j] * centre, 0) : 0
    return { slopes, c }
  }
  if (parameters === 'am') {
    const { slopes: [a], c } = fit([inside.map((p) => Math.log(p / (1 - p)))], true)
    return betaCalibrator(a < 0 ? { kind: 'beta', a: 0, b: 0, c: fit([], true).c } : { kind: 'beta', a, b: a, c })
  }
  if (parameters !== 'abm' && parameters !== 'ab')
    throw new ArgumentError(expected('fitBeta', 'parameters', "'abm', 'am' or 'ab'", parameters))
  const free = parameters === 'abm'
  const shift = free ? 0 : Math.LN2
  const rising = inside.map((p) => Math.log(p) + shift)
  const falling = inside.map((p) => -Math.log1p(-p) - shift)
  let { slopes: [a, b], c } = fit([rising, falling], free)
  if (a < 0) {
    ;({ slopes: [b], c } = fit([falling], free))
    a = 0
  } else if (b < 0) {
    ;({ slopes: [a], c } = fit([rising], free))
    b = 0
  }
  if (a < 0 || b < 0) {
    a = b = 0
    c = free ? fit([], true).c : 0
  }
  return betaCalibrator({ kind: 'beta', a, b, c: c + (a - b) * shift })
}

export function betaCalibrator(json: BetaJson): Calibrator<BetaJson> {
  const { a, b, c } = json
  return {
    kind: 'beta',
    apply(probabilities) {
      checkProbabilities('beta', probabilities)
      return Float64Array.from(probabilities, (given) => {
        const p = insideUnit(given)
        return sigmoid(a * Math.log(p) - b * Math.log1p(-p) + c)
      })
    },
    toJSON: () => json,
  }
}
