import { countPositives, noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { checkedRows } from './rows'
import { argsort, settleTies, sortedByLabel } from './sort'

/**
 * Area under the ROC curve: how often a positive scores above a negative, a tie counting one half.
 *
 * `AUC = Σ_{p,n} w_p·w_n·([s_p > s_n] + ½·[s_p = s_n]) / Σ_{p,n} w_p·w_n`, exact for any number of ties (the
 * Mann-Whitney statistic; scikit-learn's `roc_auc_score`).
 *
 * @param labels 0 or 1, shape `[rows]`
 * @param scores any increasing scale, shape `[rows]`; infinities are allowed
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, NaN scores, and, unless `whenUndefined` says
 * otherwise, where one of the classes is missing.
 * @example
 * ```ts
 * import { auc } from 'feedrank'
 *
 * console.log(auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])) // 0.75
 * ```
 */
export function auc(labels: Numbers, scores: Numbers, options: RowOptions = {}): number {
  const rows = checkedRows('auc', labels, scores, options)
  return rows.weights ? weightedAuc(rows.labels, rows.scores, rows.weights, options) : plainAuc(rows.labels, rows.scores, options)
}

function plainAuc(labels: Numbers, scores: Numbers, options: RowOptions): number {
  const positives = countPositives(labels)
  const negatives = labels.length - positives
  if (positives === 0 || negatives === 0) return oneClass(positives, labels.length, options)
  const { positive, negative } = sortedByLabel(labels, scores, positives)
  let below = 0
  let notAbove = 0
  let twice = 0
  for (let p = 0; p < positives; p++) {
    const score = positive[p]
    while (below < negatives && negative[below] < score) below++
    if (notAbove < below) notAbove = below
    while (notAbove < negatives && negative[notAbove] <= score) notAbove++
    twice += below + notAbove
  }
  return twice / (2 * positives * negatives)
}

function weightedAuc(labels: Numbers, scores: Numbers, weights: Numbers, options: RowOptions): number {
  const value = aucInOrder(labels, scores, weights, settleTies(argsort(scores), labels, scores, weights))
  return value === undefined ? oneClass(sumOfPositives(labels, weights), labels.length, options) : value
}

/** The weighted AUC given the rows in ascending order of score; undefined where a class has no weight. */
export function aucInOrder(labels: Numbers, scores: Numbers, weights: Numbers, order: Uint32Array): number | undefined {
  let negative = 0
  let positive = 0
  let won = 0
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]]
    let tiedPositive = 0
    let tiedNegative = 0
    for (; i < order.length && scores[order[i]] === score; i++) {
      if (labels[order[i]] === 1) tiedPositive += weights[order[i]]
      else tiedNegative += weights[order[i]]
    }
    won += tiedPositive * (negative + tiedNegative / 2)
    positive += tiedPositive
    negative += tiedNegative
  }
  return positive > 0 && negative > 0 ? won / (positive * negative) : undefined
}

const sumOfPositives = (labels: Numbers, weights: Numbers) => {
  let positives = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1 && weights[i] > 0) positives++
  return positives
}

const oneClass = (positives: number, rows: number, options: RowOptions) =>
  noValue('auc', `without both a positive and a negative, got ${positives} positive among ${rows} rows`, options)
