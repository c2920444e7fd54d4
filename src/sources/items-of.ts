import { ArgumentError, expected } from '../errors'
import type { Awaitable, RunContext } from '../pipeline'

/** Items as a source has them: a list, or a function that is asked in every request. */
export type Items<Q, C> = readonly C[] | ((q: Q, ctx: RunContext) => Awaitable<readonly C[]>)

/** A function that gives the items of a request. @throws ArgumentError when `items` is neither an array nor a function. */
export function itemsOf<Q, C>(where: string, items: Items<Q, C>): (q: Q, ctx: RunContext) => Awaitable<readonly C[]> {
  if (typeof items === 'function') return items
  if (!Array.isArray(items)) throw new ArgumentError(expected(where, 'items', 'an array or a function', items))
  return () => items
}
