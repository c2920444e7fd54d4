import { seededRandom } from '../../src/random'

/** A row of a made-up feed: what was shown to whom, and what came of it. */
export interface Shown {
  readonly user: string
  readonly item: string
  readonly at: number
  readonly topic: string
  readonly taste: number
  readonly truth: number
  readonly liked: boolean
  readonly stars: number
}

/** Rows whose true probability is known; time goes on from row to row. */
export function shownRows(count: number, seed: string | number, start = 0): Shown[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const user = random.integer(40)
    const item = Math.floor(random.next() ** 2 * 60)
    const taste = random.next()
    const truth = 1 / (1 + Math.exp(-(3 * (taste - 0.5) + (40 - item) / 40)))
    const liked = random.next() < truth
    return { user: `u${user}`, item: `i${item}`, at: start + i, topic: ['cats', 'tax', 'news'][item % 3], taste, truth, liked, stars: liked ? 3 + random.integer(3) : 1 + random.integer(2) }
  })
}
