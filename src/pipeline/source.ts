import type { Awaitable, Component } from './component'
import type { RunContext } from './run-context'

/**
 * Brings candidates. All sources of a pipeline run at once; what several bring is kept once and remembers them all.
 *
 * A source speaks for the outside world, so whatever it does wrong (throws, hangs, answers with something that is
 * no list) costs the page that source and nothing else.
 */
export interface Source<Q, C> extends Component<Q> {
  /** The candidates, best first where the source has an opinion. */
  readonly fetch: (q: Q, ctx: RunContext) => Awaitable<readonly C[]>
}
