import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { firstOfEach } from './first-of-each'

/** What {@link repostFilter} takes. */
export interface RepostFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** What a candidate is a repost of; `undefined` for an original. */
  readonly repostOf: (c: C) => CandidateId | undefined
  /** A candidate's own id. @defaultValue its `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * Keeps one of a post and its reposts: the first.
 *
 * @throws ArgumentError when `repostOf` or `id` is no function.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, repostFilter } from 'feedrank'
 *
 * type Post = { id: number; repostOf?: number }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 8, repostOf: 1 }, { id: 1 }, { id: 9, repostOf: 1 }, { id: 2 }]))
 *   .filter(repostFilter({ repostOf: (post) => post.repostOf }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 8, 2 ]
 * ```
 */
export function repostFilter<Q, C extends { readonly id: CandidateId }>(options: RepostFilterOptions<Q, C>): Filter<Q, C>
export function repostFilter<Q, C>(options: RepostFilterOptions<Q, C> & { readonly id: (c: C) => CandidateId }): Filter<Q, C>
export function repostFilter<Q, C extends { readonly id: CandidateId }>(options: RepostFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('repostFilter', 'repost', options)
  const repostOf = checkFunction('repostFilter', 'repostOf', options.repostOf)
  const id = checkFunction('repostFilter', 'id', options.id ?? ((c: C) => c.id))
  return { ...settings, keep: (_, cs) => firstOfEach(cs, (c) => repostOf(c) ?? id(c)) }
}
