import { seededRandom } from 'feedrank'

/** A post as a source brings it: little more than its id. */
export interface Post {
  readonly id: number
  readonly authorId: number
  readonly createdAt: number
  readonly conversationId: number
  readonly repostOf: number | undefined
}

/** What has to be looked up. */
export interface Content { readonly text: string; readonly labels: readonly string[] }
export interface Author { readonly followers: number; readonly shownToday: number }

const actions = ['like', 'reply', 'repost', 'click', 'profile', 'block', 'report'] as const
export type Action = (typeof actions)[number]

const minute = 60_000
const words = ['tram', 'rain', 'chess', 'goal', 'bread', 'moon', 'spoiler', 'jazz', 'garden', 'launch']

/**
 * A small made-up network, the same for the same seed: people with tastes, whom they follow, and what they posted in
 * the last three days. The taste of a reader for an author stands in for what a model would predict.
 */
export function makeWorld(seed: number, people = 400, count = 4000) {
  const random = seededRandom(seed)
  const now = 1_760_000_000_000
  const taste = Array.from({ length: people }, () => Float64Array.from({ length: 8 }, () => random.normal()))
  const follows = Array.from({ length: people }, () => new Set(Array.from({ length: 20 + random.integer(30) }, () => random.integer(people))))
  const posts = Array.from({ length: count }, (_, id): Post => {
    const earlier = id > 50 && random.next() < 0.15 ? random.integer(id) : undefined
    return {
      id,
      authorId: random.integer(people),
      createdAt: now - random.integer(72 * 60) * minute,
      conversationId: random.next() < 0.2 ? random.integer(count / 20) : id,
      repostOf: earlier !== undefined && random.next() < 0.5 ? earlier : undefined,
    }
  })
  const contents = posts.map((): Content => ({
    text: Array.from({ length: 6 }, () => words[random.integer(words.length)]).join(' '),
    labels: random.next() < 0.04 ? ['spam'] : random.next() < 0.06 ? ['graphic'] : [],
  }))
  const authors = taste.map((_, id): Author => ({ followers: follows.filter((set) => set.has(id)).length, shownToday: random.integer(400) }))
  const affinity = (reader: number, author: number) => {
    let dot = 0
    for (let d = 0; d < 8; d++) dot += taste[reader][d] * taste[author][d]
    return 1 / (1 + Math.exp(-dot))
  }
  return {
    now,
    follows: (user: number): ReadonlySet<number> => follows[user],
    blocked: (user: number): ReadonlySet<number> => new Set([(user * 7 + 1) % people, (user * 13 + 5) % people]),
    latest: (by: readonly number[]) => { const set = new Set(by); return posts.filter((post) => set.has(post.authorId)) },
    /** What a two-tower model would retrieve: the newest of the authors nearest in taste. */
    nearest: (user: number, n: number) => [...posts].sort((a, b) => affinity(user, b.authorId) - affinity(user, a.authorId) || b.createdAt - a.createdAt).slice(0, n),
    /** Who liked what lately, of these people. */
    likes: (users: readonly number[]) => users.flatMap((user) => Array.from({ length: 5 }, (_, i) => [user, posts[(user * 31 + i * 97) % count]] as const)),
    contents: (ids: readonly number[]) => new Map(ids.map((id) => [id, contents[id]])),
    authors: (ids: readonly number[]) => new Map(ids.map((id) => [id, authors[id]])),
    /** What a ranker would predict: how likely each action is. */
    predict: (user: number, post: Post): Readonly<Record<Action, number>> => {
      const p = affinity(user, post.authorId)
      return { like: 0.3 * p, reply: 0.05 * p * p, repost: 0.08 * p, click: 0.2 * p, profile: 0.03 * p, block: 0.01 * (1 - p), report: 0.004 * (1 - p) * (1 - p) }
    },
    ads: (user: number) => Array.from({ length: 4 }, (_, i) => ({ id: `ad ${(user + i) % 9}`, bid: 5 - i })),
    people: (user: number) => Array.from({ length: 3 }, (_, i) => ({ id: `person ${(user * 3 + i) % people}` })),
  }
}

export type World = ReturnType<typeof makeWorld>
