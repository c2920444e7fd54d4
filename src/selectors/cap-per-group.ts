import { checkInteger } from '../errors'
import type { CandidateId, ComponentOptions, Selector } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link capPerGroup} takes. */
export interface CapPerGroupOptions<Q, C> extends ComponentOptions<Q> {
  /** The most candidates of one group on a page. */
  readonly max: number
  /** The group of a candidate, or all its groups (genres); one without a group is not capped. */
  readonly group: (c: C) => CandidateId | readonly CandidateId[] | undefined
  /** Whether to raise the cap, one by one, when the page would stay short. @defaultValue false */
  readonly relax?: boolean | undefined
}

/**
 * Selects the best of which no group has more than `max` on the page.
 *
 * Candidates are taken in ranked order; one is passed over when any of its groups is full. With `relax`, a page that
 * stays short is filled from those passed over, with the cap at `max + 1`, then `max + 2`, and so on, behind what
 * was taken before: a shortage costs variety as late and as little as it can.
 *
 * @throws ArgumentError when `max` is no positive integer or `group` no function.
 * @example
 * ```ts
 * import { capPerGroup, fromList, MixerPipeline } from 'feedrank'
 *
 * type Film = { id: string; genres: string[] }
 * const feed = MixerPipeline.for<object, Film>({ name: 'films', limit: 3 })
 *   .source(fromList<Film>('all', [
 *     { id: 'Alien', genres: ['horror', 'sf'] },
 *     { id: 'Solaris', genres: ['sf'] },
 *     { id: 'Stalker', genres: ['sf', 'drama'] },
 *     { id: 'Ran', genres: ['drama'] },
 *   ]))
 *   .select(capPerGroup({ max: 2, group: (film) => film.genres }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'Alien', 'Solaris', 'Ran' ]
 * ```
 */
export function capPerGroup<Q, C>(options: CapPerGroupOptions<Q, C>): Selector<Q, C> {
  const settings = componentOptions('capPerGroup', 'cap per group', options)
  const max = checkInteger('capPerGroup', 'max', options.max)
  const group = checkFunction('capPerGroup', 'group', options.group)
  const relax = options.relax ?? false
  const groupsOf = (c: C): readonly CandidateId[] => {
    const groups = group(c)
    return groups === undefined || groups === null ? [] : typeof groups === 'object' ? [...new Set(groups)] : [groups]
  }
  return {
    ...settings,
    select(_, cs, __, limit) {
      const taken = new Map<CandidateId, number>()
      const page: number[] = []
      let open = cs.map((c, i) => ({ i, groups: groupsOf(c) }))
      for (let cap = max; page.length < limit && open.length > 0; cap++) {
        const passedOver: typeof open = []
        for (const candidate of open) {
          if (page.length >= limit || candidate.groups.some((name) => (taken.get(name) ?? 0) >= cap)) {
            passedOver.push(candidate)
            continue
          }
          page.push(candidate.i)
          for (const name of candidate.groups) taken.set(name, (taken.get(name) ?? 0) + 1)
        }
        open = passedOver
        if (!relax) break
      }
      return page
    },
  }
}
