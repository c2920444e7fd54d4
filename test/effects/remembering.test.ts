import { idMemory, recordMetrics, seenItems, servedItems } from 'feedrank/effects'
import type { Measurement } from 'feedrank/effects'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { ask, byLikes, dropping, fails, posts, sourceOf, start } from '../pipeline/feeds'

describe('idMemory', () => {
  it('remembers the latest ids of the latest users', async () => {
    const store = idMemory({ perUser: 3, users: 2 })
    await store.add('a', [1, 2, 3])
    await store.add('a', [1, 4])
    expect([...(await store.get('a'))]).toEqual([3, 1, 4])
    await store.add('b', ['__proto__'])
    await store.add('a', [])
    await store.add('c', [9])
    expect([...(await store.get('b'))]).toEqual([])
    expect([...(await store.get('a'))]).toEqual([3, 1, 4])
    const copy = await store.get('a') as Set<number>
    copy.clear()
    expect((await store.get('a')).size).toBe(3)
    expect(() => idMemory({ perUser: 0 })).toThrow(ArgumentError)
  })
})

describe('servedItems and seenItems', () => {
  it('remember the page, and what the client saw, each for its user', async () => {
    const [served, seen] = [idMemory(), idMemory()]
    const feed = start({ limit: 2 }).source(sourceOf('a', posts(1, 2, 3))).score(byLikes)
      .effect(servedItems({ user: (q) => q.user, store: served }), seenItems({ user: (q) => (q.user === 'u1' ? q.user : undefined), seen: () => [7], store: seen })).build()
    await (await feed.run(ask)).settled
    await (await feed.run({ user: 'u2' })).settled
    expect([...(await served.get('u1'))]).toEqual([3, 2])
    expect([[...(await seen.get('u1'))], [...(await seen.get('u2'))]]).toEqual([[7], []])
    expect(() => servedItems({ user: () => 1, store: {} as typeof served })).toThrow('a store with `add`')
    expect(() => seenItems({ user: () => 1, seen: () => [], store: {} as typeof served })).toThrow('a store with `add`')
  })

  it('report a store that fails through `settled`', async () => {
    const result = await start().source(sourceOf('a', posts(1))).effect(servedItems({ user: () => 'u', store: { add: fails('full') } })).build().run(ask)
    expect(await result.settled).toMatchObject([{ effect: 'served items', status: 'failed', error: 'Error: full' }])
  })
})

describe('recordMetrics', () => {
  it('tells sizes, times and faults under stable names', async () => {
    const seen: Measurement[] = []
    const feed = start({ limit: 1 }).source(sourceOf('a', posts(1, 2, 3)), sourceOf('down', [], { fetch: fails('x') }), sourceOf('hangs', [], { timeoutMs: 1, fetch: () => new Promise(() => {}) }))
      .filter(dropping('f', 1)).score({ name: 's', score: () => Float64Array.of(NaN, 1) }).effect(recordMetrics({ sink: (all) => { seen.push(...all) } })).build()
    await (await feed.run(ask)).settled
    const of = (name: string) => seen.filter((one) => one.name === name).map((one) => [one.attributes.component ?? one.attributes.pipeline, one.value])
    expect(of('feedrank.candidates.retrieved')).toEqual([['test', 3]])
    expect(of('feedrank.candidates.removed')).toEqual([['f', 1]])
    expect(of('feedrank.candidates.selected')).toEqual([['test', 1]])
    expect(of('feedrank.candidates.rest')).toEqual([['test', 1]])
    expect(of('feedrank.component.errors')).toEqual([['down', 1], ['hangs', 1]])
    expect(of('feedrank.component.timeouts')).toEqual([['hangs', 1]])
    expect(of('feedrank.scores.nonfinite')).toEqual([['s', 1]])
    expect(of('feedrank.component.duration').map(([name]) => name)).toEqual(['a', 'down', 'hangs', 'f', 's'])
    expect(seen.every((one) => Number.isFinite(one.value) && one.value >= 0)).toBe(true)
  })
})
