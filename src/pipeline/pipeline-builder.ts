import type { Seed } from '../random'
import type { Added, AddedToQuery } from './added-fields'
import type { CandidateId } from './component'
import type { Filter } from './filter'
import type { Finalizer } from './finalizer'
import type { Hydrator } from './hydrator'
import type { MixerPipeline } from './mixer-pipeline'
import type { PipelineParameters } from './parameters'
import type { QueryHydrator } from './query-hydrator'
import type { Reranker } from './reranker'
import type { Scorer } from './scorer'
import type { Selector } from './selector'
import type { SideEffect } from './side-effect'
import type { Source } from './source'
import type { PipelineTrace } from './trace'

/** Sees the trace of a request. */
export type TraceHook = (trace: PipelineTrace) => void

/** What a pipeline is told before its components. */
export interface PipelineSettings<Q> {
  /** Names the pipeline in traces and errors. */
  readonly name: string
  /** The length of the page. @defaultValue 20 */
  readonly limit?: number | undefined
  /** The time an answer may take, in ms. @defaultValue none */
  readonly deadlineMs?: number | undefined
  /** The wall clock, ms since 1970: what components see as `ctx.now`. @defaultValue Date.now */
  readonly clock?: (() => number) | undefined
  /** The clock that times components and the deadline, ms from any origin, never going back. @defaultValue performance.now */
  readonly stopwatch?: (() => number) | undefined
  /** Seeds the randomness of a request. @defaultValue the pipeline's name, the time and a running number */
  readonly seed?: ((q: Q) => Seed) | undefined
  /** Sees the trace of every request, answered or not; several may. What a hook throws is ignored. */
  readonly onTrace?: TraceHook | readonly TraceHook[] | undefined
  /** Flags, numbers and words that a request may set otherwise, with their usual values. @defaultValue none */
  readonly parameters?: PipelineParameters | undefined
}

/** The settings, with how to tell one candidate from another where candidates have no `id` of their own. */
export type PipelineOptions<Q, C> = IdentifiedSettings<Q, C> &
  (C extends { readonly id: CandidateId } ? unknown : { readonly id: (c: C) => CandidateId })

/** The settings, with what may tell one candidate from another. */
export type IdentifiedSettings<Q, C> = PipelineSettings<Q> & {
  /** A candidate's id: what several sources bring under one id is one candidate. @defaultValue its `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * A pipeline being put together: every call returns a new builder, and what a hydrator adds is part of the types
 * from there on.
 *
 * `Asked` is the query as given to `run`, `Q` with what the query hydrators added; `Fetched` is the candidate as
 * sources bring it, `C` with what the hydrators added, `Shown` with what the post-selection hydrators added too, `Scores`
 * the names of the scorers. Calls stand in running order; `hydrate`, `filter` and `score` may alternate, so a cheap filter can go ahead of a costly
 * hydrator, and so may `hydrateSelected` and `filterSelected`.
 */
export interface PipelineBuilder<
  Asked extends object, Q extends object, Fetched extends object, C extends object, Shown extends object = C, Scores extends string = never,
> {
  /** One group of query hydrators, run at once; groups run in order, and one may depend on what those before it added. */
  readonly hydrateQuery: <const H extends readonly QueryHydrator<Q>[]>(...hydrators: H) => PipelineBuilder<Asked, Q & AddedToQuery<H>, Fetched, C, C, Scores>
  /** Sources; all of a pipeline run at once. */
  readonly source: (...sources: readonly Source<Q, Fetched>[]) => PipelineBuilder<Asked, Q, Fetched, C, C, Scores>
  /** One group of hydrators, run at once; groups run in order. */
  readonly hydrate: <const H extends readonly Hydrator<Q, C>[]>(...hydrators: H) => PipelineBuilder<Asked, Q, Fetched, C & Added<H>, C & Added<H>, Scores>
  /** Filters, run in order. */
  readonly filter: (...filters: readonly Filter<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C, C, Scores>
  /** Scorers, run in order, each seeing the score so far. */
  readonly score: <const Name extends string>(
    ...scorers: readonly (Scorer<Q, C> & { readonly name: Name })[]
  ) => PipelineBuilder<Asked, Q, Fetched, C, C, Scores | Name>
  /** Rerankers, run in order over the ranked candidates. */
  readonly rerank: (...rerankers: readonly Reranker<Q, C, Scores>[]) => PipelineBuilder<Asked, Q, Fetched, C, C, Scores>
  /** The selector. @defaultValue the best `limit` in ranked order */
  readonly select: (selector: Selector<Q, C, Scores>) => PipelineBuilder<Asked, Q, Fetched, C, C, Scores>
  /** One group of hydrators over the selected page alone: what is too costly for a thousand candidates. */
  readonly hydrateSelected: <const H extends readonly Hydrator<Q, Shown>[]>(...hydrators: H) => PipelineBuilder<Asked, Q, Fetched, C, Shown & Added<H>, Scores>
  /** Filters over the selected page; what they remove is replaced from the ranked reserve. */
  readonly filterSelected: (...filters: readonly Filter<Q, Shown>[]) => PipelineBuilder<Asked, Q, Fetched, C, Shown, Scores>
  /** Finalizers, run in order: the last word on the order of the page. */
  readonly finalize: (...finalizers: readonly Finalizer<Q, Shown>[]) => PipelineBuilder<Asked, Q, Fetched, C, Shown, Scores>
  /** Side effects, run at once after the answer. */
  readonly effect: (...effects: readonly SideEffect<Q, C, Shown>[]) => PipelineBuilder<Asked, Q, Fetched, C, Shown, Scores>
  /**
   * The pipeline, checked.
   *
   * @throws ContractError when two components share a name, a component lacks its verb, has impossible settings, reads a
   * parameter that is not declared or a score that nobody gives, there is no source, calls stand out of running order, or `limit` or `deadlineMs`
   * is no number of its kind.
   */
  readonly build: () => MixerPipeline<Asked, Q, C, Shown>
}
