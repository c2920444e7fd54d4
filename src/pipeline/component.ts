import type { RunContext } from './run-context'

/** A value, or the promise of one: every verb that may be asynchronous returns this, and a plain value costs no promise. */
export type Awaitable<T> = T | PromiseLike<T>

/** What names a candidate: equal ids are the same candidate (`1` and `'1'` are not equal). */
export type CandidateId = string | number

/** What the pipeline does when a component throws, rejects or runs out of time. */
export type OnError = 'fail' | 'skip'

/**
 * What every component has: a name, and how the engine is to treat it.
 *
 * A component is a plain object with one verb. Order, concurrency, deadlines, errors, timing and checks belong to
 * the engine.
 */
export interface Component<Q> {
  /** Unique within its pipeline; traces, errors and explanations use it. */
  readonly name: string
  /** Whether to take part in the request of `q`. @defaultValue always */
  readonly enable?: ((q: Q, ctx: RunContext) => boolean) | undefined
  /** The pipeline's parameters it reads; building checks that they are declared. */
  readonly parameters?: readonly string[] | undefined
  /** Gives up on this component after so many ms. @defaultValue none but the request's deadline */
  readonly timeoutMs?: number | undefined
  /**
   * `'fail'` rejects the request, `'skip'` goes on without this component; either way the trace names the fault.
   *
   * @defaultValue `'skip'` for query hydrators, sources, hydrators and side effects; `'fail'` for filters, scorers,
   * rerankers, selectors and finalizers: a safety filter that failed open would be a leak.
   */
  readonly onError?: OnError | undefined
}
