import type { ComponentOptions, Filter, RunContext } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/**
 * Keeps the candidates of which `keep` is true: any rule that needs no more than one candidate at a time.
 *
 * @throws ArgumentError when `keep` is no function.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, predicateFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ lang: string }, { id: number; lang: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1, lang: 'pl' }, { id: 2, lang: 'en' }]))
 *   .filter(predicateFilter('language', (c, q) => c.lang === q.lang))
 *   .build()
 * console.log((await feed.run({ lang: 'pl' })).selected.map((item) => item.id)) // [ 1 ]
 * ```
 */
export function predicateFilter<Q, C>(
  name: string,
  keep: (c: C, q: Q, ctx: RunContext) => boolean,
  options: Omit<ComponentOptions<Q>, 'name'> = {},
): Filter<Q, C> {
  checkFunction('predicateFilter', 'keep', keep)
  return { ...componentOptions('predicateFilter', name, options), keep: (q, cs, ctx) => cs.map((c) => keep(c, q, ctx)) }
}
