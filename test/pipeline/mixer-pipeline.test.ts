import { describe, expect, it } from 'vitest'
import { ask, byLikes, dropping, entriesOf, entryOf, fails, idsOf, post, posts, sourceOf, start } from './feeds'

describe('a pipeline', () => {
  it('merges sources by id, in their order; a candidate keeps its first form and remembers every source', async () => {
    const first = post(1, 5)
    const result = await start().source(sourceOf('a', [first, post(2, 1), first]), sourceOf('b', [post(1, 99), post(3, 2)])).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 2, 3])
    expect(result.selected[0].candidate).toBe(first)
    expect(result.selected.map((item) => item.sources)).toEqual([['a', 'b'], ['a'], ['b']])
    expect(result.retrieved).toBe(3)
    expect(entryOf(result.trace, 'a')).toMatchObject({ out: 3, duplicates: 1, invalid: 0 })
    expect(entryOf(result.trace, 'b')).toMatchObject({ out: 2, duplicates: 1 })
  })

  it('tells 1 from "1", and takes an id from wherever `id` says', async () => {
    const result = await start().source(sourceOf('a', posts(1, '1'))).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, '1'])
    const odd = await start({ id: (c) => `${c.likes}` }).source(sourceOf('a', [post('__proto__', 4), post('constructor', 4), post('x', 5)])).build().run(ask)
    expect(idsOf(odd.selected)).toEqual(['4', '5'])
  })

  it('sorts by score: ties by input order, non-finite last in theirs and counted', async () => {
    const scores = [1, Number.NaN, 3, 1, Infinity, 3, -Infinity, -2]
    const result = await start()
      .source(sourceOf('a', posts(0, 1, 2, 3, 4, 5, 6, 7)))
      .score({ name: 's', score: () => Float64Array.from(scores) })
      .build().run(ask)
    expect(idsOf(result.selected)).toEqual([2, 5, 0, 3, 7, 1, 4, 6])
    expect(entryOf(result.trace, 's').nonFinite).toBe(3)
  })

  it('gives every scorer the score so far and keeps a part for each', async () => {
    const result = await start()
      .source(sourceOf('a', posts(1, 2)))
      .score(byLikes, { name: 'double', score: (_, __, previous) => previous.map((score) => 2 * score) as Float64Array })
      .filter(dropping('late', 1))
      .score({ name: 'plus', score: (_, __, previous) => Float64Array.from(previous, (score) => score + 1) })
      .build().run(ask)
    expect(result.selected[0]).toMatchObject({
      id: 2, score: 5, position: 0, rank: 0, parts: [{ scorer: 'likes', score: 2 }, { scorer: 'double', score: 4 }, { scorer: 'plus', score: 5 }],
    })
    expect(result.removed[0]).toMatchObject({ id: 1, by: 'late', stage: 'filter', parts: [{ scorer: 'likes', score: 1 }, { scorer: 'double', score: 2 }] })
  })

  it('does not let a scorer that writes to `previous`, or reuses its buffer, change what earlier scorers said', async () => {
    const buffer = new Float64Array(2)
    const result = await start()
      .source(sourceOf('a', posts(1, 2)))
      .score(
        { name: 'one', score: (_, cs) => (cs.forEach((c, i) => (buffer[i] = c.likes)), buffer) },
        { name: 'two', score: (_, __, previous) => (previous as Float64Array).fill(7) },
        { name: 'three', score: () => buffer.fill(9) },
      )
      .build().run(ask)
    expect(result.selected.map((item) => item.parts.map((part) => part.score))).toEqual([[1, 7, 9], [2, 7, 9]])
  })

  it('hydrates into new objects of own fields, in parallel within a group, in order between groups', async () => {
    const given = posts(1, 2)
    const sizes: string[] = []
    const result = await start()
      .source(sourceOf('a', given))
      .hydrate(
        { name: 'x', fallback: { x: 0 }, hydrate: async (_, cs) => (sizes.push('x starts'), await Promise.resolve(), sizes.push('x ends'), cs.map((c) => ({ x: c.likes * 10 }))) },
        { name: 'y', fallback: { y: 0 }, hydrate: (_, cs) => (sizes.push('y'), cs.map((c) => ({ y: 'x' in c ? 1 : 2 }))) },
      )
      .hydrate({ name: 'z', fallback: { z: 0 }, hydrate: (_, cs) => cs.map((c) => ({ z: c.x + c.y })) })
      .build().run(ask)
    expect(sizes).toEqual(['x starts', 'y', 'x ends'])
    expect(result.selected.map((item) => item.candidate)).toEqual([{ id: 1, likes: 1, x: 10, y: 2, z: 12 }, { id: 2, likes: 2, x: 20, y: 2, z: 22 }])
    expect(given).toEqual(posts(1, 2))
  })

  it('keeps a field named __proto__ a field', async () => {
    const sly: object = JSON.parse('{"__proto__": {"admin": true}, "ok": 1}')
    const result = await start().source(sourceOf('a', posts(1))).hydrate({ name: 'sly', hydrate: () => [sly] }).build().run(ask)
    const { candidate } = result.selected[0]
    expect(Object.getPrototypeOf(candidate)).toBe(Object.prototype)
    expect('admin' in candidate).toBe(false)
    expect(Object.keys(candidate)).toEqual(['id', 'likes', '__proto__', 'ok'])
  })

  it('hydrates the query, groups in order, without changing the one given', async () => {
    const given = { user: 'u1' }
    const seen: object[] = []
    const result = await start()
      .hydrateQuery({ name: 'a', fallback: { a: 0 }, hydrate: async () => ({ a: 1 }) }, { name: 'b', hydrate: (q) => ({ b: 'a' in q }) })
      .hydrateQuery({ name: 'c', hydrate: (q) => ({ c: q.a + 1 }) })
      .source({ name: 's', fetch: (q) => (seen.push(q), posts(1)) })
      .build().run(given)
    expect(result.query).toEqual({ user: 'u1', a: 1, b: false, c: 2 })
    expect(seen).toEqual([result.query])
    expect(given).toEqual({ user: 'u1' })
  })

  it('runs filters, hydrators and scorers in the order written', async () => {
    const calls: string[] = []
    await start()
      .source(sourceOf('a', posts(1, 2, 3)))
      .filter({ name: 'early', keep: (_, cs) => (calls.push(`early ${cs.length}`), [true, false, true]) })
      .hydrate({ name: 'h', hydrate: (_, cs) => (calls.push(`h ${cs.length}`), cs.map(() => ({}))) })
      .score({ name: 's', score: (_, cs) => (calls.push(`s ${cs.length}`), new Float64Array(cs.length)) })
      .filter({ name: 'late', keep: (_, cs) => (calls.push(`late ${cs.length}`), [true, true]) })
      .build().run(ask)
    expect(calls).toEqual(['early 3', 'h 2', 's 2', 'late 2'])
  })

  it('hands rerankers the ranked order, completes what they leave out and reports moves', async () => {
    const seen: unknown[] = []
    const result = await start({ limit: 2 })
      .source(sourceOf('a', posts(1, 2, 3, 4)))
      .score(byLikes)
      .rerank({ name: 'swap', rerank: (_, cs, scores, limit) => (seen.push(idsOf(cs), [...scores], limit), [2, 0]) })
      .rerank({ name: 'same', rerank: (_, cs) => cs.map((_c, i) => i) })
      .build().run(ask)
    expect(seen).toEqual([[4, 3, 2, 1], [4, 3, 2, 1], 2])
    expect(idsOf(result.selected)).toEqual([2, 4])
    expect(idsOf(result.rest)).toEqual([3, 1])
    expect(result.selected[0]).toMatchObject({ rank: 2, position: 0, score: 2, moves: [{ by: 'swap', from: 2, to: 0 }] })
    expect(result.rest[1]).toMatchObject({ id: 1, rank: 3, position: 3, moves: [] })
  })

  it('lets the selector choose by index among the ranked', async () => {
    const result = await start({ limit: 2 }).source(sourceOf('a', posts(1, 2, 3))).score(byLikes)
      .select({ name: 'last', select: (_, cs, __, limit) => [...cs.keys()].reverse().slice(0, limit) })
      .build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 2])
    expect(idsOf(result.rest)).toEqual([3])
  })

  it('fills the page again from the reserve when a post-selection filter holds something back', async () => {
    const pages: (number | string)[][] = []
    const result = await start({ limit: 3 })
      .source(sourceOf('a', posts(1, 2, 3, 4, 5, 6, 7))).score(byLikes)
      .filterSelected({ name: 'safe', keep: (_, cs) => (pages.push(idsOf(cs)), cs.map((c) => c.likes < 5)) })
      .build().run(ask)
    expect(pages).toEqual([[7, 6, 5], [4, 3, 2]])
    expect(idsOf(result.selected)).toEqual([4, 3, 2])
    expect(idsOf(result.removed)).toEqual([7, 6, 5])
    expect(result.removed.map((item) => [item.by, item.stage])).toEqual(Array.from({ length: 3 }, () => ['safe', 'filterSelected']))
    expect(idsOf(result.rest)).toEqual([1])
    expect(entriesOf(result.trace, 'safe').map((entry) => [entry.in, entry.out])).toEqual([[3, 0], [3, 3]])
  })

  it('asks a post-selection filter about the page as it will be shown', async () => {
    const result = await start({ limit: 2 })
      .source(sourceOf('a', [post('a1', 9), post('a2', 8), post('a3', 7), post('b1', 6)])).score(byLikes)
      .filterSelected({ name: 'one each', keep: (_, cs) => cs.map((c, i) => cs.findIndex((d) => String(d.id)[0] === String(c.id)[0]) === i) })
      .build().run(ask)
    expect(idsOf(result.selected)).toEqual(['a1', 'b1'])
  })

  it('skips what `enable` turns off; a fallback still fills the fields', async () => {
    const off = { enable: () => false }
    const result = await start()
      .hydrateQuery({ name: 'q', ...off, fallback: { follows: 0 }, hydrate: fails('never called') })
      .source(sourceOf('a', posts(1, 2)), sourceOf('b', posts(3), off))
      .hydrate({ name: 'h', ...off, fallback: { h: 1 }, hydrate: fails('never called') })
      .filter({ ...dropping('f', 1), ...off })
      .score({ ...byLikes, ...off })
      .rerank({ name: 'r', ...off, rerank: fails('never called') })
      .select({ name: 's', ...off, select: fails('never called') })
      .effect({ name: 'e', ...off, run: fails('never called') })
      .build().run(ask)
    expect(result.query).toEqual({ user: 'u1', follows: 0 })
    expect(result.selected.map((item) => item.candidate)).toEqual([{ id: 1, likes: 1, h: 1 }, { id: 2, likes: 2, h: 1 }])
    expect(result.selected[0]).toMatchObject({ score: 0, parts: [] })
    for (const name of ['q', 'b', 'h', 'f', 'likes', 'r', 's']) expect(entryOf(result.trace, name).enabled).toBe(false)
    expect(await result.settled).toMatchObject([{ effect: 'e', status: 'disabled' }])
  })

  it('calls nothing on no candidates, and answers an empty page', async () => {
    const result = await start().source(sourceOf('a', []))
      .hydrate({ name: 'h', hydrate: fails('called') }).filter({ name: 'f', keep: fails('called') }).score({ name: 's', score: fails('called') })
      .rerank({ name: 'r', rerank: fails('called') }).select({ name: 'sel', select: fails('called') }).filterSelected({ name: 'p', keep: fails('called') })
      .build().run(ask)
    expect([result.selected, result.rest, result.removed, result.retrieved]).toEqual([[], [], [], 0])
  })

  it('is immutable: a builder can be extended two ways', async () => {
    const base = start().source(sourceOf('a', posts(1, 2)))
    const one = base.filter(dropping('f', 1)).build()
    const two = base.filter(dropping('f', 2)).build()
    expect(idsOf((await base.build().run(ask)).selected)).toEqual([1, 2])
    expect(idsOf((await one.run(ask)).selected)).toEqual([2])
    expect(idsOf((await two.run(ask)).selected)).toEqual([1])
  })

  it('takes a page length per request, zero too', async () => {
    const feed = start().source(sourceOf('a', posts(1, 2, 3))).score(byLikes).build()
    expect(idsOf((await feed.run(ask, { limit: 1 })).selected)).toEqual([3])
    const none = await feed.run(ask, { limit: 0 })
    expect([idsOf(none.selected), idsOf(none.rest)]).toEqual([[], [3, 2, 1]])
  })

  it('gives components the time of the request, and each a random stream of its own that the seed replays', async () => {
    const drawing = (name: string, times: number) => ({
      name,
      fetch: (_: object, ctx: { readonly now: number; readonly random: () => number }) => {
        for (let i = 1; i < times; i++) ctx.random()
        return [post(`${name} ${ctx.random()}`, ctx.now)]
      },
    })
    const one = start({ clock: () => 1234 }).source(drawing('a', 1), drawing('b', 1)).build()
    const other = start({ clock: () => 1234 }).source(drawing('a', 5), drawing('b', 1)).build()
    const first = await one.run(ask, { seed: 7 })
    expect(idsOf(first.selected)).toEqual(idsOf((await one.run(ask, { seed: 7 })).selected))
    expect(first.selected[0].candidate.likes).toBe(1234)
    const [a, b] = idsOf(first.selected)
    const [a5, b5] = idsOf((await other.run(ask, { seed: 7 })).selected)
    expect(a5).not.toBe(a)
    expect(b5).toBe(b)
    const free = await one.run(ask)
    expect(idsOf(free.selected)).not.toEqual(idsOf((await one.run(ask)).selected))
    expect(idsOf((await one.run(ask, { seed: free.trace.seed })).selected)).toEqual(idsOf(free.selected))
  })

  it('reports the trace of every request to `onTrace`, which has no say in the answer', async () => {
    const outcomes: string[] = []
    const noisy = start({ onTrace: (trace) => { outcomes.push(`${trace.pipeline} ${trace.outcome}`); throw new Error('observer') } })
      .source(sourceOf('a', posts(1)))
    expect(idsOf((await noisy.build().run(ask)).selected)).toEqual([1])
    await expect(noisy.filter({ name: 'f', keep: fails('boom') }).build().run(ask)).rejects.toThrow('boom')
    expect(outcomes).toEqual(['test answered', 'test failed'])
    const result = await start({ onTrace: (async () => { throw new Error('later') }) as () => void }).source(sourceOf('a', posts(1))).build().run(ask)
    expect(result.trace.stages.map((stage) => stage.stage)).toEqual(['source', 'select'])
  })
})
