import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Source } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'

/**
 * A source that brings the same candidates to every request: an editor's picks, a test's fixture.
 *
 * @throws ArgumentError when `candidates` is no array.
 * @example
 * ```ts
 * import { fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'picks' }).source(fromList('picks', [{ id: 7 }, { id: 3 }])).build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 7, 3 ]
 * ```
 */
export function fromList<C>(name: string, candidates: readonly C[], options: Omit<ComponentOptions<object>, 'name'> = {}): Source<object, C> {
  if (!Array.isArray(candidates)) throw new ArgumentError(expected('fromList', 'candidates', 'an array', candidates))
  return { ...componentOptions('fromList', name, options), fetch: () => candidates }
}
