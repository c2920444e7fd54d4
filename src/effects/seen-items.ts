import { ArgumentError, expected } from '../errors'
import type { CandidateId, ComponentOptions, SideEffect } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import type { IdStore } from './id-memory'

/** What {@link seenItems} takes. */
export interface SeenItemsOptions<Q> extends ComponentOptions<Q> {
  /** Who has seen; for `undefined` nothing is remembered. */
  readonly user: (q: Q) => CandidateId | undefined
  /** What the client says was on the screen since it last asked. */
  readonly seen: (q: Q) => Iterable<CandidateId> | undefined
  readonly store: Pick<IdStore, 'add'>
}

/**
 * Remembers what the client reports as seen, after the answer, for the `seenFilter` of later requests.
 *
 * What was served is not what was seen: nobody reads to the end of every page.
 *
 * @throws ArgumentError when `user` or `seen` is no function or `store` has no `add`.
 * @example
 * ```ts
 * import { fromList, idMemory, MixerPipeline, seenItems } from 'feedrank'
 *
 * const store = idMemory()
 * const feed = MixerPipeline.for<{ userId: string; justSeen: number[] }, { id: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1 }]))
 *   .effect(seenItems({ user: (q) => q.userId, seen: (q) => q.justSeen, store }))
 *   .build()
 * await (await feed.run({ userId: 'ada', justSeen: [7, 8] })).settled
 * console.log(await store.get('ada')) // Set(2) { 7, 8 }
 * ```
 */
export function seenItems<Q>(options: SeenItemsOptions<Q>): SideEffect<Q, unknown> {
  const where = 'seenItems'
  const settings = componentOptions(where, 'seen items', options)
  const user = checkFunction(where, 'user', options.user)
  const seen = checkFunction(where, 'seen', options.seen)
  const { store } = options
  if (typeof store?.add !== 'function') throw new ArgumentError(expected(where, 'store', 'a store with `add`', store))
  return {
    ...settings,
    run({ query }) {
      const one = user(query)
      const ids = [...(seen(query) ?? [])]
      if (one === undefined || ids.length === 0) return
      return store.add(one, ids)
    },
  }
}
