import type { Awaitable, ComponentOptions, Hydrator, RunContext } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { errorOf, withFallback } from './places'
import type { FallbackOption, HydratorFor } from './places'

/**
 * Hydrates each candidate by a function of its own; all run at once, and one that fails leaves only its own place
 * unfilled.
 *
 * @throws ArgumentError when `hydrate` is no function.
 * @example
 * ```ts
 * import { fromList, functionHydrator, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number; text: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1, text: 'a few words' }]))
 *   .hydrate(functionHydrator('words', (post: { text: string }) => ({ words: post.text.split(' ').length }), { fallback: { words: 0 } }))
 *   .build()
 * console.log((await feed.run({})).selected[0].candidate.words) // 3
 * ```
 */
export function functionHydrator<Q, C, Add extends object, const O extends Omit<ComponentOptions<Q>, 'name'> & FallbackOption<Add>>(
  name: string,
  hydrate: (c: C, q: Q, ctx: RunContext) => Awaitable<Add>,
  options?: O,
): HydratorFor<Q, C, Add, O> {
  checkFunction('functionHydrator', 'hydrate', hydrate)
  const settings = componentOptions<Q>('functionHydrator', name, options ?? {})
  const one = (c: C, q: Q, ctx: RunContext): Awaitable<Add | Error> => {
    try {
      const added = hydrate(c, q, ctx)
      return 'then' in added && typeof added.then === 'function' ? (added as PromiseLike<Add>).then((value) => value, errorOf) : (added as Add)
    } catch (error) {
      return errorOf(error)
    }
  }
  const hydrator: Hydrator<Q, C, Add> = {
    ...settings,
    hydrate(q, cs, ctx) {
      const places = cs.map((c) => one(c, q, ctx))
      return places.some((place) => 'then' in place) ? Promise.all(places) : (places as (Add | Error)[])
    },
  }
  return withFallback(hydrator, options)
}
