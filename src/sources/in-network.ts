import { checkInteger, checkMoment } from '../errors'
import type { Awaitable, CandidateId, ComponentOptions, RunContext, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'

/** What {@link inNetwork} takes. */
export interface InNetworkOptions<Q, C, Author extends CandidateId> extends ComponentOptions<Q> {
  /** Whom the user follows; `undefined` where that is not known. */
  readonly follows: (q: Q) => Iterable<Author> | undefined
  /** The latest of these authors, none of whom is named twice. */
  readonly latest: (authors: readonly Author[], q: Q, ctx: RunContext) => Awaitable<readonly C[]>
  /** When a candidate was made: ms since 1970, or a `Date`. */
  readonly createdAt: (c: C) => number | Date | undefined
  /** The most candidates to bring. @defaultValue 500 */
  readonly limit?: number | undefined
}

/**
 * A source of what the people the user follows have made, newest first.
 *
 * A user who follows nobody is asked nothing about. Where the follows are not known the source fails, and the trace
 * says so.
 *
 * @throws ArgumentError when `follows`, `latest` or `createdAt` is no function or `limit` no positive integer.
 * @example
 * ```ts
 * import { inNetwork, MixerPipeline } from 'feedrank'
 *
 * type Post = { id: string; by: string; at: number }
 * const posts: Post[] = [{ id: 'a1', by: 'ada', at: 1 }, { id: 'b1', by: 'bob', at: 2 }, { id: 'a2', by: 'ada', at: 3 }]
 * const feed = MixerPipeline.for<{ follows: string[] }, Post>({ name: 'feed' })
 *   .source(inNetwork({
 *     follows: (q) => q.follows,
 *     latest: (authors) => posts.filter((post) => authors.includes(post.by)),
 *     createdAt: (post) => post.at,
 *   }))
 *   .build()
 * console.log((await feed.run({ follows: ['ada'] })).selected.map((item) => item.id)) // [ 'a2', 'a1' ]
 * ```
 */
export function inNetwork<Q, C, Author extends CandidateId>(options: InNetworkOptions<Q, C, Author>): Source<Q, C> {
  const where = 'inNetwork'
  const settings = componentOptions(where, 'in network', options)
  const follows = checkFunction(where, 'follows', options.follows)
  const latest = checkFunction(where, 'latest', options.latest)
  const createdAt = checkFunction(where, 'createdAt', options.createdAt)
  const limit = checkInteger(where, 'limit', options.limit ?? 500)
  return {
    ...settings,
    async fetch(q, ctx) {
      const followed = follows(q)
      if (followed === undefined) throw new Error('whom the user follows is not known')
      const authors = [...new Set(followed)]
      if (authors.length === 0) return []
      const found = await latest(authors, q, ctx)
      return Array.from(rankOrder(found.map((c) => checkMoment(where, 'createdAt(candidate)', createdAt(c)))).subarray(0, limit), (i) => found[i])
    },
  }
}
