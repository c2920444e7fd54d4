import { ArgumentError, expected } from '../errors'
import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { holdsId, idSet } from './id-set'
import type { Ids } from './id-set'

/** What {@link blockedAuthorsFilter} takes. */
export interface BlockedAuthorsFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The authors the user has blocked or muted, of the type `authorId` gives. */
  readonly blocked: (q: Q) => Ids
  /** Who made a candidate. */
  readonly authorId: (c: C) => CandidateId | undefined
  /** What to do with a candidate whose author is not known. @defaultValue 'drop' */
  readonly unknown?: 'keep' | 'drop' | undefined
}

/**
 * Holds back what blocked or muted authors made.
 *
 * A safety filter: where the blocked authors are not known it fails the request, and where an author is not known it
 * drops the candidate, unless told otherwise. So a query hydrator that brings the blocked authors should have
 * `onError: 'fail'`; a fallback of an empty list would be a leak.
 *
 * @throws ArgumentError when `blocked` or `authorId` is no function; in a request, when `blocked` gives neither a set nor a list;
 * ContractError where it gives `'7'` and a candidate has 7.
 * @example
 * ```ts
 * import { blockedAuthorsFilter, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ blocked: Set<string> }, { id: number; by?: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1, by: 'ada' }, { id: 2, by: 'bob' }, { id: 3 }]))
 *   .filter(blockedAuthorsFilter({ blocked: (q) => q.blocked, authorId: (post) => post.by }))
 *   .build()
 * console.log((await feed.run({ blocked: new Set(['bob']) })).selected.map((item) => item.id)) // [ 1 ]
 * ```
 */
export function blockedAuthorsFilter<Q, C>(options: BlockedAuthorsFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('blockedAuthorsFilter', 'blocked authors', options)
  const blocked = checkFunction('blockedAuthorsFilter', 'blocked', options.blocked)
  const authorId = checkFunction('blockedAuthorsFilter', 'authorId', options.authorId)
  const unknown = options.unknown ?? 'drop'
  if (unknown !== 'keep' && unknown !== 'drop') throw new ArgumentError(expected('blockedAuthorsFilter', 'unknown', "'keep' or 'drop'", unknown))
  return {
    ...settings,
    keep(q, cs) {
      const authors = idSet('blockedAuthorsFilter', 'blocked', blocked(q))
      return cs.map((c) => {
        const author = authorId(c)
        return author === undefined || author === null ? unknown === 'keep' : !holdsId('blockedAuthorsFilter', 'blocked', authors, author)
      })
    },
  }
}
