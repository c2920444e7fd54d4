import type { BootstrapDifference, BootstrapInterval, EpochRecord, PipelineTrace, ReliabilityBin } from 'feedrank'

/** One part of the data, with its span of time (ms since 1970). */
export interface Part {
  readonly name: 'train' | 'validation' | 'test'
  readonly rows: number
  readonly users: number
  readonly from: number
  readonly to: number
}

/** A ranking model or baseline on the test rows. */
export interface RankingResult {
  readonly name: string
  /** What it is, in one phrase. */
  readonly what: string
  readonly auc: BootstrapInterval
  readonly logLoss: BootstrapInterval
  readonly ndcg10: number
  readonly ece: number
  /** Wide & Deep minus this one, users resampled; absent for Wide & Deep itself. */
  readonly against?: { readonly auc: BootstrapDifference; readonly logLoss: BootstrapDifference }
  readonly reliability: readonly ReliabilityBin[]
  /** What was done to its probabilities, such as 'none' or 'Platt, fitted on validation'. */
  readonly calibration: string
}

/** A retrieval model or baseline on the movies liked in the test rows. */
export interface RetrievalResult {
  readonly name: string
  readonly what: string
  readonly recall100: BootstrapInterval
  /** Two-tower minus this one, users resampled; absent for the two-tower model itself. */
  readonly against?: BootstrapDifference
}

export interface FeedItem {
  /** From 1. */
  readonly position: number
  readonly movieId: string
  readonly title: string
  readonly genres: readonly string[]
  /** The probability that the user likes it. */
  readonly score: number
  readonly sources: readonly string[]
  /** Why it is here, in one sentence. */
  readonly reason: string
  /** The engine's whole story, one sentence a line. */
  readonly story: string
}

/** All that the report shows and the summary sums up. */
export interface Results {
  readonly dataset: { readonly name: string; readonly ratings: number; readonly users: number; readonly movies: number; readonly likedShare: number }
  readonly split: readonly Part[]
  readonly backend: string
  readonly seed: number
  readonly ranking: readonly RankingResult[]
  readonly rankingCurve: readonly EpochRecord[]
  readonly retrieval: readonly RetrievalResult[]
  readonly retrievalCurve: readonly EpochRecord[]
  readonly retrievalQueries: number
  /** Time to encode and score 1,000 candidates of one request. */
  readonly latencyPer1000: { readonly p50Ms: number; readonly p95Ms: number }
  readonly feed: {
    readonly userId: string
    readonly lastLiked: readonly string[]
    readonly items: readonly FeedItem[]
    readonly trace: PipelineTrace
    readonly retrieved: number
    readonly removed: readonly { readonly by: string; readonly count: number }[]
    /** The pipeline's wiring as text. */
    readonly wiring: string
  }
  readonly seconds: number
}
