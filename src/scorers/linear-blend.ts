import { ArgumentError, checkNumber, expected } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link linearBlend} takes. */
export interface LinearBlendOptions<Q, C, Term extends string> extends ComponentOptions<Q> {
  /** What each term counts. */
  readonly weights: Readonly<Record<Term, number>>
  /** The terms of a candidate, on scales that can be added. */
  readonly terms: (c: C, q: Q) => Readonly<Record<NoInfer<Term>, number>>
  /** What the score so far counts. @defaultValue 0 */
  readonly previous?: number | undefined
}

/**
 * Scores by a weighted sum: s = w₀·previous + Σᵢ wᵢ·xᵢ. A hand-tuned ORDER BY, with its parts told.
 *
 * A candidate that lacks a term scores NaN: it ranks last and the trace counts it.
 *
 * @throws ArgumentError when there are no weights, or a weight or `previous` is no finite number.
 * @example
 * ```ts
 * import { fromList, linearBlend, MixerPipeline } from 'feedrank'
 *
 * type Post = { id: string; likes: number; replies: number }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [{ id: 'a', likes: 5, replies: 0 }, { id: 'b', likes: 1, replies: 2 }]))
 *   .score(linearBlend({ weights: { likes: 1, replies: 3 }, terms: (post) => post }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => [item.id, item.score])) // [ [ 'b', 7 ], [ 'a', 5 ] ]
 * ```
 */
export function linearBlend<Q, C, Term extends string>(options: LinearBlendOptions<Q, C, Term>): Scorer<Q, C> {
  const where = 'linearBlend'
  const settings = componentOptions(where, 'linear blend', options)
  const terms = checkFunction(where, 'terms', options.terms)
  const kept = checkNumber(where, 'previous', options.previous ?? 0)
  if (typeof options.weights !== 'object' || options.weights === null) throw new ArgumentError(expected(where, 'weights', 'a record of numbers', options.weights))
  const names = Object.keys(options.weights) as Term[]
  if (names.length === 0) throw new ArgumentError(`feedrank/${where}: expected \`weights\` to weigh at least one term, got none`)
  const weights = names.map((name) => checkNumber(where, `weights.${name}`, options.weights[name]))
  return {
    ...settings,
    score: (q, cs, previous) => Float64Array.from(cs, (c, i) => {
      const values = terms(c, q)
      let total = kept === 0 ? 0 : kept * previous[i]
      for (let t = 0; t < names.length; t++) {
        const value: unknown = values[names[t]]
        total += typeof value === 'number' ? weights[t] * value : NaN
      }
      return total
    }),
  }
}
