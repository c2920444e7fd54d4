import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { holdsId } from './id-set'

/** What {@link ownItemsFilter} takes. */
export interface OwnItemsFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** Who asks; `undefined` for a visitor without an account. */
  readonly userId: (q: Q) => CandidateId | undefined
  /** Who made a candidate; `undefined` where nobody in particular did. */
  readonly authorId: (c: C) => CandidateId | undefined
}

/**
 * Holds back what the user made: nobody wants their own post recommended to them.
 *
 * @throws ArgumentError when `userId` or `authorId` is no function; in a request, ContractError where the user is `'7'` and an
 * author 7.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, ownItemsFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ userId: number }, { id: string; by: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'mine', by: 1 }, { id: 'theirs', by: 2 }]))
 *   .filter(ownItemsFilter({ userId: (q) => q.userId, authorId: (item) => item.by }))
 *   .build()
 * console.log((await feed.run({ userId: 1 })).selected.map((item) => item.id)) // [ 'theirs' ]
 * ```
 */
export function ownItemsFilter<Q, C>(options: OwnItemsFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('ownItemsFilter', 'own items', options)
  const userId = checkFunction('ownItemsFilter', 'userId', options.userId)
  const authorId = checkFunction('ownItemsFilter', 'authorId', options.authorId)
  return {
    ...settings,
    keep(q, cs) {
      const user = userId(q)
      if (user === undefined || user === null) return cs.map(() => true)
      const own = new Set([user])
      return cs.map((c) => {
        const author = authorId(c)
        return author === undefined || author === null || !holdsId('ownItemsFilter', 'userId', own, author)
      })
    },
  }
}
