import { checkMoment, checkNumber } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { scale } from './scale'

/** What {@link freshness} takes. */
export interface FreshnessOptions<Q, C> extends ComponentOptions<Q> {
  /** When a candidate was made: ms since 1970, or a `Date`; one that does not say gets no boost. */
  readonly createdAt: (c: C) => number | Date | undefined
  /** After how many ms a boost has fallen to 1/e, about 37 %. */
  readonly tauMs: number
  /** What the newest gain: 1 doubles their score. @defaultValue 1 */
  readonly boost?: number | undefined
}

/**
 * Raises what is new: the score times 1 + boost·e^(−age/τ), with the age at the time of the request.
 *
 * Only scores of zero and above are raised: the factor would lower a negative one.
 *
 * @throws ArgumentError when `createdAt` is no function, `tauMs` is not above 0 or `boost` is negative; in a request, when
 * `createdAt` gives text or anything else that is no moment.
 * @example
 * ```ts
 * import { freshness, fromList, functionScorer, MixerPipeline } from 'feedrank'
 *
 * type Post = { id: string; at: number; likes: number }
 * const hour = 3_600_000
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'yesterday', at: 0, likes: 12 }, { id: 'now', at: 24 * hour, likes: 10 }]))
 *   .score(functionScorer('likes', (post) => post.likes), freshness({ createdAt: (post) => post.at, tauMs: 6 * hour }))
 *   .build()
 * const { selected } = await feed.run({}, { now: 24 * hour })
 * console.log(selected.map((item) => [item.id, Number(item.score.toFixed(2))])) // [ [ 'now', 20 ], [ 'yesterday', 12.22 ] ]
 * ```
 */
export function freshness<Q, C>(options: FreshnessOptions<Q, C>): Scorer<Q, C> {
  const settings = componentOptions('freshness', 'freshness', options)
  const createdAt = checkFunction('freshness', 'createdAt', options.createdAt)
  const tauMs = checkNumber('freshness', 'tauMs', options.tauMs, { above: 0 })
  const boost = checkNumber('freshness', 'boost', options.boost ?? 1, { min: 0 })
  return {
    ...settings,
    score: (_, cs, previous, ctx) => scale(previous, (i) => {
      const age = Math.max(0, ctx.now - checkMoment('freshness', 'createdAt(candidate)', createdAt(cs[i])))
      return Number.isNaN(age) ? 1 : 1 + boost * Math.exp(-age / tauMs)
    }),
  }
}
