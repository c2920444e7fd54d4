import { checkNumber, checkSameLength } from '../errors'
import { checkBinary, checkScores, checkWeights, noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { argsort, sortedByLabel } from './sort'

/** A curve over thresholds, from the highest score down: rows scoring at least `thresholds[i]` are called positive. */
export interface PrecisionRecallCurve {
  readonly thresholds: Float64Array
  readonly precision: Float64Array
  readonly recall: Float64Array
}

/** The counts at every distinct score, from the highest down: weight of true and of false positives. */
function counts(where: string, labels: Numbers, scores: Numbers, weights: Numbers | undefined) {
  checkBinary(where, labels)
  checkScores(where, scores)
  checkSameLength(where, 'labels', labels.length, 'scores', scores.length)
  if (weights) checkWeights(where, weights, labels.length)
  return countsInOrder(labels, scores, weights, argsort(scores, true))
}

/** @see counts, given the rows in descending order of score */
function countsInOrder(labels: Numbers, scores: Numbers, weights: Numbers | undefined, order: Uint32Array) {
  const thresholds: number[] = []
  const truePositive: number[] = []
  const falsePositive: number[] = []
  let hits = 0
  let misses = 0
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]]
    const before = hits + misses
    for (; i < order.length && scores[order[i]] === score; i++) {
      const weight = weights ? weights[order[i]] : 1
      if (labels[order[i]] === 1) hits += weight
      else misses += weight
    }
    if (hits + misses === before) continue
    thresholds.push(score)
    truePositive.push(hits)
    falsePositive.push(misses)
  }
  return { thresholds, truePositive, falsePositive, hits, misses }
}

/**
 * Precision and recall at every distinct score, highest first.
 *
 * Recall never falls along the curve and ends at 1. Where scikit-learn appends a point (precision 1, recall 0) and goes
 * from the lowest threshold up, this goes down and appends nothing.
 *
 * @throws ArgumentError as {@link averagePrecision}.
 * @example
 * ```ts
 * import { precisionRecallCurve } from 'feedrank'
 *
 * console.log(precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).recall.join()) // 0.5,0.5,1,1
 * ```
 */
export function precisionRecallCurve(labels: Numbers, scores: Numbers, options: RowOptions = {}): PrecisionRecallCurve {
  return curve('precisionRecallCurve', labels, scores, options)
}

function curve(where: string, labels: Numbers, scores: Numbers, options: RowOptions): PrecisionRecallCurve {
  const { thresholds, truePositive, falsePositive, hits } = counts(where, labels, scores, options.weights)
  if (hits === 0) noValue(where, `without a positive among ${labels.length} rows`, {})
  return {
    thresholds: Float64Array.from(thresholds),
    precision: Float64Array.from(truePositive, (hit, i) => hit / (hit + falsePositive[i])),
    recall: Float64Array.from(truePositive, (hit) => hit / hits),
  }
}

/**
 * Average precision, the area under the precision-recall curve as a step function.
 *
 * `AP = Σ_n (R_n − R_{n−1})·P_n` over the distinct scores from the highest down: rows of equal score enter together, so
 * the order of the input never matters. scikit-learn's `average_precision_score`; per list it is also its label ranking
 * average precision. For the AP of a ranked list with a cut-off, as trec_eval has it, see `listAveragePrecision`.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, and, unless `whenUndefined` says
 * otherwise, where there is no positive (scikit-learn warns and returns 0).
 * @example
 * ```ts
 * import { averagePrecision } from 'feedrank'
 *
 * console.log(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).toFixed(4)) // 0.8333
 * ```
 */
export function averagePrecision(labels: Numbers, scores: Numbers, options: RowOptions = {}): number {
  const value = options.weights ? areaOf(counts('averagePrecision', labels, scores, options.weights)) : unweightedArea(labels, scores)
  return value ?? noValue('averagePrecision', `without a positive among ${labels.length} rows`, options)
}

/** The same area from positives and negatives sorted apart: only scores that a positive has add to it. */
function unweightedArea(labels: Numbers, scores: Numbers): number | undefined {
  const hits = checkBinary('averagePrecision', labels)
  checkScores('averagePrecision', scores)
  checkSameLength('averagePrecision', 'labels', labels.length, 'scores', scores.length)
  if (hits === 0) return undefined
  const { positive, negative } = sortedByLabel(labels, scores, hits)
  let area = 0
  for (let p = hits - 1, n = negative.length; p >= 0;) {
    const score = positive[p]
    const before = p
    while (p >= 0 && positive[p] === score) p--
    while (n > 0 && negative[n - 1] >= score) n--
    const truePositive = hits - 1 - p
    area += (before - p) * (truePositive / (truePositive + negative.length - n))
  }
  return area / hits
}

/** Average precision given the rows in descending order of score; undefined where no positive has weight. */
export function averagePrecisionInOrder(labels: Numbers, scores: Numbers, weights: Numbers, order: Uint32Array): number | undefined {
  return areaOf(countsInOrder(labels, scores, weights, order))
}

function areaOf({ truePositive, falsePositive, hits }: ReturnType<typeof countsInOrder>): number | undefined {
  if (hits === 0) return undefined
  let area = 0
  for (let i = 0, before = 0; i < truePositive.length; before = truePositive[i++])
    area += (truePositive[i] - before) * (truePositive[i] / (truePositive[i] + falsePositive[i]))
  return area / hits
}

/**
 * The highest precision at any threshold that reaches a recall of at least `recall`.
 *
 * @throws ArgumentError as {@link averagePrecision}, and when `recall` is outside [0, 1].
 * @example
 * ```ts
 * import { precisionAtRecall } from 'feedrank'
 *
 * console.log(precisionAtRecall([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], { recall: 0.5 })) // 1
 * ```
 */
export function precisionAtRecall(labels: Numbers, scores: Numbers, options: { readonly recall: number } & RowOptions): number {
  checkNumber('precisionAtRecall', 'recall', options.recall, { min: 0, max: 1 })
  return bestWhere('precisionAtRecall', labels, scores, options, options.recall, (hit, _miss, hits) => hit / hits, (hit, miss) => hit / (hit + miss))
}

/**
 * The highest recall at any threshold that keeps a precision of at least `precision`; 0 where none does.
 *
 * @throws ArgumentError as {@link averagePrecision}, and when `precision` is outside [0, 1].
 * @example
 * ```ts
 * import { recallAtPrecision } from 'feedrank'
 *
 * console.log(recallAtPrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], { precision: 0.6 })) // 1
 * ```
 */
export function recallAtPrecision(labels: Numbers, scores: Numbers, options: { readonly precision: number } & RowOptions): number {
  checkNumber('recallAtPrecision', 'precision', options.precision, { min: 0, max: 1 })
  return bestWhere('recallAtPrecision', labels, scores, options, options.precision, (hit, miss) => hit / (hit + miss), (hit, _miss, hits) => hit / hits)
}

type Rate = (truePositive: number, falsePositive: number, positives: number) => number

function bestWhere(where: string, labels: Numbers, scores: Numbers, options: RowOptions, least: number, held: Rate, wanted: Rate): number {
  const { truePositive, falsePositive, hits } = counts(where, labels, scores, options.weights)
  if (hits === 0) return noValue(where, `without a positive among ${labels.length} rows`, options)
  let best = 0
  for (let i = 0; i < truePositive.length; i++)
    if (held(truePositive[i], falsePositive[i], hits) >= least) best = Math.max(best, wanted(truePositive[i], falsePositive[i], hits))
  return best
}

/** The ROC curve from the highest score down, with the point (0, 0) first. */
export interface RocCurve {
  /** The score at each point; the first is infinite: nothing is called positive there. */
  readonly thresholds: Float64Array
  readonly falsePositiveRate: Float64Array
  readonly truePositiveRate: Float64Array
}

/**
 * The ROC curve: false and true positive rate at every distinct score.
 *
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, or one class only.
 * @example
 * ```ts
 * import { rocCurve } from 'feedrank'
 *
 * console.log(rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).truePositiveRate.join()) // 0,0.5,0.5,1,1
 * ```
 */
export function rocCurve(labels: Numbers, scores: Numbers, options: RowOptions = {}): RocCurve {
  const { thresholds, truePositive, falsePositive, hits, misses } = counts('rocCurve', labels, scores, options.weights)
  if (hits === 0 || misses === 0) noValue('rocCurve', `without both a positive and a negative among ${labels.length} rows`, {})
  return {
    thresholds: Float64Array.from([Infinity, ...thresholds]),
    falsePositiveRate: Float64Array.from([0, ...falsePositive], (miss) => miss / misses),
    truePositiveRate: Float64Array.from([0, ...truePositive], (hit) => hit / hits),
  }
}

/**
 * The Kolmogorov-Smirnov statistic of a classifier: the largest gap between true and false positive rate.
 *
 * @throws ArgumentError as {@link rocCurve}; one class only follows `whenUndefined`.
 * @example
 * ```ts
 * import { kolmogorovSmirnov } from 'feedrank'
 *
 * console.log(kolmogorovSmirnov([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])) // 0.5
 * ```
 */
export function kolmogorovSmirnov(labels: Numbers, scores: Numbers, options: RowOptions = {}): number {
  const { truePositive, falsePositive, hits, misses } = counts('kolmogorovSmirnov', labels, scores, options.weights)
  if (hits === 0 || misses === 0) return noValue('kolmogorovSmirnov', `without both a positive and a negative among ${labels.length} rows`, options)
  let gap = 0
  for (let i = 0; i < truePositive.length; i++) gap = Math.max(gap, Math.abs(truePositive[i] / hits - falsePositive[i] / misses))
  return gap
}
