import * as metrics from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'

const {
  accuracy, auc, averagePrecision, bootstrapDifference, bootstrapInterval, brierScore, calibrationRatio, dcg, expectedCalibrationError,
  expectedReciprocalRank, gauc, hitRateAtK,
  gradedRanking, judgeRanking, kendallTau, kolmogorovSmirnov, listMeanMetric, logLoss, maximumCalibrationError, meanAbsoluteError, meanNdcg, ndcg,
  normalizedEntropy, precisionAtK, recallAtK, reliabilityCurve, relativeCrossEntropy, rootMeanSquaredError, rSquared, spearman, wilsonInterval,
} = metrics

const throwsArgument = (call: () => unknown, text: RegExp) => {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  expect(ArgumentError.isInstance(thrown), String(thrown)).toBe(true)
  expect(String((thrown as Error).message)).toMatch(text)
}

const binary = { auc, averagePrecision, kolmogorovSmirnov, logLoss, brierScore, accuracy, normalizedEntropy, relativeCrossEntropy, expectedCalibrationError, maximumCalibrationError, calibrationRatio }

describe.each(Object.entries(binary))('%s', (name, metric) => {
  test('names what is wrong', () => {
    throwsArgument(() => metric([0, 1], [0.5]), new RegExp(`feedrank/${name}: .*same length, got 2 and 1`))
    throwsArgument(() => metric([0, 2], [0.5, 0.5]), /`labels\[1\]` to be 0 or 1, got 2/)
    throwsArgument(() => metric([0, NaN], [0.5, 0.5]), /`labels\[1\]` to be 0 or 1, got NaN/)
    throwsArgument(() => metric([0, 1], [0.5, NaN]), /\[1\]` to be .*got NaN/)
    throwsArgument(() => metric([0, 1], [0.5, 0.5], { weights: [1, -1] }), /`weights\[1\]` to be a finite weight/)
    throwsArgument(() => metric([0, 1], [0.5, 0.5], { weights: [1] }), /`weights`.*same length/)
    throwsArgument(() => metric(undefined as unknown as number[], [0.5]), /`labels` to be an array/)
    throwsArgument(() => metric([0], 'no' as unknown as number[]), /to be an array or typed array of numbers, got "no"/)
  })

  test('has no value without rows, and says so or returns what it was told', () => {
    throwsArgument(() => metric([], []), new RegExp(`feedrank/${name}: undefined .*whenUndefined`))
    throwsArgument(() => metric([0, 1], [0.5, 0.5], { weights: [0, 0] }), /undefined/)
    expect(metric([], [], { whenUndefined: -1 })).toBe(-1)
    expect(metric([], [], { whenUndefined: NaN })).toBeNaN()
  })
})

test.each(Object.entries({ auc, kolmogorovSmirnov, normalizedEntropy, relativeCrossEntropy }))('%s of one class is undefined', (_name, metric) => {
  throwsArgument(() => metric([1, 1], [0.2, 0.3]), /undefined without both/)
  throwsArgument(() => metric([0, 0], [0.2, 0.3]), /undefined without both/)
  expect(metric([1, 1], [0.2, 0.3], { whenUndefined: 0.5 })).toBe(0.5)
  expect(metric([1, 0], [0.2, 0.3], { weights: [1, 0], whenUndefined: 0.5 })).toBe(0.5)
})

test('average precision needs a positive only', () => {
  throwsArgument(() => averagePrecision([0, 0], [0.2, 0.3]), /undefined without a positive/)
  expect(averagePrecision([1, 1], [0.2, 0.3])).toBe(1)
})

test.each(Object.entries({ logLoss, brierScore, normalizedEntropy, expectedCalibrationError, calibrationRatio }))('%s takes probabilities only', (_name, metric) => {
  throwsArgument(() => metric([0, 1], [0.5, 1.5]), /`probabilities\[1\]` to be a probability between 0 and 1, got 1.5/)
})

test.each(Object.entries({ spearman, kendallTau, rSquared }))('%s is undefined where a side does not vary', (_name, metric) => {
  throwsArgument(() => metric([1, 1], [1, 2]), /undefined where/)
  throwsArgument(() => metric([], []), /undefined where/)
  throwsArgument(() => metric([1, 2], [1]), /same length/)
})

test.each(Object.entries({ meanAbsoluteError, rootMeanSquaredError }))('%s takes finite numbers', (_name, metric) => {
  throwsArgument(() => metric([1, Infinity], [1, 2]), /`targets\[1\]` to be a finite number/)
  throwsArgument(() => metric([], []), /undefined/)
})

test('list metrics refuse a k of 0, negative grades and rules they do not know', () => {
  for (const k of [0, -1, 1.5, NaN]) throwsArgument(() => ndcg([1], [1], { k }), /feedrank\/ndcg: expected `k` to be a positive integer/)
  throwsArgument(() => ndcg([-1, 1], [1, 2]), /`labels\[0\]` to be a finite grade of at least 0, got -1/)
  throwsArgument(() => ndcg([1, 1], [1, NaN]), /`scores\[1\]`/)
  throwsArgument(() => ndcg([1], [1], { gain: 'squared' as 'linear' }), /`gain`/)
  throwsArgument(() => ndcg([1], [1], { ties: 'random' as 'average' }), /`ties`/)
  throwsArgument(() => ndcg([1], [1], { noRelevant: 'zero' as 'skip' }), /`noRelevant`/)
  throwsArgument(() => ndcg([1], [1], { gain: () => NaN }), /gain\(1\)/)
  expect(ndcg([], [])).toBe(0)
  // As NaN they would pass for lists without a relevant item, and be left out of a mean.
  const beyond = { grades: [2000, 1], missed: [] }
  for (const metric of [dcg, ndcg]) {
    throwsArgument(() => metric([2000, 1], [1, 2], { gain: 'exponential' }), /gains add up to a finite number, got Infinity/)
    throwsArgument(() => metric(beyond, { gain: 'exponential' }), /gains add up to a finite number/)
    expect(metric([1000, 1000], [1, 2], { gain: 'exponential' })).toBeGreaterThan(0)
  }
  throwsArgument(() => expectedReciprocalRank([2000, 1], [1, 2], { maxGrade: 3000 }), /`maxGrade`/)
  throwsArgument(() => ndcg({ grades: [1, -1], missed: [] }), /`grades\[1\]` to be a finite grade of at least 0, or NaN for unjudged, got -1/)
  throwsArgument(() => ndcg({ grades: [1], missed: [NaN] }), /`missed\[0\]`/)
  throwsArgument(() => gradedRanking([1, 0], { relevant: 0 }), /`relevant`/)
})

test('groups must fit the rows', () => {
  const call = (groups: metrics.Groups) => () => meanNdcg([1, 0], [1, 0], groups)
  throwsArgument(call({ sizes: [1] }), /add up to the 2 rows/)
  throwsArgument(call({ sizes: [2, 0] }), /`groups.sizes\[1\]` to be a positive integer/)
  throwsArgument(call({ ids: ['a'] }), /one id for each of the 2 rows/)
  throwsArgument(call({ ids: [NaN, 1] }), /`groups.ids\[0\]`/)
  throwsArgument(call([1, 1] as unknown as metrics.Groups), /\{ sizes \} or \{ ids \}/)
  throwsArgument(() => meanNdcg([], [], { sizes: [] }), /undefined without a list/)
  throwsArgument(() => meanNdcg([0], [1], { sizes: [1] }, { noRelevant: 'skip' }), /undefined without a list/)
  throwsArgument(() => gauc([1, 0], [1, 0], { sizes: [1, 1] }), /undefined without a group/)
  expect(gauc([1, 0], [1, 0], { sizes: [1, 1] }, { whenUndefined: 0.5 })).toBe(0.5)
})

test('retrieval needs a k and ids', () => {
  for (const metric of [recallAtK, precisionAtK, hitRateAtK]) {
    throwsArgument(() => metric(['a'], ['a'], { k: 0 }), /`k` to be a positive integer/)
    throwsArgument(() => metric(['a'], ['a'], undefined as unknown as { k: number }), /`k`/)
    throwsArgument(() => metric('a' as unknown as string[], ['a'], { k: 1 }), /`retrieved`/)
    throwsArgument(() => metric(['a'], 3 as unknown as string[], { k: 1 }), /`relevant`/)
    expect(metric([], ['a'], { k: 1 })).toBe(0)
    expect(metric(['a'], [], { k: 1 })).toBe(0)
    expect(metric(['a'], [], { k: 1, noRelevant: 1 })).toBe(1)
    expect(metric(['a', 'a'], ['a'], { k: 2 })).toBeLessThanOrEqual(1)
  }
  throwsArgument(() => judgeRanking(['a'], new Map([['a', NaN]])), /the grade of a/)
  expect(recallAtK(['__proto__', 'constructor'], ['constructor'], { k: 2 })).toBe(1)
})

test('calibration options', () => {
  throwsArgument(() => reliabilityCurve([0, 1], [0, 1], { bins: 0 }), /`bins`/)
  throwsArgument(() => reliabilityCurve([0, 1], [0, 1], { level: 1 }), /`level`/)
  throwsArgument(() => reliabilityCurve([0, 1], [0, 1], { strategy: 'even' as 'equal-mass' }), /`strategy`/)
  throwsArgument(() => wilsonInterval(2, 1), /`successes`/)
  expect(reliabilityCurve([], [])).toEqual([])
  expect(reliabilityCurve([], [], { strategy: 'equal-mass' })).toEqual([])
})

test('bootstrap', () => {
  const labels = [0, 1, 0, 1]
  const scores = [0.1, 0.2, 0.3, 0.4]
  throwsArgument(() => bootstrapInterval({ labels, scores: [1], metric: auc }), /same length/)
  throwsArgument(() => bootstrapInterval({ labels, scores, metric: auc, resamples: 0 }), /`resamples`/)
  throwsArgument(() => bootstrapInterval({ labels, scores, metric: auc, level: 1 }), /`level`/)
  throwsArgument(() => bootstrapInterval({ labels, scores, metric: 'auc' as unknown as typeof auc }), /`metric`/)
  throwsArgument(() => bootstrapInterval({ labels, scores, metric: ndcg }), /`groups`/)
  throwsArgument(() => bootstrapInterval({ labels: [0, 2, 1, 1], scores, metric: auc }), /`labels\[1\]`/)
  throwsArgument(() => bootstrapInterval({ labels: [1, 1], scores: [1, 2], metric: auc }), /no value/)
  throwsArgument(() => bootstrapDifference({ labels, a: scores, b: [1, 2, 3, NaN], metric: auc }), /`b\[3\]`/)
  throwsArgument(() => bootstrapDifference({ labels, a: scores, b: [1, 2, 3, 4], metric: logLoss }), /probability/)
  throwsArgument(() => listMeanMetric(ndcg, { k: 0 }), /`k`/)
})
