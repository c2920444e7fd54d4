import {
  auc, aucMetric, brierScore, brierScoreMetric, expectedCalibrationError, expectedCalibrationErrorMetric, listMeanMetric, logLoss, logLossMetric,
  meanNdcg, ndcg, normalizedEntropy, normalizedEntropyMetric,
} from 'feedrank/metrics'
import type { Metric, ScoredRows } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random'

const random = seededRandom(1)
const n = 5000
const labels = Float64Array.from({ length: n }, () => random.integer(2))
const scores = Float64Array.from(labels, (label) => Math.round(Math.min(1, random.next() * 0.8 + label * 0.2) * 1e4) / 1e4)
const weights = Float64Array.from(labels, () => random.integer(4) / 2)
const cuts = [0, 1, 7, 900, 901, 4000, n]

const batch = (from: number, to: number): ScoredRows => ({
  labels: labels.slice(from, to), scores: scores.slice(from, to), weights: weights.slice(from, to),
})

/** One state per shard, sent as a worker would send it, merged from either side. */
function throughShards<State>(metric: Metric<State>, rows: (from: number, to: number) => ScoredRows) {
  const states = cuts.slice(1).map((to, i) => () => structuredClone(metric.update(metric.init(), rows(cuts[i], to))))
  const left = states.map((state) => state()).reduce((a, b) => metric.merge(a, b), metric.init())
  const right = states.map((state) => state()).reduceRight((a, b) => metric.merge(b, a), metric.init())
  const streamed = cuts.slice(1).reduce((state, to, i) => metric.update(state, rows(cuts[i], to)), metric.init())
  return [left, right, streamed].map((state) => metric.result(state))
}

describe('merge of the shards is the whole, to the last bit', () => {
  const whole = { labels, scores, weights }
  const cases: [string, () => number[], number][] = [
    ['logLoss', () => throughShards(logLossMetric(), batch), logLoss(labels, scores, { weights })],
    ['brierScore', () => throughShards(brierScoreMetric(), batch), brierScore(labels, scores, { weights })],
    ['normalizedEntropy', () => throughShards(normalizedEntropyMetric(), batch), normalizedEntropy(labels, scores, { weights })],
    ['expectedCalibrationError', () => throughShards(expectedCalibrationErrorMetric({ bins: 15 }), batch), expectedCalibrationError(labels, scores, { weights, bins: 15 })],
    ['auc', () => throughShards(aucMetric(), batch), auc(labels, scores, whole)],
    ['auc without weights', () => throughShards(aucMetric(), (from, to) => ({ ...batch(from, to), weights: undefined })), auc(labels, scores)],
  ]
  test.each(cases)('%s', (_name, parts, want) => {
    expect(parts()).toEqual([want, want, want])
  })

  test('a mean over lists', () => {
    const sizes = (count: number) => ({ sizes: Array.from({ length: count }, () => 50) })
    const metric = listMeanMetric(ndcg, { k: 10 })
    const half = (from: number) => ({ labels: labels.slice(from, from + n / 2), scores: scores.slice(from, from + n / 2), groups: sizes(50) })
    const [a, b] = [0, n / 2].map((from) => metric.update(metric.init(), half(from)))
    expect(metric.result(metric.merge(a, b))).toBe(meanNdcg(labels, scores, sizes(100), { k: 10 }))
    expect(() => metric.update(metric.init(), { labels, scores })).toThrow(/groups/)
    expect(() => metric.update(metric.init(), { ...half(0), weights })).toThrow(/weights/)
  })
})

test('nothing seen is undefined, by the same rule as everywhere', () => {
  for (const metric of [logLossMetric(), brierScoreMetric(), normalizedEntropyMetric()]) {
    expect(() => metric.result(metric.init())).toThrow(/undefined/)
    expect(metric.result(metric.init(), { whenUndefined: 0 })).toBe(0)
  }
  expect(() => aucMetric().result(aucMetric().init())).toThrow(/undefined/)
  expect(() => expectedCalibrationErrorMetric().result(expectedCalibrationErrorMetric().init())).toThrow(/undefined/)
  expect(() => listMeanMetric(ndcg).result(listMeanMetric(ndcg).init())).toThrow(/undefined/)
})
