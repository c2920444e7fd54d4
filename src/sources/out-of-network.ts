import { checkInteger } from '../errors'
import type { Awaitable, CandidateId, ComponentOptions, RunContext, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link outOfNetwork} takes. */
export interface OutOfNetworkOptions<Q, C> extends ComponentOptions<Q> {
  /** What might please the user, best first, whoever made it: the nearest vectors of a two-tower model, a topic search. */
  readonly retrieve: (q: Q, ctx: RunContext) => Awaitable<readonly C[]>
  /** Whom the user follows; `undefined` where that is not known. */
  readonly follows: (q: Q) => Iterable<CandidateId> | undefined
  /** Who made a candidate. */
  readonly authorId: (c: C) => CandidateId | undefined
  /** The most candidates to bring. @defaultValue 500 */
  readonly limit?: number | undefined
}

/**
 * A source of what people the user does not follow have made: retrieval without what another source brings already.
 *
 * Where the follows are not known, everything is brought.
 *
 * @throws ArgumentError when `retrieve`, `follows` or `authorId` is no function or `limit` no positive integer.
 * @example
 * ```ts
 * import { MixerPipeline, outOfNetwork } from 'feedrank'
 *
 * type Post = { id: string; by: string }
 * const feed = MixerPipeline.for<{ follows: string[] }, Post>({ name: 'feed' })
 *   .source(outOfNetwork({
 *     retrieve: () => [{ id: 'a1', by: 'ada' }, { id: 'b1', by: 'bob' }],
 *     follows: (q) => q.follows,
 *     authorId: (post) => post.by,
 *   }))
 *   .build()
 * console.log((await feed.run({ follows: ['ada'] })).selected.map((item) => item.id)) // [ 'b1' ]
 * ```
 */
export function outOfNetwork<Q, C>(options: OutOfNetworkOptions<Q, C>): Source<Q, C> {
  const where = 'outOfNetwork'
  const settings = componentOptions(where, 'out of network', options)
  const retrieve = checkFunction(where, 'retrieve', options.retrieve)
  const follows = checkFunction(where, 'follows', options.follows)
  const authorId = checkFunction(where, 'authorId', options.authorId)
  const limit = checkInteger(where, 'limit', options.limit ?? 500)
  return {
    ...settings,
    async fetch(q, ctx) {
      const known = new Set(follows(q) ?? [])
      const found = await retrieve(q, ctx)
      return found.filter((c) => !known.has(authorId(c) ?? NaN)).slice(0, limit)
    },
  }
}
