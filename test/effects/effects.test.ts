import { recordImpressions } from 'feedrank/effects'
import type { Impression } from 'feedrank/effects'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { ask, byLikes, posts, sourceOf, start } from '../pipeline/feeds'
import type { Ask, Post } from '../pipeline/feeds'

describe('recordImpressions', () => {
  it('hands over the page as it was shown, with the time, the place, the score and the features as served', async () => {
    const pages: (readonly Impression<Ask, Post & { h: number }>[])[] = []
    const feed = start({ limit: 2 }).source(sourceOf('a', posts(1, 2, 3)))
      .hydrate({ name: 'h', fallback: { h: 0 }, hydrate: (_, cs) => cs.map((c) => ({ h: c.likes * 10 })) })
      .score(byLikes).effect(recordImpressions({ sink: async (page) => { pages.push(page) } })).build()
    const result = await feed.run(ask, { now: 77 })
    expect(await result.settled).toMatchObject([{ effect: 'impressions', status: 'done' }])
    expect(pages).toEqual([[
      { pipeline: 'test', at: 77, id: 3, position: 0, score: 3, parts: [{ scorer: 'likes', score: 3 }], sources: ['a'], query: ask, candidate: { id: 3, likes: 3, h: 30 } },
      { pipeline: 'test', at: 77, id: 2, position: 1, score: 2, parts: [{ scorer: 'likes', score: 2 }], sources: ['a'], query: ask, candidate: { id: 2, likes: 2, h: 20 } },
    ]])
  })

  it('reports no empty page, and its failure through `settled`', async () => {
    const failing = recordImpressions({ name: 'log', sink: () => { throw new Error('full') } })
    expect(await (await start().source(sourceOf('a', [])).effect(failing).build().run(ask)).settled).toMatchObject([{ status: 'done' }])
    expect(await (await start().source(sourceOf('a', posts(1))).effect(failing).build().run(ask)).settled).toMatchObject([{ effect: 'log', status: 'failed', error: 'Error: full' }])
    expect(() => recordImpressions({ sink: undefined as unknown as () => void })).toThrow(ArgumentError)
  })
})
