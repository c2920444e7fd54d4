import { flagged, sampled, when } from 'feedrank/pipeline'
import type { PipelineTrace, RunContext } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ask, byLikes, dropping, entryOf, idsOf, posts, sourceOf, start } from './feeds'
import type { Ask, Post } from './feeds'

describe('when', () => {
  it('lets a component take part only where the predicate holds; gates nest', async () => {
    const feed = start().source(sourceOf('a', posts(1)), when((q: Ask) => q.user === 'u1', when((q: Ask) => q.user !== 'x', sourceOf('b', posts(2)))))
      .filter(when((q: Ask) => q.user === 'nobody', dropping('f', 1))).build()
    expect(idsOf((await feed.run(ask)).selected)).toEqual([1, 2])
    const other = await feed.run({ user: 'u2' })
    expect(idsOf(other.selected)).toEqual([1])
    expect(entryOf(other.trace, 'b').enabled).toBe(false)
    expect(feed.wiring.stages[0].components[1].conditional).toBe(true)
  })

  it('refuses what is no predicate or no component', () => {
    expect(() => when(true as unknown as () => boolean, byLikes)).toThrow('`predicate`')
    expect(() => when(() => true, null as unknown as typeof byLikes)).toThrow('`component`')
  })
})

describe('sampled', () => {
  it('takes its share of the requests, or of the keys, the same ones every time', async () => {
    const count = async (options: { key?: (q: Ask) => string }) => {
      const feed = start().source(sourceOf('a', posts(1)), sampled(0.3, sourceOf('b', posts(2)), options)).build()
      const taken: boolean[] = []
      for (let i = 0; i < 600; i++) taken.push((await feed.run({ user: `u${i}` }, { seed: i })).retrieved === 2)
      return taken
    }
    const byRequest = await count({})
    const byUser = await count({ key: (q) => q.user })
    for (const taken of [byRequest, byUser]) {
      const share = taken.filter(Boolean).length / 600
      expect(share).toBeGreaterThan(0.24)
      expect(share).toBeLessThan(0.36)
    }
    expect(await count({ key: (q) => q.user })).toEqual(byUser)
    expect(await count({})).toEqual(byRequest)
  })

  it('refuses a rate that is none', () => {
    for (const rate of [-0.1, 1.1, NaN]) expect(() => sampled(rate, byLikes)).toThrow('`rate`')
  })
})

describe('parameters', () => {
  const feed = () => start({ parameters: { fresh: false, arm: 'control', least: 2 } })
    .source(sourceOf('a', posts(1, 2, 3)), flagged('fresh', sourceOf('b', posts(4))))
    .filter({ name: 'least', parameters: ['least'], keep: (_, cs, ctx) => cs.map((c) => c.likes >= Number(ctx.parameters.get('least'))) })
    .score(flagged('arm', byLikes, 'likes'))

  it('have the usual value, or the request\'s own, and stand in the trace', async () => {
    const usual = await feed().build().run(ask)
    expect([idsOf(usual.selected), usual.trace.parameters]).toEqual([[2, 3], { fresh: false, arm: 'control', least: 2 }])
    const set = await feed().build().run(ask, { parameters: { fresh: true, arm: 'likes', least: 1 } })
    expect(idsOf(set.selected)).toEqual([4, 3, 2, 1])
  })

  it('are declared, of their type, and named when they are not', async () => {
    await expect(feed().build().run(ask, { parameters: { frehs: true } })).rejects.toThrow('a parameter that the pipeline declares, got "frehs"')
    await expect(feed().build().run(ask, { parameters: { least: true } })).rejects.toThrow('`parameters.least` to be a number')
    await expect(feed().build().run(ask, { parameters: { least: NaN } })).rejects.toThrow('a finite number')
    await expect(feed().build().run(ask, { parameters: { constructor: true } as Record<string, boolean> })).rejects.toThrow('"constructor"')
    expect(() => start().source(flagged('new', sourceOf('a', []))).build()).toThrow('source "a" reads the parameter "new", which the pipeline does not declare')
    expect(() => start({ parameters: { x: {} as unknown as number } }).source(sourceOf('a', [])).build()).toThrow('`parameters.x`')
    expect(() => flagged('', byLikes)).toThrow('`parameter`')
  })
})

describe('the context', () => {
  it('tells which sources brought each candidate of the list a component got', async () => {
    const seen: string[] = []
    const tell = (name: string, ctx: { readonly sources: (i: number) => readonly string[] }, n: number) => {
      for (let i = 0; i <= n; i++) seen.push(`${name}${i} ${ctx.sources(i).join('+')}`)
    }
    await start().source({ name: 'a', fetch: (_, ctx) => (tell('fetch', ctx, 0), posts(1, 2)) }, sourceOf('b', posts(3, 2)))
      .hydrate({ name: 'h', hydrate: (_, cs, ctx) => (tell('h', ctx, 3), cs.map(() => ({}))) })
      .filter({ name: 'f', keep: (_, cs) => cs.map((c) => c.id !== 1) })
      .score(byLikes)
      .select({ name: 's', select: (_, cs, __, ___, ctx) => (tell('s', ctx, 1), [...cs.keys()]) }).build().run(ask)
    expect(seen).toEqual(['fetch0 ', 'h0 a', 'h1 a+b', 'h2 b', 'h3 ', 's0 b', 's1 a+b'])
  })

  it('tells rerankers and selectors what each scorer said of a candidate, and building checks that it is there', async () => {
    const seen: number[][] = []
    const selector = { name: 's', scores: ['likes', 'half'] as const, select: (_: object, cs: readonly Post[], __: unknown, ___: number, ctx: RunContext) => {
      seen.push(cs.map((_c, i) => ctx.score('half', i)), [ctx.score('likes', 0), ctx.score('nobody', 0), ctx.score('likes', 9)])
      return [...cs.keys()]
    } }
    const scored = start().source(sourceOf('a', posts(1, 2, 3))).score(byLikes).filter(dropping('f', 2))
      .score({ name: 'half', score: (_, __, previous) => Float64Array.from(previous, (score) => -score / 2) })
    const result = await scored.select(selector).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 3])
    expect(seen).toEqual([[-0.5, -1.5], [1, NaN, NaN]])
    expect(() => scored.select({ ...selector, scores: ['gone'] as unknown as readonly 'half'[] }).build()).toThrow('select "s" needs the score of "gone", and no scorer of that name is there')
    expect(() => scored.select({ ...selector, scores: 'half' as unknown as readonly 'half'[] }).build()).toThrow('`s.scores` to be a list of names')
  })

  it('tells the time left, takes notes, and lets nothing in once the component is done', async () => {
    let left = 0
    let later: (cause: unknown) => void = () => {}
    const traces: PipelineTrace[] = []
    const result = await start({ deadlineMs: 1000, onTrace: [(trace) => traces.push(trace), () => { throw new Error('hook') }] })
      .source(sourceOf('a', [], { timeoutMs: 50, fetch: (_, ctx) => { left = ctx.left(); ctx.note(new Error('a shard is down')); later = ctx.note; return posts(1) } }))
      .source(sourceOf('b', posts(2), { fetch: (_, ctx) => (expect(ctx.left()).toBeLessThanOrEqual(500), posts(2)) }))
      .build().run(ask)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(50)
    expect(entryOf(result.trace, 'a')).toMatchObject({ out: 1, error: 'Error: a shard is down' })
    later(new Error('too late'))
    expect(entryOf(result.trace, 'a').error).toBe('Error: a shard is down')
    expect(traces).toEqual([result.trace])
  })
})
