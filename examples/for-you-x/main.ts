/** X's For-You pipeline over a made-up network: `npx tsx examples/for-you-x/main.ts`. Prints two pages, one story and the wiring. */
import { describe, explain, idMemory } from 'feedrank'
import { makeWorld } from '../for-you-world/world'
import { forYou } from './feed'

const world = makeWorld(2026)
const feed = forYou(world, idMemory())
const ask = { userId: 7, mutedKeywords: ['spoiler'], seenIds: [11, 12, 13] }

for (const page of [1, 2]) {
  const result = await feed.run(ask, { now: world.now })
  console.log(`page ${page}: ${result.retrieved} retrieved, ${result.removed.length} held back, ${result.rest.length} left over`)
  for (const { position, id, score, sources, candidate } of result.selected)
    console.log(`${String(position + 1).padStart(3)}. post ${id} by ${candidate.authorId}, ${score.toFixed(3)}, ${sources.join(' and ')}${candidate.notice ? `, behind a notice (${candidate.notice})` : ''}`)
  if (page === 1) console.log(`\n${explain(result, result.selected[0].id).text}\n`)
  await result.settled
}
console.log(`\n${describe(feed).text}`)
