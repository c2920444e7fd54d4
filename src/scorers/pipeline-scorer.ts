import { ArgumentError, expected } from '../errors'
import type { CandidateId, ComponentOptions, RankResult, RunOptions, Scorer, Wiring } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { innerOptions } from '../pipeline/inner-options'

/** A scoring pipeline as the pipeline around it sees it. */
export interface InnerScoringPipeline<Q, C> {
  readonly name: string
  readonly parameters: readonly string[]
  readonly wiring: Wiring
  readonly run: (query: Q, candidates: readonly C[], options?: RunOptions) => Promise<RankResult<object, object>>
}

/** What {@link pipelineScorer} takes. */
export interface PipelineScorerOptions<Q, C> extends ComponentOptions<Q> {
  /** What tells candidates apart, as the scoring pipeline does. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * A scorer that is a scoring pipeline of its own, with its own hydrators, filters and scorers.
 *
 * What its filters hold back scores NaN: it ranks last, and the trace counts it. Its trace stands in this one's.
 *
 * @throws ArgumentError when `pipeline` cannot be run or `id` is no function.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, pipelineScorer, ScoringPipeline } from 'feedrank'
 *
 * type Post = { id: string; likes: number }
 * const ranker = ScoringPipeline.for<object, Post>({ name: 'ranker' }).score(functionScorer('likes', (post) => post.likes)).build()
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'a', likes: 1 }, { id: 'b', likes: 2 }]))
 *   .score(pipelineScorer(ranker))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'b', 'a' ]
 * ```
 */
export function pipelineScorer<Q extends object, C extends object>(
  pipeline: InnerScoringPipeline<Q, C>,
  options: PipelineScorerOptions<Q, C> = {},
): Scorer<Q, C> {
  const where = 'pipelineScorer'
  if (typeof pipeline?.run !== 'function') throw new ArgumentError(expected(where, 'pipeline', 'a built scoring pipeline', pipeline))
  const settings = componentOptions(where, pipeline.name, options)
  const id = checkFunction(where, 'id', options.id ?? ((c: C) => (c as { readonly id: CandidateId }).id))
  return {
    ...settings,
    async score(q, cs, _, ctx) {
      const answer = await pipeline.run(q, cs, innerOptions(pipeline, ctx))
      ctx.attach(answer)
      const scores = new Map([...answer.selected, ...answer.rest].map((item) => [item.id, item.score]))
      return Float64Array.from(cs, (c) => scores.get(id(c)) ?? NaN)
    },
  }
}
