import { ArgumentError, BackendError, expected } from '../errors'
import type { ComponentTrace, PipelineTrace, TraceHook } from '../pipeline'
import { measurementsOf } from './record-metrics'

type Attributes = Record<string, string | number | boolean>

/** What is used of the package `@opentelemetry/api`, so that its types are not needed where it is not installed. */
export interface TelemetryApi {
  readonly context: { readonly active: () => unknown }
  readonly trace: {
    readonly getTracer: (name: string) => {
      readonly startSpan: (name: string, options: { startTime: number; attributes: Attributes }, context: never) => TelemetrySpan
    }
    readonly setSpan: (context: never, span: never) => unknown
  }
  readonly metrics: {
    readonly getMeter: (name: string) => {
      readonly createHistogram: (name: string, options: { unit: string }) => { readonly record: (value: number, attributes: Attributes) => void }
      readonly createCounter: (name: string, options: { unit: string }) => { readonly add: (value: number, attributes: Attributes) => void }
    }
  }
}

interface TelemetrySpan {
  readonly setStatus: (status: { code: number; message: string }) => unknown
  readonly end: (endTime: number) => void
}

/** What {@link openTelemetry} takes besides the api. */
export interface OpenTelemetryOptions {
  /** The wall clock that dates the spans, ms since 1970. @defaultValue Date.now */
  readonly clock?: (() => number) | undefined
  /** Whether to make spans. @defaultValue true */
  readonly spans?: boolean | undefined
  /** Whether to record metrics. @defaultValue true */
  readonly metrics?: boolean | undefined
}

const scope = 'feedrank'
/** `SpanStatusCode.ERROR` of the api. */
const errorCode = 2

/**
 * A trace hook that makes OpenTelemetry spans and metrics of every request.
 *
 * A request is a span `feedrank.pipeline` under the span that is active where `run` was called; its stages are spans
 * `feedrank.stage`, their components spans `feedrank.component`, and a pipeline within a component is a
 * `feedrank.pipeline` again. Their attributes are `feedrank.pipeline`, `feedrank.stage`, `feedrank.component`,
 * `feedrank.outcome`, `feedrank.enabled`, `feedrank.timed_out`, `feedrank.candidates.in` and `feedrank.candidates.out`.
 * Metrics have the names of {@link MetricName}: durations and candidates are histograms, faults are counters. Names do
 * not change between versions. Spans are made when the request is over, so work within a component is not under them.
 *
 * @throws ArgumentError when `api` is not the module `@opentelemetry/api`.
 * @example
 * ```ts no-run
 * import { fromList, MixerPipeline, openTelemetry } from 'feedrank'
 * import * as api from '@opentelemetry/api'
 *
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed', onTrace: openTelemetry(api) })
 *   .source(fromList('all', [{ id: 1 }]))
 *   .build()
 * await feed.run({})
 * ```
 */
export function openTelemetry(api: TelemetryApi, options: OpenTelemetryOptions = {}): TraceHook {
  if (typeof api?.trace?.getTracer !== 'function' || typeof api.metrics?.getMeter !== 'function')
    throw new ArgumentError(expected('openTelemetry', 'api', 'the module @opentelemetry/api', api))
  const { clock = Date.now, spans = true, metrics = true } = options
  const record = metrics ? recorder(api) : () => {}
  return (trace) => {
    if (spans) spanOf(api, trace, api.context.active(), clock() - trace.durationMs)
    record(trace)
  }
}

function recorder(api: TelemetryApi): TraceHook {
  const instruments = new Map<string, (value: number, attributes: Attributes) => void>()
  const instrument = (name: string) => {
    const meter = api.metrics.getMeter(scope)
    const sized = name.startsWith('feedrank.candidates.')
    if (sized || name.endsWith('.duration')) {
      const histogram = meter.createHistogram(name, { unit: sized ? '{candidate}' : 'ms' })
      return (value: number, attributes: Attributes) => histogram.record(value, attributes)
    }
    const counter = meter.createCounter(name, { unit: '1' })
    return (value: number, attributes: Attributes) => counter.add(value, attributes)
  }
  return (trace) => {
    for (const { name, value, attributes } of measurementsOf(trace)) {
      const take = instruments.get(name) ?? instrument(name)
      instruments.set(name, take)
      take(value, { ...attributes })
    }
  }
}

/** One span with those under it; times are ms since 1970. */
function span(
  api: TelemetryApi,
  name: string,
  parent: unknown,
  [began, ended]: readonly [number, number],
  attributes: Attributes,
  error: string | undefined,
  under: (context: unknown) => void,
): void {
  // The api's own context and span pass through here as they came; only the api looks into them.
  const one = api.trace.getTracer(scope).startSpan(name, { startTime: began, attributes }, parent as never)
  under(api.trace.setSpan(parent as never, one as never))
  if (error !== undefined) one.setStatus({ code: errorCode, message: error })
  one.end(ended)
}

function spanOf(api: TelemetryApi, trace: PipelineTrace, parent: unknown, began: number): void {
  const name = { 'feedrank.pipeline': trace.pipeline }
  span(api, 'feedrank.pipeline', parent, [began, began + trace.durationMs], { ...name, 'feedrank.outcome': trace.outcome }, trace.error, (pipeline) => {
    for (const { stage, startMs, durationMs, in: size, out, components } of trace.stages) {
      const of = { ...name, 'feedrank.stage': stage }
      const from = began + startMs
      span(api, 'feedrank.stage', pipeline, [from, from + durationMs], { ...of, ...sizes(size, out) }, undefined, (context) => {
        for (const one of components) {
          const at = began + one.startMs
          const attributes = { ...of, 'feedrank.component': one.component, 'feedrank.enabled': one.enabled, 'feedrank.timed_out': one.timedOut, ...sizes(one.in, one.out) }
          span(api, 'feedrank.component', context, [at, at + one.durationMs], attributes, one.error, (inner) => nested(api, one, inner, at))
        }
      })
    }
  })
}

const sizes = (size: number, out: number): Attributes => ({ 'feedrank.candidates.in': size, 'feedrank.candidates.out': out })

function nested(api: TelemetryApi, { nested: traces = [] }: ComponentTrace, parent: unknown, at: number): void {
  for (const trace of traces) spanOf(api, trace, parent, at)
}

// Named through a variable, so that a bundler leaves the optional package to be found, or not, at run time.
const packageName: string = '@opentelemetry/api'
const importPackage = (): Promise<unknown> => import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)

/**
 * {@link openTelemetry} with the package `@opentelemetry/api` as it is installed.
 *
 * @throws BackendError when the package is not installed or does not load.
 * @example
 * ```ts
 * import { fromList, loadOpenTelemetry, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed', onTrace: await loadOpenTelemetry() })
 *   .source(fromList('all', [{ id: 1 }]))
 *   .build()
 * console.log((await feed.run({})).selected.length) // 1
 * ```
 */
export async function loadOpenTelemetry(options: OpenTelemetryOptions = {}, load: () => Promise<unknown> = importPackage): Promise<TraceHook> {
  let api: unknown
  try {
    api = await load()
  } catch (cause) {
    throw new BackendError('feedrank/loadOpenTelemetry: the package `@opentelemetry/api` does not load; `npm install @opentelemetry/api`', { cause })
  }
  return openTelemetry(api as TelemetryApi, options)
}
