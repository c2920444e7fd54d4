import { dimensions, type ImpressionWorld } from './impression-world'
import { hour } from './moments'

/** How well a type of post suits the ages below 25, below 45 and above, in logits: rows text, photo, video, link. */
const typeByAge = [[-0.4, 0, 0.2], [0.2, 0.1, 0], [0.6, 0.1, -0.3], [-0.5, 0, 0.4]]
const ageGroup = (age: number) => (age < 25 ? 0 : age < 45 ? 1 : 2)
/** What the device does, in logits: Android, iOS, web. */
const byDevice = [0, 0.1, -0.25]
/** ln seconds that a type of post is looked at: text, photo, video, link. */
const lookedAt = [Math.log(8), Math.log(6), Math.log(20), Math.log(30)]

export const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))

/**
 * The logit of relevance: how much a user would click a post that is certainly looked at.
 *
 *     ℓ = intercept + 1.2·⟨taste, topic⟩ + quality + fit(type, age) + device − 0.35·ln(1 + ageHours / 6)
 */
export function relevanceLogit({ users, posts }: ImpressionWorld, intercept: number, user: number, post: number, device: number, at: number): number {
  let dot = 0
  for (let d = 0; d < dimensions; d++) dot += users.vectors[user * dimensions + d] * posts.vectors[post * dimensions + d]
  const age = (at - posts.createdAt[post]) / hour
  return intercept + 1.2 * dot + posts.quality[post] + typeByAge[posts.type[post]][ageGroup(users.age[user])] + byDevice[device] - 0.35 * Math.log(1 + age / 6)
}

/** Seconds looked at after a click, to the ms: `ln seconds = ln typical(type) + 0.25·ℓ + 0.7·normal`. */
export function dwellSeconds(type: number, logit: number, normal: number): number {
  return Math.max(1, Math.round(1000 * Math.exp(lookedAt[type] + 0.25 * logit + 0.7 * normal))) / 1000
}

/** Likes from outside the log at an age: `popularity · 40 · (1 − e^(−hours / 18))`, rounded down. */
export const likesFromOutside = (popularity: number, hours: number) => Math.floor(40 * popularity * (1 - Math.exp(-hours / 18)))
/** Comments from outside the log at an age. */
export const commentsFromOutside = (popularity: number, hours: number) => Math.floor(5 * popularity * (1 - Math.exp(-hours / 30)))
