import type { ParameterValue } from './parameters'
import type { RankResult } from './rank-result'

/**
 * What a component may know of the world beyond its arguments: time, randomness and cancellation come from here
 * and from nowhere else, so that a request can be replayed.
 */
export interface RunContext {
  /** Aborts when the caller cancels, when the request's deadline passes, or when this component's own timeout does. */
  readonly signal: AbortSignal
  /** The wall-clock time of the request in ms since 1970, read once, the same for every component. */
  readonly now: number
  /** Uniform in [0, 1): a stream of this component's own, seeded per request, so neighbours never shift it. */
  readonly random: () => number
  /** The ms this component may still take before it is given up on; `Infinity` where nothing ends it. */
  readonly left: () => number
  /** Every source that brought candidate `index` of the list this component was given; none where it was given no list. */
  readonly sources: (index: number) => readonly string[]
  /** The score of candidate `index` after the scorer of that name; `NaN` where it was not scored by one. */
  readonly score: (scorer: string, index: number) => number
  /** The pipeline's parameters in this request. */
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** Puts a fault that this component survived into the trace. */
  readonly note: (cause: unknown) => void
  /** Hands in the answer of a pipeline that ran within this component, for the trace and for `explain`. */
  readonly attach: (answer: RankResult<object, object>) => void
}
