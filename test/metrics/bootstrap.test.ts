import { accuracy, auc, averagePrecision, bootstrapDifference, bootstrapInterval, brierScore, gini, logLoss, ndcg, normalizedEntropy } from 'feedrank/metrics'
import type { RowMetric } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/random'
import { expectClose } from './peers'

function data(seed: number, n: number, noiseA: number, noiseB: number) {
  const random = seededRandom(seed)
  const labels = Float64Array.from({ length: n }, () => random.integer(2))
  const squash = (z: number) => 1 / (1 + Math.exp(-z))
  const scored = (noise: number) => labels.map((label) => squash(label + noise * random.normal()))
  return { labels, a: scored(noiseA), b: scored(noiseB) }
}

test('the quick way of a metric is the metric on the rows drawn', () => {
  const { labels, a } = data(1, 60, 1, 1)
  for (const metric of [auc, averagePrecision, logLoss, brierScore, accuracy, normalizedEntropy]) {
    const plain = (y: ArrayLike<number>, p: ArrayLike<number>, options: { weights: ArrayLike<number>; whenUndefined: number }) => metric(y, p, options)
    const quick = bootstrapInterval({ labels, scores: a, metric, resamples: 50 })
    const slow = bootstrapInterval({ labels, scores: a, metric: plain, resamples: 50 })
    expectClose(quick.value, metric(labels, a))
    for (const field of ['value', 'low', 'high', 'standardError'] as const) expectClose(quick[field], slow[field])
  }
})

test('equal seeds give equal intervals, others do not', () => {
  const { labels, a, b } = data(2, 200, 1, 2)
  const of = (seed: number) => bootstrapDifference({ labels, a, b, metric: auc, seed, resamples: 100 })
  expect(of(1)).toEqual(of(1))
  expect(of(1).low).not.toBe(of(2).low)
})

test('the standard error of a mean is that of the textbook', () => {
  const { labels, a } = data(3, 2000, 1, 1)
  const losses = a.map((p, i) => (p - labels[i]) ** 2)
  const mean = losses.reduce((x, y) => x + y) / 2000
  const want = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 2000 / 2000)
  const { value, low, high, standardError } = bootstrapInterval({ labels, scores: a, metric: brierScore, seed: 5 })
  expectClose(value, mean)
  expect(Math.abs(standardError / want - 1)).toBeLessThan(0.1)
  expect(Math.abs((high - low) / (2 * 1.96 * want) - 1)).toBeLessThan(0.12)
})

test('a better model is told from a worse one, a copy from nothing', () => {
  const { labels, a, b } = data(4, 1500, 1, 2)
  const better = bootstrapDifference({ labels, a, b, metric: auc })
  expectClose(better.difference, auc(labels, a) - auc(labels, b))
  expect(better.low).toBeGreaterThan(0)
  expect(better.otherSide).toBe(0)
  const worse = bootstrapDifference({ labels, a: b, b: a, metric: auc })
  expectClose(worse.low, -better.high)
  expectClose(worse.high, -better.low)
  const same = bootstrapDifference({ labels, a, b: a, metric: auc })
  expect([same.difference, same.low, same.high, same.otherSide]).toEqual([0, 0, 0, 1])
})

test('rows of a user stay together: repeating every row changes nothing by group, and narrows the interval by row', () => {
  const { labels, a } = data(5, 150, 1.5, 1)
  const twice = (values: Float64Array) => Float64Array.from({ length: 300 }, (_, i) => values[i >> 1])
  const groups = { ids: Array.from({ length: 300 }, (_, i) => `user ${i >> 1}`) }
  const single = bootstrapInterval({ labels, scores: a, metric: auc })
  const grouped = bootstrapInterval({ labels: twice(labels), scores: twice(a), metric: auc, groups })
  expectClose(grouped.low, single.low)
  expectClose(grouped.high, single.high)
  const byRow = bootstrapInterval({ labels: twice(labels), scores: twice(a), metric: auc })
  expect(byRow.high - byRow.low).toBeLessThan(0.85 * (grouped.high - grouped.low))
})

test('lists are drawn whole', () => {
  const { labels, a, b } = data(6, 1000, 1, 3)
  const groups = { sizes: Array.from({ length: 100 }, () => 10) }
  const { a: ours, difference, low, resamples } = bootstrapDifference({ labels, a, b, metric: ndcg, options: { k: 3 }, groups })
  expect(ours).toBeGreaterThan(0.5)
  expect(difference).toBeGreaterThan(low)
  expect(low).toBeGreaterThan(0)
  expect(resamples).toBe(1000)
})

test('resamples of one class are counted, not hidden', () => {
  const { undefinedResamples, resamples } = bootstrapInterval({ labels: [0, 1, 0, 1], scores: [1, 2, 3, 4], metric: auc, resamples: 400 })
  expect(undefinedResamples).toBeGreaterThan(10)
  expect(resamples + undefinedResamples).toBe(400)
})

test('gini of one taking all, and of all alike', () => {
  expect(gini([5, 5, 5])).toBe(0)
  expectClose(gini(Float64Array.from({ length: 100 }, (_, i) => (i === 7 ? 1 : 0))), 0.99)
})

describe('the BCa interval', () => {
  const skewed = (seed: number, n: number) => {
    const random = seededRandom(seed)
    return Float64Array.from({ length: n }, () => Math.exp(random.normal()) / 20).map((value) => Math.min(value, 1))
  }
  const meanScore: RowMetric = (_, scores, { weights }) => {
    let [sum, weight] = [0, 0]
    for (let i = 0; i < scores.length; i++) {
      sum += weights[i] * scores[i]
      weight += weights[i]
    }
    return sum / weight
  }

  test('leans towards the long tail, and is the percentile interval where nothing is skewed', () => {
    for (let seed = 0; seed < 5; seed++) {
      const scores = skewed(seed, 60)
      const labels = new Float64Array(60)
      const of = (method: 'percentile' | 'bca', values: Float64Array) => bootstrapInterval({ labels, scores: values, metric: meanScore, method, seed })
      const [plain, bca] = [of('percentile', scores), of('bca', scores)]
      expect(bca.low + bca.high).toBeGreaterThan(plain.low + plain.high)
      const even = Float64Array.from(labels, (_, i) => (i + 0.5) / 60)
      expect(Math.abs(of('bca', even).low - of('percentile', even).low)).toBeLessThan(0.012)
    }
  })

  test('of users left out in blocks is about that of users left out one by one', () => {
    const scores = skewed(3, 1500)
    const labels = new Float64Array(1500)
    const one = bootstrapInterval({ labels, scores, metric: meanScore, method: 'bca', groups: { ids: scores.map((_, i) => i % 400) } })
    const blocks = bootstrapInterval({ labels, scores, metric: meanScore, method: 'bca' })
    expect(Math.abs(one.low - blocks.low) / blocks.value).toBeLessThan(0.02)
  })

  test('works for list metrics and differences, and is asked for by name', () => {
    const random = seededRandom(5)
    const labels = Array.from({ length: 200 }, () => random.integer(2))
    const [a, b] = [labels.map((label) => label + 2 * random.next()), labels.map(() => random.next())]
    const groups = { sizes: Array.from({ length: 40 }, () => 5) }
    const { low, high, difference } = bootstrapDifference({ labels, a, b, metric: ndcg, groups, options: { k: 3 }, method: 'bca' })
    expect(low).toBeLessThan(difference)
    expect(high).toBeGreaterThan(difference)
    expect(() => bootstrapInterval({ labels, scores: a, metric: auc, method: 'bayes' as 'bca' })).toThrow(/`method`/)
  })
})
