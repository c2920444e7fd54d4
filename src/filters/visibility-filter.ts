import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Filter, Hydrator } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What becomes of a candidate: shown, shown behind a notice, or not shown. */
export type Visibility = 'allow' | 'interstitial' | 'drop'

/** What {@link visibilityFilter} takes. */
export interface VisibilityFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The safety labels of a candidate; `undefined` where they are not known. */
  readonly labels: (c: C) => readonly string[] | undefined
  /** What each label leads to; the strictest of a candidate's labels counts. */
  readonly rules: Readonly<Record<string, Visibility>>
  /** What a label without a rule leads to. @defaultValue 'drop' */
  readonly otherwise?: Visibility | undefined
  /** What a candidate leads to whose labels are not known. @defaultValue 'drop' */
  readonly unknown?: Visibility | undefined
  /** Another verdict for this user: an adult who asked to see it, a country with stricter law. */
  readonly override?: ((verdict: Visibility, label: string | undefined, q: Q) => Visibility) | undefined
}

/** How a candidate may be shown. */
export interface Marked {
  readonly visibility: 'allow' | 'interstitial'
  /** The label that calls for a notice. */
  readonly notice: string | undefined
}

/** The filter, and the hydrator that marks what needs a notice. */
export interface VisibilityFilter<Q, C> extends Filter<Q, C> {
  readonly mark: Hydrator<Q, C, Marked> & { readonly fallback: Marked }
}

const strictness: Readonly<Record<Visibility, number>> = { allow: 0, interstitial: 1, drop: 2 }

/**
 * Holds back what its safety labels forbid, and marks what may only be shown behind a notice.
 *
 * The filter drops; its `mark` is a hydrator for the selected page (`hydrateSelected`) that adds `visibility` and
 * `notice`. Labels nobody made a rule for, and candidates nobody labelled, are dropped unless told otherwise. Where
 * marking fails, everything counts as in need of a notice.
 *
 * @throws ArgumentError when `labels` is no function, or a rule, `otherwise` or `unknown` is none of the three words.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, visibilityFilter } from 'feedrank'
 *
 * type Post = { id: string; labels: string[] }
 * const visibility = visibilityFilter({ labels: (post: Post) => post.labels, rules: { gore: 'interstitial', spam: 'drop' } })
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'a', labels: [] }, { id: 'b', labels: ['gore'] }, { id: 'c', labels: ['gore', 'spam'] }]))
 *   .hydrateSelected(visibility.mark)
 *   .filterSelected(visibility)
 *   .build()
 * const { selected } = await feed.run({})
 * console.log(selected.map((item) => [item.id, item.candidate.visibility])) // [ [ 'a', 'allow' ], [ 'b', 'interstitial' ] ]
 * ```
 */
export function visibilityFilter<Q, C>(options: VisibilityFilterOptions<Q, C>): VisibilityFilter<Q, C> {
  const where = 'visibilityFilter'
  const settings = componentOptions(where, 'visibility', options)
  const labels = checkFunction(where, 'labels', options.labels)
  const override = checkFunction(where, 'override', options.override ?? ((verdict: Visibility) => verdict))
  const checked = (name: string, value: unknown): Visibility => {
    if (value === 'allow' || value === 'interstitial' || value === 'drop') return value
    throw new ArgumentError(expected(where, name, "'allow', 'interstitial' or 'drop'", value))
  }
  if (typeof options.rules !== 'object' || options.rules === null) throw new ArgumentError(expected(where, 'rules', 'a record of verdicts', options.rules))
  const rules = new Map(Object.entries(options.rules).map(([label, verdict]) => [label, checked(`rules.${label}`, verdict)]))
  const otherwise = checked('otherwise', options.otherwise ?? 'drop')
  const unknown = checked('unknown', options.unknown ?? 'drop')
  const judge = (c: C, q: Q): { readonly verdict: Visibility; readonly label: string | undefined } => {
    const found = labels(c)
    if (found === undefined || found === null) return { verdict: checked('override', override(unknown, undefined, q)), label: undefined }
    let worst: { verdict: Visibility; label: string | undefined } = { verdict: 'allow', label: undefined }
    for (const label of found) {
      const verdict = checked('override', override(rules.get(label) ?? otherwise, label, q))
      if (strictness[verdict] > strictness[worst.verdict]) worst = { verdict, label }
    }
    return worst
  }
  return {
    ...settings,
    keep: (q, cs) => cs.map((c) => judge(c, q).verdict !== 'drop'),
    mark: {
      ...settings,
      name: `${settings.name} mark`,
      onError: undefined,
      fallback: { visibility: 'interstitial', notice: undefined },
      hydrate: (q, cs) => cs.map((c): Marked => {
        const { verdict, label } = judge(c, q)
        return verdict === 'allow' ? { visibility: 'allow', notice: undefined } : { visibility: 'interstitial', notice: label }
      }),
    },
  }
}
