import type { Numbers, WeightOptions } from './checks'
import { checkedRows } from './rows'
import { argsort, settleTies } from './sort'

/** The counts at every distinct score, from the highest down: weight of true and of false positives. */
export function countsByThreshold(where: string, labels: Numbers, scores: Numbers, options: WeightOptions) {
  const rows = checkedRows(where, labels, scores, options)
  const order = argsort(rows.scores, true)
  if (rows.weights) settleTies(order, rows.labels, rows.scores, rows.weights)
  return countsInOrder(rows.labels, rows.scores, rows.weights, order)
}

/** {@link countsByThreshold} of checked rows, given their descending order of score. */
export function countsInOrder(labels: Numbers, scores: Numbers, weights: Numbers | undefined, order: Uint32Array) {
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
