import { ArgumentError, checkInteger, expected } from '../errors'
import type { ComponentOptions, Filter, QualityFactor } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'

/** What {@link loadSheddingFilter} takes. */
export interface LoadSheddingFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** How much can be afforded; `qualityFactor` follows the latency. */
  readonly quality: Pick<QualityFactor, 'current'>
  /** A cheap guess of how good a candidate is, to keep the better ones. @defaultValue all equal: the first are kept */
  readonly worth?: ((c: C, q: Q) => number) | undefined
  /** The fewest candidates to keep. @defaultValue 100 */
  readonly least?: number | undefined
}

/**
 * Cuts the number of candidates that costly stages see when latency rises: of n it keeps max(least, ⌈quality·n⌉).
 *
 * Its place is right ahead of what is costly.
 *
 * @throws ArgumentError when `quality` has no `current`, `worth` is no function or `least` no non-negative integer.
 * @example
 * ```ts
 * import { fromList, loadSheddingFilter, MixerPipeline, qualityFactor } from 'feedrank'
 *
 * const quality = qualityFactor({ targetMs: 50, initial: 0.5 })
 * const feed = MixerPipeline.for<object, { id: number; likes: number }>({ name: 'feed', onTrace: quality.onTrace })
 *   .source(fromList('all', [1, 2, 3, 4].map((id) => ({ id, likes: id }))))
 *   .filter(loadSheddingFilter({ quality, worth: (post) => post.likes, least: 1 }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 3, 4 ]
 * ```
 */
export function loadSheddingFilter<Q, C>(options: LoadSheddingFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'loadSheddingFilter'
  const settings = componentOptions(where, 'load shedding', options)
  const { quality } = options
  if (typeof quality?.current !== 'function') throw new ArgumentError(expected(where, 'quality', 'a quality factor', quality))
  const least = checkInteger(where, 'least', options.least ?? 100, 0)
  const worth = options.worth === undefined ? undefined : checkFunction(where, 'worth', options.worth)
  return {
    ...settings,
    keep(q, cs) {
      const count = Math.min(cs.length, Math.max(least, Math.ceil(quality.current() * cs.length)))
      if (count === cs.length || worth === undefined) return cs.map((_, i) => i < count)
      const mask = cs.map(() => false)
      for (const i of rankOrder(cs.map((c) => worth(c, q))).subarray(0, count)) mask[i] = true
      return mask
    },
  }
}
