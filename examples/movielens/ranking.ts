import {
  WideAndDeep, auc, binary, bootstrapDifference, bootstrapInterval, bucketized, cross, defineFeatures, expectedCalibrationError, fit, fitPlatt,
  logLoss, meanNdcg, multiHot, numeric, predict, regression, reliabilityCurve, type Backend, type History as Training,
} from 'feedrank'
import type { EventRow } from './history'
import { seed } from './movielens'
import type { RankingResult } from './report-data'

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

/** A model is calibrated on validation rows only where it needs it. */
const tolerableEce = 0.03

/** Trains Wide & Deep; validation rows decide when to stop. */
export async function trainRanker(train: readonly EventRow[], validation: readonly EventRow[], backend: Backend) {
  const spec = rankingSpec.fit(train)
  const features = spec.features.map((f) => f.name).filter((name) => !name.endsWith('Bin'))
  const model = new WideAndDeep(spec, { features, hidden: [64, 32], dropout: 0.1, heads: { liked: { weight: 1 }, rating: { weight: 0.5 } }, seed })
  const training = await learn(model, spec, train, validation, backend)
  return { spec, model, training }
}

/** Logistic regression on the numbers Wide & Deep reads: the same model without hidden layers. */
async function logisticRegression(spec: RankingSpec, train: readonly EventRow[], validation: readonly EventRow[], backend: Backend) {
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

/** Scores of one contender for validation and test rows: probabilities, or anything Platt can make into some. */
interface Contender {
  readonly name: string
  readonly what: string
  readonly validation: ArrayLike<number>
  readonly test: ArrayLike<number>
  readonly calibration: string
}

/** Wide & Deep beside its baselines on the test rows. Everything is fitted on training rows, calibrated on validation. */
export async function judgeRanking(
  { spec, model }: Awaited<ReturnType<typeof trainRanker>>, { train, validation, test }: Record<'train' | 'validation' | 'test', readonly EventRow[]>, backend: Backend,
): Promise<RankingResult[]> {
  const liked = { train: train.map(likedOf), validation: validation.map(likedOf), test: test.map(likedOf) }
  const ofModel = async (name: string, what: string, ranker: WideAndDeep): Promise<Contender> => {
    const [onValidation, onTest] = await Promise.all([validation, test].map(async (rows) => (await predict(ranker, spec.encode(rows), { backend })).get('liked')!))
    return { name, what, validation: onValidation, test: onTest, calibration: 'none' }
  }
  /** A number as a model: Platt, fitted on training rows, makes it a probability. */
  const ofNumber = (name: string, what: string, score: (row: EventRow) => number): Contender => {
    const platt = fitPlatt(train.map(score), liked.train, { input: 'logit' })
    return { name, what, validation: platt.apply(validation.map(score)), test: platt.apply(test.map(score)), calibration: 'none' }
  }
  const contenders = [
    await ofModel('Wide & Deep', 'embeddings and numbers through two hidden layers, beside crosses', model),
    await ofModel('Logistic regression', 'a linear model on the same numbers', await logisticRegression(spec, train, validation, backend)),
    ofNumber('Bias model', 'the user’s mean rating plus the movie’s', (row) => row.userMean + row.movieMean),
    ofNumber('Popularity', 'how often the movie was rated', (row) => Math.log1p(row.movieRatings)),
  ].map((contender) => calibrated(contender, liked.validation))

  const users = { ids: test.map((row) => row.userId) }
  const [{ test: ours }] = contenders
  return contenders.map(({ name, what, test: scores, calibration }, i) => ({
    name, what, calibration,
    auc: bootstrapInterval({ labels: liked.test, scores, metric: auc, groups: users, seed }),
    logLoss: bootstrapInterval({ labels: liked.test, scores, metric: logLoss, groups: users, seed }),
    ndcg10: meanNdcg(test.map((row) => row.rating), scores, users, { k: 10 }),
    ece: expectedCalibrationError(liked.test, scores),
    reliability: reliabilityCurve(liked.test, scores),
    ...(i > 0 && {
      against: {
        auc: bootstrapDifference({ labels: liked.test, a: ours, b: scores, metric: auc, groups: users, seed }),
        logLoss: bootstrapDifference({ labels: liked.test, a: ours, b: scores, metric: logLoss, groups: users, seed }),
      },
    }),
  }))
}

const likedOf = (row: EventRow): number => (row.liked ? 1 : 0)

/** The contender as it is where its validation ECE is small enough, else through Platt. */
function calibrated(contender: Contender, labels: readonly number[]): Contender {
  if (expectedCalibrationError(labels, contender.validation) <= tolerableEce) return contender
  const platt = fitPlatt(contender.validation, labels, { input: 'probability' })
  return { ...contender, validation: platt.apply(contender.validation), test: platt.apply(contender.test), calibration: 'Platt, fitted on validation' }
}
