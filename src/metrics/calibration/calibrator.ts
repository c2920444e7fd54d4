import { ArgumentError, checkObject, expected } from '../../errors'
import { checkFinite, checkProbabilities } from '../checks'
import type { Numbers, WeightOptions } from '../checks'
import { checkedRows } from '../rows'

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
export type CalibratorJson = PlattJson | TemperatureJson | BetaJson | IsotonicJson | HistogramJson | DownsamplingJson

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

/** `p' = σ(a·ln p − b·ln(1 − p) + c)`. */
export interface BetaJson {
  readonly kind: 'beta'
  readonly a: number
  readonly b: number
  readonly c: number
}

/** The rate of the bin `(cuts[i], cuts[i + 1]]`; null where no row fell: there the probability stays as it is. */
export interface HistogramJson {
  readonly kind: 'histogram'
  readonly cuts: readonly number[]
  readonly rates: readonly (number | null)[]
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
export interface LogitFitOptions extends WeightOptions {
  /**
   * What the scores are: `'probability'` is what `predict` gives of a binary head and what every binary metric takes. There is
   * no default: a calibrator fitted on one and applied to the other is wrong everywhere, and looks plausible.
   */
  readonly input: ScoreKind
}

export const sigmoid = (z: number) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)))

/** Probabilities of exactly 0 and 1 count as 2^-52 and 1 − 2^-52: their logits are finite. */
export const insideUnit = (p: number) => Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON)

function logit(p: number): number {
  const inside = insideUnit(p)
  return Math.log(inside / (1 - inside))
}

function checkInput(where: string, input: ScoreKind): void {
  if (input !== 'logit' && input !== 'probability')
    throw new ArgumentError(expected(where, 'input', "'logit' or 'probability' (what `predict` gives)", input))
}

/** Checked scores as logits. */
export function logitsOf(where: string, scores: Numbers, input: ScoreKind): Float64Array {
  if (input === 'probability') checkProbabilities(where, scores, 'scores')
  else checkFinite(where, scores, 'scores')
  return input === 'probability' ? Float64Array.from(scores, logit) : Float64Array.from(scores)
}

/** What a calibrator is fitted on: checked rows, without those a mask leaves out. */
export interface FitRows {
  readonly scores: Float64Array
  readonly labels: Numbers
  readonly weights: Numbers | undefined
  /** Weight of both classes; neither is 0. */
  readonly positive: number
  readonly negative: number
}

export function fitRows(where: string, scores: Numbers, labels: Numbers, options: WeightOptions, kind: ScoreKind): FitRows {
  checkObject(where, 'options', options)
  const rows = checkedRows(where, labels, scores, options, { scores: kind === 'logit' ? 'finite' : 'probabilities', names: ['labels', 'scores'] })
  let positive = 0
  let negative = 0
  for (let i = 0; i < rows.labels.length; i++) {
    const weight = rows.weights ? rows.weights[i] : 1
    if (rows.labels[i] === 1) positive += weight
    else negative += weight
  }
  if (positive === 0 || negative === 0)
    throw new ArgumentError(`feedrank/${where}: expected both positive and negative labels, got weights ${positive} and ${negative}`)
  return { scores: Float64Array.from(rows.scores), labels: rows.labels, weights: rows.weights, positive, negative }
}

/** {@link fitRows} with scores as logits, whichever kind they are. */
export function logitFitRows(where: string, scores: Numbers, labels: Numbers, options: LogitFitOptions): FitRows {
  checkObject(where, 'options', options, "an object with `input`: 'logit' or 'probability'")
  checkInput(where, options.input)
  const rows = fitRows(where, scores, labels, options, options.input)
  return options.input === 'logit' ? rows : { ...rows, scores: rows.scores.map(logit) }
}
