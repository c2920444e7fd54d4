import { binary, categorical, defineFeatures, numeric, seededRandom } from 'feedrank'

const size = { users: 60, topics: 15, authors: 80 }

export const spec = defineFeatures({
  features: {
    user: categorical({ scope: 'user', embeddingDim: 6 }),
    topic: categorical({ scope: 'item', embeddingDim: 6 }),
    author: categorical({ scope: 'item', embeddingDim: 6 }),
    quality: numeric({ scope: 'item' }),
  },
  labels: { clicked: binary() },
})

/**
 * A made-up world: users, topics and authors have places in a space of two dimensions, and who clicks what is a matter of how
 * far they agree, and of quality; the click is a coin of that weight.
 */
export function makeWorld(seed: number) {
  const random = seededRandom(`world ${seed}`)
  const places = (n: number) => Array.from({ length: n }, () => [random.normal(), random.normal()])
  const [users, topics, authors] = [places(size.users), places(size.topics), places(size.authors)]
  const agree = ([a, b]: readonly number[], [c, d]: readonly number[]) => a * c + b * d
  return {
    /** The candidates of one request, with what the user did. */
    request(candidates: number) {
      const user = random.integer(size.users)
      return Array.from({ length: candidates }, () => {
        const [topic, author, quality] = [random.integer(size.topics), random.integer(size.authors), random.normal()]
        const z = agree(users[user], topics[topic]) + agree(users[user], authors[author]) + 0.5 * quality - 1.5
        return { user, topic, author, quality, clicked: Number(random.next() < 1 / (1 + Math.exp(-z))) }
      })
    },
  }
}
