import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/** Holds candidates back. The answer is a mask, so what is kept and what is removed always add up to what came in. */
export interface Filter<Q, C> extends Component<Q> {
  /** `true` for each candidate of `cs` that stays, in order. */
  readonly keep: (q: Q, cs: readonly C[], ctx: RunContext) => Awaitable<ArrayLike<boolean>>
}
