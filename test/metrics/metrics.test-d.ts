import { auc, bootstrapDifference, fitPlatt, listMeanMetric, loadCalibrator, meanOverLists, ndcg, recallAtK } from 'feedrank/metrics'
import type { Calibrator, JudgedRanking, ListMeanState, Metric, PlattJson } from 'feedrank/metrics'
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
