import { ArgumentError, checkInteger, expected } from '../errors'
import type { CandidateId, ComponentOptions, Selector } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { topK } from './top-k'

/** A rule about the distance between candidates of one group. */
export interface SpacingRule<C> {
  /** What must be kept apart: an author, or one word for all ads; what has no group is free of the rule. */
  readonly group: (c: C) => CandidateId | undefined
  /** The least number of places between two of a group. @defaultValue 0 */
  readonly gap?: number | undefined
  /** The first place, 0-based, where one of the group may stand. @defaultValue 0 */
  readonly notBefore?: number | undefined
  /** The most of a group on the page. @defaultValue no limit */
  readonly max?: number | undefined
}

/** What {@link spaced} takes. */
export interface SpacedOptions<Q, C> extends ComponentOptions<Q> {
  /** All of them hold for every place. */
  readonly rules: readonly SpacingRule<C>[]
  /** Orders the candidates before they are spaced: {@link weave} or {@link ratio} of streams. @defaultValue the ranked order */
  readonly of?: Selector<Q, C> | undefined
}

/**
 * Keeps candidates of a group apart: no two posts of an author in a row, no ad among the first three or next to another.
 *
 * Each place goes to the first candidate, in order, that no rule forbids there. Where all that are left are forbidden,
 * the page ends: a short page is better than a broken promise.
 *
 * @throws ArgumentError when `rules` is no list, a `group` no function, or a number no non-negative integer.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, spaced } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string }>({ name: 'feed' })
 *   .source(fromList('all', ['a1', 'a2', 'a3', 'b1', 'c1'].map((id) => ({ id }))))
 *   .select(spaced({ rules: [{ group: (post) => post.id[0], gap: 1 }] }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'a1', 'b1', 'a2', 'c1', 'a3' ]
 * ```
 */
export function spaced<Q, C>(options: SpacedOptions<Q, C>): Selector<Q, C> {
  const where = 'spaced'
  const settings = componentOptions(where, 'spaced', options)
  if (!Array.isArray(options.rules)) throw new ArgumentError(expected(where, 'rules', 'a list of rules', options.rules))
  const rules = options.rules.map((rule: SpacingRule<C>, r) => ({
    group: checkFunction(where, `rules[${r}].group`, rule.group),
    gap: checkInteger(where, `rules[${r}].gap`, rule.gap ?? 0, 0),
    notBefore: checkInteger(where, `rules[${r}].notBefore`, rule.notBefore ?? 0, 0),
    max: rule.max === undefined ? Infinity : checkInteger(where, `rules[${r}].max`, rule.max, 0),
  }))
  const { of: first = topK<Q>() } = options
  return {
    ...settings,
    select(q, cs, scores, limit, ctx) {
      const order = [...first.select(q, cs, scores, cs.length, ctx)]
      const groups = rules.map(({ group }) => order.map((i) => group(cs[i]) ?? undefined))
      const last = rules.map(() => new Map<CandidateId, number>())
      const count = rules.map(() => new Map<CandidateId, number>())
      const taken = new Uint8Array(order.length)
      const allowed = (at: number, place: number) => rules.every(({ gap, notBefore, max }, r) => {
        const group = groups[r][at]
        if (group === undefined) return true
        const before = last[r].get(group)
        return place >= notBefore && (before === undefined || place - before > gap) && (count[r].get(group) ?? 0) < max
      })
      const page: number[] = []
      while (page.length < limit) {
        const place = page.length
        const at = order.findIndex((_, i) => taken[i] === 0 && allowed(i, place))
        if (at < 0) break
        taken[at] = 1
        page.push(order[at])
        for (let r = 0; r < rules.length; r++) {
          const group = groups[r][at]
          if (group === undefined) continue
          last[r].set(group, place)
          count[r].set(group, (count[r].get(group) ?? 0) + 1)
        }
      }
      return page
    },
  }
}
