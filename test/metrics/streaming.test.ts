import {
  accuracy, accuracyMetric, auc, aucMetric, averagePrecision, averagePrecisionMetric, brierScore, brierScoreMetric, calibrationRatio,
  calibrationRatioMetric, expectedCalibrationError, expectedCalibrationErrorMetric, gauc, gaucMetric, hitRate, kolmogorovSmirnov, listAveragePrecision,
  listMeanMetric, logLoss, logLossMetric, maximumCalibrationError, maximumCalibrationErrorMetric, meanAbsoluteError, meanAbsoluteErrorMetric,
  meanNdcg, meanOverLists, ndcg, normalizedEntropy, normalizedEntropyMetric, reciprocalRank, relativeCrossEntropy, relativeCrossEntropyMetric,
  rootMeanSquaredError, rootMeanSquaredErrorMetric, rowsMetric,
} from 'feedrank/metrics'
import type { Groups, Metric, RowOptions, ScoredRows } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import { addAll, addTo, emptySum, mergeSums, totalOf } from '../../src/metrics/sum'

interface Rows {
  readonly labels: number[]
  readonly scores: number[]
  readonly weights: number[]
  readonly mask: boolean[]
  readonly users: number[]
}

/** Rows with many ties, weights that no double holds exactly, users of which some have one class, and rows that do not count. */
function rowsOf(seed: number): { readonly random: Random; readonly rows: Rows } {
  const random = seededRandom(seed)
  const n = 40 + random.integer(120)
  const column = (of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i))
  const labels = column((i) => (i < 2 ? i : random.integer(2)))
  return {
    random,
    rows: {
      labels, scores: column(() => random.integer(30) / 30), weights: column((i) => (i < 2 ? 1 : random.integer(5) / 7)),
      mask: labels.map((_, i) => i < 2 || random.next() < 0.8), users: column(() => random.integer(9)),
    },
  }
}

type Kind = 'plain' | 'weighted' | 'masked'
function take(rows: Rows, kind: Kind, at: readonly number[]): ScoredRows {
  const of = <T>(column: readonly T[]) => at.map((i) => column[i])
  return {
    labels: of(rows.labels), scores: of(rows.scores), groups: { ids: of(rows.users) },
    ...(kind !== 'plain' && { weights: of(rows.weights) }), ...(kind === 'masked' && { mask: of(rows.mask) }),
  }
}

/** The metric from shards of shuffled rows, sent as a worker would send their states and merged in some order. */
function throughShards<State>(metric: Metric<State>, rows: Rows, kind: Kind, random: Random): number {
  const shuffled = random.shuffle(rows.labels.map((_, i) => i))
  const cuts = [0, ...Array.from({ length: 4 }, () => random.integer(shuffled.length)), shuffled.length].sort((a, b) => a - b)
  let states = cuts.slice(1).map((to, i) => {
    const middle = (cuts[i] + to) >> 1
    const first = metric.update(metric.init(), take(rows, kind, shuffled.slice(cuts[i], middle)))
    return structuredClone(metric.update(first, take(rows, kind, shuffled.slice(middle, to))))
  })
  while (states.length > 1) {
    random.shuffle(states)
    states = [metric.merge(states[0], states[1]), ...states.slice(2)]
  }
  return metric.result(states[0])
}

type Whole = (labels: number[], scores: number[], options: RowOptions, users: Groups) => number
/** States differ in type, and each metric meets its own only. */
const one = <State>(name: string, metric: Metric<State>, whole: Whole) => [name, metric as unknown as Metric<unknown>, whole] as const
const cases = [
  one('logLoss', logLossMetric(), logLoss),
  one('brierScore', brierScoreMetric(), brierScore),
  one('normalizedEntropy', normalizedEntropyMetric(), normalizedEntropy),
  one('relativeCrossEntropy', relativeCrossEntropyMetric(), relativeCrossEntropy),
  one('accuracy', accuracyMetric({ threshold: 0.4 }), (labels, scores, options) => accuracy(labels, scores, { ...options, threshold: 0.4 })),
  one('meanAbsoluteError', meanAbsoluteErrorMetric(), meanAbsoluteError),
  one('rootMeanSquaredError', rootMeanSquaredErrorMetric(), rootMeanSquaredError),
  one('expectedCalibrationError', expectedCalibrationErrorMetric({ bins: 15 }), (labels, scores, options) => expectedCalibrationError(labels, scores, { ...options, bins: 15 })),
  one('maximumCalibrationError', maximumCalibrationErrorMetric(), maximumCalibrationError),
  one('calibrationRatio', calibrationRatioMetric(), calibrationRatio),
  one('auc', aucMetric(), auc),
  one('averagePrecision', averagePrecisionMetric(), averagePrecision),
  one('gauc', gaucMetric(), (labels, scores, options, users) => gauc(labels, scores, users, options)),
  one('gauc of users alike', gaucMetric({ weighting: 'groups' }), (labels, scores, options, users) => gauc(labels, scores, users, { ...options, weighting: 'groups' })),
  one('ks', rowsMetric('ks', kolmogorovSmirnov), kolmogorovSmirnov),
  one('ece of equal mass', rowsMetric('ece', (labels, scores, options) => expectedCalibrationError(labels, scores, { ...options, strategy: 'equal-mass' })),
    (labels, scores, options) => expectedCalibrationError(labels, scores, { ...options, strategy: 'equal-mass' })),
]

describe.each(cases)('%s: the merge of shards is the whole, to the last bit', (_name, metric, whole) => {
  test.each(['plain', 'weighted', 'masked'] as const)('%s', (kind) => {
    for (let seed = 0; seed < 15; seed++) {
      const { random, rows } = rowsOf(seed)
      const { labels, scores, weights, mask, users } = rows
      const want = whole(labels, scores, { ...(kind !== 'plain' && { weights }), ...(kind === 'masked' && { mask }) }, { ids: users })
      for (let order = 0; order < 4; order++) expect(throughShards(metric, rows, kind, random)).toBe(want)
    }
  })

  test('an empty shard changes nothing, and nothing at all is undefined by the rule of everywhere', () => {
    const { rows } = rowsOf(1)
    const state = metric.update(metric.init(), take(rows, 'plain', rows.labels.map((_, i) => i)))
    const value = metric.result(structuredClone(state))
    expect(metric.result(metric.merge(metric.init(), metric.merge(state, metric.update(metric.init(), take(rows, 'plain', [])))))).toBe(value)
    expect(() => metric.result(metric.init())).toThrow(/undefined/)
    expect(() => metric.result(metric.init())).toThrow(ArgumentError)
    expect(metric.result(metric.init(), { whenUndefined: -7 })).toBe(-7)
  })

  test('names what is wrong with a batch', () => {
    const update = (rows: ScoredRows) => () => metric.update(metric.init(), { groups: { ids: Array.from(rows.labels, () => 1) }, ...rows })
    expect(update({ labels: [0, 1], scores: [0.5] })).toThrow(/same length/)
    expect(update({ labels: [0, 1], scores: [0.5, NaN] })).toThrow(/\[1\]` to be .*got NaN/)
    expect(update({ labels: [0, 1], scores: [0.5, 1], weights: [1, -1] })).toThrow(/`weights\[1\]`/)
    expect(update({ labels: [0, 1], scores: [0.5, 1], mask: [true] })).toThrow(/`mask`.*same length/)
    expect(update({ labels: [0, 1, 1], scores: [0.5, NaN, NaN], mask: [true, false, true] })).toThrow(/\[2\]` to be .*got NaN/)
    expect(update({ labels: [0, NaN], scores: [0.5, NaN], mask: [true, false] })).not.toThrow()
  })
})

describe('lists', () => {
  const lists = (random: Random, count: number) => {
    const sizes = Array.from({ length: count }, () => 1 + random.integer(12))
    const n = sizes.reduce((sum, size) => sum + size, 0)
    return { sizes, labels: Array.from({ length: n }, () => random.integer(3)), scores: Array.from({ length: n }, () => random.integer(20)) }
  }

  test.each(Object.entries({ ndcg, listAveragePrecision, reciprocalRank, hitRate }))('the mean of %s over shards is the mean over all', (_name, metric) => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const { sizes, labels, scores } = lists(random, 30)
      const options = { k: 3, noRelevant: 'skip' as const }
      const streaming = listMeanMetric(metric, options)
      const listWeights = sizes.map(() => random.integer(5) / 3)
      let row = 0
      const states = sizes.map((size, list) => {
        const [from, to] = [row, (row += size)]
        return streaming.update(streaming.init(), { labels: labels.slice(from, to), scores: scores.slice(from, to), groups: { sizes: [size] }, listWeights: [listWeights[list]] })
      })
      random.shuffle(states)
      expect(streaming.result(states.reduce(streaming.merge))).toBe(meanOverLists(metric, labels, scores, { sizes }, { ...options, listWeights }))
    }
  })

  test('gauc of whole groups needs no rows afterwards', () => {
    const random = seededRandom(3)
    const labels = Array.from({ length: 60 }, () => random.integer(2))
    const scores = labels.map(() => random.integer(9))
    const sizes = Array.from({ length: 12 }, () => 5)
    const metric = gaucMetric()
    const half = (from: number) => metric.update(metric.init(), { labels: labels.slice(from, from + 30), scores: scores.slice(from, from + 30), groups: { sizes: sizes.slice(0, 6) } })
    const merged = metric.merge(half(30), half(0))
    expect(merged.labels).toEqual([])
    expect(metric.result(merged)).toBe(gauc(labels, scores, { sizes }))
    expect(() => metric.update(metric.init(), { labels, scores })).toThrow(/`groups`/)
  })

  test('a list metric wants lists, and weighs them whole', () => {
    const metric = listMeanMetric(ndcg)
    const batch = { labels: [1, 0, 0, 1], scores: [2, 1, 2, 1], groups: { sizes: [2, 2] } }
    expect(metric.result(metric.update(metric.init(), { ...batch, listWeights: [1, 0] }))).toBe(1)
    expect(metric.result(metric.update(metric.init(), { ...batch, mask: [1, 1, 0, 0] }))).toBe(1)
    expect(meanNdcg(batch.labels, batch.scores, batch.groups, { mask: [1, 1, 0, 0] })).toBe(1)
    expect(() => metric.update(metric.init(), { ...batch, groups: undefined })).toThrow(/groups/)
    expect(() => metric.update(metric.init(), { ...batch, weights: [1, 1, 1, 1] })).toThrow(/weights/)
    expect(() => metric.update(metric.init(), { ...batch, listWeights: [1] })).toThrow(/same length/)
    expect(() => metric.update(metric.init(), { ...batch, listWeights: [1, -1] })).toThrow(/`listWeights\[1\]`/)
    expect(() => metric.result(metric.init())).toThrow(/undefined/)
  })
})

describe('exact sums', () => {
  /** Doubles of every size, with sums that cancel. */
  const wild = (random: Random, n: number) => {
    const values = Array.from({ length: n }, () => random.normal() * 2 ** (random.integer(600) - 300))
    return random.shuffle([...values, ...values.slice(0, n >> 1).map((value) => -value), 5e-324, 2 ** 1000, -(2 ** 1000)])
  }

  test('do not depend on order or grouping, one by one or all at once', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed)
      const values = wild(random, 20 + random.integer(200))
      const oneByOne = emptySum()
      for (const value of values) addTo(oneByOne, value)
      const atOnce = emptySum()
      addAll(atOnce, values.length, (i) => values[i])
      const cut = random.integer(values.length)
      const [left, right] = [emptySum(), emptySum()]
      addAll(left, cut, (i) => values[i])
      addAll(right, values.length - cut, (i) => values[cut + i])
      const total = totalOf(oneByOne)
      expect([totalOf(atOnce), totalOf(mergeSums(left, right)), totalOf(mergeSums(right, left))]).toEqual([total, total, total])
      random.shuffle(values)
      const again = emptySum()
      for (const value of values) addTo(again, value)
      expect(totalOf(again)).toBe(total)
    }
  })

  test('are the exact sum rounded once', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed)
      // Sixteenths of whole numbers below 2^80: BigInt has their sum.
      const whole = Array.from({ length: 100 }, () => BigInt(Math.floor(random.normal() * 2 ** 52)) << BigInt(random.integer(28)))
      const total = emptySum()
      addAll(total, whole.length, (i) => Number(whole[i]) / 16)
      expect(totalOf(total)).toBe(Number(whole.reduce((sum, value) => sum + value)) / 16)
    }
    const halfway = emptySum()
    for (const value of [1, 2 ** -53, 2 ** -106]) addTo(halfway, value)
    expect(totalOf(halfway)).toBe(1 + 2 ** -52)
  })

  test('keep infinities and NaN', () => {
    const sum = (values: number[]) => {
      const total = emptySum()
      addAll(total, values.length, (i) => values[i])
      return totalOf(mergeSums(total, emptySum()))
    }
    const many = (value: number) => [...Array.from({ length: 100 }, () => 1), value]
    expect([sum([]), sum([1, Infinity]), sum(many(-Infinity)), sum([Infinity, -Infinity]), sum(many(NaN))]).toEqual([0, Infinity, -Infinity, NaN, NaN])
  })
})
