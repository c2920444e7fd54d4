/** Twitter's For-You pipeline over a made-up network: `npx tsx examples/for-you-twitter/main.ts`. Prints a page, one story and the wiring. */
import { describe, explain } from 'feedrank'
import { makeWorld } from '../for-you-world/world'
import { forYou } from './feed'

const world = makeWorld(2023)
const feed = forYou(world)
const result = await feed.run({ userId: 7, mutedKeywords: ['spoiler'], seenIds: [11, 12, 13] }, { now: world.now })

console.log(`${result.retrieved} retrieved, ${result.rest.length} left over`)
for (const { position, id, candidate } of result.selected)
  console.log(`${String(position + 1).padStart(3)}. ${candidate.kind === 'post' ? `post ${id} by ${candidate.authorId}, ${candidate.sources.join(' and ')}` : id}`)
console.log(`\n${explain(result, result.selected[1].id).text}\n`)
for (const { component, result: inner } of result.nested) console.log(`${component}: ${inner.retrieved} retrieved, ${inner.removed.length} held back, ${inner.selected.length} brought`)
console.log(`\n${describe(feed).text}`)
