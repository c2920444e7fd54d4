import { WideAndDeep, binary, boolean, categorical, compileRanker, cross, defineFeatures, javascriptBackend, multiHot, numeric, predict, regression, type Backend, type Model } from 'feedrank'
import { seededRandom } from '../../src/random'

const random = seededRandom('ranker samples')
const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]

export const request = () => ({ user: `u${random.integer(20)}`, age: 18 + random.integer(60), device: pick(['phone', 'web']) })
export const item = () => ({
  post: random.integer(50), author: `a${random.integer(9)}`, topics: Array.from({ length: random.integer(4) }, () => pick(['cats', 'tax', 'surf', 'war'])),
  likes: random.integer(1000), hot: random.next() < 0.5,
})
export const pair = () => ({ seen: random.integer(5) })

export const items = Array.from({ length: 60 }, item)
export const requests = Array.from({ length: 5 }, request)

/** A spec with every rate, crosses of user and item, and a bag. */
export const spec = defineFeatures({
  features: {
    user: categorical({ scope: 'user', embeddingDim: 8 }),
    age: numeric({ scope: 'user' }),
    device: categorical({ scope: 'context', embeddingDim: 2 }),
    post: categorical({ scope: 'item', embeddingDim: 8 }),
    author: categorical({ scope: 'item', embeddingDim: 6 }),
    topics: multiHot({ scope: 'item', embeddingDim: 4 }),
    likes: numeric({ scope: 'item', transform: 'log1p' }),
    hot: boolean({ scope: 'item' }),
    seen: numeric({ scope: 'pair' }),
  },
  crosses: {
    user_author: cross(['user', 'author'], { buckets: 97 }),
    device_topics: cross(['device', 'topics'], { buckets: 31 }),
    user_hot: cross(['user', 'hot'], { buckets: 41 }),
    author_hot: cross(['author', 'hot'], { buckets: 29 }),
    user_device: cross(['user', 'device'], { buckets: 53 }),
  },
  labels: { click: binary(), dwell: regression() },
}).fit(Array.from({ length: 300 }, (_, i) => ({ ...request(), ...item(), ...pair(), click: i % 2, dwell: random.normal() })))

/** Weights, statistics and tables of random numbers, so that nothing is zero by chance of its beginning. */
export function shaken<M extends Model>(model: M, seed = 'shaken'): M {
  const numbers = seededRandom(seed)
  for (const { values } of model.weights.trained.values()) for (let i = 0; i < values.length; i++) values[i] += numbers.normal() * 0.2
  for (const { values } of model.weights.statistics.values()) for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i] + numbers.normal() * 0.3) + 0.1
  for (const { values } of model.tables.values()) for (let i = 0; i < values.length; i++) values[i] = numbers.normal() * 0.3
  return model
}

export const wideAndDeep = (seed = 'shaken') => shaken(new WideAndDeep(spec, { hidden: [24, 12], seed: 3 }), seed)

/** What `predict` says of one request with some items. */
export async function plainScores(model: Model, asked: object, rows: readonly object[], graph = 'score') {
  const encode = spec.encode as (rows: readonly object[]) => ReturnType<typeof spec.encode>
  return predict(model, encode(rows.map((row) => ({ ...asked, ...row }))), { backend: javascriptBackend(), graph })
}

export const rankerOf = (model: Model, options: Parameters<typeof compileRanker>[1] = {}, backend: Backend = javascriptBackend()) => compileRanker(model, { backend, ...options })

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i])))
  return largest
}
