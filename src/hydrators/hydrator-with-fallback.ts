import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Hydrator } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'
import { errorOf, withFallback } from './places'
import type { FallbackOption, HydratorFor } from './places'

/** What {@link hydratorWithFallback} takes. */
export interface HydratorWithFallbackOptions<Q, C, Add extends object> extends ComponentOptions<Q>, FallbackOption<Add> {
  /** The hydrator to ask first. */
  readonly hydrator: Hydrator<Q, C, Add>
  /** The one to ask about the candidates that the first left unfilled: a replica, a cache of yesterday, a default by kind. */
  readonly otherwise: Hydrator<Q, C, Add>
}

/**
 * A hydrator with another one behind it, asked only about what the first could not fill.
 *
 * What the first did wrong stands in the trace. What neither fills has the `fallback`, where there is one.
 *
 * @throws ArgumentError when `hydrator` or `otherwise` is no hydrator.
 * @example
 * ```ts
 * import { fromList, functionHydrator, hydratorWithFallback, MixerPipeline } from 'feedrank'
 *
 * const live = functionHydrator('live', (post: { id: number }) => {
 *   if (post.id === 2) throw new Error('shard is down')
 *   return { likes: 10 }
 * })
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1 }, { id: 2 }]))
 *   .hydrate(hydratorWithFallback({ hydrator: live, otherwise: functionHydrator('nightly', () => ({ likes: 7 })), fallback: { likes: 0 } }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.candidate.likes)) // [ 10, 7 ]
 * ```
 */
export function hydratorWithFallback<Q, C, Add extends object, const O extends HydratorWithFallbackOptions<Q, C, Add>>(
  options: O & HydratorWithFallbackOptions<Q, C, Add>,
): HydratorFor<Q, C, Add, O> {
  const where = 'hydratorWithFallback'
  const { hydrator: first, otherwise: second } = options
  for (const [name, one] of [['hydrator', first], ['otherwise', second]] as const)
    if (typeof one?.hydrate !== 'function') throw new ArgumentError(expected(where, name, 'a hydrator', one))
  const settings = componentOptions<Q>(where, first.name, options)
  const hydrator: Hydrator<Q, C, Add> = {
    ...settings,
    async hydrate(q, cs, ctx) {
      let places: readonly (Add | Error)[]
      try {
        places = await first.hydrate(q, cs, ctx)
        if (!Array.isArray(places) || places.length !== cs.length) throw new TypeError(`${first.name} did not answer with ${cs.length} places`)
      } catch (cause) {
        ctx.note(cause)
        return second.hydrate(q, cs, ctx)
      }
      const open = places.flatMap((place, i) => (place instanceof Error ? [i] : []))
      if (open.length === 0) return places
      ctx.note(places[open[0]])
      const filled = [...places]
      try {
        const answer = await second.hydrate(q, open.map((i) => cs[i]), ctx)
        open.forEach((i, at) => { filled[i] = answer[at] ?? filled[i] })
      } catch (cause) {
        for (const i of open) filled[i] = errorOf(cause)
      }
      return filled
    },
  }
  return withFallback(hydrator, options)
}
