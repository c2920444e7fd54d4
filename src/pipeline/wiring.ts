import type { Plan, Part } from './plan'
import type { StageName } from './trace'

/** A component as wired. */
export interface WiredComponent {
  readonly name: string
  readonly onError: 'fail' | 'skip'
  readonly timeoutMs?: number
  /** True when an `enable` decides per request whether it takes part. */
  readonly conditional: boolean
}

/** A stage as wired; the components of a parallel stage run at once, those of any other in order. */
export interface WiredStage {
  readonly stage: StageName
  readonly parallel: boolean
  readonly components: readonly WiredComponent[]
}

/** What a pipeline is made of, as plain data. */
export interface Wiring {
  readonly pipeline: string
  readonly limit: number
  readonly deadlineMs?: number
  /** In running order. */
  readonly stages: readonly WiredStage[]
}

/** The wiring of a plan: neighbouring filters, and neighbouring scorers, stand together. */
export function describePlan(plan: Plan): Wiring {
  const stages: { stage: StageName; parallel: boolean; components: WiredComponent[] }[] = []
  const add = (stage: StageName, parallel: boolean, parts: readonly Part<unknown>[]) => {
    if (parts.length > 0) stages.push({ stage, parallel, components: parts.map(wired) })
  }
  const addInOrder = (stage: StageName, part: Part<unknown>) => {
    const last = stages[stages.length - 1]
    if (last?.stage === stage) last.components.push(wired(part))
    else add(stage, false, [part])
  }
  for (const group of plan.queryGroups) add('hydrateQuery', true, group)
  add('source', true, plan.sources)
  for (const step of plan.steps) {
    if (step.stage === 'hydrate') add('hydrate', true, step.group)
    else addInOrder(step.stage, step.part)
  }
  add('rerank', false, plan.rerankers)
  add('select', false, plan.selector ? [plan.selector] : [])
  for (const step of plan.selectedSteps) {
    if (step.stage === 'hydrateSelected') add(step.stage, true, step.group)
    else addInOrder(step.stage, step.part)
  }
  add('finalize', false, plan.finalizers)
  add('effect', true, plan.effects)
  return {
    pipeline: plan.name,
    limit: plan.limit,
    ...(plan.deadlineMs === undefined ? {} : { deadlineMs: plan.deadlineMs }),
    stages,
  }
}

const wired = (part: Part<unknown>): WiredComponent => ({
  name: part.name,
  onError: part.skip ? 'skip' : 'fail',
  ...(part.timeoutMs === undefined ? {} : { timeoutMs: part.timeoutMs }),
  conditional: part.enable !== undefined,
})
