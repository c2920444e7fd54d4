import type { Component } from './component'
import type { RunContext } from './run-context'

/** Chooses the page. It answers with indices, so it cannot invent a candidate. `Score` names the scorers it needs. */
export interface Selector<Q, C, Score extends string = never> extends Component<Q> {
  /** The scorers whose own score it asks `ctx.score` for; the pipeline must have them. */
  readonly scores?: readonly Score[] | undefined
  /**
   * Indices into `cs` in the order of the page: no duplicates, at most `limit`.
   *
   * `cs` arrives in ranked order, best first, after the rerankers; `scores` are theirs, in the same order. When a
   * post-selection filter removes part of the page, the selector is asked again without what was removed.
   */
  readonly select: (q: Q, cs: readonly C[], scores: Readonly<Float64Array>, limit: number, ctx: RunContext) => readonly number[]
}
