import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { firstOfEach } from './first-of-each'

/** What {@link duplicatesFilter} takes. */
export interface DuplicatesFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** What makes two candidates the same: a link, a hash of the text, a picture. One without is no duplicate. */
  readonly key: (c: C) => CandidateId | undefined
}

/**
 * Holds back what says the same as a candidate before it. Candidates of one id are one candidate without it.
 *
 * Ahead of the scorers the first is the first that the sources brought; after the selector it is the best.
 *
 * @throws ArgumentError when `key` is no function.
 * @example
 * ```ts
 * import { duplicatesFilter, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number; link: string }>({ name: 'news' })
 *   .source(fromList('all', [{ id: 1, link: 'x' }, { id: 2, link: 'y' }, { id: 3, link: 'x' }]))
 *   .filter(duplicatesFilter({ key: (story) => story.link }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 1, 2 ]
 * ```
 */
export function duplicatesFilter<Q, C>(options: DuplicatesFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('duplicatesFilter', 'duplicates', options)
  const key = checkFunction('duplicatesFilter', 'key', options.key)
  return { ...settings, keep: (_, cs) => firstOfEach(cs, key) }
}
