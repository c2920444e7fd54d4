import { ContractError, expected, show } from '../errors'
import type { Seed } from '../random'
import type { CandidateId, Component } from './component'
import type { Filter } from './filter'
import type { Finalizer } from './finalizer'
import type { Hydrator } from './hydrator'
import type { ParameterValue } from './parameters'
import type { QueryHydrator } from './query-hydrator'
import type { Reranker } from './reranker'
import type { RunContext } from './run-context'
import type { Scorer } from './scorer'
import type { Selector } from './selector'
import type { SideEffect } from './side-effect'
import type { Source } from './source'
import type { PipelineTrace, StageName } from './trace'
import type { Turns } from './turns'

/** The query and the candidate as the engine sees them: the builder has checked the types, the engine looks into neither. */
export type AnyQuery = object
export type AnyCandidate = object

/** A component with its settings, read and checked once, when the pipeline is built. */
export interface Part<T> {
  readonly stage: StageName
  readonly name: string
  readonly component: T
  readonly enable: ((q: AnyQuery, ctx: RunContext) => boolean) | undefined
  readonly parameters: readonly string[]
  readonly scores: readonly string[]
  readonly timeoutMs: number | undefined
  /** Whether its failure is survived. */
  readonly skip: boolean
}

/** One step of the middle of a pipeline, run in the order written. */
export type Step =
  | { readonly stage: 'hydrate'; readonly group: readonly Part<Hydrator<AnyQuery, AnyCandidate>>[] }
  | { readonly stage: 'filter'; readonly part: Part<Filter<AnyQuery, AnyCandidate>> }
  | { readonly stage: 'score'; readonly part: Part<Scorer<AnyQuery, AnyCandidate>> }

/** One step over the selected page, run in the order written. */
export type SelectedStep =
  | { readonly stage: 'hydrateSelected'; readonly group: readonly Part<Hydrator<AnyQuery, AnyCandidate>>[] }
  | { readonly stage: 'filterSelected'; readonly part: Part<Filter<AnyQuery, AnyCandidate>> }

/** A pipeline as data: what runs, in which order, under which limits. The engine reads nothing else. */
export interface Plan {
  readonly name: string
  readonly id: (c: AnyCandidate) => CandidateId
  readonly limit: number
  readonly deadlineMs: number | undefined
  readonly clock: () => number
  readonly stopwatch: () => number
  /** Asked between the steps of its requests. */
  readonly turns: Turns
  readonly seed: ((q: AnyQuery) => Seed) | undefined
  readonly onTrace: readonly ((trace: PipelineTrace) => void)[]
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** Makes the objects that hold hydrated candidates. */
  readonly Candidate: new (fill: boolean) => object
  readonly queryGroups: readonly (readonly Part<QueryHydrator<AnyQuery>>[])[]
  readonly sources: readonly Part<Source<AnyQuery, AnyCandidate>>[]
  readonly steps: readonly Step[]
  readonly rerankers: readonly Part<Reranker<AnyQuery, AnyCandidate>>[]
  readonly selector: Part<Selector<AnyQuery, AnyCandidate>> | undefined
  readonly selectedSteps: readonly SelectedStep[]
  readonly finalizers: readonly Part<Finalizer<AnyQuery, AnyCandidate>>[]
  readonly effects: readonly Part<SideEffect<AnyQuery, AnyCandidate>>[]
}

const verbs = {
  hydrateQuery: 'hydrate', source: 'fetch', hydrate: 'hydrate', filter: 'keep', score: 'score', rerank: 'rerank',
  select: 'select', hydrateSelected: 'hydrate', filterSelected: 'keep', finalize: 'finalize', effect: 'run',
} as const satisfies Record<StageName, string>

const skippedByDefault: ReadonlySet<StageName> = new Set<StageName>(['hydrateQuery', 'source', 'hydrate', 'hydrateSelected', 'effect'])

const isNames = (names: unknown): names is readonly string[] => Array.isArray(names) && names.every((one) => typeof one === 'string')

/** The settings of `component`, checked. @throws ContractError naming the pipeline, the stage and the component. */
export function readPart<T extends Component<AnyQuery>>(pipeline: string, stage: StageName, component: T): Part<T> {
  const where = `pipeline ${show(pipeline)}`
  const wrong = (name: string, what: string, expectation: string, got: unknown) =>
    new ContractError(expected(where, `${name}.${what}`, expectation, got))
  if (typeof component !== 'object' && typeof component !== 'function' || component === null)
    throw new ContractError(expected(where, stage, 'a component', component))
  let settings
  try {
    const { name, enable, timeoutMs, onError, parameters } = component
    const { scores } = component as { readonly scores?: unknown }
    settings = { name, enable, timeoutMs, onError, parameters, scores, verb: (component as unknown as Record<string, unknown>)[verbs[stage]] }
  } catch (cause) {
    throw new ContractError(`feedrank/${where}: a component of stage \`${stage}\` throws when its settings are read`, { cause })
  }
  const { name, enable, timeoutMs, onError, parameters = [], scores = [], verb } = settings
  if (typeof name !== 'string' || name === '') throw wrong(stage, 'name', 'a non-empty string', name)
  if (typeof verb !== 'function') throw wrong(name, verbs[stage], `a function, as stage \`${stage}\` asks for`, verb)
  if (enable !== undefined && typeof enable !== 'function') throw wrong(name, 'enable', 'a function', enable)
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0)) throw wrong(name, 'timeoutMs', 'a positive number of ms', timeoutMs)
  if (onError !== undefined && onError !== 'fail' && onError !== 'skip') throw wrong(name, 'onError', "'fail' or 'skip'", onError)
  if (!isNames(parameters)) throw wrong(name, 'parameters', 'a list of names', parameters)
  if (!isNames(scores)) throw wrong(name, 'scores', 'a list of names of scorers', scores)
  if (stage === 'effect' && onError === 'fail') throw wrong(name, 'onError', "'skip': a side effect runs after the answer and cannot fail it", onError)
  return {
    stage, name, component, timeoutMs, parameters, scores,
    enable: enable && ((q, ctx) => component.enable?.(q, ctx) ?? true),
    skip: onError === undefined ? skippedByDefault.has(stage) : onError === 'skip',
  }
}

const partsOfStep = (step: Step | SelectedStep): readonly Part<unknown>[] => ('group' in step ? step.group : [step.part])

/** Every part of a plan, in running order. */
export function partsOf(plan: Pick<Plan, 'queryGroups' | 'sources' | 'steps' | 'rerankers' | 'selector' | 'selectedSteps' | 'finalizers' | 'effects'>): readonly Part<unknown>[] {
  return [
    ...plan.queryGroups.flat(),
    ...plan.sources,
    ...plan.steps.flatMap(partsOfStep),
    ...plan.rerankers,
    ...(plan.selector ? [plan.selector] : []),
    ...plan.selectedSteps.flatMap(partsOfStep),
    ...plan.finalizers,
    ...plan.effects,
  ]
}
