import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Selector } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { intoStreams } from './streams'
import type { StreamOf } from './streams'

/** What {@link weave} takes. */
export interface WeaveOptions<Q, C, S extends string> extends ComponentOptions<Q> {
  /** The stream of a candidate, from itself or from the sources that brought it. */
  readonly stream: StreamOf<C, S>
  /** The streams in the order of the page, repeated: `['post', 'post', 'ad']`. */
  readonly pattern: readonly NoInfer<S>[]
}

/**
 * Weaves streams by a repeated pattern: two posts, an ad, two posts, an ad.
 *
 * Within a stream the order is the ranked one. The turn of a stream that has run out is passed over. Candidates of a
 * stream that is not in the pattern come last.
 *
 * @throws ArgumentError when `stream` is no function or `pattern` no list of at least one name.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, weave } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string }>({ name: 'feed', limit: 5 })
 *   .source(fromList('near', [{ id: 'n1' }, { id: 'n2' }, { id: 'n3' }]), fromList('far', [{ id: 'f1' }, { id: 'f2' }]))
 *   .select(weave({ stream: (_, [source]) => source, pattern: ['near', 'far'] }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'n1', 'f1', 'n2', 'f2', 'n3' ]
 * ```
 */
export function weave<Q, C, S extends string>(options: WeaveOptions<Q, C, S>): Selector<Q, C> {
  const settings = componentOptions('weave', 'weave', options)
  const stream = checkFunction('weave', 'stream', options.stream)
  const given: unknown = options.pattern
  if (!Array.isArray(given) || given.length === 0 || !given.every((name) => typeof name === 'string'))
    throw new ArgumentError(expected('weave', 'pattern', 'a list of at least one stream', given))
  const pattern: readonly S[] = options.pattern
  return {
    ...settings,
    select(_, cs, __, limit, ctx) {
      const { streams, others } = intoStreams(cs, ctx, stream, pattern)
      const page: number[] = []
      const taken = new Map<S, number>()
      let left = cs.length - others.length
      for (let turn = 0; page.length < limit && left > 0; turn++) {
        const name = pattern[turn % pattern.length]
        const queue = streams.get(name) ?? []
        const at = taken.get(name) ?? 0
        if (at === queue.length) continue
        page.push(queue[at])
        taken.set(name, at + 1)
        left--
      }
      return [...page, ...others].slice(0, limit)
    },
  }
}
