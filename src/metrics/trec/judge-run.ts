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
  checkMap(where, 'qrels', qrels)
  checkMap(where, 'run', run)
  const rankings = new Map<string, JudgedRanking>()
  for (const [query, scored] of run) {
    checkMap(where, `run.get(${JSON.stringify(query)})`, scored)
    const grades = qrels.get(query)
    if (!grades) continue
    checkMap(where, `qrels.get(${JSON.stringify(query)})`, grades)
    const scores = version === 9 ? Float32Array.from(scored.values()) : Float64Array.from(scored.values())
    let order = trecOrder(Array.from(scored.keys()), scores)
    if (judgedOnly) order = order.filter((item) => (grades.get(item) ?? -1) >= 0)
    rankings.set(query, judgeIn(where, maxItems === undefined ? order : order.slice(0, maxItems), grades))
  }
  if (complete) for (const [query, grades] of qrels) if (!rankings.has(query)) rankings.set(query, judgeIn(where, [], grades))
  return rankings
}

function checkMap(where: string, name: string, value: ReadonlyMap<string, unknown>): void {
  if (typeof value !== 'object' || value === null || typeof value.get !== 'function')
    throw new ArgumentError(expected(where, name, 'a Map, as parseQrels and parseRun give it', value))
}
