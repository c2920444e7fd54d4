import { checkInteger, checkMoment, checkNumber } from '../errors'
import type { ComponentOptions, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'
import { itemsOf } from './items-of'
import type { Items } from './items-of'

/** What {@link fresh} takes. */
export interface FreshOptions<Q, C> extends ComponentOptions<Q> {
  /** The items to choose from. */
  readonly items: Items<Q, C>
  /** When an item was made: ms since 1970, or a `Date`. */
  readonly createdAt: (c: C) => number | Date | undefined
  /** The greatest age to bring, in ms. @defaultValue any */
  readonly maxAgeMs?: number | undefined
  /** The most items to bring. @defaultValue 100 */
  readonly limit?: number | undefined
}

/**
 * A source of the newest items, newest first: what nobody has rated yet has to be seen to be rated.
 *
 * Items whose time is not known are left out; where `createdAt` gives text or anything else that is no moment, the source
 * fails.
 *
 * @throws ArgumentError when `items` is neither an array nor a function, `createdAt` no function, `maxAgeMs` not above 0 or `limit` no positive integer.
 * @example
 * ```ts
 * import { fresh, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; at: number }>({ name: 'feed' })
 *   .source(fresh({ items: [{ id: 'old', at: 10 }, { id: 'new', at: 90 }, { id: 'newer', at: 95 }], createdAt: (post) => post.at, maxAgeMs: 50 }))
 *   .build()
 * console.log((await feed.run({}, { now: 100 })).selected.map((item) => item.id)) // [ 'newer', 'new' ]
 * ```
 */
export function fresh<Q, C>(options: FreshOptions<Q, C>): Source<Q, C> {
  const settings = componentOptions('fresh', 'fresh', options)
  const items = itemsOf('fresh', options.items)
  const createdAt = checkFunction('fresh', 'createdAt', options.createdAt)
  const maxAgeMs = options.maxAgeMs === undefined ? Infinity : checkNumber('fresh', 'maxAgeMs', options.maxAgeMs, { above: 0 })
  const limit = checkInteger('fresh', 'limit', options.limit ?? 100)
  return {
    ...settings,
    async fetch(q, ctx) {
      const list = await items(q, ctx)
      const times = Float64Array.from(list, (c) => checkMoment('fresh', 'createdAt(item)', createdAt(c)))
      const young = Array.from(rankOrder(times)).filter((i) => ctx.now - times[i] <= maxAgeMs)
      return young.slice(0, limit).map((i) => list[i])
    },
  }
}
