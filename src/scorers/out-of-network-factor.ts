import { checkNumber } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { scale } from './scale'

/** What {@link outOfNetworkFactor} takes. */
export interface OutOfNetworkFactorOptions<Q, C> extends ComponentOptions<Q> {
  /** Whether the user follows who made a candidate; `undefined` where that is not known. */
  readonly inNetwork: (c: C, q: Q) => boolean | undefined
  /** What a candidate from outside keeps of its score. @defaultValue 0.75 */
  readonly factor?: number | undefined
}

/**
 * Scales what comes from authors the user does not follow; where that is not known, the score stays.
 *
 * Only scores of zero and above are scaled: a factor below 1 would raise a negative one.
 *
 * @throws ArgumentError when `inNetwork` is no function or `factor` is negative.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, outOfNetworkFactor } from 'feedrank'
 *
 * type Post = { id: string; by: string; likes: number }
 * const feed = MixerPipeline.for<{ follows: string[] }, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'far', by: 'x', likes: 12 }, { id: 'near', by: 'y', likes: 10 }]))
 *   .score(
 *     functionScorer('likes', (post) => post.likes),
 *     outOfNetworkFactor({ inNetwork: (post, q) => q.follows.includes(post.by) }),
 *   )
 *   .build()
 * const { selected } = await feed.run({ follows: ['y'] })
 * console.log(selected.map((item) => [item.id, item.score])) // [ [ 'near', 10 ], [ 'far', 9 ] ]
 * ```
 */
export function outOfNetworkFactor<Q, C>(options: OutOfNetworkFactorOptions<Q, C>): Scorer<Q, C> {
  const settings = componentOptions('outOfNetworkFactor', 'out of network', options)
  const inNetwork = checkFunction('outOfNetworkFactor', 'inNetwork', options.inNetwork)
  const factor = checkNumber('outOfNetworkFactor', 'factor', options.factor ?? 0.75, { min: 0 })
  return { ...settings, score: (q, cs, previous) => scale(previous, (i) => (inNetwork(cs[i], q) === false ? factor : 1)) }
}
