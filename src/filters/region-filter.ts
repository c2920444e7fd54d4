import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { idSet } from './id-set'

/** What {@link regionFilter} takes. */
export interface RegionFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** Where the user is: a country or whatever the rights are told by. */
  readonly region: (q: Q) => string | undefined
  /** The regions a candidate may be shown in; `undefined` means everywhere. */
  readonly only?: ((c: C) => Iterable<string> | undefined) | undefined
  /** The regions a candidate may not be shown in. */
  readonly except?: ((c: C) => Iterable<string> | undefined) | undefined
}

/**
 * Holds back what may not be shown where the user is.
 *
 * A user of an unknown region sees only what has no rule at all.
 *
 * @throws ArgumentError when `region`, `only` or `except` is no function; in a request, when a rule is one string.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, regionFilter } from 'feedrank'
 *
 * type Film = { id: number; only?: string[]; except?: string[] }
 * const feed = MixerPipeline.for<{ country?: string }, Film>({ name: 'films' })
 *   .source(fromList<Film>('all', [{ id: 1, only: ['fr', 'be'] }, { id: 2, except: ['fr'] }, { id: 3 }]))
 *   .filter(regionFilter({ region: (q) => q.country, only: (film) => film.only, except: (film) => film.except }))
 *   .build()
 * console.log((await feed.run({ country: 'fr' })).selected.map((item) => item.id)) // [ 1, 3 ]
 * ```
 */
export function regionFilter<Q, C>(options: RegionFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'regionFilter'
  const settings = componentOptions(where, 'region', options)
  const region = checkFunction(where, 'region', options.region)
  const only = checkFunction(where, 'only', options.only ?? (() => undefined))
  const except = checkFunction(where, 'except', options.except ?? (() => undefined))
  return {
    ...settings,
    keep(q, cs) {
      const here = region(q)
      return cs.map((c) => {
        const allowed = only(c)
        const refused = except(c)
        if (here === undefined) return allowed === undefined && refused === undefined
        return (allowed === undefined || idSet(where, 'only', allowed).has(here)) && (refused === undefined || !idSet(where, 'except', refused).has(here))
      })
    },
  }
}
