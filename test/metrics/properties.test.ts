import {
  accuracy, auc, aucPerGroup, averagePrecision, bpref, brierScore, dcg, expectedCalibrationError, expectedReciprocalRank, fScore, gauc, hitRate, inferredAveragePrecision, kendallTau,
  kolmogorovSmirnov, lift, listAveragePrecision, listPrecision, listRecall, logLoss, meanNdcg, meanOverLists, ndcg, normalizedEntropy, precisionAtRecall, rankByScore,
  rankBiasedPrecision, recallAtPrecision, reciprocalRank, relativePrecision, relativeCrossEntropy, rPrecision, spearman, valuesPerList,
} from 'feedrank/metrics'
import type { ListMetric, ListOptions } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random'
import { argsort } from '../../src/metrics/sort'
import { expectClose } from './peers'

const seeds = Array.from({ length: 40 }, (_, seed) => seed)

/** Rows with both classes, many ties, and small integer weights. */
function rows(seed: number) {
  const random = seededRandom(seed)
  const n = 2 + random.integer(60)
  const steps = 1 + random.integer(30)
  const labels = Array.from({ length: n }, (_, i) => (i < 2 ? i : random.integer(2)))
  const scores = labels.map(() => random.integer(steps + 1) / steps)
  const weights = labels.map((_, i) => (i < 2 ? 1 : random.integer(4)))
  const order = random.shuffle(labels.map((_, i) => i))
  return { random, n, labels, scores, weights, order }
}

const byThreshold = { auc, averagePrecision, kolmogorovSmirnov }
const byProbability = { logLoss, brierScore, normalizedEntropy, relativeCrossEntropy, expectedCalibrationError, accuracy }
type Row = typeof auc
const atRecall: Row = (labels, scores, options) => precisionAtRecall(labels, scores, { ...options, recall: 0.4 })
const atPrecision: Row = (labels, scores, options) => recallAtPrecision(labels, scores, { ...options, precision: 0.4 })
const rowMetrics = Object.entries<Row>({ ...byThreshold, ...byProbability, precisionAtRecall: atRecall, recallAtPrecision: atPrecision })

describe.each(rowMetrics)('%s', (_name, metric) => {
  test('does not depend on the order of the rows', () => {
    for (const seed of seeds) {
      const { labels, scores, weights, order } = rows(seed)
      const shuffle = (values: number[]) => order.map((i) => values[i])
      expectClose(metric(shuffle(labels), shuffle(scores), { weights: shuffle(weights) }), metric(labels, scores, { weights }))
    }
  })

  test('an integer weight counts a row that many times', () => {
    for (const seed of seeds) {
      const { labels, scores, weights } = rows(seed)
      const repeat = (values: number[]) => values.flatMap((value, i) => Array.from({ length: weights[i] }, () => value))
      expectClose(metric(labels, scores, { weights }), metric(repeat(labels), repeat(scores)))
    }
  })

  test('reads any array alike', () => {
    const { labels, scores } = rows(3)
    expect(metric(Uint8Array.from(labels), Float64Array.from(scores))).toBe(metric(labels, scores))
  })
})

describe.each(Object.entries({ ...byThreshold, spearman: (a: number[], b: number[], options?: { whenUndefined: number }) => spearman(a, b, options) }))('%s', (_name, metric) => {
  test('does not change under a rising transform of the scores', () => {
    for (const seed of seeds) {
      const { labels, scores } = rows(seed)
      const value = metric(labels, scores, { whenUndefined: -1 })
      expect(metric(labels, scores.map((s) => Math.exp(3 * s) - 100), { whenUndefined: -1 })).toBe(value)
    }
  })
})

test('auc is the share of pairs in order, and turns with the scores', () => {
  for (const seed of seeds) {
    const { labels, scores, weights } = rows(seed)
    let won = 0
    let pairs = 0
    for (let p = 0; p < labels.length; p++)
      for (let n = 0; n < labels.length; n++) {
        if (labels[p] !== 1 || labels[n] !== 0) continue
        pairs += weights[p] * weights[n]
        won += weights[p] * weights[n] * (scores[p] > scores[n] ? 1 : scores[p] === scores[n] ? 0.5 : 0)
      }
    expectClose(auc(labels, scores, { weights }), won / pairs)
    expectClose(auc(labels, scores) + auc(labels, scores.map((s) => -s)), 1)
  }
  expect(auc([0, 1], [0, -0])).toBe(0.5)
  expect(auc([0, 1, 1, 0], [-Infinity, Infinity, 0, 0])).toBe(0.875)
})

test('gauc is the mean of the aucs, by ids in any order as by sizes', () => {
  for (const seed of seeds) {
    const [a, b] = [rows(seed), rows(seed + 100)]
    const labels = [...a.labels, ...b.labels]
    const scores = [...a.scores, ...b.scores]
    const want = (a.n * auc(a.labels, a.scores) + b.n * auc(b.labels, b.scores)) / (a.n + b.n)
    expectClose(gauc(labels, scores, { sizes: [a.n, b.n] }), want)
    const ids = labels.map((_, i) => (i < a.n ? '__proto__' : 'constructor'))
    const order = a.random.shuffle(labels.map((_, i) => i))
    expectClose(gauc(order.map((i) => labels[i]), order.map((i) => scores[i]), { ids: order.map((i) => ids[i]) }), want)
    expectClose(gauc(labels, scores, { ids }, { weighting: 'groups' }), (auc(a.labels, a.scores) + auc(b.labels, b.scores)) / 2)
    expect(Array.from(aucPerGroup([...labels, 1], [...scores, 1], { ids: [...ids.map(() => 1n), 2n].map((id, i) => (i < a.n ? 7n : id)) }))).toEqual([auc(a.labels, a.scores), auc(b.labels, b.scores), NaN])
  }
})

describe.each<[string, ListMetric<ListOptions>]>(Object.entries({
  ndcg, listPrecision, listRecall, hitRate, reciprocalRank, listAveragePrecision, rPrecision, rankBiasedPrecision, expectedReciprocalRank, bpref, fScore, relativePrecision,
  inferredAveragePrecision,
}))('%s of a list', (_name, metric) => {
  test('lies in [0, 1], is the same of a ranking, and under a rising transform', () => {
    for (const seed of seeds) {
      const { random, scores } = rows(seed)
      const labels = scores.map(() => random.integer(4))
      const k = 1 + random.integer(scores.length + 3)
      const value = metric(labels, scores, { k })
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1 + 1e-12)
      expectClose(metric(rankByScore(labels, scores), { k }), value)
      expect(metric(labels, scores.map((s) => s ** 3 - 5), { k })).toBe(value)
    }
  })

  test('is highest for the best order', () => {
    for (const seed of seeds) {
      const { random, scores } = rows(seed)
      const labels = scores.map(() => random.integer(4))
      expect(metric(labels, labels)).toBeGreaterThanOrEqual(metric(labels, scores) - 1e-12)
    }
  })

  test('over groups is its mean over the lists', () => {
    for (const seed of seeds.slice(0, 10)) {
      const { random, scores, n } = rows(seed)
      const labels = scores.map(() => random.integer(3))
      const first = 1 + random.integer(n - 1)
      const groups = { sizes: [first, n - first] }
      const parts = [[0, first], [first, n]].map(([from, to]) => metric(labels.slice(from, to), scores.slice(from, to), { k: 5 }))
      expect(Array.from(valuesPerList(metric, labels, scores, groups, { k: 5 }))).toEqual(parts)
      expectClose(meanOverLists(metric, labels, scores, groups, { k: 5 }), (parts[0] + parts[1]) / 2)
    }
  })
})

test('the average over ties is the mean over their orders', () => {
  const labels = [3, 0, 1, 2]
  const scores = [1, 1, 1, 0]
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
  for (const k of [1, 2, 3, 4]) {
    const mean = orders.reduce((sum, order) => sum + dcg([...order.map((i) => labels[i]), 2], [3, 2, 1, 0], { k }) / 6, 0)
    expectClose(dcg(labels, scores, { k, ties: 'average' }), mean)
    expectClose(dcg(labels, scores, { k }), dcg(labels, [3, 2, 1, 0], { k }))
  }
})

test('ndcg takes the short way and the long way to one value', () => {
  const random = seededRandom(5)
  const labels = Array.from({ length: 300 }, () => random.integer(5))
  const scores = labels.map(() => random.integer(50))
  const order = argsort(scores, true)
  for (const k of [1, 10, 64, 65, 200, 300, 400]) {
    const ranked = Array.from(order, (row) => labels[row])
    expectClose(ndcg(labels, scores, { k }), ndcg({ grades: ranked, missed: [] }, { k }))
    expectClose(ndcg(labels, scores, { k, gain: 'exponential' }), ndcg(labels, scores, { k, gain: (grade) => 2 ** grade - 1 }))
  }
})

test('lists without a relevant item follow the named rule', () => {
  const labels = [1, 0, 0, 0]
  const scores = [0.9, 0.1, 0.5, 0.4]
  const groups = { sizes: [2, 2] }
  expect(meanNdcg(labels, scores, groups)).toBe(0.5)
  expect(meanNdcg(labels, scores, groups, { noRelevant: 1 })).toBe(1)
  expect(meanNdcg(labels, scores, groups, { noRelevant: 0.5 })).toBe(0.75)
  expect(meanNdcg(labels, scores, groups, { noRelevant: 'skip' })).toBe(1)
  expect(Array.from(valuesPerList(ndcg, labels, scores, groups, { noRelevant: 'skip' }))).toEqual([1, NaN])
})

test('argsort is stable, both ways, short and long', () => {
  for (const n of [0, 1, 2, 11, 12, 13, 100, 2047, 2048, 5000]) {
    const random = seededRandom(n)
    const kinds = [() => random.normal(), () => random.integer(7) - 3, () => random.normal() * 1e300, () => [Infinity, -Infinity, 0, -0, 5e-324][random.integer(5)]]
    for (const kind of kinds) {
      const values = Array.from({ length: n }, kind)
      const rowsInOrder = values.map((_, i) => i)
      const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0)
      expect(Array.from(argsort(values))).toEqual([...rowsInOrder].sort((a, b) => compare(values[a], values[b])))
      expect(Array.from(argsort(values, true))).toEqual([...rowsInOrder].sort((a, b) => compare(values[b], values[a])))
    }
  }
})

test('kendall counts pairs', () => {
  for (const seed of seeds) {
    const { scores: a, random } = rows(seed)
    const b = a.map((value) => value + random.integer(4))
    const sign = (x: number, y: number) => Math.sign(x - y)
    let both = 0
    let [inA, inB] = [0, 0]
    for (let i = 0; i < a.length; i++)
      for (let j = 0; j < i; j++) {
        both += sign(a[i], a[j]) * sign(b[i], b[j])
        inA += sign(a[i], a[j]) ** 2
        inB += sign(b[i], b[j]) ** 2
      }
    if (inA * inB === 0) continue
    expectClose(kendallTau(a, b), both / Math.sqrt(inA * inB))
  }
})

test('rank-biased precision by grade', () => {
  expectClose(rankBiasedPrecision([2, 0, 1], [3, 2, 1], { persistence: 0.5, maxGrade: 2 }), 0.5 * (1 + 0.25 * 0.5))
  expect(rankBiasedPrecision([1, 0, 1], [3, 2, 1], { maxGrade: 1 })).toBe(rankBiasedPrecision([1, 0, 1], [3, 2, 1]))
  expect(() => rankBiasedPrecision([3], [1], { maxGrade: 2 })).toThrow(/at most maxGrade/)
  expect(() => rankBiasedPrecision([3], [1], { maxGrade: 0 })).toThrow(/`maxGrade`/)
})

test('lift counts whole weights as rows, and rows in part where they are not', () => {
  for (const seed of seeds) {
    const { labels, scores, weights } = rows(seed)
    const repeat = (values: number[]) => values.flatMap((value, i) => Array.from({ length: weights[i] }, () => value))
    for (const share of [0.07, 0.5, 1]) {
      expectClose(lift(labels, scores, { share, weights }), lift(repeat(labels), repeat(scores), { share }))
      expectClose(lift(labels, scores, { share, weights: labels.map(() => 1) }), lift(labels, scores, { share }))
    }
  }
  expectClose(lift([1, 0], [2, 1], { share: 0.5, weights: [0.5, 1] }), 0.5 / 0.75 / (0.5 / 1.5))
})

test('a list weighs as many times as its weight says', () => {
  for (const seed of seeds.slice(0, 10)) {
    const { random, scores, n } = rows(seed)
    const labels = scores.map(() => random.integer(3))
    const first = 1 + random.integer(n - 1)
    const repeated = (values: number[]) => [...values.slice(0, first), ...values.slice(0, first), ...values.slice(first)]
    const want = meanNdcg(repeated(labels), repeated(scores), { sizes: [first, first, n - first] })
    expectClose(meanNdcg(labels, scores, { sizes: [first, n - first] }, { listWeights: [2, 1] }), want)
  }
})
