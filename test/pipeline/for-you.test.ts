import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { explain, idMemory } from 'feedrank'
import { describe, expect, it } from 'vitest'
import { forYou as twitter } from '../../examples/for-you-twitter/feed'
import { makeWorld } from '../../examples/for-you-world/world'
import { forYou as x } from '../../examples/for-you-x/feed'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ask = { userId: 7, mutedKeywords: ['spoiler'], seenIds: [11, 12, 13] }
const world = makeWorld(5)

describe('the For-You pipelines as examples', () => {
  it.each(['for-you-x', 'for-you-twitter'])('%s runs by one command, says the same every time, and is short', (name) => {
    const run = () => execFileSync(join(root, 'node_modules/.bin/tsx'), [join(root, 'examples', name, 'main.ts')], { cwd: root, encoding: 'utf8' })
    const printed = run()
    expect(printed).toContain('  1. ')
    expect(printed).toContain('It is ')
    expect(run()).toBe(printed)
    for (const file of ['feed.ts', 'main.ts']) expect(readFileSync(join(root, 'examples', name, file), 'utf8').split('\n').length).toBeLessThan(120)
  })

  it('X: full pages of what may be shown, no conversation twice, and the next page is another one', async () => {
    const feed = x(world, idMemory())
    const first = await feed.run(ask, { now: world.now })
    await first.settled
    const second = await feed.run(ask, { now: world.now })
    for (const { selected, query } of [first, second]) {
      expect(selected.length).toBe(20)
      expect(new Set(selected.map((item) => item.candidate.conversationId)).size).toBe(20)
      for (const { candidate } of selected) {
        expect(candidate.text).not.toContain('spoiler')
        expect(candidate.labels).not.toContain('spam')
        expect(candidate.visibility).toBe(candidate.labels.includes('graphic') ? 'interstitial' : 'allow')
        expect(query.blocked?.has(candidate.authorId)).toBe(false)
        expect(world.now - candidate.createdAt).toBeLessThanOrEqual(48 * 3_600_000)
      }
    }
    const shown = new Set(first.selected.map((item) => item.id))
    expect(second.selected.filter((item) => shown.has(item.id))).toEqual([])
  })

  it('Twitter: ads and people at their places, no author twice in a row, half from the network, and a story into the inner pipeline', async () => {
    const result = await twitter(world).run(ask, { now: world.now })
    const kinds = result.selected.map((item) => item.candidate.kind)
    expect(kinds.length).toBe(30)
    expect([3, 11, 19, 27].map((place) => kinds[place])).toEqual(['ad', 'ad', 'ad', 'ad'])
    expect(kinds[5]).toBe('who to follow')
    const posts = result.selected.flatMap(({ candidate }) => (candidate.kind === 'post' ? [candidate] : []))
    posts.slice(1).forEach((post, i) => expect(post.authorId).not.toBe(posts[i].authorId))
    const near = posts.filter((post) => post.sources.includes('earlybird')).length
    expect(Math.abs(near - posts.length / 2)).toBeLessThanOrEqual(3)
    expect(explain(result, posts[0].id).text).toMatch(/Within scored tweets:\n {2}.*brought it\.\n {2}weighted actions scored it/)
    const off = await twitter(world).run(ask, { now: world.now, parameters: { whoToFollow: false } })
    expect(off.selected.some((item) => item.candidate.kind === 'who to follow')).toBe(false)
  })
})
