import { ArgumentError } from '../../errors'
import type { Numbers } from '../checks'
import { logitFitRows, logitsOf, sigmoid } from './calibrator'
import type { Calibrator, LogitFitOptions, TemperatureJson } from './calibrator'

/**
 * Temperature scaling: fits `p = σ(z / T)` by maximum likelihood. It moves no row past another.
 *
 * The optimum solves `Σ w_i·(σ(z_i / T) − y_i)·z_i = 0` (Guo et al. 2017, On Calibration of Modern Neural Networks).
 *
 * @param scores logits or probabilities, as `input` says, shape `[rows]`
 * @param given labels, 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, scores that are not what `input` says, one class only, and
 * where no temperature above 0 is best: logits that do not rise with the labels, or that separate them without
 * an error.
 * @example
 * ```ts
 * import { fitTemperature } from 'feedrank'
 *
 * const calibrator = fitTemperature([4, 4, 4, -4], [1, 1, 0, 0], { input: 'logit' })
 * console.log(calibrator.toJSON().temperature.toFixed(4)) // 3.6410
 * ```
 */
export function fitTemperature(scores: Numbers, given: Numbers, options: LogitFitOptions): Calibrator<TemperatureJson> {
  const { scores: z, labels, weights } = logitFitRows('fitTemperature', scores, given, options)
  const largest = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

  /** Derivative of the loss by the inverse temperature, which it rises with. */
  const slopeAt = (inverse: number) => {
    let slope = 0
    for (let i = 0; i < z.length; i++) slope += (weights ? weights[i] : 1) * (sigmoid(inverse * z[i]) - labels[i]) * (z[i] / largest)
    return slope
  }

  if (largest === 0 || slopeAt(0) >= 0)
    throw new ArgumentError('feedrank/fitTemperature: expected logits that rise with the labels, got logits that do not rise; fitPlatt takes these')
  // Every logit on its label's side of 0: the sharper, the better, without end.
  if (z.every((value, i) => weights?.[i] === 0 || value * (labels[i] - 0.5) >= 0))
    throw new ArgumentError('feedrank/fitTemperature: no temperature is best where logits separate the labels without an error; fitPlatt takes these')
  let low = 0
  let high = 1 / largest
  while (slopeAt(high) < 0) {
    low = high
    high *= 2
  }
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (slopeAt(middle) < 0) low = middle
    else high = middle
  }
  return temperatureCalibrator({ kind: 'temperature', input: options.input, temperature: 1 / high })
}

export function temperatureCalibrator(json: TemperatureJson): Calibrator<TemperatureJson> {
  return {
    kind: 'temperature',
    apply: (scores) => logitsOf('temperature', scores, json.input).map((z) => sigmoid(z / json.temperature)),
    toJSON: () => json,
  }
}
