import { explain } from 'feedrank/pipeline'
import { fixedSlots } from 'feedrank/selectors'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ask, byLikes, dropping, entriesOf, entryOf, fails, idsOf, never, posts, sourceOf, start } from './feeds'

const from = (...ids: readonly number[]) => start({ limit: 3 }).source(sourceOf('a', posts(...ids))).score(byLikes)

describe('post-selection hydrators', () => {
  it('hydrate the page alone, each candidate once, also those that fill it again', async () => {
    const asked: (readonly (number | string)[])[] = []
    const result = await from(1, 2, 3, 4, 5, 6)
      .hydrateSelected({ name: 'labels', fallback: { safe: false }, hydrate: (_, cs) => (asked.push(idsOf(cs)), cs.map((c) => ({ safe: c.likes < 5 }))) })
      .filterSelected({ name: 'safe', keep: (_, cs) => cs.map((c) => c.safe) })
      .build().run(ask)
    expect(asked).toEqual([[6, 5, 4], [3, 2]])
    expect(idsOf(result.selected)).toEqual([4, 3, 2])
    expect(result.selected.map((item) => item.candidate.safe)).toEqual([true, true, true])
    expect(result.rest.map((item) => item.candidate)).toEqual([{ id: 1, likes: 1 }])
    expect(idsOf(result.removed)).toEqual([6, 5])
    expect(entriesOf(result.trace, 'labels').map((entry) => [entry.in, entry.out])).toEqual([[3, 3], [2, 2]])
  })

  it('fall back, or leave the fields absent, like any hydrator', async () => {
    const result = await from(1, 2)
      .hydrateSelected({ name: 'x', fallback: { x: 0 }, hydrate: fails('x') }, { name: 'y', hydrate: (_, cs) => cs.map((c) => (c.id === 1 ? new Error('y') : { y: 1 })) })
      .build().run(ask)
    expect(result.selected.map((item) => item.candidate)).toEqual([{ id: 2, likes: 2, x: 0, y: 1 }, { id: 1, likes: 1, x: 0 }])
    expect(entryOf(result.trace, 'x').error).toBe('Error: x')
  })

  it('alternate with filters as written', async () => {
    const asked: (readonly (number | string)[])[] = []
    await from(1, 2, 3).filterSelected(dropping('early', 3))
      .hydrateSelected({ name: 'h', hydrate: (_, cs) => (asked.push(idsOf(cs)), cs.map(() => ({}))) }).filterSelected(dropping('late')).build().run(ask)
    expect(asked).toEqual([[2, 1]])
  })

  it('never change what the sources gave', async () => {
    const given = posts(1, 2)
    const before = structuredClone(given)
    await start().source(sourceOf('a', given)).hydrate({ name: 'h', hydrate: (_, cs) => cs.map(() => ({ likes: 9 })) })
      .hydrate({ name: 'g', hydrate: (_, cs) => cs.map(() => ({ likes: 8 })) })
      .hydrateSelected({ name: 's', hydrate: (_, cs) => cs.map(() => ({ likes: 7 })) }).build().run(ask)
    expect(given).toEqual(before)
  })
})

describe('finalizers', () => {
  it('arrange the page in turn; what they leave out goes back to the rest', async () => {
    const result = await from(1, 2, 3, 4)
      .finalize({ name: 'reverse', finalize: (_, page) => [...page.keys()].reverse() }, { name: 'short', finalize: () => [0, 1] })
      .build().run(ask)
    expect(idsOf(result.selected)).toEqual([2, 3])
    expect(idsOf(result.rest)).toEqual([4, 1])
    expect(result.rest.map((item) => item.position)).toEqual([2, 3])
    expect(result.selected[0].moves).toEqual([{ by: 'reverse', from: 2, to: 0 }])
    expect(result.rest[0].moves).toEqual([{ by: 'reverse', from: 0, to: 2 }])
    expect(explain(result, 2).text).toContain('reverse moved it from 3rd to 1st.')
    expect(entryOf(result.trace, 'short')).toMatchObject({ in: 3, out: 2 })
  })

  it('fail the request when they fail, unless told otherwise, and may not invent or repeat', async () => {
    await expect(from(1).finalize({ name: 'f', finalize: fails('boom') }).build().run(ask)).rejects.toThrow('finalize "f" failed: Error: boom')
    await expect(from(1).finalize({ name: 'f', finalize: () => [0, 0] }).build().run(ask)).rejects.toThrow('finalize "f" named index 0 twice')
    await expect(from(1).finalize({ name: 'f', finalize: () => [1] }).build().run(ask)).rejects.toThrow('indices from 0 to 0')
    const result = await from(1, 2).finalize({ name: 'f', onError: 'skip', finalize: fails('boom') }).build().run(ask)
    expect(idsOf(result.selected)).toEqual([2, 1])
  })

  it('are given up on at the deadline', async () => {
    const result = await start({ deadlineMs: 30 }).source(sourceOf('a', posts(1))).finalize({ name: 'f', onError: 'skip', finalize: never }).build().run(ask)
    expect(entryOf(result.trace, 'f').timedOut).toBe(true)
    expect(idsOf(result.selected)).toEqual([1])
  })
})

describe('what a selector moved', () => {
  it('is told of what it lifts and of what it passes over', async () => {
    const result = await from(1, 2, 3, 4, 5).select(fixedSlots({ slots: [{ positions: [0], fits: (c) => c.id === 1 }] })).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 5, 4])
    expect(explain(result, 1).moves).toEqual([{ by: 'fixed slots', from: 4, to: 0 }])
    expect(explain(result, 3).moves).toEqual([{ by: 'fixed slots', from: 2, to: 3 }])
  })
})

describe('conservation', () => {
  it('retrieved = selected + rest + removed, always, with backfill and finalizers too', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 25 }), { minLength: 1, maxLength: 4 }),
      fc.record({ limit: fc.integer({ min: 0, max: 12 }), modulus: fc.integer({ min: 1, max: 6 }), late: fc.integer({ min: 1, max: 6 }), skip: fc.integer({ min: 1, max: 4 }), keep: fc.integer({ min: 0, max: 12 }) }),
      async (lists, { limit, modulus, late, skip, keep }) => {
        const result = await start({ limit }).source(...lists.map((ids, s) => sourceOf(`s${s}`, posts(...ids))))
          .filter({ name: 'early', keep: (_, cs) => cs.map((c) => c.likes % modulus !== 1) })
          .score({ name: 'score', score: (_, cs) => Float64Array.from(cs, (c) => (c.likes % 9 === 4 ? NaN : c.likes)) })
          .rerank({ name: 'odd first', rerank: (_, cs) => [...cs.keys()].sort((a, b) => (cs[b].likes & 1) - (cs[a].likes & 1)) })
          .select({ name: 'some', select: (_, cs, __, most) => [...cs.keys()].filter((i) => i % skip === 0).slice(0, most) })
          .hydrateSelected({ name: 'mark', fallback: { mark: 0 }, hydrate: (_, cs) => cs.map((c) => ({ mark: c.likes })) })
          .filterSelected({ name: 'late', keep: (_, cs) => cs.map((c) => c.mark % late !== 0) }, { name: 'first of tens', keep: (_, cs) => cs.map((c, i) => cs.findIndex((d) => d.likes % 10 === c.likes % 10) === i) })
          .finalize({ name: 'cut', finalize: (_, page) => [...page.keys()].reverse().slice(0, keep) })
          .build().run(ask)
        const all = [...result.selected, ...result.rest, ...result.removed]
        expect(all.length).toBe(result.retrieved)
        expect(new Set(idsOf(all))).toEqual(new Set(lists.flat()))
        expect([...result.selected, ...result.rest].map((item) => item.position)).toEqual([...result.selected, ...result.rest].map((_, i) => i))
        expect(result.selected.length).toBeLessThanOrEqual(limit)
        for (const { candidate } of result.selected) {
          expect(candidate.mark).toBe(candidate.likes)
          expect(candidate.likes % late === 0 || candidate.likes % modulus === 1).toBe(false)
        }
        for (const item of all) expect(explain(result, item.id).fate).not.toBe('not retrieved')
        for (const { moves, position } of [...result.selected, ...result.rest]) {
          const last = moves[moves.length - 1]
          if (last?.by === 'cut' || last?.by === 'some') expect(last.to).toBe(position)
        }
      },
    ), { numRuns: 300, seed: 4 })
  })
})
