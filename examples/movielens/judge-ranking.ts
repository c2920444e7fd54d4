import {
  createPredictor, evaluate, expectedCalibrationError, fitPlatt, partialDependence, permutationImportance, predict, segmentErrors,
  type Backend, type Contender, type WideAndDeep,
} from 'feedrank'
import type { EventRow } from './history'
import { seed } from './movielens'
import { logisticRegression, type RankingSpec, type trainRanker } from './ranking'

/** A model is calibrated on validation rows only where it needs it. */
export const tolerableEce = 0.03

type Parts = Readonly<Record<'train' | 'validation' | 'test', readonly EventRow[]>>
type Ranker = Awaited<ReturnType<typeof trainRanker>>

const likedOf = (row: EventRow): number => (row.liked ? 1 : 0)

/** A contender as it is where its validation ECE is small enough, else through Platt, fitted on validation rows. */
function calibrated(name: string, what: string, onValidation: ArrayLike<number>, onTest: ArrayLike<number>, labels: readonly number[]): Contender<EventRow> {
  if (expectedCalibrationError(labels, onValidation) <= tolerableEce) return { name, what, scores: onTest }
  return { name, what: `${what}. Calibration: Platt, fitted on validation`, scores: fitPlatt(onValidation, labels, { input: 'probability' }).apply(onTest) }
}

/** Wide & Deep beside its baselines on the test rows. Everything is fitted on training rows, calibrated on validation. */
export async function judgeRanking({ spec, model }: Ranker, { train, validation, test }: Parts, backend: Backend) {
  const liked = { train: train.map(likedOf), validation: validation.map(likedOf) }
  const ofModel = async (name: string, what: string, ranker: WideAndDeep) => {
    const [onValidation, onTest] = await Promise.all([validation, test].map(async (rows) => (await predict(ranker, spec.encode(rows), { backend })).get('liked')!))
    return calibrated(name, what, onValidation, onTest, liked.validation)
  }
  /** A number as a model: Platt, fitted on training rows, makes it a probability. */
  const ofNumber = (name: string, what: string, score: (row: EventRow) => number) => {
    const platt = fitPlatt(train.map(score), liked.train, { input: 'logit' })
    return calibrated(name, what, platt.apply(validation.map(score)), platt.apply(test.map(score)), liked.validation)
  }
  return evaluate({
    rows: test, train: [...train, ...validation], label: 'liked', grade: 'rating', user: 'userId', item: 'movieId', timestamp: 'timestamp', seed,
    contenders: [
      await ofModel('Wide & Deep', 'embeddings and numbers through two hidden layers, beside crosses', model),
      await ofModel('Logistic regression', 'a linear model on the same numbers', await logisticRegression(spec, train, validation, backend)),
      ofNumber('Bias model', 'the user’s mean rating plus the movie’s', (row) => row.userMean + row.movieMean),
      ofNumber('Popularity', 'how often the movie was rated', (row) => Math.log1p(row.movieRatings)),
    ],
    // Popularity is among the contenders, as it was at the moment of each row.
    baselines: ['random', 'recency'],
    segments: [{ by: 'genres', name: 'Genre', most: 6 }],
  })
}

/** What the ranker goes by, and where it is wrong. */
export async function explainRanking({ spec, model }: { readonly spec: RankingSpec; readonly model: WideAndDeep }, test: readonly EventRow[], backend: Backend) {
  const predictor = await createPredictor(model, 'score', backend)
  const score = async (rows: readonly EventRow[]) => (await predictor.predict(spec.encode(rows))).get('liked')!
  // Every fifth row will do: each feature costs as many predictions as it is shuffled.
  const some = test.filter((_, i) => i % 5 === 0)
  try {
    return {
      importance: await permutationImportance({
        rows: some, score, label: 'liked', measure: 'logLoss', seed,
        features: [
          'genres', 'year', 'age', 'userRatings', 'userMean', 'userDeviation', 'userMood', 'movieRatings', 'movieMean', 'genreTaste', 'genreShare', 'likedBeside',
          { name: 'all of the user', columns: ['userRatings', 'userMean', 'userDeviation', 'userMood'] }, { name: 'all of the movie', columns: ['movieRatings', 'movieMean'] },
        ],
      }),
      dependence: [
        await partialDependence({ rows: some, score, feature: 'movieMean', individuals: 12 }), await partialDependence({ rows: some, score, feature: 'userMood', individuals: 12 }),
      ],
      errors: segmentErrors({
        rows: test, label: 'liked', probabilities: await score(test), user: 'userId', columns: ['genres', 'year', 'userRatings', 'movieRatings', 'movieMean', 'userMean'],
      }),
    }
  } finally {
    predictor.dispose()
  }
}
