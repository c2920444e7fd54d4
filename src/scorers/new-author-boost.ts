import { checkNumber } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { scale } from './scale'

/** What {@link newAuthorBoost} takes. */
export interface NewAuthorBoostOptions<Q, C> extends ComponentOptions<Q> {
  /** How often the author of a candidate has been shown, or how many follow them; one that is not known gets no boost. */
  readonly exposure: (c: C) => number | undefined
  /** The exposure at which the boost is used up. */
  readonly until: number
  /** What an author nobody has seen gains: 0.5 makes 1.5 of their score. @defaultValue 0.5 */
  readonly boost?: number | undefined
}

/**
 * Raises what new authors make, so that somebody sees it: the score times 1 + boost·max(0, 1 − exposure/until).
 *
 * Only scores of zero and above are raised: the factor would lower a negative one.
 *
 * @throws ArgumentError when `exposure` is no function, `until` is not above 0 or `boost` is negative.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, newAuthorBoost } from 'feedrank'
 *
 * type Post = { id: string; likes: number; shown: number }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'known', likes: 10, shown: 5000 }, { id: 'new', likes: 8, shown: 20 }]))
 *   .score(functionScorer('likes', (post) => post.likes), newAuthorBoost({ exposure: (post) => post.shown, until: 100 }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => [item.id, item.score])) // [ [ 'new', 11.2 ], [ 'known', 10 ] ]
 * ```
 */
export function newAuthorBoost<Q, C>(options: NewAuthorBoostOptions<Q, C>): Scorer<Q, C> {
  const where = 'newAuthorBoost'
  const settings = componentOptions(where, 'new author', options)
  const exposure = checkFunction(where, 'exposure', options.exposure)
  const until = checkNumber(where, 'until', options.until, { above: 0 })
  const boost = checkNumber(where, 'boost', options.boost ?? 0.5, { min: 0 })
  return {
    ...settings,
    score: (_, cs, previous) => scale(previous, (i) => {
      const seen = exposure(cs[i])
      return typeof seen === 'number' && seen >= 0 ? 1 + boost * Math.max(0, 1 - seen / until) : 1
    }),
  }
}
