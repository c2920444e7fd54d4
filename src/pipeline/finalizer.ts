import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/** Arranges the finished page: the last word on its order, after every filter has passed it. */
export interface Finalizer<Q, C> extends Component<Q> {
  /** Indices into `page` in the order to show it, none twice; what is left out goes back to the rest. */
  readonly finalize: (q: Q, page: readonly C[], ctx: RunContext) => Awaitable<readonly number[]>
}
