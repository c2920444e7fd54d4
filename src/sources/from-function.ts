import type { Awaitable, ComponentOptions, RunContext, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/**
 * A source that is a function: a query to your database, a call to a search service.
 *
 * @throws ArgumentError when `fetch` is no function.
 * @example
 * ```ts
 * import { fromFunction, MixerPipeline } from 'feedrank'
 *
 * const byTopic = fromFunction('by topic', async (q: { topic: string }) => [{ id: `${q.topic}/1` }, { id: `${q.topic}/2` }])
 * const feed = MixerPipeline.for<{ topic: string }, { id: string }>({ name: 'topics' }).source(byTopic).build()
 * const { selected } = await feed.run({ topic: 'birds' })
 * console.log(selected.map((item) => item.id)) // [ 'birds/1', 'birds/2' ]
 * ```
 */
export function fromFunction<Q, C>(
  name: string,
  fetch: (q: Q, ctx: RunContext) => Awaitable<readonly C[]>,
  options: Omit<ComponentOptions<Q>, 'name'> = {},
): Source<Q, C> {
  checkFunction('fromFunction', 'fetch', fetch)
  return { ...componentOptions('fromFunction', name, options), fetch }
}
