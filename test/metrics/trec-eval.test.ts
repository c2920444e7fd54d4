import {
  bpref, hitRate, interpolatedPrecision, judgeRanking, judgeRun, listAveragePrecision, listPrecision, listRecall, ndcg, parseQrels, parseRun,
  reciprocalRank, rPrecision, trecEval, trecOrder,
} from 'feedrank/metrics'
import type { JudgedRanking, Qrels, TrecEvalOptions, TrecRun } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError, DataError } from '../../src/errors'
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

interface Options {
  readonly qrels: string
  readonly run: string
  readonly printed: { readonly [options: string]: string }
}
const files = readJson<Options>('trec/options.json')
const settings: { readonly [options: string]: TrecEvalOptions } = {
  plain: {}, '-c': { complete: true }, '-l 2': { relevantFrom: 2 }, '-c -M 5': { complete: true, maxItems: 5 }, '-J': { judgedOnly: true },
}

describe.each(Object.entries(files.printed))('trecEval, as trec_eval %s prints it', (options, printed) => {
  const measures = ['all', 'map_cut.3,10', 'P.1,5,10,100', 'recall.5,10,100', 'ndcg_cut.1,5,10,100', 'success.1,5,10', 'relative_P.3,10']
  const found = trecEval(parseQrels(files.qrels), parseRun(files.run), { ...settings[options], measures, version: 10 })

  test('every line', () => {
    const lines = printed.trim().split('\n').map((line) => line.trim().split(/\s+/))
    expect(lines.length).toBeGreaterThan(900)
    for (const [name, query, value] of lines) {
      const got = query === 'all' ? found.all.get(name) : found.queries.get(query)?.get(name)
      expect(got, `${name} of ${query}`).toBeTypeOf('number')
      expectClose(got ?? NaN, Number(value), 5.0001e-5)
    }
  })
})

test('version 9 compares scores as 32-bit floats', () => {
  const qrels = parseQrels('q 0 a 1\nq 0 b 0')
  const run = parseRun('q Q0 a 1 1.0000000002 x\nq Q0 b 2 1.0000000001 x')
  const first = (version: 9 | 10) => trecEval(qrels, run, { measures: ['P_1'], version }).all.get('P_1')
  expect([first(9), first(10)]).toEqual([0, 1])
})

test('names of measures', () => {
  const qrels = parseQrels('q 0 a 1\nq 0 b 0')
  const run = parseRun('q Q0 a 1 2 x\nq Q0 b 2 1 x\nother Q0 b 2 1 x')
  const names = (...measures: string[]) => [...trecEval(qrels, run, { measures }).all.keys()]
  expect(names('P.3,7')).toEqual(['P_3', 'P_7'])
  expect(names('P_3', 'map', 'P_3')).toEqual(['P_3', 'map'])
  expect(names('iprec_at_recall.0.5')).toEqual(['iprec_at_recall_0.50'])
  expect(names('success')).toEqual(['success_1', 'success_5', 'success_10'])
  expect(names('official').slice(0, 11).join()).toBe('num_q,num_ret,num_rel,num_rel_ret,map,gm_map,Rprec,bpref,recip_rank,iprec_at_recall_0.00,iprec_at_recall_0.10')
  for (const bad of ['MAP', 'P_0', 'P_1.5', 'map_3', 'iprec_at_recall_2', '', '__proto__']) expect(() => names(bad)).toThrow(ArgumentError)
  expect(() => trecEval(qrels, run, { measures: 'map' as unknown as string[] })).toThrow(/`measures`/)
  expect(() => trecEval(qrels, new Map([['x', new Map()]]))).toThrow(/both results and judgements/)
  expect(() => trecEval('q' as unknown as Qrels, run)).toThrow(/`qrels` to be a Map/)
  expect(() => trecEval(qrels, new Map([['q', []]]) as unknown as TrecRun)).toThrow(/`run\["q"\]`/)
  expect(() => trecEval({ q: { a: 'high' } } as unknown as Qrels, run)).toThrow(/grade of a/)
  const json = JSON.parse('{"q": {"a": 1, "b": 0, "__proto__": 1}}') as Qrels
  expect(trecEval(json, { q: { a: 2, b: 1 } }, { measures: ['map'] }).all.get('map')).toBe(0.5)
  expect(() => judgeRun(qrels, run, { maxItems: 0 })).toThrow(/`maxItems`/)
  expect(() => judgeRun(qrels, run, { version: 8 as 9 })).toThrow(/`version`/)
})

describe('reading files', () => {
  test('fields lie apart by any white space, lines end either way, names are any text', () => {
    const qrels = parseQrels('\uFEFFq1\t0  d1 2\r\n\n  __proto__ 0 constructor -1\n')
    expect([...qrels].map(([query, items]) => [query, [...items]])).toEqual([['q1', [['d1', 2]]], ['__proto__', [['constructor', -1]]]])
    expect([...parseRun('q Q0 d 1 -1.5e-3 tag')].map(([, items]) => [...items])).toEqual([[['d', -0.0015]]])
    expect(parseQrels('').size).toBe(0)
  })

  test.each<[string, () => unknown, RegExp]>([
    ['too few fields', () => parseQrels('q 0 d 1\nq 0 d'), /feedrank\/parseQrels: line 2: expected 4 fields \(query, iteration, item, grade\), got 3/],
    ['too many', () => parseRun('q Q0 d 1 2 tag more'), /line 1: expected 6 fields/],
    ['a grade that is none', () => parseQrels('q 0 d 1\n\nq 0 e high'), /line 3: expected `grade` to be a whole number, got "high"/],
    ['half a grade', () => parseQrels('q 0 d 0.5'), /line 1: expected `grade`/],
    ['a score that is none', () => parseRun('q Q0 d 1 NaN tag'), /line 1: expected `score` to be a number, got "NaN"/],
    ['an infinite score', () => parseRun('q Q0 d 1 1e999 tag'), /line 1: expected `score`/],
    ['an item twice', () => parseRun('q Q0 d 1 2 tag\nq Q0 d 2 1 tag'), /line 2: item "d" comes twice for query "q"/],
  ])('%s', (_name, call, text) => {
    expect(call).toThrow(text)
    expect(call).toThrow(DataError)
  })

  test('no text', () => expect(() => parseRun(undefined as unknown as string)).toThrow(/`text`/))
})
