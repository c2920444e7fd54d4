import * as api from '@opentelemetry/api'
import { loadOpenTelemetry, openTelemetry } from 'feedrank/effects'
import type { TelemetryApi } from 'feedrank/effects'
import { fromPipeline } from 'feedrank/sources'
import { describe, expect, it } from 'vitest'
import { BackendError } from '../../src/errors'
import { ask, byLikes, dropping, fails, posts, sourceOf, start } from '../pipeline/feeds'

interface Noted { readonly name: string; readonly parent: string | undefined; readonly began: number; ended: number; readonly attributes: Record<string, unknown>; error?: string }

/** The real api's contexts with a tracer and a meter that write down what they are told. */
function recording() {
  const spans: Noted[] = []
  const measured: [string, number, Record<string, unknown>][] = []
  const names = new Map<unknown, string>()
  const told: TelemetryApi = {
    context: { active: () => api.context.active() },
    trace: {
      setSpan: (context: never, span: never) => api.trace.setSpan(context, span),
      getTracer: () => ({
        startSpan(name, { startTime, attributes }, context) {
          const parent = api.trace.getSpan(context)
          const note: Noted = { name, parent: names.get(parent), began: startTime, ended: NaN, attributes }
          spans.push(note)
          const span = { setStatus: (status: { message: string }) => { note.error = status.message }, end: (at: number) => { note.ended = at } }
          names.set(span, String(attributes['feedrank.component'] ?? attributes['feedrank.stage'] ?? attributes['feedrank.pipeline']))
          return span
        },
      }),
    },
    metrics: {
      getMeter: () => ({
        createHistogram: (name, { unit }) => ({ record: (value, attributes) => { measured.push([`${name} in ${unit}`, value, attributes]) } }),
        createCounter: (name) => ({ add: (value, attributes) => { measured.push([name, value, attributes]) } }),
      }),
    },
  }
  return { spans, measured, told }
}

describe('openTelemetry', () => {
  it('makes a span of the request, each stage and each component, nested pipelines under theirs', async () => {
    const { spans, measured, told } = recording()
    const inner = start({ name: 'inner' }).source(sourceOf('deep', posts(1, 2))).build()
    const feed = start({ onTrace: openTelemetry(told, { clock: () => 5000 }) }).source(fromPipeline(inner), sourceOf('down', [], { fetch: fails('gone') }))
      .filter(dropping('f', 1)).score(byLikes).build()
    const { trace } = await feed.run(ask)
    expect(spans.map((span) => [span.name.replace('feedrank.', ''), span.parent, span.attributes['feedrank.component'] ?? span.attributes['feedrank.stage']])).toEqual([
      ['pipeline', undefined, undefined],
      ['stage', 'test', 'source'], ['component', 'source', 'inner'],
      ['pipeline', 'inner', undefined], ['stage', 'inner', 'source'], ['component', 'source', 'deep'], ['stage', 'inner', 'select'],
      ['component', 'source', 'down'],
      ['stage', 'test', 'filter'], ['component', 'filter', 'f'], ['stage', 'test', 'score'], ['component', 'score', 'likes'], ['stage', 'test', 'select'],
    ])
    expect(spans[0]).toMatchObject({ began: 5000 - trace.durationMs, attributes: { 'feedrank.pipeline': 'test', 'feedrank.outcome': 'answered' } })
    for (const span of spans) {
      expect(span.began).toBeGreaterThanOrEqual(spans[0].began)
      expect(span.ended).toBeGreaterThanOrEqual(span.began)
      expect(span.ended).toBeLessThanOrEqual(5000 + 1e-6)
    }
    expect(spans.find((span) => span.attributes['feedrank.component'] === 'down')?.error).toBe('Error: gone')
    expect(spans.find((span) => span.attributes['feedrank.component'] === 'f')?.attributes).toMatchObject({ 'feedrank.candidates.in': 2, 'feedrank.candidates.out': 1 })
    expect(measured.filter(([name]) => !name.includes('duration'))).toEqual([
      ['feedrank.candidates.retrieved in {candidate}', 2, { pipeline: 'test' }],
      ['feedrank.component.errors', 1, { pipeline: 'test', stage: 'source', component: 'down' }],
      ['feedrank.candidates.removed in {candidate}', 1, { pipeline: 'test', stage: 'filter', component: 'f' }],
    ])
    expect(measured.filter(([name]) => name === 'feedrank.component.duration in ms').length).toBe(4)
  })

  it('tells of requests that failed, and makes only what it is asked for', async () => {
    const { spans, measured, told } = recording()
    const feed = start({ onTrace: [openTelemetry(told, { metrics: false }), openTelemetry(told, { spans: false })] }).source(sourceOf('a', posts(1))).filter({ name: 'f', keep: fails('boom') }).build()
    await expect(feed.run(ask)).rejects.toThrow('boom')
    expect(spans[0].error).toContain('boom')
    expect(measured[0]).toMatchObject(['feedrank.pipeline.duration in ms', expect.any(Number), { outcome: 'failed' }])
  })

  it('takes the package itself, whose spans do nothing until an SDK is there', async () => {
    const feed = start({ onTrace: [openTelemetry(api), await loadOpenTelemetry()] }).source(sourceOf('a', posts(1))).build()
    expect((await feed.run(ask)).selected.length).toBe(1)
  })

  it('says what is missing', async () => {
    await expect(loadOpenTelemetry({}, () => Promise.reject(new Error('no such package')))).rejects.toThrow(BackendError)
    expect(() => openTelemetry({} as TelemetryApi)).toThrow('the module @opentelemetry/api')
  })
})
