import { ArgumentError, checkNumber, expected } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'
import { scale } from './scale'

/** What {@link sourceWeights} takes. */
export interface SourceWeightsOptions<Q> extends ComponentOptions<Q> {
  /** What a candidate of each source keeps of its score; sources that are not named keep all of it. */
  readonly weights: Readonly<Record<string, number>>
}

/**
 * Scales scores by the source; what several sources brought has the largest weight of theirs.
 *
 * Only scores of zero and above are scaled: a factor below 1 would raise a negative one.
 *
 * @throws ArgumentError when a weight is no finite number of at least 0, or there are none.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, sourceWeights } from 'feedrank'
 *
 * type Post = { id: string; likes: number }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('trending', [{ id: 't', likes: 10 }]), fromList<Post>('friends', [{ id: 'f', likes: 8 }]))
 *   .score(functionScorer('likes', (post) => post.likes), sourceWeights({ weights: { trending: 0.5 } }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => [item.id, item.score])) // [ [ 'f', 8 ], [ 't', 5 ] ]
 * ```
 */
export function sourceWeights<Q>(options: SourceWeightsOptions<Q>): Scorer<Q, unknown> {
  const where = 'sourceWeights'
  const settings = componentOptions(where, 'source weights', options)
  if (typeof options.weights !== 'object' || options.weights === null) throw new ArgumentError(expected(where, 'weights', 'a record of numbers', options.weights))
  const weights = new Map(Object.entries(options.weights).map(([name, weight]) => [name, checkNumber(where, `weights.${name}`, weight, { min: 0 })]))
  if (weights.size === 0) throw new ArgumentError(`feedrank/${where}: expected \`weights\` to weigh at least one source, got none`)
  return {
    ...settings,
    score: (_, __, previous, ctx) => scale(previous, (i) => {
      const sources = ctx.sources(i)
      return sources.length === 0 ? 1 : Math.max(...sources.map((name) => weights.get(name) ?? 1))
    }),
  }
}
