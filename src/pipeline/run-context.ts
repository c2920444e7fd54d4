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
}
