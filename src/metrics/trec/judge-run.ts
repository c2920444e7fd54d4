import { ArgumentError, checkInteger, checkObject, expected } from '../../errors'
import { judgeIn, trecOrder } from '../ranking'
import type { JudgedRanking } from '../ranking'
import type { Qrels, TrecRun } from './parse'

/** Options of {@link judgeRun}. */
export interface JudgeRunOptions {
  /**
   * `9` compares scores as 32-bit floats, where close ones tie, as trec_eval does up to that version and with it pytrec_eval
   * and ir-measures; `10` as doubles.
   * @defaultValue 9
   */
  readonly version?: 9 | 10 | undefined
  /** Queries with judgements but without results count as empty rankings (trec_eval's `-c`). @defaultValue false */
  readonly complete?: boolean | undefined
  /** Only this many items of each query count (trec_eval's `-M`). @defaultValue all */
  readonly maxItems?: number | undefined
  /** Items that nobody judged are taken out of the rankings first (trec_eval's `-J`). @defaultValue false */
  readonly judgedOnly?: boolean | undefined
}

/**
 * Holds a run against judgements, query by query, in trec_eval's order: score from high to low, ties by item from high to low.
 *
 * Queries without judgements are left out.
 *
 * @throws ArgumentError when either side is no map, on NaN scores, a bad option.
 * @example
 * ```ts
 * import { judgeRun, meanOverRankings, ndcg, parseQrels, parseRun } from 'feedrank'
 *
 * const qrels = parseQrels('q1 0 d1 1\nq1 0 d2 0\nq2 0 d9 1')
 * const run = parseRun('q1 Q0 d2 1 0.9 ours\nq1 Q0 d1 2 0.8 ours\nq2 Q0 d9 1 0.7 ours')
 * console.log(meanOverRankings(ndcg, judgeRun(qrels, run).values(), { k: 10 }).toFixed(4)) // 0.8155
 * ```
 */
export function judgeRun(qrels: Qrels, run: TrecRun, options: JudgeRunOptions = {}): Map<string, JudgedRanking> {
  return judgeRunIn('judgeRun', qrels, run, options)
}

export function judgeRunIn(where: string, qrels: Qrels, run: TrecRun, options: JudgeRunOptions): Map<string, JudgedRanking> {
  checkObject(where, 'options', options)
  const { version = 9, complete = false, maxItems, judgedOnly = false } = options
  if (version !== 9 && version !== 10) throw new ArgumentError(expected(where, 'version', '9 or 10', version))
  if (maxItems !== undefined) checkInteger(where, 'maxItems', maxItems)
  const judgements = mapOf<unknown>(where, 'qrels', qrels)
  const rankings = new Map<string, JudgedRanking>()
  for (const [query, items] of mapOf<unknown>(where, 'run', run)) {
    const scored = mapOf<number>(where, `run[${JSON.stringify(query)}]`, items)
    if (!judgements.has(query)) continue
    const grades = mapOf<number>(where, `qrels[${JSON.stringify(query)}]`, judgements.get(query))
    const scores = version === 9 ? Float32Array.from(scored.values()) : Float64Array.from(scored.values())
    let order = trecOrder(Array.from(scored.keys()), scores)
    if (judgedOnly) order = order.filter((item) => (grades.get(item) ?? -1) >= 0)
    rankings.set(query, judgeIn(where, maxItems === undefined ? order : order.slice(0, maxItems), grades))
  }
  if (complete)
    for (const [query, grades] of judgements)
      if (!rankings.has(query)) rankings.set(query, judgeIn(where, [], mapOf<number>(where, `qrels[${JSON.stringify(query)}]`, grades)))
  return rankings
}

function mapOf<Value>(where: string, name: string, value: unknown): ReadonlyMap<string, Value> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ArgumentError(expected(where, name, 'a Map or an object, as parseQrels and parseRun give it', value))
  if (typeof (value as { get?: unknown }).get === 'function') return value as ReadonlyMap<string, Value>
  return new Map(Object.entries(value as { readonly [key: string]: Value }))
}
