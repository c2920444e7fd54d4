import type { ReliabilityBin } from '../metrics'

/** Which way a measure is better: up, down, or the nearer to 1 (a ratio of predicted to observed). */
export type Better = 'higher' | 'lower' | 'near 1'

/** A measure as tables and sentences name it. */
export interface MeasureInfo {
  /** Its key, such as `ndcg@10`. */
  readonly name: string
  /** What people read, such as `NDCG@10`. */
  readonly label: string
  readonly better: Better
}

/** One measure of one contender. What has no value is `null`, and `note` says why: nothing is NaN. */
export interface Measured {
  /** The `name` of a {@link MeasureInfo}. */
  readonly measure: string
  readonly value: number | null
  /** The interval by bootstrap over users; `null` where there is none. */
  readonly low: number | null
  readonly high: number | null
  /** Why there is no value, or no interval. */
  readonly note?: string
}

/**
 * What a difference settles: `ahead` or `behind` only where its interval leaves out 0 and its p-value, corrected for the
 * number of comparisons, is below 1 − level.
 */
export type Standing = 'ahead' | 'behind' | 'undecided' | 'unmeasured'

/** Ours minus another by one measure, on the same rows, paired; of a ratio, the distances from 1 (as logarithms) are compared. */
export interface Compared {
  readonly measure: string
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  /** Two-sided, of the difference over its standard error from the bootstrap. */
  readonly pValue: number | null
  /** The p-value after Holm's correction for all comparisons by this measure in the same table. */
  readonly corrected: number | null
  readonly standing: Standing
  readonly note?: string
}

/** `ours` is judged; a `rival` was given beside it; a `baseline` the evaluator added. */
export type Role = 'ours' | 'rival' | 'baseline'

/** A curve, thinned to what can be drawn. */
export interface Curve {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** How scores lie: counts of negatives and positives in bins of equal width. */
export interface Distribution {
  readonly low: number
  readonly high: number
  readonly negatives: readonly number[]
  readonly positives: readonly number[]
}

/** Curves of one contender over rows; absent where one class is missing. */
export interface Curves {
  /** True against false positive rate. */
  readonly roc?: Curve
  /** Precision against recall. */
  readonly precisionRecall?: Curve
  /** The share of positives among the best-scored share of rows. */
  readonly gains?: Curve
  readonly distribution: Distribution
  /** Present where the scores are probabilities. */
  readonly reliability?: readonly ReliabilityBin[]
}

/** What one source of a pipeline contributed, over all requests. */
export interface SourceShare {
  readonly source: string
  /** Candidates it brought. */
  readonly brought: number
  /** Candidates only it brought. */
  readonly alone: number
  /** Relevant candidates it brought, and those only it brought: what would be missed without it. */
  readonly relevant: number
  readonly relevantAlone: number
  /** Of what it brought, how many came on the page, and how many of those were relevant. */
  readonly shown: number
  readonly relevantShown: number
}

/** Where the relevant items of all requests got lost on the way through a pipeline. */
export interface Funnel {
  /** Relevant items asked for. */
  readonly relevant: number
  /** Those any source brought. */
  readonly retrieved: number
  /** Those that passed the filters. */
  readonly kept: number
  /** Those on the page. */
  readonly shown: number
  /** Relevant items each filter removed, most first. */
  readonly removedBy: readonly { readonly filter: string; readonly relevant: number; readonly removed: number }[]
  readonly sources: readonly SourceShare[]
}

/** One contender with all that was measured of it. */
export interface ContenderResult {
  readonly name: string
  /** What it is, in one phrase. */
  readonly what: string
  readonly role: Role
  readonly measures: readonly Measured[]
  /** Ours minus this one; absent for ours. */
  readonly against?: readonly Compared[]
  readonly curves?: Curves
  readonly funnel?: Funnel
  /** Requests that threw, where any did: they count as empty lists. */
  readonly failures?: { readonly requests: number; readonly first: string }
}

/** A part of the rows, ours beside the one it is compared with there. */
export interface SegmentResult {
  /** What the part is one of, such as `Users` or `genre`. */
  readonly group: string
  readonly name: string
  readonly rows: number
  readonly users: number
  readonly ours: readonly Measured[]
  /** Ours minus the reference, corrected over all segments. */
  readonly against: readonly Compared[]
}

/** Something that would make the figures better than they are. */
export interface Leak {
  readonly kind: 'time' | 'events' | 'ids' | 'rows' | 'label'
  readonly count: number
  readonly message: string
}

/** What was evaluated: plain data that JSON holds whole. */
export interface Evaluation {
  /** `rows`: who scores what happened best. `lists`: whose lists hold what happened. */
  readonly kind: 'rows' | 'lists'
  /** Rows, or requests. */
  readonly size: number
  readonly users: number
  /** Rows with a positive label, or relevant items of all requests. */
  readonly positives: number
  /** Of the test part, ms since 1970, where a timestamp was named. */
  readonly from: number | null
  readonly to: number | null
  readonly trainRows: number
  readonly measures: readonly MeasureInfo[]
  /** The measure that decides; the first one. */
  readonly primary: string
  readonly ours: string
  /** The contender segments are compared with: the one in use where it was named, else the best other by the primary measure. */
  readonly reference: string | null
  /** True where the reference was named as the one in use. */
  readonly referenceInUse: boolean
  /** Ours first, then rivals and baselines. */
  readonly contenders: readonly ContenderResult[]
  readonly segments: readonly SegmentResult[]
  readonly leaks: readonly Leak[]
  /** What a reader has to know of how it was measured, whole sentences. */
  readonly notes: readonly string[]
  readonly level: number
  readonly resamples: number
  readonly seed: string | number
}
