import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/** Adds what the request needs to know before anything is fetched: the follow list, the seen ids, the user's features. */
export interface QueryHydrator<Q, Add extends object = object> extends Component<Q> {
  /** The fields to add to the query. */
  readonly hydrate: (q: Q, ctx: RunContext) => Awaitable<Add>
  /** The fields to add when this hydrator is disabled or fails; with it the fields are certain, without it optional. */
  readonly fallback?: Add
}
