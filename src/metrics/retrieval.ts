import { checkInteger } from '../errors'
import { hitRate, listPrecision, listRecall } from './list-metrics'
import type { NothingRelevant } from './list-metric'
import { judgeIn } from './ranking'
import type { ItemId, Judgements } from './ranking'

/** Options of the metrics over retrieved ids; `k` has no default, so that no figure hides its depth. */
export interface RetrievalOptions extends NothingRelevant {
  readonly k: number
  /** With a map of grades, items of at least this grade are relevant. @defaultValue 1 */
  readonly relevantFrom?: number | undefined
}

/**
 * Recall of retrieved ids: the share of the relevant items found among the first `k`.
 *
 * An id retrieved twice is found once. For other metrics over ids see `judgeRanking`.
 *
 * @param retrieved ids, best first
 * @param relevant ids, or a `Map` from id to grade
 * @throws ArgumentError when `k` is not a positive integer, or either side is no list of ids; where nothing is relevant the
 * recall is `noRelevant`, 0 unless you say otherwise.
 * @example
 * ```ts
 * import { recallAtK } from 'feedrank'
 *
 * console.log(recallAtK(['a', 'b', 'c'], ['b', 'z'], { k: 2 })) // 0.5
 * ```
 */
export function recallAtK(retrieved: ArrayLike<ItemId>, relevant: Judgements, options: RetrievalOptions): number {
  checkInteger('recallAtK', 'k', options?.k)
  return listRecall(judgeIn('recallAtK', retrieved, relevant), options)
}

/**
 * Precision of retrieved ids: the share of the first `k` ranks that hold a relevant item.
 *
 * @throws ArgumentError as {@link recallAtK}.
 * @example
 * ```ts
 * import { precisionAtK } from 'feedrank'
 *
 * console.log(precisionAtK(['a', 'b', 'c'], ['b', 'z'], { k: 2 })) // 0.5
 * ```
 */
export function precisionAtK(retrieved: ArrayLike<ItemId>, relevant: Judgements, options: RetrievalOptions): number {
  checkInteger('precisionAtK', 'k', options?.k)
  return listPrecision(judgeIn('precisionAtK', retrieved, relevant), options)
}

/**
 * 1 where the first `k` retrieved ids hold a relevant one, else 0.
 *
 * @throws ArgumentError as {@link recallAtK}.
 * @example
 * ```ts
 * import { hitRateAtK } from 'feedrank'
 *
 * console.log(hitRateAtK(['a', 'b', 'c'], ['c'], { k: 2 })) // 0
 * ```
 */
export function hitRateAtK(retrieved: ArrayLike<ItemId>, relevant: Judgements, options: RetrievalOptions): number {
  checkInteger('hitRateAtK', 'k', options?.k)
  return hitRate(judgeIn('hitRateAtK', retrieved, relevant), options)
}
