import {
  bpref, hitRate, interpolatedPrecision, judgeRanking, listAveragePrecision, listPrecision, listRecall, ndcg, reciprocalRank, rPrecision, trecOrder,
} from 'feedrank/metrics'
import type { JudgedRanking } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { expectClose, readJson } from './peers'

interface Query {
  readonly run: readonly (readonly [doc: string, score: number])[]
  readonly qrels: { readonly [doc: string]: number }
}
type Printed = { readonly [query: string]: { readonly [measure: string]: number } }
const { queries, expected } = readJson<{ queries: { [query: string]: Query }; expected: { [level: string]: Printed } }>('trec/cases.json')

const rankingOf = ({ run, qrels }: Query) =>
  judgeRanking(trecOrder(run.map(([doc]) => doc), run.map(([, score]) => score)), new Map(Object.entries(qrels)))

/** The value of a measure by the name trec_eval prints. */
function measure(name: string, ranking: JudgedRanking, relevantFrom: number): number | undefined {
  const [, family, last] = /^(.*?)(?:_([\d.]+))?$/.exec(name) ?? []
  const k = last === undefined ? undefined : Number(last)
  switch (family) {
    case 'map':
    case 'map_cut':
      return listAveragePrecision(ranking, { k, relevantFrom })
    case 'P':
    case 'set_P':
      return listPrecision(ranking, { k, relevantFrom })
    case 'recall':
    case 'set_recall':
      return listRecall(ranking, { k, relevantFrom })
    case 'success':
      return hitRate(ranking, { k, relevantFrom })
    case 'Rprec':
      return rPrecision(ranking, { relevantFrom })
    case 'recip_rank':
      return reciprocalRank(ranking, { relevantFrom })
    case 'bpref':
      return bpref(ranking, { relevantFrom })
    case 'ndcg':
    case 'ndcg_cut':
      return ndcg(ranking, { k })
    case 'iprec_at_recall':
      return interpolatedPrecision(ranking, { recall: k ?? 0, relevantFrom, trecEval: 10 })
    case '11pt_avg':
      return Array.from({ length: 11 }, (_, i) => interpolatedPrecision(ranking, { recall: i / 10, relevantFrom, trecEval: 10 })).reduce((a, b) => a + b) / 11
  }
  return undefined
}

describe.each(Object.entries(expected))('trec_eval -l %s', (level, printed) => {
  const names = Object.keys(printed['all']).filter((name) => !name.startsWith('num_'))
  test.each(names)('%s, per query and on average', (name) => {
    let sum = 0
    const ids = Object.keys(queries)
    for (const id of ids) {
      const value = measure(name, rankingOf(queries[id]), Number(level))
      expect(value, name).toBeTypeOf('number')
      expectClose(value ?? NaN, printed[id][name], 5.0001e-5)
      sum += value ?? NaN
    }
    expectClose(sum / ids.length, printed['all'][name], 5.0001e-5)
  })
})
