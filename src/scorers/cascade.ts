import { ArgumentError, ContractError, checkInteger, expected, show } from '../errors'
import type { CandidateId, ComponentOptions, RankedItem, RankResult, RunContext, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { rankOrder } from '../pipeline/rank-order'
import { bestOf, cascaded, type StageScores } from './cascade-order'

/** A scorer of a cascade. */
export interface CascadeStage<Q, C> {
  readonly scorer: Scorer<Q, C>
  /** How many of the best go on to the next stage; the last stage needs none. */
  readonly keep?: number
}

/** What {@link cascade} takes. */
export interface CascadeOptions<Q, C> extends ComponentOptions<Q> {
  /** The cheapest first. */
  readonly stages: readonly CascadeStage<Q, C>[]
  /** What tells candidates apart in the trace and in `explain`. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
}

/**
 * Scorers one after the other, each on the best of the one before: a cheap model on all, the full one on 300 of them.
 *
 * A candidate has the score of the last stage that saw it, and that of the last stage is as it was given. Those that went
 * less far rank below all that went further, in the order of their own stage: their scores are moved below the least of the
 * next stage's, and stay positive where that is. Put what changes scores afterwards (factors, boosts) behind the cascade only
 * if it may lift a candidate over others that the full model saw.
 *
 * Each stage sees the scores of the one before as `previous`, and stands in the trace as a pipeline of its own. A candidate a
 * stage cannot score (NaN) goes no further and ranks last. A stage whose scorer is not enabled is passed over. A stage that
 * fails fails the request; `scorerWithFallback` within it, with a fallback that returns `previous`, keeps the order so far.
 * {@link cascadeRegret} says what the widths cost.
 *
 * @throws ArgumentError when there are no stages, a scorer is none or `keep` is no positive integer; in a request,
 * ContractError when a scorer answers with another number of scores
 * @example
 * ```ts
 * import { cascade, fromList, functionScorer, MixerPipeline } from 'feedrank'
 *
 * const posts = [{ id: 'a', likes: 9, read: 0.2 }, { id: 'b', likes: 5, read: 0.7 }, { id: 'c', likes: 1, read: 0.9 }]
 * const feed = MixerPipeline.for<object, (typeof posts)[number]>({ name: 'feed' })
 *   .source(fromList('all', posts))
 *   .score(cascade({ stages: [{ scorer: functionScorer('cheap', (post) => post.likes), keep: 2 }, { scorer: functionScorer('full', (post) => post.read) }] }))
 *   .build()
 * const { selected } = await feed.run({})
 * console.log(selected.map((item) => [item.id, item.score])) // [ [ 'b', 0.7 ], [ 'a', 0.2 ], [ 'c', 0.1 ] ]
 * ```
 */
export function cascade<Q, C>(options: CascadeOptions<Q, C>): Scorer<Q, C> {
  const where = 'cascade'
  const settings = componentOptions(where, 'cascade', options)
  const { stages } = options
  if (!Array.isArray(stages) || stages.length === 0) throw new ArgumentError(expected(where, 'stages', 'a list of at least one stage', stages))
  stages.forEach((stage: CascadeStage<Q, C>, i) => {
    if (typeof stage?.scorer?.score !== 'function') throw new ArgumentError(expected(where, `stages[${i}].scorer`, 'a scorer', stage?.scorer))
    if (stage.keep !== undefined || i < stages.length - 1) checkInteger(where, `stages[${i}].keep`, stage.keep)
  })
  const id = checkFunction(where, 'id', options.id ?? ((c: C) => (c as { readonly id: CandidateId }).id))

  return {
    ...settings,
    async score(q, cs, previous, ctx) {
      const done: StageScores[] = []
      let places = Int32Array.from(cs, (_, i) => i)
      let soFar: Float64Array = previous.slice()
      for (const { scorer, keep = Infinity } of stages as readonly CascadeStage<Q, C>[]) {
        if (places.length === 0) break
        if (scorer.enable && !scorer.enable(q, ctx)) continue
        const began = performance.now()
        const seen = done.length === 0 ? cs : Array.from(places, (place) => cs[place])
        const scores = await scorer.score(q, seen, soFar, within(ctx, places))
        if (!ArrayBuffer.isView(scores) || scores.length !== places.length)
          throw new ContractError(`feedrank/cascade: expected scorer ${show(scorer.name)} to answer with ${places.length} scores, got ${show(scores)}`)
        const stage = { places, scores }
        done.push(stage)
        const kept = bestOf(scores, keep)
        ctx.attach(resultOf(scorer.name, q, cs, stage, kept.length, id, ctx, performance.now() - began) as RankResult<object, object>)
        soFar = Float64Array.from(kept, (i) => scores[i])
        places = Int32Array.from(kept, (i) => stage.places[i])
      }
      return done.length === 0 ? previous.slice() : cascaded(cs.length, done)
    },
  }
}

/** The context of a stage: what is asked by the place in its list is answered for that candidate. */
const within = (ctx: RunContext, places: Int32Array): RunContext => Object.create(ctx, {
  sources: { value: (i: number) => ctx.sources(places[i]) },
  score: { value: (scorer: string, i: number) => ctx.score(scorer, places[i]) },
}) as RunContext

/** A stage as the answer of a pipeline; its items are made when someone reads them. */
function resultOf<Q, C>(
  name: string, query: Q, cs: readonly C[], { places, scores }: StageScores, kept: number, id: (c: C) => CandidateId, ctx: RunContext, durationMs: number,
): RankResult<Q, C> {
  const n = places.length
  let items: readonly RankedItem<C>[] | undefined
  const all = () => (items ??= Array.from(rankOrder(scores), (i, rank): RankedItem<C> => ({
    id: id(cs[places[i]]), candidate: cs[places[i]], score: scores[i], parts: [{ scorer: name, score: scores[i] }], sources: ctx.sources(places[i]), rank, moves: [], position: rank,
  })))
  const component = {
    component: name, enabled: true, startMs: 0, durationMs, in: n, out: n, timedOut: false, duplicates: 0, invalid: 0,
    nonFinite: scores.reduce((count, score) => count + Number(!Number.isFinite(score)), 0),
  }
  return {
    query,
    get selected() {
      return all().slice(0, kept)
    },
    get rest() {
      return all().slice(kept)
    },
    removed: [],
    retrieved: n,
    trace: {
      pipeline: name, now: ctx.now, seed: 0, parameters: Object.fromEntries(ctx.parameters), durationMs, outcome: 'answered',
      stages: [
        { stage: 'score', startMs: 0, durationMs, in: n, out: n, components: [component] },
        { stage: 'select', startMs: durationMs, durationMs: 0, in: n, out: kept, components: [] },
      ],
    },
    nested: [],
    settled: Promise.resolve([]),
  }
}
