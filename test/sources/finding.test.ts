import { cachedSource, fresh, fromPipeline, graph, inNetwork, outOfNetwork, trending } from 'feedrank/sources'
import type { GraphOptions } from 'feedrank/sources'
import type { RunContext, Source } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'

const got = async <Q, C extends { readonly id: unknown }>(source: Source<Q, C>, q: Q, ctx = contextAt(100)) => (await source.fetch(q, ctx)).map((c) => c.id)

describe('fresh', () => {
  it('brings the newest first, as old as allowed, and leaves out what has no time', async () => {
    const items = [{ id: 'a', at: 10 }, { id: 'b', at: new Date(90) }, { id: 'c', at: undefined }, { id: 'd', at: 110 }, { id: 'e', at: NaN }, { id: 'f', at: 90 }]
    const createdAt = (c: (typeof items)[number]) => c.at
    expect(await got(fresh({ items, createdAt }), {})).toEqual(['d', 'b', 'f', 'a'])
    expect(await got(fresh({ items: async () => items, createdAt, maxAgeMs: 50, limit: 2 }), {})).toEqual(['d', 'b'])
    expect(() => fresh({ items, createdAt, maxAgeMs: 0 })).toThrow('`maxAgeMs`')
    expect(() => fresh({ items: 3 as unknown as [], createdAt })).toThrow('`items`')
  })
})

describe('trending', () => {
  it('brings what rises above its usual count, the most surprising first', async () => {
    const items = [{ id: 'big', now: 1100, usual: 1000 }, { id: 'small', now: 9, usual: 0 }, { id: 'steady', now: 50, usual: 50 }, { id: 'bad', now: NaN, usual: 0 }, { id: 'falls', now: 1, usual: 90 }]
    const options = { items, recent: (c: (typeof items)[number]) => c.now, usual: (c: (typeof items)[number]) => c.usual }
    expect(await got(trending(options), {})).toEqual(['small', 'big'])
    expect(await got(trending({ ...options, least: -1, limit: 3 }), {})).toEqual(['small', 'big', 'steady'])
    expect(await got(trending({ items, recent: (c) => c.now, least: 1000 }), {})).toEqual(['big'])
    expect(() => trending({ ...options, least: NaN })).toThrow(ArgumentError)
  })
})

describe('inNetwork and outOfNetwork', () => {
  const posts = [{ id: 1, by: 'a', at: 5 }, { id: 2, by: 'b', at: 7 }, { id: 3, by: 'a', at: 9 }]
  const source = inNetwork<{ follows?: string[] }, (typeof posts)[number], string>({
    follows: (q) => q.follows, latest: async (authors) => (expect(new Set(authors).size).toBe(authors.length), posts.filter((post) => authors.includes(post.by))), createdAt: (post) => post.at, limit: 2,
  })

  it('ask about each author once and bring the newest', async () => {
    expect(await got(source, { follows: ['a', 'a', 'b'] })).toEqual([3, 2])
    expect(await got(source, { follows: [] })).toEqual([])
    await expect(got(source, {})).rejects.toThrow('not known')
  })

  it('bring what the user does not follow, or everything when that is not known', async () => {
    const out = outOfNetwork<{ follows?: string[] }, (typeof posts)[number]>({ retrieve: () => posts, follows: (q) => q.follows, authorId: (post) => post.by, limit: 2 })
    expect(await got(out, { follows: ['b'] })).toEqual([1, 3])
    expect(await got(out, {})).toEqual([1, 2])
  })
})

describe('graph', () => {
  it('sums weights over edges, wants enough nodes, and asks nothing when it starts nowhere', async () => {
    type Edge = readonly [string, { id: number }, number?]
    const all: Edge[] = [['a', { id: 1 }], ['b', { id: 2 }, 0.5], ['a', { id: 2 }, 0.4], ['b', { id: 3 }], ['b', { id: 3 }]]
    const options: GraphOptions<{ from?: (string | readonly [string, number])[] }, { id: number }, string> = { from: (q: { from?: (string | readonly [string, number])[] }) => q.from, edges: (nodes: readonly string[]) => all.filter(([node]) => nodes.includes(node)) }
    expect(await got(graph(options), { from: ['a', ['b', 3]] })).toEqual([3, 2, 1])
    expect(await got(graph({ ...options, least: 2 }), { from: ['a', 'b'] })).toEqual([2])
    expect(await got(graph({ ...options, limit: 1 }), { from: ['a', ['a', 1]] })).toEqual([1])
    expect(await got(graph({ ...options, edges: () => { throw new Error('asked') } }), {})).toEqual([])
  })
})

describe('cachedSource', () => {
  const make = (options: { staleMs?: number; maxSize?: number } = {}, fetch: (q: { k: string }, ctx: RunContext) => Promise<{ id: string }[]> = async (q) => [{ id: q.k }]) => {
    const asked: string[] = []
    const inner: Source<{ k: string }, { id: string }> = { name: 'inner', enable: (q) => q.k !== 'off', fetch: (q, ctx) => (asked.push(q.k), fetch(q, ctx)) }
    return { asked, source: cachedSource({ source: inner, key: (q) => (q.k === 'never' ? undefined : q.k), ttlMs: 10, ...options }) }
  }

  it('remembers for ttlMs of request time, by key, the latest used', async () => {
    const { asked, source } = make({ maxSize: 2 })
    for (const [k, now] of [['x', 0], ['x', 9], ['x', 10], ['never', 10], ['never', 10], ['y', 11], ['x', 12], ['z', 12], ['y', 12]] as const) expect(await got(source, { k }, contextAt(now))).toEqual([k])
    expect(asked).toEqual(['x', 'x', 'never', 'never', 'y', 'z', 'y'])
    expect([source.name, source.enable?.({ k: 'off' }, contextAt()), source.enable?.({ k: 'x' }, contextAt())]).toEqual(['inner', false, true])
  })

  it('fetches once what two want at once, and again for those who waited for one that failed or was cancelled', async () => {
    const { asked, source } = make()
    expect(await Promise.all([got(source, { k: 'x' }), got(source, { k: 'x' })])).toEqual([['x'], ['x']])
    expect(asked).toEqual(['x'])
    const caller = new AbortController()
    let calls = 0
    const hanging = make({}, async () => (calls++ === 0 ? new Promise<never>(() => {}) : [{ id: 'second' }]))
    void hanging.source.fetch({ k: 'x' }, contextAt(0, caller.signal))
    const waiting = got(hanging.source, { k: 'x' })
    caller.abort('gone')
    expect(await waiting).toEqual(['second'])
    let fail = true
    const failing = make({}, async () => { if (fail) { fail = false; throw new Error('down') } return [{ id: 'up' }] })
    const [first, second] = await Promise.allSettled([got(failing.source, { k: 'x' }), got(failing.source, { k: 'x' })])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('lets an old answer stand in for a failure for staleMs, and says so', async () => {
    let down = false
    const { source } = make({ staleMs: 5 }, async (q) => { if (down) throw new Error('down'); return [{ id: q.k }] })
    await got(source, { k: 'x' }, contextAt(0))
    down = true
    const plain: Source<object, { id: number }> = { name: 'p', fetch: () => { if (down) throw new Error('at once'); return [{ id: 1 }] } }
    down = false
    const standing = cachedSource({ source: plain, key: () => 1, ttlMs: 10, staleMs: 5 })
    await got(standing, {}, contextAt(0))
    down = true
    expect(await got(standing, {}, contextAt(12))).toEqual([1])
    const notes: unknown[] = []
    expect(await got(source, { k: 'x' }, contextAt(14, undefined, { note: (cause) => notes.push(cause) }))).toEqual(['x'])
    expect(String(notes[0])).toBe('Error: down')
    await expect(got(source, { k: 'x' }, contextAt(15))).rejects.toThrow('down')
    await expect(got(make({}, async () => 'no list' as unknown as { id: string }[]).source, { k: 'x' })).rejects.toThrow('no array of candidates')
  })

  it('refuses what is no source', () => {
    expect(() => cachedSource({ source: {} as Source<object, object>, key: () => 1, ttlMs: 1 })).toThrow('`source` to be a source')
    expect(() => fromPipeline({} as Parameters<typeof fromPipeline>[0])).toThrow('a built pipeline')
  })
})
