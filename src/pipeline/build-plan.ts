import { ContractError, expected, show } from '../errors'
import type { CandidateId, Component } from './component'
import type { Filter } from './filter'
import type { Finalizer } from './finalizer'
import type { Hydrator } from './hydrator'
import { roomyObject } from './merge-fields'
import { readParameters } from './parameters'
import type { IdentifiedSettings } from './pipeline-builder'
import { partsOf, readPart } from './plan'
import type { AnyCandidate, AnyQuery, Part, Plan, SelectedStep, Step } from './plan'
import type { QueryHydrator } from './query-hydrator'
import type { Reranker } from './reranker'
import { checkDeadline, checkLimit } from './run'
import type { Scorer } from './scorer'
import type { Selector } from './selector'
import type { SideEffect } from './side-effect'
import type { Source } from './source'
import type { StageName } from './trace'
import { takeTurns } from './turns'

/** One call of the builder. */
export interface BuilderCall {
  readonly stage: StageName
  readonly components: readonly Component<never>[]
}

/** Where a stage stands; equal places may alternate, side effects may be named anywhere. */
const places: Record<StageName, number> = {
  hydrateQuery: 0, source: 1, hydrate: 2, filter: 2, score: 2, rerank: 3, select: 4,
  hydrateSelected: 5, filterSelected: 5, finalize: 6, effect: NaN,
}

/** Turns what was called into a plan; only one that is given its candidates may do without sources. @throws ContractError as `build` says. */
export function planOf(options: IdentifiedSettings<never, never>, calls: readonly BuilderCall[], sourced = true): Plan {
  const { name } = options
  if (typeof name !== 'string' || name === '') throw new ContractError(expected('pipeline', 'name', 'a non-empty string', name))
  const where = `pipeline ${show(name)}`
  for (const setting of ['id', 'clock', 'stopwatch', 'seed'] as const) {
    const value: unknown = options[setting]
    if (value !== undefined && typeof value !== 'function') throw new ContractError(expected(where, setting, 'a function', value))
  }
  const onTrace = options.onTrace === undefined ? [] : [options.onTrace].flat()
  for (const hook of onTrace) if (typeof hook !== 'function') throw new ContractError(expected(where, 'onTrace', 'a function or a list of functions', hook))
  const parameters = readParameters(where, options.parameters)
  const lists = {
    queryGroups: [] as Plan['queryGroups'][number][], sources: [] as Plan['sources'][number][], steps: [] as Step[],
    rerankers: [] as Plan['rerankers'][number][], selector: undefined as Plan['selector'],
    selectedSteps: [] as SelectedStep[], finalizers: [] as Plan['finalizers'][number][], effects: [] as Plan['effects'][number][],
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
      case 'hydrateSelected': lists.selectedSteps.push({ stage: 'hydrateSelected', group: parts<Hydrator<AnyQuery, AnyCandidate>>() }); break
      case 'filterSelected':
        lists.selectedSteps.push(...parts<Filter<AnyQuery, AnyCandidate>>().map((part) => ({ stage: 'filterSelected' as const, part })))
        break
      case 'finalize': lists.finalizers.push(...parts<Finalizer<AnyQuery, AnyCandidate>>()); break
      case 'effect': lists.effects.push(...parts<SideEffect<AnyQuery, AnyCandidate>>()); break
      case 'select':
        if (lists.selector) throw new ContractError(`feedrank/${where}: expected one selector, got a second one`)
        lists.selector = parts<Selector<AnyQuery, AnyCandidate>>()[0]
    }
  }
  if (sourced && lists.sources.length === 0) throw new ContractError(`feedrank/${where}: expected at least one source: a pipeline without one has nothing to rank`)
  const names = new Map<string, StageName>()
  for (const part of partsOf(lists)) {
    const earlier = names.get(part.name)
    if (earlier !== undefined)
      throw new ContractError(`feedrank/${where}: expected every component to have a name of its own, got ${show(part.name)} twice (${earlier}, ${part.stage})`)
    names.set(part.name, part.stage)
    const unknown = part.parameters.find((parameter) => !parameters.has(parameter))
    if (unknown !== undefined)
      throw new ContractError(`feedrank/${where}: ${part.stage} ${show(part.name)} reads the parameter ${show(unknown)}, which the pipeline does not declare`)
    const unscored = part.scores.find((scorer) => names.get(scorer) !== 'score')
    if (unscored !== undefined)
      throw new ContractError(`feedrank/${where}: ${part.stage} ${show(part.name)} needs the score of ${show(unscored)}, and no scorer of that name is there`)
  }
  const stopwatch = options.stopwatch ?? (() => performance.now())
  return {
    ...lists,
    name,
    id: (options.id ?? ((c: { readonly id: CandidateId }) => c.id)) as Plan['id'],
    limit: checkLimit(where, options.limit ?? 20),
    deadlineMs: checkDeadline(where, options.deadlineMs),
    clock: options.clock ?? Date.now,
    stopwatch,
    turns: takeTurns(stopwatch),
    seed: options.seed as Plan['seed'],
    onTrace,
    parameters,
    Candidate: roomyObject(),
  }
}
