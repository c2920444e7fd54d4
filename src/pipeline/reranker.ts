import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/** Reorders candidates by what they are to one another: diversity, spacing, calibration. Scores stay as they are. */
export interface Reranker<Q, C, Score extends string = never> extends Component<Q> {
  /** The scorers whose own score it asks `ctx.score` for; the pipeline must have them. */
  readonly scores?: readonly Score[] | undefined
  /**
   * Indices into `cs` in their new order: no duplicates, at least `min(limit, cs.length)` of them.
   *
   * `cs` arrives best first (by score, ties by input order, non-finite scores last), or as the reranker before left
   * it. Candidates whose index is left out keep their order behind those named.
   */
  readonly rerank: (
    q: Q,
    cs: readonly C[],
    scores: Readonly<Float64Array>,
    limit: number,
    ctx: RunContext,
  ) => Awaitable<readonly number[]>
}
