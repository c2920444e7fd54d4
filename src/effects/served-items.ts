import { ArgumentError, expected } from '../errors'
import type { CandidateId, ComponentOptions, SideEffect } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import type { IdStore } from './id-memory'

/** What {@link servedItems} takes. */
export interface ServedItemsOptions<Q> extends ComponentOptions<Q> {
  /** Whose page it is; for `undefined` nothing is remembered. */
  readonly user: (q: Q) => CandidateId | undefined
  readonly store: Pick<IdStore, 'add'>
}

/**
 * Remembers what was served, after the answer, so that the next page can leave it out (`servedFilter`).
 *
 * @throws ArgumentError when `user` is no function or `store` has no `add`.
 * @example
 * ```ts
 * import { fromList, idMemory, MixerPipeline, servedFilter, servedItems } from 'feedrank'
 *
 * const store = idMemory()
 * const feed = MixerPipeline.for<{ userId: string }, { id: number }>({ name: 'feed', limit: 2 })
 *   .hydrateQuery({ name: 'served ids', hydrate: async (q) => ({ served: await store.get(q.userId) }) })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }, { id: 3 }]))
 *   .filter(servedFilter({ served: (q) => q.served }))
 *   .effect(servedItems({ user: (q) => q.userId, store }))
 *   .build()
 * await (await feed.run({ userId: 'ada' })).settled
 * console.log((await feed.run({ userId: 'ada' })).selected.map((item) => item.id)) // [ 3 ]
 * ```
 */
export function servedItems<Q>(options: ServedItemsOptions<Q>): SideEffect<Q, unknown> {
  const where = 'servedItems'
  const settings = componentOptions(where, 'served items', options)
  const user = checkFunction(where, 'user', options.user)
  const { store } = options
  if (typeof store?.add !== 'function') throw new ArgumentError(expected(where, 'store', 'a store with `add`', store))
  return {
    ...settings,
    run({ query, selected }) {
      const one = user(query)
      if (one === undefined || selected.length === 0) return
      return store.add(one, selected.map((item) => item.id))
    },
  }
}
