import type { Added, AddedToQuery } from './added-fields'
import { ContractError, expected, show } from '../errors'
import { planOf } from './build-plan'
import type { BuilderCall } from './build-plan'
import type { Component } from './component'
import type { Filter } from './filter'
import type { Hydrator } from './hydrator'
import type { IdentifiedSettings, PipelineOptions } from './pipeline-builder'
import type { QueryHydrator } from './query-hydrator'
import type { RankResult } from './rank-result'
import type { Reranker } from './reranker'
import { runPlan } from './run'
import type { RunOptions } from './run'
import type { Scorer } from './scorer'
import type { StageName } from './trace'
import { describePlan } from './wiring'
import type { Wiring } from './wiring'

/** A pipeline that ranks the candidates it is given. */
export interface ScoringPipeline<Asked extends object, Q extends object, Given extends object, C extends object> {
  readonly name: string
  /** What it is made of, as plain data. */
  readonly wiring: Wiring
  /** The names of its parameters. */
  readonly parameters: readonly string[]
  /** Ranks `candidates`; what it answers and when it rejects is as for a `MixerPipeline`. */
  readonly run: (query: Asked, candidates: readonly Given[], options?: RunOptions) => Promise<RankResult<Q, C>>
}

/** A {@link ScoringPipeline} being put together; see {@link PipelineBuilder}, of which it is the middle. */
export interface ScoringPipelineBuilder<Asked extends object, Q extends object, Given extends object, C extends object> {
  readonly hydrateQuery: <const H extends readonly QueryHydrator<Q>[]>(...hydrators: H) => ScoringPipelineBuilder<Asked, Q & AddedToQuery<H>, Given, C>
  readonly hydrate: <const H extends readonly Hydrator<Q, C>[]>(...hydrators: H) => ScoringPipelineBuilder<Asked, Q, Given, C & Added<H>>
  readonly filter: (...filters: readonly Filter<Q, C>[]) => ScoringPipelineBuilder<Asked, Q, Given, C>
  readonly score: (...scorers: readonly Scorer<Q, C>[]) => ScoringPipelineBuilder<Asked, Q, Given, C>
  readonly rerank: (...rerankers: readonly Reranker<Q, C>[]) => ScoringPipelineBuilder<Asked, Q, Given, C>
  /** @throws ContractError when there is no scorer, and as a `MixerPipeline` does. */
  readonly build: () => ScoringPipeline<Asked, Q, Given, C>
}

/**
 * Ranks candidates that somebody else has brought: the {@link MixerPipeline} engine without sources and selector.
 *
 * Everything that passes the filters is selected, best first, unless `limit` says otherwise. In the place of a scorer
 * of another pipeline it goes through `pipelineScorer`.
 *
 * @example
 * ```ts
 * import { functionScorer, ScoringPipeline } from 'feedrank'
 *
 * const ranker = ScoringPipeline.for<object, { id: string; likes: number }>({ name: 'by likes' })
 *   .score(functionScorer('likes', (post) => post.likes))
 *   .build()
 * const { selected } = await ranker.run({}, [{ id: 'a', likes: 2 }, { id: 'b', likes: 5 }])
 * console.log(selected.map((item) => item.id)) // [ 'b', 'a' ]
 * ```
 */
export const ScoringPipeline = {
  /** A builder for requests of type `Q` and candidates of type `C`, as they are given. */
  for: <Q extends object, C extends object>(options: PipelineOptions<Q, C>): ScoringPipelineBuilder<Q, Q, C, C> =>
    scoringBuilder<Q, Q, C, C>({ limit: Number.MAX_SAFE_INTEGER, ...options }, []),
} as const

function scoringBuilder<Asked extends object, Q extends object, Given extends object, C extends object>(
  options: IdentifiedSettings<Asked, Given>,
  calls: readonly BuilderCall[],
): ScoringPipelineBuilder<Asked, Q, Given, C> {
  const plus = <NextQ extends object, NextC extends object>(stage: StageName, components: readonly Component<never>[]) =>
    scoringBuilder<Asked, NextQ, Given, NextC>(options, [...calls, { stage, components }])
  return {
    hydrateQuery: (...components) => plus('hydrateQuery', components),
    hydrate: (...components) => plus('hydrate', components),
    filter: (...components) => plus('filter', components),
    score: (...components) => plus('score', components),
    rerank: (...components) => plus('rerank', components),
    build() {
      const plan = planOf(options, calls, false)
      const where = `pipeline ${show(plan.name)}`
      if (!plan.steps.some((step) => step.stage === 'score'))
        throw new ContractError(`feedrank/${where}: expected at least one scorer: a scoring pipeline without one ranks nothing`)
      let serial = 0
      return {
        name: plan.name,
        wiring: describePlan(plan),
        parameters: [...plan.parameters.keys()],
        async run(query, candidates, asked = {}) {
          if (!Array.isArray(candidates)) throw new ContractError(expected(where, 'candidates', 'an array', candidates))
          return runPlan(plan, serial++, query, asked, candidates) as Promise<RankResult<object, object>> as Promise<RankResult<Q, C>>
        },
      }
    },
  }
}
