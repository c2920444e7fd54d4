import { idKey, idKinds } from '../data/values'
import type { Id } from '../data'
import { ContractError, DataError, show } from '../errors'
import type { Numbers } from '../metrics'
import type { RankResult } from '../pipeline'
import type { Random } from '../random'
import { argsort } from '../metrics/sort'

/** What a contender is told beside the query. */
export interface ListContext {
  /** How long the list may be; what comes after is cut. */
  readonly k: number
  /** Items the user knew already, which are no answers. */
  readonly known: ReadonlySet<Id>
  readonly random: Random
  readonly signal: AbortSignal | undefined
}

/** Who makes lists: a function that gives ids, one that scores given items, or a pipeline. */
export type ListContender<Query> = { readonly name: string; readonly what?: string | undefined } & (
  | { /** Ids, best first. */ readonly retrieve: (query: Query, context: ListContext) => readonly Id[] | PromiseLike<readonly Id[]> }
  | { /** The scores of these items for this query; higher is better. */ readonly scoreItems: (query: Query, items: readonly Id[]) => Numbers | PromiseLike<Numbers> }
  | { /** A pipeline that is asked as in production: its page is the list. */ readonly feed: (query: Query, context: ListContext) => Promise<RankResult<object, object>> }
)

/** One list, as keys of ids, and the pipeline's whole answer where there is one. */
export interface MadeList {
  readonly keys: readonly string[]
  readonly result?: RankResult<object, object>
}

/** The key of an id, or a typed error that says whose it is. */
export function keyOf(where: string, whose: string, id: unknown): string {
  const key = idKey(id)
  if (key === undefined) throw new DataError(`feedrank/${where}: expected ${whose} to be ${idKinds}, got ${show(id)}`)
  return key
}

/** Asks one contender for one list. `candidates` are what it may rank, where it ranks and does not retrieve. */
export async function makeList<Query>(
  where: string, contender: ListContender<Query>, query: Query, context: ListContext, candidates: () => readonly Id[],
): Promise<MadeList> {
  const { name } = contender
  if ('feed' in contender) {
    const result = await contender.feed(query, context)
    if (!Array.isArray(result?.selected)) throw new ContractError(`feedrank/${where}: expected the feed of ${show(name)} to give the result of a pipeline, got ${show(result)}`)
    await result.settled
    return { keys: result.selected.slice(0, context.k).map(({ id }) => String(id)), result }
  }
  if ('retrieve' in contender) {
    const ids = await contender.retrieve(query, context)
    if (!Array.isArray(ids)) throw new ContractError(`feedrank/${where}: expected ${show(name)} to retrieve an array of ids, got ${show(ids)}`)
    return { keys: ids.slice(0, context.k).map((id, i) => keyOf(where, `ids[${i}] of ${show(name)}`, id)) }
  }
  const items = candidates()
  const scores = await contender.scoreItems(query, items)
  if (scores?.length !== items.length)
    throw new ContractError(`feedrank/${where}: expected one score of ${show(name)} for each of ${items.length} items, got ${show(scores)}`)
  for (let i = 0; i < scores.length; i++)
    if (typeof scores[i] !== 'number' || Number.isNaN(scores[i]))
      throw new DataError(`feedrank/${where}: expected ${show(name)} to score ${show(items[i])} with a number, got ${show(scores[i])}`)
  return { keys: Array.from(argsort(scores, true).subarray(0, context.k), (i) => String(items[i])) }
}
