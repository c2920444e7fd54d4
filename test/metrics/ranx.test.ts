import {
  dcg, gradedRanking, hitRate, hitRateAtK, judgeRanking, listPrecision, ndcg, precisionAtK, reciprocalRank, recallAtK, rPrecision,
} from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { expectAllClose, expectClose, readJson } from './peers'

interface Lists {
  readonly qrels: number[][]
  readonly runs: number[][]
  readonly mean: number
}
interface Values {
  readonly qrels: number[][]
  readonly run: number[]
  readonly values: number[]
}
interface Graded {
  readonly qrels: { readonly [id: string]: number }
  readonly runs: number[][]
  readonly k: number
  readonly dcg_linear: number[]
  readonly ndcg_linear: number[]
  readonly dcg_exp2: number[]
  readonly ndcg_exp2: number[]
}
const cases = readJson<{ [name: string]: unknown }>('ranx/metrics.json')
const lists = (name: string) => cases[name] as Lists
const values = (name: string) => cases[name] as Values
const mean = ({ qrels, runs }: Lists, of: (run: number[], relevant: number[]) => number) =>
  runs.reduce((sum, run, i) => sum + of(run, qrels[i]) / runs.length, 0)

describe('ranx, tests/unit/ranx/metrics_test.py', () => {
  test('every case of the file is covered below', () => {
    expect(Object.keys(cases).sort()).toEqual(['graded', 'hit_rate@5', 'hits@5', 'mrr@5', 'r_precision', 'recall@2', 'source'])
  })

  test('hits@5 is five times precision@5', () => {
    expectClose(mean(lists('hits@5'), (run, relevant) => 5 * precisionAtK(run, relevant, { k: 5 })), lists('hits@5').mean)
    expectClose(mean(lists('hits@5'), (run, relevant) => 5 * listPrecision(judgeRanking(run, relevant), { k: 5 })), lists('hits@5').mean)
  })

  test('hit_rate@5', () => {
    expectClose(mean(lists('hit_rate@5'), (run, relevant) => hitRateAtK(run, relevant, { k: 5 })), lists('hit_rate@5').mean)
    expectClose(mean(lists('hit_rate@5'), (run, relevant) => hitRate(judgeRanking(run, relevant), { k: 5 })), lists('hit_rate@5').mean)
  })

  test('mrr@5', () => {
    expectClose(mean(lists('mrr@5'), (run, relevant) => reciprocalRank(judgeRanking(run, relevant), { k: 5 })), lists('mrr@5').mean)
  })

  test('r_precision', () => {
    const { qrels, run, values: want } = values('r_precision')
    expectAllClose(qrels.map((relevant) => rPrecision(judgeRanking(run, relevant))), want)
    const grades = (relevant: number[]) => run.map((id) => (relevant.includes(id) ? 1 : 0))
    expectAllClose(qrels.map((relevant) => rPrecision(gradedRanking(grades(relevant), { relevant: relevant.length }))), want)
  })

  test('recall@2', () => {
    const { qrels, run, values: want } = values('recall@2')
    expectAllClose(qrels.map((relevant) => recallAtK(run, relevant, { k: 2 })), want)
  })

  test('graded: dcg and ndcg of Järvelin, and of Burges', () => {
    const { qrels, runs, k, ...want } = cases['graded'] as Graded
    const grades = new Map(Object.entries(qrels).map(([id, grade]) => [Number(id), grade]))
    const rankings = runs.map((run) => judgeRanking(run, grades))
    expectAllClose(rankings.map((ranking) => dcg(ranking, { k })), want.dcg_linear)
    expectAllClose(rankings.map((ranking) => ndcg(ranking, { k })), want.ndcg_linear)
    expectAllClose(rankings.map((ranking) => dcg(ranking, { k, gain: 'exponential' })), want.dcg_exp2)
    expectAllClose(rankings.map((ranking) => ndcg(ranking, { k, gain: 'exponential' })), want.ndcg_exp2)
  })
})
