import { checkInteger, checkNumber } from '../errors'
import type { ComponentOptions, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'
import { itemsOf } from './items-of'
import type { Items } from './items-of'

/** What {@link trending} takes. */
export interface TrendingOptions<Q, C> extends ComponentOptions<Q> {
  /** The items to choose from. */
  readonly items: Items<Q, C>
  /** How often an item was liked, read or bought in the window that counts as now: the last hour. */
  readonly recent: (c: C) => number
  /** How often that was to be expected in a window of that length. @defaultValue 0 */
  readonly usual?: ((c: C) => number) | undefined
  /** How far above the expected an item must stand, in standard deviations. @defaultValue 2 */
  readonly least?: number | undefined
  /** The most items to bring. @defaultValue 100 */
  readonly limit?: number | undefined
}

/**
 * A source of what rises: items that are liked more often now than they usually are, the most surprising first.
 *
 * The surprise is z = (recent − usual)/√(usual + 1), about the number of standard deviations of a Poisson count. What
 * is popular every day has a high `usual` and does not trend.
 *
 * @throws ArgumentError when `items` is neither an array nor a function, `recent` or `usual` no function, `least` no number or `limit` no positive integer.
 * @example
 * ```ts
 * import { MixerPipeline, trending } from 'feedrank'
 *
 * const songs = [{ id: 'evergreen', now: 1000, usual: 990 }, { id: 'new hit', now: 60, usual: 8 }, { id: 'quiet', now: 1, usual: 2 }]
 * const feed = MixerPipeline.for<object, (typeof songs)[number]>({ name: 'radio' })
 *   .source(trending({ items: songs, recent: (song) => song.now, usual: (song) => song.usual }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'new hit' ]
 * ```
 */
export function trending<Q, C>(options: TrendingOptions<Q, C>): Source<Q, C> {
  const where = 'trending'
  const settings = componentOptions(where, 'trending', options)
  const items = itemsOf(where, options.items)
  const recent = checkFunction(where, 'recent', options.recent)
  const usual = checkFunction(where, 'usual', options.usual ?? (() => 0))
  const least = checkNumber(where, 'least', options.least ?? 2)
  const limit = checkInteger(where, 'limit', options.limit ?? 100)
  return {
    ...settings,
    async fetch(q, ctx) {
      const list = await items(q, ctx)
      const surprise = Float64Array.from(list, (c) => {
        const before = Math.max(0, usual(c))
        return (recent(c) - before) / Math.sqrt(before + 1)
      })
      return Array.from(rankOrder(surprise)).filter((i) => surprise[i] >= least).slice(0, limit).map((i) => list[i])
    },
  }
}
