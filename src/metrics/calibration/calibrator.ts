import { ArgumentError, checkSameLength, expected } from '../../errors'
import { checkBinary, checkFinite, checkProbabilities, checkWeights } from '../checks'
import type { Numbers } from '../checks'

/**
 * A fitted map from what a model says to the probability it should have said.
 *
 * `JSON.stringify(calibrator)` saves it, `loadCalibrator` brings it back.
 */
export interface Calibrator<Json extends CalibratorJson = CalibratorJson> {
  readonly kind: Json['kind']
  /** Probabilities, one per score. */
  readonly apply: (scores: Numbers) => Float64Array
  readonly toJSON: () => Json
}

/** What a calibrator is as a plain object. */
export type CalibratorJson = PlattJson | TemperatureJson | IsotonicJson | DownsamplingJson

/** `p = σ(slope·z + intercept)`. */
export interface PlattJson {
  readonly kind: 'platt'
  readonly input: ScoreKind
  readonly slope: number
  readonly intercept: number
}

/** `p = σ(z / temperature)`. */
export interface TemperatureJson {
  readonly kind: 'temperature'
  readonly input: ScoreKind
  readonly temperature: number
}

/** Linear between the points `(x, y)`, constant outside them. */
export interface IsotonicJson {
  readonly kind: 'isotonic'
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** `p / (p + (1 − p) / rate)`. */
export interface DownsamplingJson {
  readonly kind: 'downsampling'
  readonly rate: number
}

/** Whether scores are logits (any real number, used as they are) or probabilities (turned into logits first). */
export type ScoreKind = 'logit' | 'probability'

/** Options of the calibrators that work on logits. */
export interface LogitFitOptions {
  /** @defaultValue 'logit' */
  readonly input?: ScoreKind | undefined
  readonly weights?: Numbers | undefined
}

export const sigmoid = (z: number) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)))

/** Checked scores as logits; probabilities of exactly 0 and 1 become the logits of 2^-52 and 1 − 2^-52. */
export function logitsOf(where: string, scores: Numbers, input: ScoreKind): Float64Array {
  if (input === 'logit') {
    checkFinite(where, 'scores', scores)
    return Float64Array.from(scores)
  }
  if (input !== 'probability') throw new ArgumentError(expected(where, 'input', "'logit' or 'probability'", input))
  checkProbabilities(where, scores, 'scores')
  return Float64Array.from(scores, (p) => {
    const clipped = Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON)
    return Math.log(clipped / (1 - clipped))
  })
}

/** Checks what a calibrator is fitted on, and gives the weight of both classes. */
export function checkFit(where: string, scores: Numbers, labels: Numbers, weights: Numbers | undefined) {
  checkBinary(where, labels)
  checkSameLength(where, 'scores', scores.length, 'labels', labels.length)
  if (weights) checkWeights(where, weights, labels.length)
  let positive = 0
  let negative = 0
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 1) positive += weights ? weights[i] : 1
    else negative += weights ? weights[i] : 1
  }
  if (positive === 0 || negative === 0)
    throw new ArgumentError(`feedrank/${where}: expected both positive and negative labels, got weights ${positive} and ${negative}`)
  return { positive, negative }
}
