import { evaluationReport, type EpochRecord, type Evaluation, type Report, type SampleFeed } from 'feedrank'
import { tolerableEce, type explainRanking } from './judge-ranking'

/** One part of the data, with its span of time (ms since 1970). */
export interface Part {
  readonly name: 'train' | 'validation' | 'test'
  readonly rows: number
  readonly users: number
  readonly from: number
  readonly to: number
}

/** All that the report shows and the summary sums up. */
export interface Results {
  readonly dataset: { readonly name: string; readonly ratings: number; readonly users: number; readonly movies: number; readonly likedShare: number }
  readonly split: readonly Part[]
  readonly backend: string
  readonly seed: number
  readonly ranking: Evaluation
  readonly rankingCurve: readonly EpochRecord[]
  readonly explained: Awaited<ReturnType<typeof explainRanking>>
  readonly retrieval: Evaluation
  readonly retrievalCurve: readonly EpochRecord[]
  /** The whole feed on the day the test part begins. */
  readonly feeds: Evaluation
  /** Time to encode and score 1,000 candidates of one request. */
  readonly latencyPer1000: { readonly p50Ms: number; readonly p95Ms: number }
  readonly feed: SampleFeed
  readonly seconds: number
}

const uses = { train: 'what the models learn from', validation: 'when to stop, and how to calibrate', test: 'what the models are judged by' } as const
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ms`
const count = (value: number) => value.toLocaleString('en-US')

export function reportOf({ dataset, split, backend, seed, ranking, rankingCurve, explained, retrieval, retrievalCurve, feeds, latencyPer1000, feed, seconds }: Results): Report {
  return evaluationReport({
    title: `From ${count(dataset.ratings)} ratings to a ranked feed`,
    eyebrow: `feedrank on ${dataset.name}`,
    tolerableEce,
    evaluations: [
      { name: 'Ranking', note: 'Who likes what, on the test part:', evaluation: ranking },
      { name: 'Retrieval', note: `Is a movie that was liked in the test part among those brought out of ${count(dataset.movies)} just before?`, evaluation: retrieval },
      { name: 'Feed', note: 'Of the ten movies on the page on the day the test part begins, how many does its user go on to like? People rate what they come across, ' +
        'which favours what is popular, and Wide & Deep says whether a rating would be a like, not whether there would be one.', evaluation: feeds },
    ],
    data: {
      note: `${dataset.name}: ${count(dataset.ratings)} ratings of ${count(dataset.movies)} movies by ${count(dataset.users)} users. ` +
        `${(100 * dataset.likedShare).toFixed(1)}% of the ratings are four stars or more, which counts as liked. Nothing from a later part is known in an earlier one.`,
      parts: split.map((part) => ({ ...part, use: uses[part.name] })),
    },
    learning: [{ name: 'Wide & Deep', epochs: rankingCurve }, { name: 'Two-tower', epochs: retrievalCurve }],
    importance: [{ name: 'What Wide & Deep goes by', importance: explained.importance }],
    dependence: explained.dependence,
    errors: explained.errors,
    feeds: [feed],
    facts: [
      ['Scoring 1,000 candidates', `${ms(latencyPer1000.p50Ms)} at the median`], ['A feed, end to end', ms(feed.trace.durationMs)],
      ['The whole run', `${seconds.toFixed(0)} s`], ['Backend, seed', `${backend}, ${seed}`],
    ],
    notes: [
      {
        title: 'Latency', aside: `On this machine, with the ${backend} backend.`,
        figures: [['Median', ms(latencyPer1000.p50Ms)], ['95th percentile', ms(latencyPer1000.p95Ms)], ['The feed above', ms(feed.trace.durationMs)]],
        paragraphs: ['The first two are the time it takes to encode and score 1,000 candidates of one request. The feed is one request from its first stage to its answer.'],
      },
      {
        title: 'Reproduce', code: 'npm ci\nnpm start',
        paragraphs: [
          `This run took ${seconds.toFixed(0)} s with seed ${seed} on the ${backend} backend. The same seed on the same backend gives the same weights and the same measures; only the times differ.`,
          'Where an interval of a difference includes 0, the data do not tell the two apart: it does not say that they are equal.',
        ],
      },
      {
        title: 'The data',
        paragraphs: [
          `${dataset.name}, from GroupLens. F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ` +
            'ACM Transactions on Interactive Intelligent Systems 5, 4: 19:1\u201319:19.',
          'Neither the University of Minnesota nor GroupLens endorses this work.',
        ],
        links: [{ text: 'grouplens.org/datasets/movielens', href: 'https://grouplens.org/datasets/movielens/' }, { text: 'doi.org/10.1145/2827872', href: 'https://doi.org/10.1145/2827872' }],
      },
    ],
  })
}
