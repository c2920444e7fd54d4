import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/**
 * Adds fields to candidates.
 *
 * A fallback makes the fields certain for every later stage (`C & Add`); without one they are optional
 * (`C & Partial<Add>`), because the hydrator may fail.
 */
export interface Hydrator<Q, C, Add extends object = object> extends Component<Q> {
  /** The fields to add to each candidate, in the order of `cs`; an `Error` in the place of one that could not be filled. */
  readonly hydrate: (q: Q, cs: readonly C[], ctx: RunContext) => Awaitable<readonly (Add | Error)[]>
  /** The fields of a candidate that was not filled: its place held an error, or the hydrator is disabled or failed. */
  readonly fallback?: Add
}
