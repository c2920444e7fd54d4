import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { holdsId, idSet } from './id-set'
import type { Ids } from './id-set'

/** What {@link seenFilter} takes. */
export interface SeenFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The ids to leave out of this request, of the candidates' type. `undefined` leaves nothing out. */
  readonly seen: (q: Q) => Ids | undefined
  /** What to compare with them. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * Holds back what the user has seen, or whatever else the query says to leave out.
 *
 * Where the seen ids are not known (their hydrator failed), nothing is held back: a repeat is better than no page.
 *
 * @throws ArgumentError when `seen` or `id` is no function; in a request, when `seen` gives neither a set nor a list;
 * ContractError where it gives `'7'` and a candidate has 7.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, seenFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ seen: number[] }, { id: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }, { id: 3 }]))
 *   .filter(seenFilter({ seen: (q) => q.seen }))
 *   .build()
 * console.log((await feed.run({ seen: [2] })).selected.map((item) => item.id)) // [ 1, 3 ]
 * ```
 */
export function seenFilter<Q, C extends { readonly id: CandidateId }>(options: SeenFilterOptions<Q, C>): Filter<Q, C>
export function seenFilter<Q, C>(options: SeenFilterOptions<Q, C> & { readonly id: (c: C) => CandidateId }): Filter<Q, C>
export function seenFilter<Q, C extends { readonly id: CandidateId }>(options: SeenFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('seenFilter', 'seen', options)
  const seen = checkFunction('seenFilter', 'seen', options.seen)
  const id = checkFunction('seenFilter', 'id', options.id ?? ((c: C) => c.id))
  return {
    ...settings,
    keep(q, cs) {
      const ids = seen(q)
      if (ids === undefined) return cs.map(() => true)
      const known = idSet('seenFilter', 'seen', ids)
      return cs.map((c) => !holdsId('seenFilter', 'seen', known, id(c)))
    },
  }
}
