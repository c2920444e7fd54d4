import type { CandidateId } from './component'
import type { PipelineTrace, StageName } from './trace'

/** The score of one candidate after one scorer. */
export interface ScorePart {
  readonly scorer: string
  readonly score: number
}

/** A reranker that moved a candidate, with its 0-based ranks before and after. */
export interface Move {
  readonly by: string
  readonly from: number
  readonly to: number
}

/** A candidate that passed the filters, with what decided its place. */
export interface RankedItem<C> {
  readonly id: CandidateId
  readonly candidate: C
  /** The final score; higher is better. */
  readonly score: number
  /** The score after each scorer, in order; the last is the final one. */
  readonly parts: readonly ScorePart[]
  /** Every source that brought it, in the pipeline's order. */
  readonly sources: readonly string[]
  /** 0-based rank by score alone. */
  readonly rank: number
  /** What the rerankers did to its rank, in order; those that left it in place are not listed. */
  readonly moves: readonly Move[]
  /** 0-based place: on the page for a selected item, behind the page for the rest (the page's length and up). */
  readonly position: number
}

/** A candidate that a filter held back. */
export interface RemovedItem<C> {
  readonly id: CandidateId
  readonly candidate: C
  readonly sources: readonly string[]
  /** The filter that removed it. */
  readonly by: string
  readonly stage: Extract<StageName, 'filter' | 'filterSelected'>
  /** The score after each scorer that saw it before it was removed. */
  readonly parts: readonly ScorePart[]
}

/** How one side effect ended. */
export interface EffectOutcome {
  readonly effect: string
  readonly status: 'done' | 'failed' | 'timedOut' | 'disabled'
  readonly durationMs: number
  /** The fault in words, when there was one. */
  readonly error?: string
  /** What was thrown. */
  readonly cause?: unknown
}

/**
 * The answer to one request, and everything that led to it.
 *
 * Nothing vanishes: `retrieved = selected.length + rest.length + removed.length`, always. `rest` and `removed` are
 * built when first read.
 */
export interface RankResult<Q, C> {
  /** The query as hydrated. */
  readonly query: Q
  /** The page, in order. */
  readonly selected: readonly RankedItem<C>[]
  /** What passed the filters and found no place, best first. */
  readonly rest: readonly RankedItem<C>[]
  /** What the filters held back, in the order in which they did. */
  readonly removed: readonly RemovedItem<C>[]
  /** Distinct candidates the sources brought. */
  readonly retrieved: number
  readonly trace: PipelineTrace
  /** How the side effects ended, in the pipeline's order. It never rejects. */
  readonly settled: Promise<readonly EffectOutcome[]>
}
