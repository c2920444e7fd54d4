import { ArgumentError, checkInteger, expected } from '../errors'
import type { Numbers } from './checks'
import { checkNothingRelevant, listMetric, whenNothingRelevant } from './list-metric'
import type { NothingRelevant } from './list-metric'
import type { JudgedRanking } from './ranking'
import { passingArgsort } from './sort'

/** Options of {@link dcg}. */
export interface DcgOptions extends NothingRelevant {
  /** Only the first `k` ranks count. @defaultValue the whole list */
  readonly k?: number | undefined
  /**
   * What a grade is worth: `'linear'` is the grade itself (scikit-learn, trec_eval, ranx), `'exponential'` is
   * `2^grade − 1` (LightGBM, XGBoost, TF-Ranking), a function is your own table of gains.
   * @defaultValue 'linear'
   */
  readonly gain?: 'linear' | 'exponential' | ((grade: number) => number) | undefined
  /**
   * Equal scores: `'input-order'` keeps them as they came (trec_eval after `trecOrder`, LightGBM), `'average'` takes the
   * mean over all their orders (scikit-learn's default). A ranking has no scores, so no ties.
   * @defaultValue 'input-order'
   */
  readonly ties?: 'input-order' | 'average' | undefined
}

/** Options of {@link ndcg}. */
export type NdcgOptions = DcgOptions

function checkDcg(where: string) {
  return ({ k, gain, ties, noRelevant }: DcgOptions) => {
    if (k !== undefined) checkInteger(where, 'k', k)
    if (gain !== undefined && gain !== 'linear' && gain !== 'exponential' && typeof gain !== 'function')
      throw new ArgumentError(expected(where, 'gain', "'linear', 'exponential' or a function of the grade", gain))
    if (ties !== undefined && ties !== 'input-order' && ties !== 'average')
      throw new ArgumentError(expected(where, 'ties', "'input-order' or 'average'", ties))
    checkNothingRelevant(where, { noRelevant })
  }
}

type Gain = (grade: number) => number
const linear: Gain = (grade) => grade
const exponential: Gain = (grade) => 2 ** grade - 1

function gainOf(gain: DcgOptions['gain']): Gain {
  if (gain === undefined || gain === 'linear') return linear
  if (gain === 'exponential') return exponential
  return (grade) => {
    const value = gain(grade)
    if (Number.isFinite(value)) return value
    throw new ArgumentError(expected('ndcg', `gain(${grade})`, 'a finite number', value))
  }
}

let discounts = new Float64Array(0)

/** `1 / log2(rank + 2)` for ranks from 0. */
function discountsTo(depth: number): Float64Array {
  if (discounts.length < depth) discounts = Float64Array.from({ length: Math.max(depth, 2 * discounts.length, 64) }, (_, i) => 1 / Math.log2(i + 2))
  return discounts
}

const smallDepth = 64
const topValue = new Float64Array(smallDepth)
const topRow = new Int32Array(smallDepth)

/**
 * Fills `topValue` and `topRow` with the `depth` largest of `values[start .. end)`, ties in input order.
 *
 * A short sorted buffer and one pass: for the depths people ask for it beats sorting the list, and allocates nothing.
 */
function takeTop(values: Numbers, start: number, end: number, depth: number): void {
  let held = 0
  for (let row = start; row < end; row++) {
    const value = values[row]
    if (held === depth) {
      if (!(value > topValue[depth - 1])) continue
    } else held++
    let at = held - 1
    for (; at > 0 && topValue[at - 1] < value; at--) {
      topValue[at] = topValue[at - 1]
      topRow[at] = topRow[at - 1]
    }
    topValue[at] = value
    topRow[at] = row
  }
}

function dcgOfRows(labels: Numbers, scores: Numbers, start: number, end: number, depth: number, gain: Gain, ties: DcgOptions['ties']): number {
  const discount = discountsTo(end - start)
  if (ties === 'average') return averagedDcg(labels, scores, start, end, depth, gain, discount)
  let sum = 0
  if (depth <= smallDepth) {
    takeTop(scores, start, end, depth)
    for (let i = 0; i < depth; i++) sum += gain(labels[topRow[i]]) * discount[i]
  } else {
    const order = passingArgsort(scores, true, start, end)
    for (let i = 0; i < depth; i++) sum += gain(labels[start + order[i]]) * discount[i]
  }
  return sum
}

/** Every tied group earns its mean gain at each of its ranks (McSherry and Najork 2008). */
function averagedDcg(labels: Numbers, scores: Numbers, start: number, end: number, depth: number, gain: Gain, discount: Float64Array): number {
  const shallow = depth <= smallDepth
  if (shallow) takeTop(scores, start, end, depth)
  const order = shallow ? topRow : passingArgsort(scores, true, start, end)
  const first = shallow ? 0 : start
  const last = depth > 0 ? scores[first + order[depth - 1]] : NaN
  let sum = 0
  for (let rank = 0; rank < depth;) {
    const score = scores[first + order[rank]]
    let gains = 0
    let worth = 0
    let tied = 0
    for (; rank < depth && scores[first + order[rank]] === score; rank++, tied++) {
      gains += gain(labels[first + order[rank]])
      worth += discount[rank]
    }
    if (score === last) {
      // The group that the cut-off runs through: those below it share as well.
      gains = tied = 0
      for (let row = start; row < end; row++) {
        if (scores[row] !== score) continue
        gains += gain(labels[row])
        tied++
      }
    }
    sum += (gains / tied) * worth
  }
  return sum
}

/** The best DCG these grades allow. Where gain does not grow with the grade, the best order is that of the gains. */
function idealDcg(grades: Numbers, start: number, end: number, depth: number, gain: Gain): number {
  const discount = discountsTo(end - start)
  let sum = 0
  if (depth <= smallDepth && (gain === linear || gain === exponential)) {
    takeTop(grades, start, end, depth)
    for (let i = 0; i < depth && topValue[i] > 0; i++) sum += gain(topValue[i]) * discount[i]
    return sum
  }
  const gains = new Float64Array(end - start)
  for (let i = start; i < end; i++) gains[i - start] = -gain(grades[i])
  gains.sort()
  for (let i = 0; i < depth && gains[i] < 0; i++) sum -= gains[i] * discount[i]
  return sum
}

function dcgOfRanking(grades: Numbers, depth: number, gain: Gain): number {
  const discount = discountsTo(depth)
  let sum = 0
  for (let i = 0; i < depth; i++) if (grades[i] === grades[i]) sum += gain(grades[i]) * discount[i]
  return sum
}

/** A sum that has left the range of numbers says nothing, and as a quotient would pass for a list that is left out. */
function inRange(where: string, sum: number): number {
  if (sum < Infinity) return sum
  throw new ArgumentError(expected(where, 'labels', 'grades whose gains add up to a finite number', sum))
}

const depthOf = (k: number | undefined, length: number) => Math.min(k ?? length, length)

/**
 * Discounted cumulative gain of one ranked list.
 *
 * `DCG@k = Σ_{i=1..k} gain(grade_i) / log2(i + 1)` (Järvelin and Kekäläinen 2002, with the discount of Burges et al.
 * 2005). 0 for an empty list.
 *
 * @throws ArgumentError on lengths that differ, negative labels, gains beyond the range of numbers, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { dcg } from 'feedrank'
 *
 * console.log(dcg([10, 0, 0, 1, 5], [0.1, 0.2, 0.3, 4, 70], { k: 4 }).toFixed(4)) // 5.6309
 * ```
 */
export const dcg = listMetric<DcgOptions>('dcg', {
  check: checkDcg('dcg'),
  ofRanking: ({ grades }, { k, gain }) => inRange('dcg', dcgOfRanking(grades, depthOf(k, grades.length), gainOf(gain))),
  ofRows: (labels, scores, start, end, { k, gain, ties }) =>
    inRange('dcg', dcgOfRows(labels, scores, start, end, depthOf(k, end - start), gainOf(gain), ties)),
})

/**
 * Normalised discounted cumulative gain of one ranked list: its DCG over the best DCG the judged items allow.
 *
 * scikit-learn's `ndcg_score` is `{ ties: 'average' }`, LightGBM's `ndcg` is `{ gain: 'exponential', noRelevant: 1 }`,
 * trec_eval's `ndcg` and `ndcg_cut` are the defaults over `judgeRanking(trecOrder(ids, scores), qrels)`. For the mean
 * over many lists see `meanNdcg`.
 *
 * @throws ArgumentError on lengths that differ, negative labels, gains beyond the range of numbers, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { ndcg } from 'feedrank'
 *
 * console.log(ndcg([10, 0, 0, 1, 5], [0.1, 0.2, 0.3, 4, 70]).toFixed(4)) // 0.6957
 * ```
 */
export const ndcg = listMetric<NdcgOptions>('ndcg', {
  check: checkDcg('ndcg'),
  ofRanking(ranking, options) {
    const { k } = options
    const gain = gainOf(options.gain)
    const judged = judgedGrades(ranking)
    const ideal = inRange('ndcg', idealDcg(judged, 0, judged.length, depthOf(k, judged.length), gain))
    return ideal > 0 ? dcgOfRanking(ranking.grades, depthOf(k, ranking.grades.length), gain) / ideal : whenNothingRelevant(options)
  },
  ofRows(labels, scores, start, end, options) {
    const depth = depthOf(options.k, end - start)
    const gain = gainOf(options.gain)
    const ideal = inRange('ndcg', idealDcg(labels, start, end, depth, gain))
    return ideal > 0 ? dcgOfRows(labels, scores, start, end, depth, gain, options.ties) / ideal : whenNothingRelevant(options)
  },
})

function judgedGrades({ grades, missed }: JudgedRanking): Float64Array {
  const judged = new Float64Array(grades.length + missed.length)
  let count = 0
  for (let i = 0; i < grades.length; i++) if (grades[i] === grades[i]) judged[count++] = grades[i]
  for (let i = 0; i < missed.length; i++) judged[count++] = missed[i]
  return judged.subarray(0, count)
}
