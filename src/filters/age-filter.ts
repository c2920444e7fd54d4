import { ArgumentError, checkMoment, checkNumber, expected } from '../errors'
import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link ageFilter} takes. */
export interface AgeFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The greatest age to keep, in ms. */
  readonly maxAgeMs: number
  /** When a candidate was made: ms since 1970, or a `Date`. */
  readonly createdAt: (c: C) => number | Date | undefined
  /** What to do with a candidate whose age is not known. @defaultValue 'drop' */
  readonly unknown?: 'keep' | 'drop' | undefined
}

/**
 * Holds back what is older than `maxAgeMs` at the time of the request: keeps `now − createdAt ≤ maxAgeMs`.
 *
 * What is dated in the future is kept: clocks differ.
 *
 * @throws ArgumentError when `maxAgeMs` is no positive number, `createdAt` no function or `unknown` neither word; in a
 * request, when `createdAt` gives text or anything else that is no moment.
 * @example
 * ```ts
 * import { ageFilter, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; at: number }>({ name: 'news' })
 *   .source(fromList('all', [{ id: 'old', at: 0 }, { id: 'new', at: 9_000 }]))
 *   .filter(ageFilter({ maxAgeMs: 5_000, createdAt: (item) => item.at }))
 *   .build()
 * console.log((await feed.run({}, { now: 10_000 })).selected.map((item) => item.id)) // [ 'new' ]
 * ```
 */
export function ageFilter<Q, C>(options: AgeFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('ageFilter', 'age', options)
  const maxAgeMs = checkNumber('ageFilter', 'maxAgeMs', options.maxAgeMs, { above: 0 })
  const createdAt = checkFunction('ageFilter', 'createdAt', options.createdAt)
  const unknown = options.unknown ?? 'drop'
  if (unknown !== 'keep' && unknown !== 'drop') throw new ArgumentError(expected('ageFilter', 'unknown', "'keep' or 'drop'", unknown))
  return {
    ...settings,
    keep: (_, cs, ctx) => cs.map((c) => {
      const age = ctx.now - checkMoment('ageFilter', 'createdAt(candidate)', createdAt(c))
      return Number.isNaN(age) ? unknown === 'keep' : age <= maxAgeMs
    }),
  }
}
