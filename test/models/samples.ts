import { binary, categorical, cross, defineFeatures, multiHot, numeric, regression } from '../../src/features'
import type { Model } from '../../src/models'
import { seededRandom } from '../../src/random'

/** A spec with every kind of input a ranker has, a label for some rows only, and a regression label. */
export const spec = defineFeatures({
  features: {
    user: categorical({ scope: 'user', embeddingDim: 3 }),
    hour: numeric({ scope: 'context' }),
    topic: categorical({ scope: 'item', embeddingDim: 2 }),
    tags: multiHot({ scope: 'item', missing: 'empty', embeddingDim: 2 }),
    affinity: numeric({ scope: 'pair', scale: 'none' }),
  },
  crosses: { user_topic: cross(['user', 'topic'], { buckets: 31 }), user_tags: cross(['user', 'tags'], { buckets: 31 }) },
  labels: { clicked: binary(), seconds: regression({ when: 'clicked' }) },
})

export function randomRows(seed: string | number, n: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => {
    const [topic, hour] = [random.integer(3), random.integer(24)]
    const clicked = Number(random.next() < [0.2, 0.5, 0.8][topic])
    return {
      user: `u${random.integer(6)}`, hour, topic: `t${topic}`, affinity: random.normal(),
      tags: Array.from({ length: random.integer(4) }, () => `g${random.integer(5)}`), clicked, seconds: 20 + 10 * topic + random.normal(),
    }
  })
}

export const fitted = spec.fit(randomRows('vocabulary', 200))
export const encode = (seed: string | number, n: number) => fitted.encode(randomRows(seed, n), { labels: true })

/** All numbers of a model, copied, by name. */
export function numbersOf({ weights, tables }: Model): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries([
    ...[...weights.trained, ...weights.statistics].map(([name, { values }]) => [`weight ${name}`, values.slice()]),
    ...[...tables].map(([name, { values }]) => [`table ${name}`, values.slice()]),
  ])
}
