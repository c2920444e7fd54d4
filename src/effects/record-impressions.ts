import type { Awaitable, CandidateId, ComponentOptions, RunContext, ScorePart, SideEffect } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** One item as it was shown. */
export interface Impression<Q, C> {
  readonly pipeline: string
  /** When it was shown: the time of the request, ms since 1970. */
  readonly at: number
  readonly id: CandidateId
  /** 0-based place on the page. */
  readonly position: number
  readonly score: number
  readonly parts: readonly ScorePart[]
  readonly sources: readonly string[]
  /** The query as hydrated: what was known of the user and the moment. */
  readonly query: Q
  /** The candidate as hydrated: its features as served, so that training sees what serving saw. */
  readonly candidate: C
}

/** What {@link recordImpressions} takes. */
export interface RecordImpressionsOptions<Q, C> extends ComponentOptions<Q> {
  /** Takes the impressions of one page, in order: a queue, a file, a table. An empty page is not reported. */
  readonly sink: (impressions: readonly Impression<Q, C>[], ctx: RunContext) => Awaitable<void>
}

/**
 * Hands what was shown, and where and why, to a sink, after the answer.
 *
 * @throws ArgumentError when `sink` is no function.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, recordImpressions } from 'feedrank'
 *
 * const log: string[] = []
 * const feed = MixerPipeline.for<{ user: string }, { id: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 7 }, { id: 8 }]))
 *   .effect(recordImpressions({ sink: (page) => { for (const { query, id, position } of page) log.push(`${query.user} ${id} ${position}`) } }))
 *   .build()
 * const result = await feed.run({ user: 'ada' })
 * await result.settled
 * console.log(log) // [ 'ada 7 0', 'ada 8 1' ]
 * ```
 */
export function recordImpressions<Q, C>(options: RecordImpressionsOptions<Q, C>): SideEffect<Q, unknown, C> {
  const settings = componentOptions('recordImpressions', 'impressions', options)
  const sink = checkFunction('recordImpressions', 'sink', options.sink)
  return {
    ...settings,
    run({ query, selected, trace }, ctx) {
      if (selected.length === 0) return
      return sink(selected.map(({ id, position, score, parts, sources, candidate }) => (
        { pipeline: trace.pipeline, at: trace.now, id, position, score, parts, sources, query, candidate }
      )), ctx)
    },
  }
}
