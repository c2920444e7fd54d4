import type { ComponentOptions, Selector } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'

/**
 * Selects the first `limit` in ranked order. It is what a pipeline does without a selector, by name.
 *
 * Candidates reach a selector ranked, so it takes them as they come: sorting again would undo the rerankers.
 *
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, topK } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed', limit: 2 })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }, { id: 3 }]))
 *   .score(functionScorer('id', (item) => item.id))
 *   .select(topK())
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 3, 2 ]
 * ```
 */
export function topK<Q>(options: ComponentOptions<Q> = {}): Selector<Q, unknown> {
  return {
    ...componentOptions('topK', 'top k', options),
    select: (_, cs, __, limit) => Array.from({ length: Math.min(limit, cs.length) }, (_unused, i) => i),
  }
}
