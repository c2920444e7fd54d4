import { builderOf } from './builder'
import type { PipelineBuilder, PipelineOptions } from './pipeline-builder'
import type { RankResult } from './rank-result'
import type { RunOptions } from './run'
import type { Wiring } from './wiring'

/** A feed pipeline, ready to answer requests. It holds no state between them but a running number. */
export interface MixerPipeline<Asked extends object, Q extends object, C extends object, Shown extends object = C> {
  readonly name: string
  /** What it is made of, as plain data. */
  readonly wiring: Wiring
  /** The names of its parameters. */
  readonly parameters: readonly string[]
  /**
   * Answers one request.
   *
   * The promise rejects with the caller's reason when `signal` aborts, and with a `ContractError` that names the
   * component when one broke its contract, or failed and may not be skipped.
   */
  readonly run: (query: Asked, options?: RunOptions) => Promise<RankResult<Q, C, Shown>>
}

/**
 * Puts feed pipelines together: candidates from several sources, hydrated, filtered, scored, reranked, selected.
 *
 * Query hydrators → sources → merge by id → hydrators, filters and scorers as written → rerankers → selector →
 * post-selection hydrators and filters with backfill → finalizers → the answer → side effects. A source that fails costs the page that source
 * and nothing else; a filter that fails fails the request, because a safety filter that failed open would be a leak.
 *
 * @example
 * ```ts
 * import { MixerPipeline } from 'feedrank'
 *
 * type Post = { id: number; author: string; likes: number }
 * const feed = MixerPipeline.for<{ muted: string[] }, Post>({ name: 'for-you', limit: 2, deadlineMs: 200 })
 *   .source({ name: 'recent', fetch: () => [
 *     { id: 1, author: 'ada', likes: 3 },
 *     { id: 2, author: 'bob', likes: 9 },
 *     { id: 3, author: 'eve', likes: 5 },
 *   ] })
 *   .filter({ name: 'muted', keep: (q, posts) => posts.map((post) => !q.muted.includes(post.author)) })
 *   .score({ name: 'likes', score: (_, posts) => Float64Array.from(posts, (post) => post.likes) })
 *   .build()
 *
 * const { selected } = await feed.run({ muted: ['bob'] })
 * console.log(selected.map((item) => item.id)) // [ 3, 1 ]
 * ```
 */
export const MixerPipeline = {
  /** A builder for requests of type `Q` and candidates of type `C`, as the sources bring them. */
  for: <Q extends object, C extends object>(options: PipelineOptions<Q, C>): PipelineBuilder<Q, Q, C, C> => builderOf<Q, Q, C, C>(options),
} as const
