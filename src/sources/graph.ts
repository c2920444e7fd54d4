import { checkInteger } from '../errors'
import type { Awaitable, CandidateId, ComponentOptions, RunContext, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link graph} takes. */
export interface GraphOptions<Q, C, Node extends CandidateId> extends ComponentOptions<Q> {
  /** Where to start, with how much each counts: those the user follows, or what they liked last. */
  readonly from: (q: Q) => Iterable<Node | readonly [node: Node, weight: number]> | undefined
  /** What each of these nodes points at, with how much each edge counts (1 where it does not say): what they liked. */
  readonly edges: (nodes: readonly Node[], q: Q, ctx: RunContext) => Awaitable<Iterable<readonly [node: Node, c: C, weight?: number]>>
  /** What tells two candidates apart. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId) | undefined
  /** From how many nodes a candidate must be reached. @defaultValue 1 */
  readonly least?: number | undefined
  /** The most candidates to bring. @defaultValue 500 */
  readonly limit?: number | undefined
}

/**
 * A source of what lies one step away in a graph: what those you follow liked, what goes with what you bought.
 *
 * A candidate c counts Σ weight(n)·weight(n → c) over the nodes n that point at it; the best come first, ties in the
 * order of the edges. Where nowhere is known to start, the source brings nothing.
 *
 * @throws ArgumentError when `from`, `edges` or `id` is no function, or `least` or `limit` no positive integer.
 * @example
 * ```ts
 * import { graph, MixerPipeline } from 'feedrank'
 *
 * const likes: [string, { id: number }][] = [['ada', { id: 1 }], ['ada', { id: 2 }], ['bob', { id: 2 }], ['eve', { id: 3 }]]
 * const feed = MixerPipeline.for<{ follows: string[] }, { id: number }>({ name: 'feed' })
 *   .source(graph({ from: (q) => q.follows, edges: (users) => likes.filter(([user]) => users.includes(user)) }))
 *   .build()
 * console.log((await feed.run({ follows: ['ada', 'bob'] })).selected.map((item) => item.id)) // [ 2, 1 ]
 * ```
 */
export function graph<Q, C, Node extends CandidateId>(options: GraphOptions<Q, C, Node>): Source<Q, C> {
  const where = 'graph'
  const settings = componentOptions(where, 'graph', options)
  const from = checkFunction(where, 'from', options.from)
  const edges = checkFunction(where, 'edges', options.edges)
  const id = checkFunction(where, 'id', options.id ?? ((c: C) => (c as { readonly id: CandidateId }).id))
  const least = checkInteger(where, 'least', options.least ?? 1)
  const limit = checkInteger(where, 'limit', options.limit ?? 500)
  return {
    ...settings,
    async fetch(q, ctx) {
      const weights = new Map<Node, number>()
      for (const start of from(q) ?? []) {
        const [node, weight]: readonly [Node, number] = typeof start === 'object' ? start : [start, 1]
        weights.set(node, (weights.get(node) ?? 0) + weight)
      }
      if (weights.size === 0) return []
      const reached = new Map<CandidateId, { readonly c: C; total: number; readonly by: Set<Node> }>()
      for (const [node, c, weight = 1] of await edges([...weights.keys()], q, ctx)) {
        const key = id(c)
        const one = reached.get(key) ?? { c, total: 0, by: new Set<Node>() }
        one.total += (weights.get(node) ?? 0) * weight
        one.by.add(node)
        reached.set(key, one)
      }
      return [...reached.values()].filter((one) => one.by.size >= least).sort((a, b) => b.total - a.total).slice(0, limit).map((one) => one.c)
    },
  }
}
