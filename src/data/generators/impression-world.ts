import type { Random } from '../../random'
import { day, hour, traffic } from './moments'
import { cumulativeWeights, weightedDraw } from './weighted-draw'

export const dimensions = 8
export const genders = ['female', 'male', 'other'] as const
export const postTypes = ['text', 'photo', 'video', 'link'] as const
export const deviceTypes = ['android', 'ios', 'web'] as const

/** Posts are made from this long before the first impression on. */
export const warmUp = 14 * day

/** What is true of users. Indexed by `user_id`. */
export interface ImpressionUsers {
  /** Latent taste, `[users, 8]`, each value normal with variance 8^-1/2, so that ⟨taste, topic⟩ has variance 1. */
  readonly vectors: Float32Array
  /** Years, 13 to 90. */
  readonly age: Uint8Array
  /** The place in `genders`. */
  readonly gender: Uint8Array
  readonly friends: Int32Array
  /** The place in `deviceTypes` of the device mostly used. */
  readonly device: Uint8Array
  /** How often the user comes, relative to others: log-normal, σ = 1. */
  readonly activity: Float64Array
}

/** What is true of posts. Indexed by `post_id`; ids ascend with the time of the post. */
export interface ImpressionPosts {
  /** Latent topic, `[posts, 8]`: 0.8 of its author's, 0.6 its own. */
  readonly vectors: Float32Array
  readonly author: Int32Array
  /** The place in `postTypes`. */
  readonly type: Uint8Array
  /** ms since 1970. */
  readonly createdAt: Float64Array
  /** Weight in being shown at all: log-normal, σ = the popularity bias; half of log-variance is the author's. */
  readonly popularity: Float64Array
  /** What everybody likes about it, in logits: normal, σ = 0.5, correlated 0.5 with log popularity. */
  readonly quality: Float64Array
}

export interface ImpressionWorld {
  readonly users: ImpressionUsers
  readonly posts: ImpressionPosts
}

const scale = dimensions ** -0.25

/** The latent vectors of `count` things, `[count, 8]`. */
function latent(random: Random, count: number): Float32Array {
  const vectors = new Float32Array(count * dimensions)
  for (let i = 0; i < vectors.length; i++) vectors[i] = scale * random.normal()
  return vectors
}

export function drawUsers(random: Random, count: number): ImpressionUsers {
  const age = new Uint8Array(count)
  const gender = new Uint8Array(count)
  const friends = new Int32Array(count)
  const device = new Uint8Array(count)
  const activity = new Float64Array(count)
  for (let u = 0; u < count; u++) {
    age[u] = Math.min(90, 13 + Math.floor(18 * Math.exp(0.55 * random.normal())))
    const g = random.next()
    gender[u] = g < 0.49 ? 0 : g < 0.97 ? 1 : 2
    friends[u] = Math.min(5000, Math.floor(150 * Math.exp(random.normal())))
    const d = random.next()
    device[u] = d < 0.5 ? 0 : d < 0.82 ? 1 : 2
    activity[u] = Math.exp(random.normal())
  }
  return { vectors: latent(random, count), age, gender, friends, device, activity }
}

export function drawPosts(random: Random, count: number, authors: number, options: {
  readonly start: number
  readonly days: number
  readonly popularityBias: number
}): ImpressionPosts {
  const { start, days, popularityBias } = options
  const authorVectors = latent(random, authors)
  const authorFame = Float64Array.from({ length: authors }, () => random.normal())
  // Some write much more than others: Pareto, exponent 2.5.
  const writes = cumulativeWeights(Float64Array.from({ length: authors }, () => (1 - random.next()) ** (-1 / 1.5)))
  const vectors = latent(random, count)
  const author = new Int32Array(count)
  const type = new Uint8Array(count)
  const createdAt = new Float64Array(count)
  const popularity = new Float64Array(count)
  const quality = new Float64Array(count)
  const begin = start - warmUp
  const times = traffic(begin, Math.ceil((warmUp + days * day) / hour))
  for (let p = 0; p < count; p++) {
    const a = weightedDraw(writes, 0, authors, random.next())
    author[p] = a
    for (let d = 0; d < dimensions; d++) vectors[p * dimensions + d] = 0.8 * authorVectors[a * dimensions + d] + 0.6 * vectors[p * dimensions + d]
    const t = random.next()
    type[p] = t < 0.3 ? 0 : t < 0.65 ? 1 : t < 0.85 ? 2 : 3
    // One post in each of `count` equal shares of the traffic: ids ascend with time, and the first is there from the beginning.
    createdAt[p] = Math.floor(p === 0 ? begin : times.at((p + random.next()) / count))
    const fame = Math.SQRT1_2 * authorFame[a] + Math.SQRT1_2 * random.normal()
    popularity[p] = Math.exp(popularityBias * fame)
    quality[p] = 0.5 * (0.5 * fame + Math.sqrt(0.75) * random.normal())
  }
  return { vectors, author, type, createdAt, popularity, quality }
}
