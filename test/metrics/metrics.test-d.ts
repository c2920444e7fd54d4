import { auc, bootstrapDifference, compare, fitPlatt, lift, listMeanMetric, loadCalibrator, meanOverLists, ndcg, recallAtK } from 'feedrank/metrics'
import type { Calibrator, Comparison, JudgedRanking, ListMeanState, Metric, PlattJson, Run, SampledNegatives, SampledRun } from 'feedrank/metrics'
import { expectTypeOf, test } from 'vitest'

test('a list metric takes labels and scores, or a ranking', () => {
  const ranking: JudgedRanking = { grades: [1, 0], missed: [] }
  expectTypeOf(ndcg([1], new Float32Array(1), { k: 1 })).toEqualTypeOf<number>()
  expectTypeOf(ndcg(ranking, { k: 1 })).toEqualTypeOf<number>()
  // @ts-expect-error a ranking brings its own order
  ndcg(ranking, [1, 2], { k: 1 })
  // @ts-expect-error a misspelt option
  ndcg([1], [1], { kk: 10 })
  // @ts-expect-error not a gain
  ndcg([1], [1], { gain: 'quadratic' })
  // @ts-expect-error the options of ndcg, not of average precision
  meanOverLists(ndcg, [1], [1], { sizes: [1] }, { over: 'relevant' })
})

test('what has no sensible default must be said', () => {
  // @ts-expect-error k
  recallAtK(['a'], ['a'], {})
  // @ts-expect-error a metric
  bootstrapDifference({ labels: [0, 1], a: [0, 1], b: [0, 1] })
  bootstrapDifference({ labels: [0, 1], a: [0, 1], b: [0, 1], metric: auc })
  bootstrapDifference({ labels: [0, 1], a: [0, 1], b: [0, 1], metric: ndcg, options: { k: 10 }, groups: { sizes: [2] } })
})

test('calibrators know their kind', () => {
  expectTypeOf(fitPlatt([1], [1], { input: 'logit' })).toEqualTypeOf<Calibrator<PlattJson>>()
  // @ts-expect-error whether the scores are logits or probabilities
  fitPlatt([1], [1])
  expectTypeOf(loadCalibrator({}).kind).toEqualTypeOf<'platt' | 'temperature' | 'beta' | 'isotonic' | 'histogram' | 'downsampling'>()
  expectTypeOf(listMeanMetric(ndcg)).toEqualTypeOf<Metric<ListMeanState>>()
})

test('sampled negatives are labelled, and do not compare with full rankings', () => {
  const full: Run = { name: 'a', values: { m: [1, 2] } }
  const sampled: SampledRun = { name: 'b', values: new Map([['m', [1, 2]]]), candidates: { sampledNegatives: 99 } }
  expectTypeOf(compare(full, full)).toEqualTypeOf<Comparison<'all'>>()
  expectTypeOf(compare(sampled, sampled)).toEqualTypeOf<Comparison<SampledNegatives>>()
  expectTypeOf(compare(sampled, sampled).candidates.sampledNegatives).toEqualTypeOf<number>()
  // @ts-expect-error these figures do not compare
  expectTypeOf(() => compare(full, sampled)).toBeFunction()
  // @ts-expect-error sampled from how many?
  const unlabelled: SampledRun = { name: 'b', values: { m: [1] } }
  expectTypeOf(unlabelled).toBeObject()
})

test('rows that count are booleans, or 0 and 1', () => {
  expectTypeOf(auc([0, 1], [0, 1], { mask: [true, false] })).toEqualTypeOf<number>()
  expectTypeOf(lift([0, 1], [0, 1], { share: 0.5, mask: new Uint8Array(2), weights: [1, 1] })).toEqualTypeOf<number>()
  // @ts-expect-error row numbers are no mask
  expectTypeOf(() => auc([0, 1], [0, 1], { mask: ['0', '1'] })).toBeFunction()
})
