import type { Seed } from '../random'
import type { PipelineParameters } from './parameters'

/** The stages of a pipeline, in the order in which they run. */
export type StageName =
  | 'hydrateQuery' | 'source' | 'hydrate' | 'filter' | 'score' | 'rerank' | 'select' | 'hydrateSelected' | 'filterSelected'
  | 'finalize' | 'effect'

/** What one component did in one request. */
export interface ComponentTrace {
  readonly component: string
  /** False when its `enable` said no. */
  readonly enabled: boolean
  /** When it was called, in ms after the request began. */
  readonly startMs: number
  readonly durationMs: number
  /** Candidates it was given (0 for query hydrators and sources). */
  readonly in: number
  /** Candidates it gave on: fetched, filled, kept, scored, ordered or selected. */
  readonly out: number
  /** True when it was given up on: its timeout or the request's deadline passed. */
  readonly timedOut: boolean
  /** Scores that were NaN or infinite. */
  readonly nonFinite: number
  /** Candidates a source brought that it, or a source before it, had brought already. */
  readonly duplicates: number
  /** Entries of a source that are no candidates (no usable id), and places a hydrator left unfilled. */
  readonly invalid: number
  /** The fault in words, when there was one. */
  readonly error?: string
  /** What was thrown. */
  readonly cause?: unknown
  /** The traces of pipelines that ran within it. */
  readonly nested?: readonly PipelineTrace[]
}

/** One stage of one request: a parallel group, or a single call of a filter, scorer, reranker, selector or finalizer. */
export interface StageTrace {
  readonly stage: StageName
  /** When it began, in ms after the request did. */
  readonly startMs: number
  readonly durationMs: number
  readonly in: number
  readonly out: number
  readonly components: readonly ComponentTrace[]
}

/** What happened in one request, stage by stage. Plain data: it can be logged as JSON. */
export interface PipelineTrace {
  readonly pipeline: string
  /** The wall-clock time of the request, ms since 1970: what components saw as `ctx.now`. */
  readonly now: number
  /** The seed of the request's randomness: pass it to `run` to replay the request. */
  readonly seed: Seed
  readonly parameters: PipelineParameters
  readonly durationMs: number
  readonly deadlineMs?: number
  readonly outcome: 'answered' | 'failed' | 'aborted'
  /** Why the request did not answer, in words. */
  readonly error?: string
  readonly stages: readonly StageTrace[]
}
