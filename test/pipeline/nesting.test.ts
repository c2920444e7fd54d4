import { CandidatePipeline, explain, MixerPipeline, ScoringPipeline } from 'feedrank/pipeline'
import { fromPipeline } from 'feedrank/sources'
import { pipelineScorer } from 'feedrank/scorers'
import { describe, expect, it } from 'vitest'
import { ask, byLikes, dropping, entryOf, fails, idsOf, never, post, posts, sourceOf, start } from './feeds'
import type { Ask, Post } from './feeds'

const inner = (limit = 2) => start({ name: 'inner', limit }).source(sourceOf('deep', posts(1, 2, 3, 4))).filter(dropping('muted', 4)).score(byLikes)

describe('a pipeline as a source', () => {
  it('gives its page, tells its story, and lends its trace', async () => {
    const result = await start().source(fromPipeline(inner().build()), sourceOf('other', posts(9, 3))).score(byLikes).build().run(ask)
    expect(idsOf(result.selected)).toEqual([9, 3, 2])
    expect(result.selected[1].sources).toEqual(['inner', 'other'])
    expect(entryOf(result.trace, 'inner').nested?.[0].pipeline).toBe('inner')
    const story = explain(result, 3)
    expect(story.within).toMatchObject([{ component: 'inner', story: { fate: 'selected', rank: 0 } }])
    expect(story.text).toContain('Within inner:\n  deep brought it.\n  likes scored it 3.')
    const gone = explain(result, 4)
    expect([gone.fate, gone.within[0].story.removedBy]).toEqual(['not retrieved', 'muted'])
    expect(gone.text).toContain('muted held it back')
    expect(explain(result, 1).within[0].story.fate).toBe('rest')
    expect(JSON.parse(JSON.stringify(story))).toEqual(story)
  })

  it('asks what `query` says, for as many as `limit` says, and turns items into what `candidate` says', async () => {
    const named = MixerPipeline.for<{ id: number }, Post>({ name: 'named' }).source({ name: 's', fetch: (q) => posts(q.id, q.id + 1) }).score(byLikes).build()
    const result = await start().source(fromPipeline(named, { name: 'n', limit: 1, query: (q: Ask) => ({ id: q.user.length }), candidate: ({ candidate, score }) => post(`n${candidate.id}`, score) }))
      .build().run(ask)
    expect(result.selected.map((item) => item.candidate)).toEqual([{ id: 'n3', likes: 3 }])
  })

  it('costs the page that source alone when it fails', async () => {
    const failing = inner().filter({ name: 'broken', keep: fails('x') }).build()
    const result = await start().source(fromPipeline(failing), sourceOf('other', posts(9))).build().run(ask)
    expect(idsOf(result.selected)).toEqual([9])
    expect(entryOf(result.trace, 'inner').error).toContain('filter "broken" failed: Error: x')
  })

  it('lives within the time, the cancellation, the clock, the randomness and the parameters of the request', async () => {
    const caller = new AbortController()
    let signal: AbortSignal | undefined
    const hanging = start({ name: 'hanging' }).source(sourceOf('h', [], { fetch: (_, ctx) => ((signal = ctx.signal), never()) }), sourceOf('quick', posts(5))).build()
    const result = await start({ deadlineMs: 60 }).source(fromPipeline(hanging)).build().run(ask)
    expect(idsOf(result.selected)).toEqual([5])
    expect(signal?.aborted).toBe(true)
    const running = start().source(fromPipeline(hanging)).build().run(ask, { signal: caller.signal })
    await new Promise((resolve) => setTimeout(resolve))
    caller.abort('gone')
    await expect(running).rejects.toBe('gone')
    expect(signal?.reason).toBe('gone')

    const hasty = start({ name: 'hasty', deadlineMs: 20 }).source(sourceOf('h', [], { fetch: never }), sourceOf('quick', posts(6))).build()
    const soon = await start({ deadlineMs: 10_000 }).source(fromPipeline(hasty)).build().run(ask)
    expect(entryOf(soon.trace, 'hasty').nested?.[0].deadlineMs).toBe(20)

    const drawing = start({ name: 'drawing', parameters: { n: 1 } })
      .source({ name: 's', parameters: ['n'], fetch: (_, ctx) => [post(`${ctx.now} ${ctx.parameters.get('n')} ${ctx.random()}`)] }).build()
    const outer = start({ parameters: { n: 7, other: true } }).source(fromPipeline(drawing)).build()
    const [first] = idsOf((await outer.run(ask, { now: 5, seed: 1 })).selected)
    expect(first).toMatch(/^5 7 0\./)
    expect(idsOf((await outer.run(ask, { now: 5, seed: 1 })).selected)).toEqual([first])
    expect(idsOf((await outer.run(ask, { now: 5, seed: 2 })).selected)).not.toEqual([first])
  })
})

describe('CandidatePipeline', () => {
  it('brings everything that passes, in the order of its sources', async () => {
    const feed = CandidatePipeline.for<Ask, Post>({ name: 'c' }).hydrateQuery({ name: 'q', fallback: { n: 0 }, hydrate: () => ({ n: 2 }) })
      .source({ name: 's', fetch: (q) => Array.from({ length: 50 }, (_, i) => post(i, i % q.n)) })
      .hydrate({ name: 'h', fallback: { h: 0 }, hydrate: (_, cs) => cs.map((c) => ({ h: c.likes })) })
      .filter({ name: 'f', keep: (_, cs) => cs.map((c) => c.h === 0) }).build()
    const result = await feed.run(ask)
    expect(idsOf(result.selected)).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i))
    expect(idsOf((await start().source(fromPipeline(feed, { limit: 3 })).build().run(ask)).selected)).toEqual([0, 2, 4])
    expect('score' in CandidatePipeline.for<Ask, Post>({ name: 'c' }).build).toBe(false)
  })
})

describe('ScoringPipeline', () => {
  const ranker = ScoringPipeline.for<Ask, Post>({ name: 'ranker' })
    .hydrate({ name: 'h', fallback: { h: 0 }, hydrate: (_, cs) => cs.map((c) => ({ h: -c.likes })) })
    .filter(dropping('f', 2)).score({ name: 'h score', score: (_, cs) => Float64Array.from(cs, (c) => c.h) })

  it('ranks what it is given, and conserves it', async () => {
    const result = await ranker.build().run(ask, posts(3, 1, 2, 1))
    expect([idsOf(result.selected), idsOf(result.removed), result.retrieved]).toEqual([[1, 3], [2], 3])
    expect(result.trace.stages[0]).toMatchObject({ stage: 'source', out: 3, components: [{ component: 'given', duplicates: 1 }] })
    expect(idsOf((await ranker.build().run(ask, [])).selected)).toEqual([])
  })

  it('says what is wrong', async () => {
    expect(() => ScoringPipeline.for<Ask, Post>({ name: 'r' }).build()).toThrow('at least one scorer')
    await expect(ranker.build().run(ask, 7 as unknown as Post[])).rejects.toThrow('`candidates` to be an array')
  })

  it('stands in the place of a scorer; what it holds back ranks last', async () => {
    const result = await start().source(sourceOf('a', posts(2, 3, 1))).score(pipelineScorer(ranker.build())).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 3, 2])
    expect(entryOf(result.trace, 'ranker')).toMatchObject({ nonFinite: 1 })
    expect(explain(result, 2).within[0].story.removedBy).toBe('f')
  })
})
