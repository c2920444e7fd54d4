import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/** Scores candidates. Scorers run in order and each sees the score so far, so one can predict and the next adjust. */
export interface Scorer<Q, C> extends Component<Q> {
  /**
   * The new score of each candidate of `cs`, `[candidates]`; higher is better.
   *
   * `previous` holds the scores so far (zeros for the first scorer) and is not to be written to. Non-finite scores
   * sort last and are counted in the trace.
   */
  readonly score: (q: Q, cs: readonly C[], previous: Readonly<Float64Array>, ctx: RunContext) => Awaitable<Float64Array>
}
