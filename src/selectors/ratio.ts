import { ArgumentError, checkNumber, expected } from '../errors'
import type { ComponentOptions, Selector } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { intoStreams } from './streams'
import type { StreamOf } from './streams'

/** What {@link ratio} takes. */
export interface RatioOptions<Q, C, S extends string> extends ComponentOptions<Q> {
  /** The stream of a candidate, from itself or from the sources that brought it. */
  readonly stream: StreamOf<C, S>
  /** What each stream is to have of the page, in any unit: 3 and 1 is three quarters and a quarter. */
  readonly shares: Readonly<Record<NoInfer<S>, number>>
}

/**
 * Blends streams by their shares of the page, evenly: after k places, a stream of share w has had k·w/Σw of them, give
 * or take less than the number of streams.
 *
 * Within a stream the order is the ranked one. When a stream runs out, the others share its places. Candidates of a
 * stream without a share come last.
 *
 * @throws ArgumentError when `stream` is no function, `shares` has none above zero, or one is no finite number of at least 0.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, ratio } from 'feedrank'
 *
 * type Item = { id: string; kind: 'post' | 'clip' }
 * const item = (id: string): Item => ({ id, kind: id[0] === 'p' ? 'post' : 'clip' })
 * const feed = MixerPipeline.for<object, Item>({ name: 'feed', limit: 6 })
 *   .source(fromList('all', ['p1', 'p2', 'p3', 'p4', 'p5', 'c1', 'c2', 'c3'].map(item)))
 *   .select(ratio({ stream: (c) => c.kind, shares: { post: 2, clip: 1 } }))
 *   .build()
 * console.log((await feed.run({})).selected.map((one) => one.id)) // [ 'p1', 'c1', 'p2', 'p3', 'c2', 'p4' ]
 * ```
 */
export function ratio<Q, C, S extends string>(options: RatioOptions<Q, C, S>): Selector<Q, C> {
  const where = 'ratio'
  const settings = componentOptions(where, 'ratio', options)
  const stream = checkFunction(where, 'stream', options.stream)
  if (typeof options.shares !== 'object' || options.shares === null) throw new ArgumentError(expected(where, 'shares', 'a record of numbers', options.shares))
  const shares = new Map(Object.entries<number>(options.shares).map(([name, share]) => [name as S, checkNumber(where, `shares.${name}`, share, { min: 0 })]))
  for (const [name, share] of shares) if (share === 0) shares.delete(name)
  if (shares.size === 0) throw new ArgumentError(`feedrank/${where}: expected \`shares\` to give at least one stream a share, got none`)
  return {
    ...settings,
    select(_, cs, __, limit, ctx) {
      const { streams, others } = intoStreams(cs, ctx, stream, [...shares.keys()])
      const open = [...streams].filter(([, queue]) => queue.length > 0)
        .map(([name, queue]) => ({ queue, share: shares.get(name) ?? 0, credit: 0, taken: 0 }))
      const page: number[] = []
      while (page.length < limit && open.length > 0) {
        // Smooth weighted round robin: every place pays each stream its share, and the richest buys the place.
        let total = 0
        for (const one of open) {
          one.credit += one.share
          total += one.share
        }
        const best = open.reduce((a, b) => (b.credit > a.credit ? b : a))
        best.credit -= total
        page.push(best.queue[best.taken++])
        if (best.taken === best.queue.length) open.splice(open.indexOf(best), 1)
      }
      return [...page, ...others].slice(0, limit)
    },
  }
}
