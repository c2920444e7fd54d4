import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { keepsUnknown } from './unknown'
import type { KeepOrDrop } from './unknown'

/** What {@link ageRatingFilter} takes. */
export interface AgeRatingFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** How old the user is, in years; one whose age is not known counts as a child. */
  readonly viewerAge: (q: Q) => number | undefined
  /** From which age a candidate is meant to be seen, in years; 0 for everyone. */
  readonly minAge: (c: C) => number | undefined
  /** What to do with a candidate without a rating. @defaultValue 'drop' */
  readonly unknown?: KeepOrDrop | undefined
}

/**
 * Holds back what is not for the user's age.
 *
 * @throws ArgumentError when `viewerAge` or `minAge` is no function or `unknown` neither word.
 * @example
 * ```ts
 * import { ageRatingFilter, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ age?: number }, { id: string; from: number }>({ name: 'films' })
 *   .source(fromList('all', [{ id: 'cartoon', from: 0 }, { id: 'slasher', from: 18 }]))
 *   .filter(ageRatingFilter({ viewerAge: (q) => q.age, minAge: (film) => film.from }))
 *   .build()
 * console.log((await feed.run({ age: 12 })).selected.map((item) => item.id)) // [ 'cartoon' ]
 * ```
 */
export function ageRatingFilter<Q, C>(options: AgeRatingFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'ageRatingFilter'
  const settings = componentOptions(where, 'age rating', options)
  const viewerAge = checkFunction(where, 'viewerAge', options.viewerAge)
  const minAge = checkFunction(where, 'minAge', options.minAge)
  const unknown = keepsUnknown(where, options.unknown ?? 'drop')
  return {
    ...settings,
    keep(q, cs) {
      const known = viewerAge(q)
      const age = typeof known === 'number' && Number.isFinite(known) ? known : 0
      return cs.map((c) => {
        const from = minAge(c)
        return typeof from !== 'number' || Number.isNaN(from) ? unknown : from <= age
      })
    },
  }
}
