import type { CandidateId } from './component'
import type { PipelineTrace, StageName } from './trace'

/** The score of one candidate after one scorer. */
export interface ScorePart {
  readonly scorer: string
  readonly score: number
}

/** A component that moved a candidate: a reranker, the selector or a finalizer, with the 0-based places before and after. */
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
  /** What rerankers, the selector and finalizers did to its place, in order; those that left it in place are not listed. */
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

/** The answer of a pipeline that ran within a component of another. */
export interface NestedResult {
  readonly component: string
  readonly result: RankResult<object, object>
}

/**
 * The answer to one request, and everything that led to it.
 *
 * Nothing vanishes: `retrieved = selected.length + rest.length + removed.length`, always. `rest` and `removed` are
 * built when first read. `Shown` is the candidate with what the post-selection hydrators added.
 */
export interface RankResult<Q, C, Shown = C> {
  /** The query as hydrated. */
  readonly query: Q
  /** The page, in order. */
  readonly selected: readonly RankedItem<Shown>[]
  /** What passed the filters and found no place, best first. */
  readonly rest: readonly RankedItem<C>[]
  /** What the filters held back, in the order in which they did. */
  readonly removed: readonly RemovedItem<C>[]
  /** Distinct candidates the sources brought. */
  readonly retrieved: number
  readonly trace: PipelineTrace
  /** The answers of the pipelines that ran within its components. */
  readonly nested: readonly NestedResult[]
  /** How the side effects ended, in the pipeline's order. It never rejects. */
  readonly settled: Promise<readonly EffectOutcome[]>
}
