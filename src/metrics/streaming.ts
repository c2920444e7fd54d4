import { ArgumentError, checkInteger, checkSameLength, expected } from '../errors'
import { auc } from './auc'
import { binned, emptyBin } from './bins'
import type { BinSums } from './bins'
import { calibrationGaps } from './calibration-error'
import { checkBinary, checkProbabilities, checkScores, checkWeights, noValue } from './checks'
import { binaryEntropy, rowLogLoss } from './cross-entropy'
import type { ListMetric, NothingRelevant } from './list-metric'
import { valuesPerList } from './means'
import type { Metric, ScoredRows } from './metric'
import { addTo, emptySum, mergeSums, totalOf } from './sum'
import type { ExactSum } from './sum'

/** The state of a weighted mean, and of the label's mean beside it. */
export interface MeanState {
  value: ExactSum
  positive: ExactSum
  weight: ExactSum
}

function meanMetric(
  label: string, valueOf: (label: number, probability: number) => number, finish: (mean: number, rate: number) => number,
): Metric<MeanState> {
  return {
    label,
    init: () => ({ value: emptySum(), positive: emptySum(), weight: emptySum() }),
    update(state, { labels, scores, weights }) {
      checkBinary(label, labels)
      checkProbabilities(label, scores, 'scores')
      checkSameLength(label, 'labels', labels.length, 'scores', scores.length)
      if (weights) checkWeights(label, weights, labels.length)
      for (let i = 0; i < labels.length; i++) {
        const weight = weights ? weights[i] : 1
        if (weight === 0) continue
        addTo(state.value, weight * valueOf(labels[i], scores[i]))
        addTo(state.positive, weight * labels[i])
        addTo(state.weight, weight)
      }
      return state
    },
    merge: (a, b) => ({
      value: mergeSums(a.value, b.value), positive: mergeSums(a.positive, b.positive), weight: mergeSums(a.weight, b.weight),
    }),
    result(state, rule = {}) {
      const weight = totalOf(state.weight)
      const value = weight > 0 ? finish(totalOf(state.value) / weight, totalOf(state.positive) / weight) : NaN
      return Number.isNaN(value) ? noValue(label, 'on the rows so far', rule) : value
    },
  }
}

/** {@link logLoss} batch by batch. */
export const logLossMetric = (): Metric<MeanState> => meanMetric('logLoss', (label, p) => rowLogLoss(label, p, Number.EPSILON), (mean) => mean)

/** {@link brierScore} batch by batch. */
export const brierScoreMetric = (): Metric<MeanState> => meanMetric('brierScore', (label, p) => (p - label) ** 2, (mean) => mean)

/** {@link normalizedEntropy} batch by batch: the base rate is that of all rows, not of each batch. */
export const normalizedEntropyMetric = (): Metric<MeanState> =>
  meanMetric('normalizedEntropy', (label, p) => rowLogLoss(label, p, Number.EPSILON), (mean, rate) => {
    const entropy = binaryEntropy(rate)
    return entropy > 0 ? mean / entropy : NaN
  })

/** {@link expectedCalibrationError} batch by batch, in bins of equal width (those of equal mass need all rows at once). */
export function expectedCalibrationErrorMetric({ bins = 10 }: { readonly bins?: number } = {}): Metric<BinSums[]> {
  const label = 'expectedCalibrationError'
  checkInteger(label, 'bins', bins)
  const join = (a: BinSums, b: BinSums): BinSums => ({
    count: a.count + b.count, weight: a.weight + b.weight, squaredWeight: a.squaredWeight + b.squaredWeight,
    predicted: mergeSums(a.predicted, b.predicted), positive: a.positive + b.positive,
  })
  const merge = (a: BinSums[], b: BinSums[]) => a.map((bin, i) => join(bin, b[i]))
  return {
    label,
    init: () => Array.from({ length: bins }, emptyBin),
    update: (state, { labels, scores, weights }) => merge(state, binned(label, labels, scores, { bins, weights }).sums),
    merge,
    result(state, rule = {}) {
      const gaps = calibrationGaps(state)
      return gaps ? gaps.mean : noValue(label, 'on the rows so far', rule)
    },
  }
}

/** The rows an {@link aucMetric} has seen: an exact AUC needs them all. */
export interface AucState {
  labels: Uint8Array[]
  scores: Float64Array[]
  weights: Float64Array[]
}

/** {@link auc} batch by batch: exact, so it keeps every score (17 bytes a row) and sorts at the end. */
export function aucMetric(): Metric<AucState> {
  return {
    label: 'auc',
    init: () => ({ labels: [], scores: [], weights: [] }),
    update(state, { labels, scores, weights }) {
      checkBinary('auc', labels)
      checkScores('auc', scores)
      checkSameLength('auc', 'labels', labels.length, 'scores', scores.length)
      if (weights) checkWeights('auc', weights, labels.length)
      state.labels.push(Uint8Array.from(labels))
      state.scores.push(Float64Array.from(scores))
      state.weights.push(weights ? Float64Array.from(weights) : new Float64Array(labels.length).fill(1))
      return state
    },
    merge: (a, b) => ({ labels: [...a.labels, ...b.labels], scores: [...a.scores, ...b.scores], weights: [...a.weights, ...b.weights] }),
    result(state, rule = {}) {
      const weights = joined(state.weights)
      const options = weights.every((weight) => weight === 1) ? rule : { ...rule, weights }
      return auc(joined(state.labels), joined(state.scores), options)
    },
  }
}

function joined(parts: readonly (Uint8Array | Float64Array)[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The state of a mean over lists. */
export interface ListMeanState {
  value: ExactSum
  lists: number
}

/**
 * The mean of a list metric, batch by batch; every list must lie whole within one batch.
 *
 * @example
 * ```ts
 * import { listMeanMetric, ndcg } from 'feedrank'
 *
 * const metric = listMeanMetric(ndcg, { k: 10 })
 * const state = metric.update(metric.init(), { labels: [1, 0], scores: [0.9, 0.1], groups: { sizes: [2] } })
 * console.log(metric.result(state)) // 1
 * ```
 */
export function listMeanMetric<Options extends NothingRelevant>(
  metric: ListMetric<Options>, options: Options = {} as Options,
): Metric<ListMeanState> {
  metric.check(options)
  return {
    label: metric.label,
    init: () => ({ value: emptySum(), lists: 0 }),
    update(state, { labels, scores, weights, groups }: ScoredRows) {
      if (weights) throw new ArgumentError(expected(metric.label, 'weights', 'absent: lists count once each', weights))
      if (!groups) throw new ArgumentError(expected(metric.label, 'groups', 'given: a list metric needs its lists', groups))
      for (const value of valuesPerList(metric, labels, scores, groups, options)) {
        if (Number.isNaN(value)) continue
        addTo(state.value, value)
        state.lists++
      }
      return state
    },
    merge: (a, b) => ({ value: mergeSums(a.value, b.value), lists: a.lists + b.lists }),
    result: (state, rule = {}) => (state.lists > 0 ? totalOf(state.value) / state.lists : noValue(metric.label, 'without a list that counts', rule)),
  }
}
