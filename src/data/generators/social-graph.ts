import type { Random } from '../../random'
import { cumulativeWeights, weightedDraw } from './weighted-draw'

/** A follow graph in rows: user `u` follows `followees[offsets[u] .. offsets[u + 1])`, without repeats and without itself. */
export interface SocialGraph {
  readonly offsets: Int32Array
  readonly followees: Int32Array
  /** Whom each user is followed by, in the same form. */
  readonly followerOffsets: Int32Array
  readonly followers: Int32Array
}

/** Community of each user: community `c` has a share in proportion to `1 / √(c + 1)`, and at least one member where there are enough users. */
export function drawCommunities(random: Random, users: number, communities: number): Int32Array {
  const shares = cumulativeWeights(Float64Array.from({ length: communities }, (_, c) => 1 / Math.sqrt(c + 1)))
  return random.shuffle(Int32Array.from({ length: users }, (_, u) => (u < communities ? u : weightedDraw(shares, 0, communities, random.next()))))
}

/**
 * Draws who follows whom: a user with out-degree `k` picks `k` others, each within the own community with probability
 * `homophily` and anywhere otherwise, in proportion to their fame; a share `reciprocity` of follows are returned.
 *
 * Fame is Pareto, so in-degrees have a power-law tail of its exponent (the expected-degree model of Chung and Lu, 2002).
 */
export function drawGraph(random: Random, communities: Int32Array, fame: Float64Array, options: {
  readonly meanFollows: number
  readonly homophily: number
  readonly reciprocity: number
}): SocialGraph {
  const users = communities.length
  // Users in order of community, so that a community is a range to draw from.
  const order = Int32Array.from(communities.keys()).sort((a, b) => communities[a] - communities[b] || a - b)
  const weights = cumulativeWeights(Float64Array.from(order, (u) => fame[u]))
  const begin = new Map<number, number>()
  const end = new Map<number, number>()
  order.forEach((u, i) => {
    if (!begin.has(communities[u])) begin.set(communities[u], i)
    end.set(communities[u], i + 1)
  })
  const following = Array.from({ length: users }, () => new Set<number>())
  for (let u = 0; u < users; u++) {
    // Log-normal with that mean; σ = 0.8.
    const wanted = Math.min(users - 1, Math.max(1, Math.round(options.meanFollows * Math.exp(0.8 * random.normal() - 0.32))))
    const low = begin.get(communities[u]) ?? 0
    const high = end.get(communities[u]) ?? users
    for (let k = 0; k < wanted; k++) {
      const near = random.next() < options.homophily
      let v = u
      for (let tries = 0; tries < 40 && (v === u || following[u].has(v)); tries++)
        v = order[weightedDraw(weights, near ? low : 0, near ? high : users, random.next())]
      // Whoever has followed nearly everybody there is finds nobody more.
      if (v === u || following[u].has(v)) continue
      following[u].add(v)
      if (random.next() < options.reciprocity) following[v].add(u)
    }
  }
  return graphOf(following)
}

function graphOf(following: readonly ReadonlySet<number>[]): SocialGraph {
  const users = following.length
  const offsets = new Int32Array(users + 1)
  const followerOffsets = new Int32Array(users + 1)
  following.forEach((set, u) => {
    offsets[u + 1] = offsets[u] + set.size
    for (const v of set) followerOffsets[v + 1]++
  })
  for (let u = 0; u < users; u++) followerOffsets[u + 1] += followerOffsets[u]
  const followees = new Int32Array(offsets[users])
  const followers = new Int32Array(offsets[users])
  const at = followerOffsets.slice()
  following.forEach((set, u) => {
    followees.set(Int32Array.from(set).sort(), offsets[u])
    for (const v of set) followers[at[v]++] = u
  })
  return { offsets, followees, followerOffsets, followers }
}
