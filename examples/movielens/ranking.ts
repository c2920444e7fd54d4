import {
  WideAndDeep, binary, bucketized, cross, defineFeatures, fit, multiHot, numeric, regression, type Backend, type History as Training,
} from 'feedrank'
import type { EventRow } from './history'
import { seed } from './movielens'

/** What the ranker reads and learns. Every number is of the moment before the rating. */
export const rankingSpec = defineFeatures({
  features: {
    genres: multiHot({ scope: 'item', combiner: 'mean', embeddingDim: 8 }),
    year: numeric({ scope: 'item', missing: { fill: 'mean' } }),
    age: numeric({ scope: 'item', clip: [0, 60], missing: { fill: 'mean', flag: true } }),
    userRatings: numeric({ scope: 'user', transform: 'log1p' }),
    userMean: numeric({ scope: 'user' }),
    userDeviation: numeric({ scope: 'user' }),
    userMood: numeric({ scope: 'user' }),
    movieRatings: numeric({ scope: 'item', transform: 'log1p' }),
    movieMean: numeric({ scope: 'item' }),
    genreTaste: numeric({ scope: 'pair' }),
    genreShare: numeric({ scope: 'pair' }),
    likedBeside: numeric({ scope: 'pair', transform: 'log1p' }),
    userMeanBin: bucketized({ scope: 'user', column: 'userMean', boundaries: [2.5, 2.75, 3, 3.25, 3.5, 3.75, 4, 4.25, 4.5], embeddingDim: 4 }),
    movieMeanBin: bucketized({ scope: 'item', column: 'movieMean', boundaries: [2.5, 2.75, 3, 3.25, 3.5, 3.75, 4, 4.25], embeddingDim: 4 }),
  },
  crosses: {
    tasteForQuality: cross(['userMeanBin', 'movieMeanBin'], { buckets: 1 << 10 }),
    tasteForGenre: cross(['userMeanBin', 'genres'], { buckets: 1 << 12 }),
  },
  labels: { liked: binary(), rating: regression({ min: 0.5, max: 5 }) },
})

export type RankingSpec = ReturnType<typeof rankingSpec.fit>

/** Trains Wide & Deep; validation rows decide when to stop. */
export async function trainRanker(train: readonly EventRow[], validation: readonly EventRow[], backend: Backend) {
  const spec = rankingSpec.fit(train)
  const features = spec.features.map((f) => f.name).filter((name) => !name.endsWith('Bin'))
  const model = new WideAndDeep(spec, { features, hidden: [64, 32], dropout: 0.1, heads: { liked: { weight: 1 }, rating: { weight: 0.5 } }, seed })
  const training = await learn(model, spec, train, validation, backend)
  return { spec, model, training }
}

/** Logistic regression on the numbers Wide & Deep reads: the same model without hidden layers. */
export async function logisticRegression(spec: RankingSpec, train: readonly EventRow[], validation: readonly EventRow[], backend: Backend) {
  const features = spec.features.filter((f) => f.kind === 'numeric').map((f) => f.name)
  const model = new WideAndDeep(spec, { features, hidden: [], heads: { liked: {} }, seed })
  await learn(model, spec, train, validation, backend)
  return model
}

const learn = (model: WideAndDeep, spec: RankingSpec, train: readonly EventRow[], validation: readonly EventRow[], backend: Backend): Promise<Training> =>
  fit(model, { rows: spec.encode(train, { labels: true }), validation: spec.encode(validation, { labels: true }) }, {
    backend, epochs: 12, batchSize: 256, learningRate: 0.0007, clipNorm: 5, seed,
    earlyStopping: { metric: 'logLoss:liked', patience: 2 },
    reduceOnPlateau: { metric: 'logLoss:liked' },
  })
