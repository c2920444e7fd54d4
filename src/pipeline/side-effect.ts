import type { Awaitable, Component } from './component'
import type { RankResult } from './rank-result'
import type { RunContext } from './run-context'

/**
 * Does something with the result after the answer: logs impressions, remembers what was served.
 *
 * It cannot delay or fail the answer; how it went is in `result.settled`. The request's deadline does not hold for
 * it, its own `timeoutMs` and the caller's signal do.
 */
export interface SideEffect<Q, C, Shown = C> extends Component<Q> {
  readonly run: (result: RankResult<Q, C, Shown>, ctx: RunContext) => Awaitable<void>
}
