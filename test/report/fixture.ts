import type { BootstrapDifference, BootstrapInterval, ComponentTrace, EpochRecord, PipelineTrace, ReliabilityBin, StageTrace } from 'feedrank'
import type { FeedItem, RankingResult, Results, RetrievalResult } from '../../examples/movielens/report-data'

// Made-up results: plausible in their size, and chosen to bring out what a report must say.

const resampled = { level: 0.95, resamples: 1000, undefinedResamples: 0 }

export const interval = (value: number, half: number): BootstrapInterval =>
  ({ value, low: value - half, high: value + half, standardError: half / 1.96, ...resampled })

export const difference = (a: number, b: number, half: number): BootstrapDifference => ({
  a, b, difference: a - b, low: a - b - half, high: a - b + half, standardError: half / 1.96, ...resampled,
  otherSide: Math.abs(a - b) > half ? 0 : 0.2,
})

/** A reliability curve of ten bins that promises too much by `tilt` at the ends. */
export const reliability = (tilt: number): ReliabilityBin[] => [212, 690, 1_304, 1_987, 2_411, 2_380, 1_894, 1_215, 598, 121].map((count, i) => {
  const meanPredicted = i / 10 + 0.052
  const observed = Math.min(Math.max(meanPredicted + tilt * (0.5 - meanPredicted) + (i % 2 === 0 ? 0.004 : -0.006), 0.005), 0.995)
  const half = 1.96 * Math.sqrt((observed * (1 - observed)) / count)
  return {
    low: i / 10, high: (i + 1) / 10, count, weight: count, meanPredicted, observed,
    interval: { low: Math.max(observed - half, 0), high: Math.min(observed + half, 1) },
  }
})

const epoch = (n: number, loss: number, parts: Record<string, number>, validation: Record<string, number>): EpochRecord =>
  ({ epoch: n, loss, parts, validation, learningRate: n < 6 ? 0.001 : 0.0005, gradientNorm: 1.4 / Math.sqrt(n), trainingMs: 4_100 + 37 * n })

export const ranker = (epochs: number) => Array.from({ length: epochs }, (_, i) => {
  const liked = 0.55 + 0.09 / (i + 1)
  const rating = 0.74 + 0.28 / (i + 1)
  return epoch(i + 1, liked + 0.3 * rating, { liked, rating },
    { 'auc:liked': 0.771 - 0.03 / (i + 1) ** 1.3 - 0.0004 * i, 'logLoss:liked': 0.561 + 0.04 / (i + 1) + 0.0009 * i, 'rmse:rating': 0.86 + 0.05 / (i + 1) })
})

export const retriever = (epochs: number) => Array.from({ length: epochs }, (_, i) =>
  epoch(i + 1, 5.6 + 0.9 / (i + 1), { retrieval: 5.6 + 0.9 / (i + 1) }, { loss: 5.8 + 0.8 / (i + 1) + 0.01 * i, 'recall@100': 0.31 - 0.12 / (i + 1) }))

interface Figures {
  readonly auc: number
  readonly logLoss: number
  readonly half: number
}

const ours: Omit<RankingResult, 'auc' | 'logLoss'> = {
  name: 'Wide & Deep', what: 'embeddings, an MLP of 64 and 32, and a linear part over crosses',
  ndcg10: 0.8512, ece: 0.0118, reliability: reliability(0.03), calibration: 'Platt, fitted on validation',
}

/** Wide & Deep with the given figures beside three baselines. */
export function ranking({ auc, logLoss, half }: Figures): RankingResult[] {
  const baseline = (name: string, what: string, theirAuc: number, theirLoss: number, ndcg10: number, ece: number): RankingResult => ({
    name, what, auc: interval(theirAuc, 0.0094), logLoss: interval(theirLoss, 0.0085), ndcg10, ece,
    against: { auc: difference(auc, theirAuc, half), logLoss: difference(logLoss, theirLoss, half) }, reliability: reliability(0.2), calibration: 'none',
  })
  return [
    { ...ours, auc: interval(auc, 0.0091), logLoss: interval(logLoss, 0.0081) },
    baseline('Popularity', 'the movie\u2019s share of likes so far', 0.6702, 0.6391, 0.8104, 0.0312),
    baseline('Bias model', 'overall mean plus a bias of the user and of the movie', 0.7431, 0.5903, 0.8422, 0.0204),
    baseline('Logistic regression', 'the same features, linear', 0.7540, 0.5804, 0.8478, 0.0161),
  ]
}

/** Two-tower retrieval with the given recall beside two baselines. */
export function retrieval(recall: number, half: number): RetrievalResult[] {
  const baseline = (name: string, what: string, value: number): RetrievalResult =>
    ({ name, what, recall100: interval(value, 0.014), against: difference(recall, value, half) })
  return [
    { name: 'Two-tower', what: 'two MLPs, in-batch softmax with log-Q correction', recall100: interval(recall, 0.016) },
    baseline('Popularity', 'the most liked movies of the last year', 0.2214),
    baseline('Item-to-item', 'movies liked beside those the user liked last', 0.2891),
  ]
}

const titles: readonly (readonly [title: string, genres: readonly string[]])[] = [
  ['Shawshank Redemption, The (1994)', ['Crime', 'Drama']],
  ['Lock, Stock & Two Smoking Barrels (1998)', ['Comedy', 'Crime', 'Thriller']],
  ['Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)', ['Comedy', 'War']],
  ['Spirited Away (Sen to Chihiro no kamikakushi) (2001)', ['Adventure', 'Animation', 'Fantasy']],
  ['Am\u00e9lie (Fabuleux destin d\u2019Am\u00e9lie Poulain, Le) (2001)', ['Comedy', 'Romance']],
  ['"Great Performances" Cats (1998)', ['Musical']],
]

const items = titles.map(([title, genres], i): FeedItem => ({
  position: i + 1, movieId: String(100 + i), title, genres, score: 0.91 - 0.043 * i,
  sources: i % 2 === 0 ? ['twoTowerIndex', 'similarToLiked'] : ['popularNow'],
  reason: i % 2 === 0 ? 'Close to what you liked: Pulp Fiction (1994).' : 'Many people like it now.',
  story: [
    `${i % 2 === 0 ? 'twoTowerIndex and similarToLiked' : 'popularNow'} brought it.`, `ranker scored it ${(0.91 - 0.043 * i).toFixed(3)}.`,
    `It ranked ${i + 5}th of 214 by score.`, `mmr moved it from ${i + 5}th to ${i + 4}th.`,
  ].join('\n'),
}))

const component = (name: string, durationMs: number, given: number, out: number, rest: Partial<ComponentTrace> = {}): ComponentTrace =>
  ({ component: name, enabled: true, startMs: 0, durationMs, in: given, out, timedOut: false, nonFinite: 0, duplicates: 0, invalid: 0, ...(rest as object) })

/** Stages one after the other; the components of a stage begin with it. */
const inTurn = (stages: readonly Omit<StageTrace, 'startMs'>[]): StageTrace[] => {
  let startMs = 0.2
  return stages.map((stage) => {
    const begun = { ...stage, startMs, components: stage.components.map((one) => ({ ...one, startMs })) }
    startMs += stage.durationMs
    return begun
  })
}

const trace: PipelineTrace = {
  pipeline: 'movies', now: Date.UTC(2018, 8, 24, 14, 27, 30), seed: 7, parameters: {}, durationMs: 31.8, deadlineMs: 500, outcome: 'answered',
  stages: inTurn([
    { stage: 'hydrateQuery', durationMs: 1.91, in: 0, out: 0, components: [component('userFeatures', 1.88, 0, 0), component('seenMovies', 0.42, 0, 0)] },
    {
      stage: 'source', durationMs: 9.3, in: 0, out: 312,
      components: [
        component('twoTowerIndex', 9.21, 0, 200), component('popularNow', 1.13, 0, 100, { duplicates: 41 }),
        component('similarToLiked', 3.74, 0, 100, { duplicates: 47 }),
      ],
    },
    { stage: 'filter', durationMs: 0.31, in: 312, out: 214, components: [component('seen', 0.31, 312, 214)] },
    { stage: 'score', durationMs: 13.12, in: 214, out: 214, components: [component('ranker', 13.12, 214, 214)] },
    { stage: 'rerank', durationMs: 5.84, in: 214, out: 50, components: [component('mmr', 5.84, 214, 50)] },
    { stage: 'select', durationMs: 0.42, in: 50, out: 6, components: [component('capPerGenre', 0.42, 50, 6)] },
    { stage: 'effect', durationMs: 0.2, in: 6, out: 6, components: [component('impressions', 0.2, 6, 6)] },
  ]),
}

const base: Results = {
  dataset: { name: 'MovieLens latest-small', ratings: 100_836, users: 610, movies: 9_742, likedShare: 0.4816 },
  split: [
    { name: 'train', rows: 80_668, users: 497, from: Date.UTC(1996, 2, 29), to: Date.UTC(2016, 1, 3) },
    { name: 'validation', rows: 10_084, users: 71, from: Date.UTC(2016, 1, 3), to: Date.UTC(2017, 4, 1) },
    { name: 'test', rows: 10_084, users: 95, from: Date.UTC(2017, 4, 1), to: Date.UTC(2018, 8, 24) },
  ],
  backend: 'onnxruntime', seed: 7,
  ranking: ranking({ auc: 0.7661, logLoss: 0.5701, half: 0.0042 }),
  rankingCurve: ranker(9), retrieval: retrieval(0.3312, 0.0161), retrievalCurve: retriever(12), retrievalQueries: 4_871,
  latencyPer1000: { p50Ms: 8.412, p95Ms: 11.93 },
  feed: {
    userId: '414', lastLiked: ['Pulp Fiction (1994)', 'Fargo (1996)', 'Trainspotting (1996)'], items, trace,
    retrieved: 312, removed: [{ by: 'seen', count: 98 }],
    wiring: [
      'movies: a page of 6 within 500 ms', '  hydrate the query (at once)', '    userFeatures (50 ms, on error skip)', '    seenMovies (50 ms, on error skip)',
      '  fetch (at once)', '    twoTowerIndex (100 ms, on error skip)', '    popularNow (100 ms, on error skip)', '    similarToLiked (100 ms, on error skip)',
      '  filter', '    seen (on error fail)', '  score', '    ranker (on error fail)',
    ].join('\n'),
  },
  seconds: 94.3,
}

/** Ours is ahead of every baseline, everywhere. */
export const wins = base

/** Ours is behind logistic regression and item-to-item, and its probabilities are off. */
export const loses: Results = {
  ...base,
  ranking: ranking({ auc: 0.7402, logLoss: 0.5961, half: 0.0042 }).map((one, i) =>
    (i === 0 ? { ...one, ece: 0.0514, ndcg10: 0.8401, reliability: reliability(0.3), calibration: 'none' } : one)),
  retrieval: retrieval(0.2002, 0.0161),
}

/** The nearest baselines cannot be told from ours. */
export const undecided: Results = { ...base, ranking: ranking({ auc: 0.7552, logLoss: 0.5799, half: 0.0042 }), retrieval: retrieval(0.2950, 0.0161) }

export const hostile = '</title><script>alert("1")</script> & \'it\' <b>'

const nothing: ReliabilityBin = { low: 0.4, high: 0.5, count: 0, weight: 0, meanPredicted: NaN, observed: NaN, interval: { low: NaN, high: NaN } }

/** Whatever may go wrong or be missing, at once. */
export const extremes: Results = {
  ...base,
  dataset: { name: `Movie${hostile}`, ratings: 1, users: 1, movies: 1, likedShare: NaN },
  split: [
    { name: 'train', rows: 1, users: 1, from: Date.UTC(2018, 0, 1), to: Date.UTC(2018, 0, 1) },
    { name: 'validation', rows: 0, users: 0, from: NaN, to: Infinity },
    { name: 'test', rows: 1, users: 1, from: Date.UTC(2018, 0, 1), to: Date.UTC(2018, 0, 1) },
  ],
  backend: hostile,
  ranking: [
    { ...ours, auc: interval(0.5, 0), logLoss: interval(NaN, NaN), ndcg10: NaN, ece: NaN, reliability: [nothing, ...reliability(0).slice(0, 1), nothing] },
    {
      name: `${hostile} with a name that goes on and on, longer than any column would like it to be`, what: hostile, calibration: hostile, ndcg10: 0.9, ece: 0,
      auc: interval(0.5, 0.1), logLoss: interval(0.7, 0.1), reliability: [], against: { auc: difference(0.5, 0.5, 0), logLoss: difference(NaN, 0.7, NaN) },
    },
    { name: 'constructor', what: '__proto__', auc: interval(0.49996, 0.1), logLoss: interval(0.7, 0.1), ndcg10: 0.1, ece: 0.1, reliability: [], calibration: 'none' },
    {
      name: 'Popularity', what: 'counts', auc: interval(0.49996, 0.1), logLoss: interval(0.7, 0.1), ndcg10: 0.1, ece: 0.1, reliability: [], calibration: 'none',
      against: { auc: difference(0.50001, 0.49996, 0.00001), logLoss: difference(0.7, 0.69, 0.5) },
    },
  ],
  rankingCurve: [epoch(1, NaN, {}, { 'auc:liked': 0.5, constructor: Infinity })],
  retrievalCurve: retriever(1).map((one) => ({ ...one, loss: Infinity })),
  retrieval: [
    { name: 'Two-tower', what: 'x', recall100: interval(0, 0) },
    { name: hostile, what: hostile, recall100: interval(NaN, NaN) },
    { name: 'Popularity', what: 'counts', recall100: interval(0, 0), against: difference(0, 0, 0) },
  ],
  retrievalQueries: 0,
  latencyPer1000: { p50Ms: NaN, p95Ms: 123_456 },
  feed: {
    ...base.feed, userId: hostile, lastLiked: [hostile], wiring: hostile, retrieved: 0,
    removed: [{ by: hostile, count: 0 }, { by: 'aVeryLongFilterNameWithoutAnyPlaceToBreakItWhichGoesOnAndOn', count: 12 }],
    items: [
      { position: 1, movieId: '1', title: hostile, genres: [hostile], score: NaN, sources: [hostile], reason: hostile, story: `${hostile}\n\u0000\u0007` },
      {
        position: 2, movieId: '2', score: 1.7, sources: [], reason: '', story: '', genres: [],
        title: 'Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the Terror of the Attack of the Evil, Mutant, ' +
          'Hellbound, Flesh-Eating Subhumanoid Zombified Living Dead, Part 3 (2005) Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft',
      },
    ],
    trace: {
      ...trace, pipeline: hostile, seed: hostile, outcome: 'failed', error: hostile, durationMs: 0,
      stages: inTurn([
        {
          stage: 'source', durationMs: 50.2, in: 0, out: 3,
          components: [
            component('slow', 50.1, 0, 0, { timedOut: true, error: 'feedrank/slow: gave up after 50 ms' }),
            component(hostile, 3, 0, 0, { error: hostile }),
            component('popular', 2, 0, 3, { duplicates: 2, invalid: 1 }),
            component('off', 0, 0, 0, { enabled: false }),
            component('late', 51, 0, 0, { timedOut: true }),
          ],
        },
        { stage: 'score', durationMs: NaN, in: 3, out: 3, components: [component('ranker', NaN, 3, 3, { nonFinite: 2 })] },
        { stage: 'select', durationMs: 0, in: 3, out: 0, components: [] },
      ]),
    },
  },
  seconds: 0.04,
}

/** No results at all. */
export const empty: Results = {
  ...base, split: [], ranking: [], rankingCurve: [], retrieval: [], retrievalCurve: [],
  feed: { ...base.feed, lastLiked: [], items: [], removed: [], wiring: '', retrieved: 0, trace: { ...trace, stages: [] } },
}
