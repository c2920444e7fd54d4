import { precisionRecallCurve, reliabilityCurve, rocCurve } from '../metrics'
import type { Numbers } from '../metrics'
import { argsort } from '../metrics/sort'
import type { Curve, Curves, Distribution } from './result'

const points = 100
const bins = 20

/** At most about a hundred points, evenly along `x`, the ends among them. */
function thinned(x: Numbers, y: Numbers): Curve {
  const kept: number[] = []
  const least = x[0]
  const step = (x[x.length - 1] - least) / points
  let next = least
  for (let i = 0; i < x.length; i++) {
    if (i < x.length - 1 && x[i] < next) continue
    kept.push(i)
    next = step > 0 ? least + step * (Math.floor((x[i] - least) / step) + 1) : next
  }
  const round = (value: number) => Math.round(value * 1e5) / 1e5
  return { x: kept.map((i) => round(x[i])), y: kept.map((i) => round(y[i])) }
}

/** The share of positives among the best-scored share of rows; ties count as one step. */
function gains(labels: Numbers, scores: Numbers, positives: number): Curve {
  const order = argsort(scores, true)
  const x = [0]
  const y = [0]
  let hits = 0
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]]
    for (; i < order.length && scores[order[i]] === score; i++) hits += labels[order[i]]
    x.push(i / order.length)
    y.push(hits / positives)
  }
  return thinned(x, y)
}

/** Counts in bins between the least and the greatest finite score, or of [0, 1] for probabilities. */
function distributionOf(labels: Numbers, scores: Numbers, probabilities: boolean): Distribution {
  let [low, high] = probabilities ? [0, 1] : [Infinity, -Infinity]
  if (!probabilities) for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) continue
    low = Math.min(low, scores[i])
    high = Math.max(high, scores[i])
  }
  if (!(low <= high)) [low, high] = [0, 1]
  const negatives = Array.from({ length: bins }, () => 0)
  const positives = Array.from({ length: bins }, () => 0)
  for (let i = 0; i < scores.length; i++) {
    const share = high > low ? (scores[i] - low) / (high - low) : 0.5
    const bin = Math.min(Math.max(Math.floor(share * bins), 0), bins - 1)
    if (labels[i] === 1) positives[bin]++
    else negatives[bin]++
  }
  return { low, high, negatives, positives }
}

/** All curves of one contender, as far as both classes are there. */
export function curvesOf(labels: Numbers, scores: Float64Array, level: number): Curves {
  const rows = labels.length
  let positives = 0
  for (let i = 0; i < rows; i++) positives += labels[i]
  const probabilities = scores.every((score) => score >= 0 && score <= 1)
  const both = positives > 0 && positives < rows
  const roc = both ? rocCurve(labels, scores) : undefined
  const precisionRecall = positives > 0 ? precisionRecallCurve(labels, scores) : undefined
  return {
    distribution: distributionOf(labels, scores, probabilities),
    ...(roc && { roc: thinned(roc.falsePositiveRate, roc.truePositiveRate) }),
    ...(precisionRecall && { precisionRecall: thinned(precisionRecall.recall, precisionRecall.precision) }),
    ...(positives > 0 && { gains: gains(labels, scores, positives) }),
    ...(probabilities && { reliability: reliabilityCurve(labels, scores, { level }) }),
  }
}
