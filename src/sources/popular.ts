import { ArgumentError, checkInteger, expected } from '../errors'
import type { ComponentOptions, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'
import type { Items } from './items-of'

/** What {@link popular} takes. */
export interface PopularOptions<Q, C> extends ComponentOptions<Q> {
  /** The items to choose from: a list, ranked once, or a function, asked and ranked in every request. */
  readonly items: Items<Q, C>
  /** How often an item was liked, read or bought. */
  readonly count: (c: C) => number
  /** The most items to bring. @defaultValue 100 */
  readonly limit?: number | undefined
}

/**
 * A source of the most popular items, most popular first; ties keep the order of `items`, items without a finite
 * count come last.
 *
 * It is the fallback that never knows nothing: a new user has no follows and no history, but there is always
 * something that others like.
 *
 * @throws ArgumentError when `items` is neither an array nor a function, `count` is no function, or `limit` is no positive integer.
 * @example
 * ```ts
 * import { MixerPipeline, popular } from 'feedrank'
 *
 * const books = [{ id: 'a', sold: 3 }, { id: 'b', sold: 8 }, { id: 'c', sold: 5 }]
 * const feed = MixerPipeline.for<object, { id: string; sold: number }>({ name: 'shop' })
 *   .source(popular({ items: books, count: (book) => book.sold, limit: 2 }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'b', 'c' ]
 * ```
 */
export function popular<Q, C>(options: PopularOptions<Q, C>): Source<Q, C> {
  const settings = componentOptions('popular', 'popular', options)
  const count = checkFunction('popular', 'count', options.count)
  const limit = checkInteger('popular', 'limit', options.limit ?? 100)
  const { items } = options
  const best = (list: readonly C[]) => Array.from(rankOrder(list.map(count)).subarray(0, limit), (i) => list[i])
  if (typeof items === 'function') return { ...settings, fetch: async (q, ctx) => best(await items(q, ctx)) }
  if (!Array.isArray(items)) throw new ArgumentError(expected('popular', 'items', 'an array or a function', items))
  const ranked = best(items)
  return { ...settings, fetch: () => ranked }
}
