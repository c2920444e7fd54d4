import { ArgumentError, checkInteger, expected } from '../errors'
import type { ComponentOptions, RankedItem, RankResult, RunContext, RunOptions, Source, Wiring } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { innerOptions } from '../pipeline/inner-options'

/** A pipeline as another one sees it. */
export interface InnerPipeline<Asked, Shown> {
  readonly name: string
  readonly parameters: readonly string[]
  readonly wiring: Wiring
  readonly run: (query: Asked, options?: RunOptions) => Promise<RankResult<object, object, Shown>>
}

/** What {@link fromPipeline} takes. */
export interface FromPipelineOptions<Q, Shown, C> extends ComponentOptions<Q> {
  /** The most items to take of its page. @defaultValue its own limit */
  readonly limit?: number | undefined
  /** What an item becomes in this pipeline, such as a post, an ad or a prompt of one union. @defaultValue its candidate as it is */
  readonly candidate?: ((item: RankedItem<Shown>, q: Q) => C) | undefined
}

/**
 * A source that is a pipeline: its page, best first, becomes the candidates of this one.
 *
 * A For-You feed blends what several pipelines bring: posts, ads, people to follow. The inner pipeline lives within
 * the time this source has, stops when this request does, and sees the parameters it declares as this request has
 * them. Its trace stands in this one's, and `explain` goes into it. When it fails, the page loses this source alone.
 *
 * @throws ArgumentError when `pipeline` cannot be run, `limit` is no positive integer, or `candidate` or `query` no function.
 * @example
 * ```ts
 * import { fixedSlots, fromList, fromPipeline, MixerPipeline } from 'feedrank'
 *
 * type Item = { id: string; kind: 'post' | 'ad' }
 * const posts = MixerPipeline.for<object, { id: string }>({ name: 'posts' }).source(fromList('all', [{ id: 'p1' }, { id: 'p2' }])).build()
 * const ads = MixerPipeline.for<object, { id: string }>({ name: 'ads', limit: 1 }).source(fromList('booked', [{ id: 'a1' }, { id: 'a2' }])).build()
 * const feed = MixerPipeline.for<object, Item>({ name: 'for you' })
 *   .source(
 *     fromPipeline(posts, { candidate: ({ candidate }): Item => ({ ...candidate, kind: 'post' }) }),
 *     fromPipeline(ads, { candidate: ({ candidate }): Item => ({ ...candidate, kind: 'ad' }) }),
 *   )
 *   .select(fixedSlots({ slots: [{ positions: [1], fits: (item) => item.kind === 'ad' }] }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'p1', 'a1', 'p2' ]
 * ```
 */
export function fromPipeline<Q extends object, Shown extends object, C extends object = Shown>(
  pipeline: InnerPipeline<Q, Shown>,
  options?: FromPipelineOptions<Q, Shown, C>,
): Source<Q, C>
export function fromPipeline<Q extends object, Asked extends object, Shown extends object, C extends object = Shown>(
  pipeline: InnerPipeline<Asked, Shown>,
  options: FromPipelineOptions<Q, Shown, C> & { /** What to ask it. */ readonly query: (q: Q, ctx: RunContext) => Asked },
): Source<Q, C>
export function fromPipeline<Shown extends object>(
  pipeline: InnerPipeline<object, Shown>,
  options: FromPipelineOptions<object, Shown, object> & { readonly query?: (q: object, ctx: RunContext) => object } = {},
): Source<object, object> {
  const where = 'fromPipeline'
  if (typeof pipeline?.run !== 'function') throw new ArgumentError(expected(where, 'pipeline', 'a built pipeline', pipeline))
  const settings = componentOptions(where, pipeline.name, options)
  const limit = options.limit === undefined ? undefined : checkInteger(where, 'limit', options.limit)
  const candidate = checkFunction(where, 'candidate', options.candidate ?? ((item: RankedItem<Shown>): object => item.candidate))
  const query = checkFunction(where, 'query', options.query ?? ((q: object) => q))
  return {
    ...settings,
    async fetch(q, ctx) {
      const answer = await pipeline.run(query(q, ctx), { ...innerOptions(pipeline, ctx), limit })
      ctx.attach(answer)
      return answer.selected.map((item) => candidate(item, q))
    },
  }
}
