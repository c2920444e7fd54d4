import { checkNumber } from '../errors'
import type { CandidateId, ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'
import { scale } from './scale'

/** What {@link authorDiversity} takes. */
export interface AuthorDiversityOptions<Q, C> extends ComponentOptions<Q> {
  /** Who made a candidate; what nobody in particular made is left alone. */
  readonly authorId: (c: C) => CandidateId | undefined
  /** What each further candidate of an author keeps of the one before, in [0, 1]. @defaultValue 0.5 */
  readonly decay?: number | undefined
  /** What even the last of them keeps, in [0, 1]. @defaultValue 0.25 */
  readonly floor?: number | undefined
}

/**
 * Lowers the second, third, … candidate of an author, so that no one voice fills the page.
 *
 * The k-th best candidate of an author (k = 0 for the best) keeps (1 − floor)·decayᵏ + floor of its score. Only
 * scores of zero and above are lowered: a factor below 1 would raise a negative one.
 *
 * @throws ArgumentError when `authorId` is no function, or `decay` or `floor` lies outside [0, 1].
 * @example
 * ```ts
 * import { authorDiversity, fromList, functionScorer, MixerPipeline } from 'feedrank'
 *
 * type Post = { id: string; by: string; likes: number }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'a1', by: 'a', likes: 10 }, { id: 'a2', by: 'a', likes: 9 }, { id: 'b1', by: 'b', likes: 7 }]))
 *   .score(functionScorer('likes', (post) => post.likes), authorDiversity({ authorId: (post) => post.by }))
 *   .build()
 * const { selected } = await feed.run({})
 * console.log(selected.map((item) => [item.id, item.score])) // [ [ 'a1', 10 ], [ 'b1', 7 ], [ 'a2', 5.625 ] ]
 * ```
 */
export function authorDiversity<Q, C>(options: AuthorDiversityOptions<Q, C>): Scorer<Q, C> {
  const settings = componentOptions('authorDiversity', 'author diversity', options)
  const authorId = checkFunction('authorDiversity', 'authorId', options.authorId)
  const decay = checkNumber('authorDiversity', 'decay', options.decay ?? 0.5, { min: 0, max: 1 })
  const floor = checkNumber('authorDiversity', 'floor', options.floor ?? 0.25, { min: 0, max: 1 })
  return {
    ...settings,
    score(_, cs, previous) {
      const better = new Map<CandidateId, number>()
      const factors = new Float64Array(cs.length).fill(1)
      for (const i of rankOrder(previous)) {
        const author = authorId(cs[i])
        if (author === undefined || author === null) continue
        const k = better.get(author) ?? 0
        better.set(author, k + 1)
        factors[i] = (1 - floor) * decay ** k + floor
      }
      return scale(previous, (i) => factors[i])
    },
  }
}
