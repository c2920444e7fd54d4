import type { PipelineTrace, RunContext } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ask, never, posts, sourceOf, start } from './feeds'

/** A pipeline with a component in every stage, of which the one in `stage` never settles. */
function hangingIn(stage: string, begun: (ctx: RunContext) => void, later: string[], traces: PipelineTrace[]) {
  const at = <T>(name: string, ctx: RunContext, value: T): T | Promise<T> => {
    if (name === stage) {
      begun(ctx)
      return never<T>()
    }
    later.push(name)
    return value
  }
  return start({ deadlineMs: 1e6, onTrace: (trace) => traces.push(trace) })
    .hydrateQuery({ name: 'hydrateQuery', fallback: { q: 0 }, hydrate: (_, ctx) => at('hydrateQuery', ctx, { q: 1 }) })
    .source(sourceOf('source', [], { fetch: (_, ctx) => at('source', ctx, posts(1, 2)) }), sourceOf('beside', posts(3)))
    .hydrate({ name: 'hydrate', hydrate: (_, cs, ctx) => at('hydrate', ctx, cs.map(() => ({}))) })
    .filter({ name: 'filter', keep: (_, cs, ctx) => at('filter', ctx, cs.map(() => true)) })
    .score({ name: 'score', score: (_, cs, __, ctx) => at('score', ctx, new Float64Array(cs.length)) })
    .rerank({ name: 'rerank', rerank: (_, cs, __, ___, ctx) => at('rerank', ctx, [...cs.keys()]) })
    .hydrateSelected({ name: 'hydrateSelected', hydrate: (_, cs, ctx) => at('hydrateSelected', ctx, cs.map(() => ({}))) })
    .filterSelected({ name: 'filterSelected', keep: (_, cs, ctx) => at('filterSelected', ctx, cs.map(() => true)) })
    .finalize({ name: 'finalize', finalize: (_, page, ctx) => at('finalize', ctx, [...page.keys()]) })
    .effect({ name: 'effect', run: (_, ctx) => at('effect', ctx, undefined) })
    .build()
}

const stages = ['hydrateQuery', 'source', 'hydrate', 'filter', 'score', 'rerank', 'hydrateSelected', 'filterSelected', 'finalize']

describe('a caller that goes away', () => {
  it.each(stages)('while %s is under way stops it, and nothing after it begins', async (stage) => {
    const caller = new AbortController()
    const [later, traces]: [string[], PipelineTrace[]] = [[], []]
    let signal: AbortSignal | undefined
    let began = () => {}
    const begun = new Promise<void>((resolve) => { began = resolve })
    const feed = hangingIn(stage, (ctx) => { signal = ctx.signal; began() }, later, traces)
    const running = feed.run(ask, { signal: caller.signal })
    await begun
    expect(signal?.aborted).toBe(false)
    const reason = new Error('left')
    caller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(signal?.reason).toBe(reason)
    expect(traces.map((trace) => trace.outcome)).toEqual(['aborted'])
    await new Promise((resolve) => setTimeout(resolve, 2))
    expect(later).toEqual(stages.slice(0, stages.indexOf(stage)))
  })
})
