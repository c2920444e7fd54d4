import { checkNumber } from '../errors'
import { murmur3 } from '../hash'
import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link holdoutFilter} takes. */
export interface HoldoutFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** Who is held out together: a user. Requests without one are not held out. */
  readonly unit: (q: Q) => CandidateId | undefined
  /** The share of the units that is held out, in [0, 1]. */
  readonly share: number
  /** Which candidates they go without: what a new source brings, what a campaign promotes. */
  readonly holds: (c: C) => boolean
  /** Tells this holdout from others, which hold out other users. @defaultValue the filter's name */
  readonly salt?: string | undefined
}

/**
 * Keeps some candidates from a fixed share of the users, so that what they do for the others can be measured.
 *
 * A user is held out when hash(salt / user) / 2³² < share: the same users in every process, at random otherwise.
 *
 * @throws ArgumentError when `unit` or `holds` is no function or `share` lies outside [0, 1].
 * @example
 * ```ts
 * import { fromList, holdoutFilter, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ userId: string }, { id: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'post' }, { id: 'promoted' }]))
 *   .filter(holdoutFilter({ unit: (q) => q.userId, share: 1, holds: (item) => item.id === 'promoted' }))
 *   .build()
 * console.log((await feed.run({ userId: 'ada' })).selected.map((item) => item.id)) // [ 'post' ]
 * ```
 */
export function holdoutFilter<Q, C>(options: HoldoutFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'holdoutFilter'
  const settings = componentOptions(where, 'holdout', options)
  const unit = checkFunction(where, 'unit', options.unit)
  const holds = checkFunction(where, 'holds', options.holds)
  const share = checkNumber(where, 'share', options.share, { min: 0, max: 1 })
  const salt = options.salt ?? settings.name
  return {
    ...settings,
    keep(q, cs) {
      const one = unit(q)
      const heldOut = one !== undefined && one !== null && murmur3(`${salt}/${one}`) < share * 2 ** 32
      return cs.map((c) => !heldOut || !holds(c))
    },
  }
}
