import { planOf } from './build-plan'
import type { BuilderCall } from './build-plan'
import type { Component } from './component'
import type { IdentifiedSettings, PipelineBuilder } from './pipeline-builder'
import type { RankResult } from './rank-result'
import { runPlan } from './run'
import type { StageName } from './trace'
import { describePlan } from './wiring'

/** A builder that has been called so far as `calls` say; the builders of the smaller pipelines are parts of it. */
export function builderOf<Asked extends object, Q extends object, Fetched extends object, C extends object, Shown extends object = C, Scores extends string = never>(
  options: IdentifiedSettings<Asked, Fetched>,
  calls: readonly BuilderCall[] = [],
): PipelineBuilder<Asked, Q, Fetched, C, Shown, Scores> {
  const plus = <NextQ extends object, NextC extends object, NextShown extends object = NextC, NextScores extends string = Scores>(
    stage: StageName,
    components: readonly Component<never>[],
  ) =>
    builderOf<Asked, NextQ, Fetched, NextC, NextShown, NextScores>(options, [...calls, { stage, components }])
  return {
    hydrateQuery: (...components) => plus('hydrateQuery', components),
    source: (...components) => plus('source', components),
    hydrate: (...components) => plus('hydrate', components),
    filter: (...components) => plus('filter', components),
    score: (...components) => plus('score', components),
    rerank: (...components) => plus('rerank', components),
    select: (component) => plus('select', [component]),
    hydrateSelected: (...components) => plus('hydrateSelected', components),
    filterSelected: (...components) => plus('filterSelected', components),
    finalize: (...components) => plus('finalize', components),
    effect: (...components) => plus('effect', components),
    build() {
      const plan = planOf(options, calls)
      let serial = 0
      return {
        name: plan.name,
        wiring: describePlan(plan),
        parameters: [...plan.parameters.keys()],
        // The plan was made of components that fit these types; the engine itself looks into neither query nor candidate.
        run: (query, asked = {}) => runPlan(plan, serial++, query, asked) as Promise<RankResult<object, object>> as Promise<RankResult<Q, C, Shown>>,
      }
    },
  }
}
