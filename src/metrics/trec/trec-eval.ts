import { ArgumentError, checkNumber, expected } from '../../errors'
import { geometricMean } from '../means'
import { addTo, emptySum, totalOf } from '../sum'
import { judgeRunIn } from './judge-run'
import type { JudgeRunOptions } from './judge-run'
import { measuresNamed } from './measures'
import type { Summary } from './measures'
import type { Qrels, TrecRun } from './parse'

/** Options of {@link trecEval}. */
export interface TrecEvalOptions extends JudgeRunOptions {
  /**
   * By the names trec_eval gives: `map`, `ndcg_cut_10`, `P_5`; a family (`P`) with its usual cut-offs or its own (`P.5,10`);
   * `official`, what trec_eval prints unasked; `set`; `all`.
   * @defaultValue ['official']
   */
  readonly measures?: readonly string[] | undefined
  /** Items of at least this grade are relevant (trec_eval's `-l`). @defaultValue 1 */
  readonly relevantFrom?: number | undefined
}

/** What {@link trecEval} gives: figures by the names trec_eval prints. */
export interface TrecEvaluation {
  /** By query, then by measure; `num_q`, `gm_map` and `gm_bpref` are of all queries only. */
  readonly queries: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly all: ReadonlyMap<string, number>
}

/**
 * The figures trec_eval would print for a run, by its names.
 *
 * Means over the queries that are in both run and judgements; with `complete`, over all that have judgements. Each figure is
 * that of a list metric of this library over {@link judgeRun}; see `docs/metrics.md` for which.
 *
 * @throws ArgumentError on a measure it does not know, sides that are no maps, no query in common.
 * @example
 * ```ts
 * import { parseQrels, parseRun, trecEval } from 'feedrank'
 *
 * const qrels = parseQrels('q1 0 d1 1\nq1 0 d2 0\nq1 0 d3 1')
 * const run = parseRun('q1 Q0 d1 1 0.9 ours\nq1 Q0 d2 2 0.8 ours\nq1 Q0 d3 3 0.7 ours')
 * console.log(trecEval(qrels, run, { measures: ['map', 'P_2'] }).all.get('map')?.toFixed(4)) // 0.8333
 * ```
 */
export function trecEval(qrels: Qrels, run: TrecRun, options: TrecEvalOptions = {}): TrecEvaluation {
  const where = 'trecEval'
  const rankings = judgeRunIn(where, qrels, run, options)
  const { measures = ['official'], relevantFrom = 1, version = 9 } = options
  checkNumber(where, 'relevantFrom', relevantFrom, { above: 0 })
  if (!Array.isArray(measures)) throw new ArgumentError(expected(where, 'measures', 'an array of names', measures))
  if (rankings.size === 0) throw new ArgumentError(`feedrank/${where}: expected a query that has both results and judgements, got none`)
  const asked = new Map(measures.flatMap((name) => measuresNamed(where, name)).map((measure) => [measure.name, measure]))
  const queries = new Map<string, Map<string, number>>(Array.from(rankings.keys(), (query) => [query, new Map<string, number>()]))
  const all = new Map<string, number>()
  for (const [name, { summary, value }] of asked) {
    const values = Array.from(rankings, ([query, ranking]) => {
      const figure = value(ranking, { relevantFrom, version })
      if (name !== 'num_q' && summary !== 'geometric') queries.get(query)?.set(name, figure)
      return figure
    })
    all.set(name, summarize(values, summary))
  }
  return { queries, all }
}

function summarize(values: readonly number[], summary: Summary): number {
  if (summary === 'geometric') return geometricMean(values)
  const total = emptySum()
  for (const value of values) addTo(total, value)
  return summary === 'sum' ? totalOf(total) : totalOf(total) / values.length
}
