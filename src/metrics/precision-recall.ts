import { checkNumber, checkObject } from '../errors'
import { countPositives, noValue } from './checks'
import type { Numbers, RowOptions, WeightOptions } from './checks'
import { checkedRows } from './rows'
import { sortedByLabel } from './sort'
import { countsByThreshold, countsInOrder } from './thresholds'

/** A curve over thresholds, from the highest score down: rows scoring at least `thresholds[i]` are called positive. */
export interface PrecisionRecallCurve {
  readonly thresholds: Float64Array
  readonly precision: Float64Array
  readonly recall: Float64Array
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
export function precisionRecallCurve(labels: Numbers, scores: Numbers, options: WeightOptions = {}): PrecisionRecallCurve {
  const where = 'precisionRecallCurve'
  const { thresholds, truePositive, falsePositive, hits } = countsByThreshold(where, labels, scores, options)
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
  checkObject('averagePrecision', 'options', options)
  const value = options.weights ? areaOf(countsByThreshold('averagePrecision', labels, scores, options)) : unweightedArea(labels, scores, options)
  return value ?? noValue('averagePrecision', `without a positive among ${labels.length} rows`, options)
}

/** The same area from positives and negatives sorted apart: only scores that a positive has add to it. */
function unweightedArea(labels: Numbers, scores: Numbers, options: RowOptions): number | undefined {
  const rows = checkedRows('averagePrecision', labels, scores, options)
  const hits = countPositives(rows.labels)
  if (hits === 0) return undefined
  const { positive, negative } = sortedByLabel(rows.labels, rows.scores, hits)
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
  checkObject('precisionAtRecall', 'options', options)
  checkNumber('precisionAtRecall', 'recall', options.recall, { min: 0, max: 1 })
  return bestWhere('precisionAtRecall', labels, scores, options, options.recall, recallOf, precisionOf)
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
  checkObject('recallAtPrecision', 'options', options)
  checkNumber('recallAtPrecision', 'precision', options.precision, { min: 0, max: 1 })
  return bestWhere('recallAtPrecision', labels, scores, options, options.precision, precisionOf, recallOf)
}

type Rate = (truePositive: number, falsePositive: number, positives: number) => number
const precisionOf: Rate = (hit, miss) => hit / (hit + miss)
const recallOf: Rate = (hit, _miss, hits) => hit / hits

function bestWhere(where: string, labels: Numbers, scores: Numbers, options: RowOptions, least: number, held: Rate, wanted: Rate): number {
  const { truePositive, falsePositive, hits } = countsByThreshold(where, labels, scores, options)
  if (hits === 0) return noValue(where, `without a positive among ${labels.length} rows`, options)
  let best = 0
  for (let i = 0; i < truePositive.length; i++)
    if (held(truePositive[i], falsePositive[i], hits) >= least) best = Math.max(best, wanted(truePositive[i], falsePositive[i], hits))
  return best
}
