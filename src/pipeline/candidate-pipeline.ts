import type { Added, AddedToQuery } from './added-fields'
import { builderOf } from './builder'
import type { Filter } from './filter'
import type { Hydrator } from './hydrator'
import type { MixerPipeline } from './mixer-pipeline'
import type { PipelineOptions } from './pipeline-builder'
import type { QueryHydrator } from './query-hydrator'
import type { Source } from './source'

/** A {@link CandidatePipeline} being put together; see {@link PipelineBuilder}, of which it is the first part. */
export interface CandidatePipelineBuilder<Asked extends object, Q extends object, Fetched extends object, C extends object> {
  readonly hydrateQuery: <const H extends readonly QueryHydrator<Q>[]>(...hydrators: H) => CandidatePipelineBuilder<Asked, Q & AddedToQuery<H>, Fetched, C>
  readonly source: (...sources: readonly Source<Q, Fetched>[]) => CandidatePipelineBuilder<Asked, Q, Fetched, C>
  readonly hydrate: <const H extends readonly Hydrator<Q, C>[]>(...hydrators: H) => CandidatePipelineBuilder<Asked, Q, Fetched, C & Added<H>>
  readonly filter: (...filters: readonly Filter<Q, C>[]) => CandidatePipelineBuilder<Asked, Q, Fetched, C>
  /** @throws ContractError as a `MixerPipeline` does. */
  readonly build: () => MixerPipeline<Asked, Q, C>
}

/**
 * Brings candidates and ranks nothing: the {@link MixerPipeline} engine with sources, hydrators and filters alone.
 *
 * Everything that passes the filters is selected, in the order of the sources, unless `limit` says otherwise. As a
 * source of another pipeline it goes through `fromPipeline`.
 *
 * @example
 * ```ts
 * import { CandidatePipeline, fromList, predicateFilter } from 'feedrank'
 *
 * const posts = CandidatePipeline.for<object, { id: number; text: string }>({ name: 'posts' })
 *   .source(fromList('recent', [{ id: 1, text: 'hello' }, { id: 2, text: '' }]))
 *   .filter(predicateFilter('has text', (post) => post.text !== ''))
 *   .build()
 * console.log((await posts.run({})).selected.map((item) => item.id)) // [ 1 ]
 * ```
 */
export const CandidatePipeline = {
  /** A builder for requests of type `Q` and candidates of type `C`, as the sources bring them. */
  for: <Q extends object, C extends object>(options: PipelineOptions<Q, C>): CandidatePipelineBuilder<Q, Q, C, C> =>
    builderOf<Q, Q, C, C>({ limit: Number.MAX_SAFE_INTEGER, ...options }),
} as const
