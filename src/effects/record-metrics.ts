import type { Awaitable, ComponentOptions, PipelineTrace, RunContext, SideEffect } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** One number of one request. */
export interface Measurement {
  readonly name: MetricName
  readonly value: number
  /** The pipeline, and the component or source where the number is one's own. */
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * The names, which do not change between versions: `feedrank.pipeline.duration` and `feedrank.component.duration` in
 * ms, `feedrank.candidates.retrieved`, `.removed` (by each filter), `.selected` and `.rest` in candidates,
 * `feedrank.component.errors`, `feedrank.component.timeouts` and `feedrank.scores.nonfinite` as counts.
 */
export type MetricName =
  | 'feedrank.pipeline.duration' | 'feedrank.component.duration'
  | 'feedrank.candidates.retrieved' | 'feedrank.candidates.removed' | 'feedrank.candidates.selected' | 'feedrank.candidates.rest'
  | 'feedrank.component.errors' | 'feedrank.component.timeouts' | 'feedrank.scores.nonfinite'

/** What {@link recordMetrics} takes. */
export interface RecordMetricsOptions<Q> extends ComponentOptions<Q> {
  /** Takes the numbers of one request: a StatsD client, a Prometheus registry, a log line. */
  readonly sink: (measurements: readonly Measurement[], ctx: RunContext) => Awaitable<void>
}

const filters: ReadonlySet<string> = new Set(['filter', 'filterSelected'])

/** The numbers of a trace. Counts of errors, timeouts and non-finite scores that are zero are left out. */
export function measurementsOf(trace: PipelineTrace): Measurement[] {
  const { pipeline } = trace
  const out: Measurement[] = [{ name: 'feedrank.pipeline.duration', value: trace.durationMs, attributes: { pipeline, outcome: trace.outcome } }]
  const count = (name: MetricName, value: number, attributes: Measurement['attributes']) => { if (value > 0) out.push({ name, value, attributes }) }
  for (const { stage, out: size, components } of trace.stages) {
    if (stage === 'source') out.push({ name: 'feedrank.candidates.retrieved', value: size, attributes: { pipeline } })
    for (const one of components) {
      if (!one.enabled) continue
      const attributes = { pipeline, stage, component: one.component }
      out.push({ name: 'feedrank.component.duration', value: one.durationMs, attributes })
      if (filters.has(stage)) count('feedrank.candidates.removed', one.in - one.out, attributes)
      count('feedrank.component.errors', one.error === undefined ? 0 : 1, attributes)
      count('feedrank.component.timeouts', one.timedOut ? 1 : 0, attributes)
      count('feedrank.scores.nonfinite', one.nonFinite, attributes)
    }
  }
  return out
}

/**
 * Hands the numbers of a request to a sink, after the answer: how long it and each component took, how many candidates
 * came, were removed and were shown, what went wrong. {@link MetricName} lists the names.
 *
 * @throws ArgumentError when `sink` is no function.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, recordMetrics } from 'feedrank'
 *
 * const counts = new Map<string, number>()
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed', limit: 1 })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }]))
 *   .effect(recordMetrics({ sink: (numbers) => { for (const { name, value } of numbers) counts.set(name, value) } }))
 *   .build()
 * await (await feed.run({})).settled
 * console.log(counts.get('feedrank.candidates.retrieved'), counts.get('feedrank.candidates.selected')) // 2 1
 * ```
 */
export function recordMetrics<Q>(options: RecordMetricsOptions<Q>): SideEffect<Q, unknown> {
  const settings = componentOptions('recordMetrics', 'metrics', options)
  const sink = checkFunction('recordMetrics', 'sink', options.sink)
  return {
    ...settings,
    run({ trace, selected, rest }, ctx) {
      const attributes = { pipeline: trace.pipeline }
      return sink([
        ...measurementsOf(trace),
        { name: 'feedrank.candidates.selected', value: selected.length, attributes },
        { name: 'feedrank.candidates.rest', value: rest.length, attributes },
      ], ctx)
    },
  }
}
