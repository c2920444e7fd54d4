import { ContractError, expected, show } from '../errors'
import type { Seed } from '../random'
import type { Added, AddedToQuery } from './added-fields'
import type { CandidateId, Component } from './component'
import type { Filter } from './filter'
import type { Hydrator } from './hydrator'
import type { MixerPipeline } from './mixer-pipeline'
import { partsOf, readPart } from './plan'
import type { AnyCandidate, AnyQuery, Part, Plan, Step } from './plan'
import type { QueryHydrator } from './query-hydrator'
import type { Reranker } from './reranker'
import { checkDeadline, checkLimit } from './run'
import type { Scorer } from './scorer'
import type { Selector } from './selector'
import type { SideEffect } from './side-effect'
import type { Source } from './source'
import type { PipelineTrace, StageName } from './trace'

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
  /** Sees the trace of every request, answered or not. What it throws is ignored. */
  readonly onTrace?: ((trace: PipelineTrace) => void) | undefined
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
 * sources bring it, `C` with what the hydrators added. Calls stand in running order; `hydrate`, `filter` and `score`
 * may alternate, so a cheap filter can go ahead of a costly hydrator.
 */
export interface PipelineBuilder<Asked extends object, Q extends object, Fetched extends object, C extends object> {
  /** One group of query hydrators, run at once; groups run in order. */
  readonly hydrateQuery: <const H extends readonly QueryHydrator<Q>[]>(...hydrators: H) => PipelineBuilder<Asked, Q & AddedToQuery<H>, Fetched, C>
  /** Sources; all of a pipeline run at once. */
  readonly source: (...sources: readonly Source<Q, Fetched>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /** One group of hydrators, run at once; groups run in order. */
  readonly hydrate: <const H extends readonly Hydrator<Q, C>[]>(...hydrators: H) => PipelineBuilder<Asked, Q, Fetched, C & Added<H>>
  /** Filters, run in order. */
  readonly filter: (...filters: readonly Filter<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /** Scorers, run in order, each seeing the score so far. */
  readonly score: (...scorers: readonly Scorer<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /** Rerankers, run in order over the ranked candidates. */
  readonly rerank: (...rerankers: readonly Reranker<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /** The selector. @defaultValue the best `limit` in ranked order */
  readonly select: (selector: Selector<Q, C>) => PipelineBuilder<Asked, Q, Fetched, C>
  /** Filters over the selected page; what they remove is replaced from the ranked reserve. */
  readonly filterSelected: (...filters: readonly Filter<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /** Side effects, run at once after the answer. */
  readonly effect: (...effects: readonly SideEffect<Q, C>[]) => PipelineBuilder<Asked, Q, Fetched, C>
  /**
   * The pipeline, checked.
   *
   * @throws ContractError when two components share a name, a component lacks its verb or has impossible settings,
   * there is no source, calls stand out of running order, or `limit` or `deadlineMs` is no number of its kind.
   */
  readonly build: () => MixerPipeline<Asked, Q, C>
}

/** One call of the builder. */
export interface BuilderCall {
  readonly stage: StageName
  readonly components: readonly Component<never>[]
}

/** Where a stage stands; equal places may alternate, side effects may be named anywhere. */
const places: Record<StageName, number> = {
  hydrateQuery: 0, source: 1, hydrate: 2, filter: 2, score: 2, rerank: 3, select: 4, filterSelected: 5, effect: NaN,
}

/** Turns what was called into a plan. @throws ContractError as `build` says. */
export function planOf(options: IdentifiedSettings<never, never>, calls: readonly BuilderCall[]): Plan {
  const { name } = options
  if (typeof name !== 'string' || name === '') throw new ContractError(expected('pipeline', 'name', 'a non-empty string', name))
  const where = `pipeline ${show(name)}`
  for (const setting of ['id', 'clock', 'stopwatch', 'seed', 'onTrace'] as const) {
    const value: unknown = options[setting]
    if (value !== undefined && typeof value !== 'function') throw new ContractError(expected(where, setting, 'a function', value))
  }
  const lists = {
    queryGroups: [] as Plan['queryGroups'][number][], sources: [] as Plan['sources'][number][], steps: [] as Step[],
    rerankers: [] as Plan['rerankers'][number][], selector: undefined as Plan['selector'],
    selectedFilters: [] as Plan['selectedFilters'][number][], effects: [] as Plan['effects'][number][],
  }
  let latest: BuilderCall | undefined
  for (const call of calls) {
    if (latest && places[call.stage] < places[latest.stage])
      throw new ContractError(`feedrank/${where}: expected \`${call.stage}\` before \`${latest.stage}\`, as they run`)
    if (call.stage !== 'effect') latest = call
    // The builder's types have checked each component against the query and candidate of its place; the engine forgets both.
    const parts = <T extends Component<AnyQuery>>() => call.components.map((component) => readPart(name, call.stage, component as T)) as Part<T>[]
    switch (call.stage) {
      case 'hydrateQuery': lists.queryGroups.push(parts<QueryHydrator<AnyQuery>>()); break
      case 'source': lists.sources.push(...parts<Source<AnyQuery, AnyCandidate>>()); break
      case 'hydrate': lists.steps.push({ stage: 'hydrate', group: parts<Hydrator<AnyQuery, AnyCandidate>>() }); break
      case 'filter': lists.steps.push(...parts<Filter<AnyQuery, AnyCandidate>>().map((part) => ({ stage: 'filter' as const, part }))); break
      case 'score': lists.steps.push(...parts<Scorer<AnyQuery, AnyCandidate>>().map((part) => ({ stage: 'score' as const, part }))); break
      case 'rerank': lists.rerankers.push(...parts<Reranker<AnyQuery, AnyCandidate>>()); break
      case 'filterSelected': lists.selectedFilters.push(...parts<Filter<AnyQuery, AnyCandidate>>()); break
      case 'effect': lists.effects.push(...parts<SideEffect<AnyQuery, AnyCandidate>>()); break
      case 'select':
        if (lists.selector) throw new ContractError(`feedrank/${where}: expected one selector, got a second one`)
        lists.selector = parts<Selector<AnyQuery, AnyCandidate>>()[0]
    }
  }
  if (lists.sources.length === 0) throw new ContractError(`feedrank/${where}: expected at least one source: a pipeline without one has nothing to rank`)
  const names = new Map<string, StageName>()
  for (const part of partsOf(lists)) {
    const earlier = names.get(part.name)
    if (earlier !== undefined)
      throw new ContractError(`feedrank/${where}: expected every component to have a name of its own, got ${show(part.name)} twice (${earlier}, ${part.stage})`)
    names.set(part.name, part.stage)
  }
  return {
    ...lists,
    name,
    id: (options.id ?? ((c: { readonly id: CandidateId }) => c.id)) as Plan['id'],
    limit: checkLimit(where, options.limit ?? 20),
    deadlineMs: checkDeadline(where, options.deadlineMs),
    clock: options.clock ?? Date.now,
    stopwatch: options.stopwatch ?? (() => performance.now()),
    seed: options.seed as Plan['seed'],
    onTrace: options.onTrace,
  }
}
