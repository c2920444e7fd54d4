import { seenFilter } from './seen-filter'
import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction } from '../pipeline/component-options'
import type { Ids } from './id-set'

/** What {@link servedFilter} takes. */
export interface ServedFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The ids that earlier pages of this session held; `undefined` leaves nothing out. */
  readonly served: (q: Q) => Ids | undefined
  /** What to compare with them. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * Holds back what earlier pages of this session held, seen or not: what makes the next page a next page.
 *
 * Where the served ids are not known, nothing is held back: a repeat is better than no page. The effect `servedItems`
 * remembers what was served.
 *
 * @throws ArgumentError when `served` or `id` is no function; in a request, when `served` gives neither a set nor a list.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, servedFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ served: number[] }, { id: number }>({ name: 'feed', limit: 1 })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }]))
 *   .filter(servedFilter({ served: (q) => q.served }))
 *   .build()
 * console.log((await feed.run({ served: [1] })).selected.map((item) => item.id)) // [ 2 ]
 * ```
 */
export function servedFilter<Q, C extends { readonly id: CandidateId }>(options: ServedFilterOptions<Q, C>): Filter<Q, C>
export function servedFilter<Q, C>(options: ServedFilterOptions<Q, C> & { readonly id: (c: C) => CandidateId }): Filter<Q, C>
export function servedFilter<Q, C extends { readonly id: CandidateId }>(options: ServedFilterOptions<Q, C>): Filter<Q, C> {
  const { name = 'served', served, ...others } = options
  return seenFilter<Q, C>({ ...others, name, seen: checkFunction('servedFilter', 'served', served) })
}
