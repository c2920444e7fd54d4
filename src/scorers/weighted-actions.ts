import { ArgumentError, checkNumber, expected } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link weightedActions} takes. */
export interface WeightedActionsOptions<Q, C, Action extends string> extends ComponentOptions<Q> {
  /** What each action is worth: above zero for what you want more of, below zero for a report or a block. */
  readonly weights: Readonly<Record<Action, number>>
  /** How likely the user is to take each action on a candidate, in [0, 1]; a candidate that was not predicted has none. */
  readonly probabilities: (c: C) => Readonly<Record<Action, number>> | undefined
  /** The score of a candidate whose actions sum to zero; everything negative lies below it, down to 0. @defaultValue 1 */
  readonly offset?: number | undefined
}

/**
 * Scores by what the user is likely to do: the expected worth of all actions, moved so that no score is negative.
 *
 * With s = Σₐ wₐ·pₐ and N the sum of the sizes of the negative weights, the score is s + offset where s ≥ 0, and
 * offset·(1 + s/N) where s < 0. The order is that of s, a total below zero lands in [0, offset), and the factors of
 * later scorers (diversity, out of network) lower every score they are meant to lower: half of a negative score would
 * be higher.
 *
 * A candidate that lacks the probability of a weighted action scores NaN: it ranks last and the trace counts it.
 *
 * @throws ArgumentError when there are no weights, a weight or `offset` is no finite number, or `offset` is negative.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, weightedActions } from 'feedrank'
 *
 * type Post = { id: string; predicted: { like: number; reply: number; report: number } }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed' })
 *   .source(fromList<Post>('all', [
 *     { id: 'liked', predicted: { like: 0.3, reply: 0.02, report: 0 } },
 *     { id: 'rage', predicted: { like: 0.4, reply: 0.3, report: 0.1 } },
 *   ]))
 *   .score(weightedActions({ weights: { like: 1, reply: 5, report: -50 }, probabilities: (post) => post.predicted }))
 *   .build()
 * const { selected } = await feed.run({})
 * console.log(selected.map((item) => [item.id, Number(item.score.toFixed(3))])) // [ [ 'liked', 1.4 ], [ 'rage', 0.938 ] ]
 * ```
 */
export function weightedActions<Q, C, Action extends string>(options: WeightedActionsOptions<Q, C, Action>): Scorer<Q, C> {
  const where = 'weightedActions'
  const settings = componentOptions(where, 'weighted actions', options)
  const probabilities = checkFunction(where, 'probabilities', options.probabilities)
  const offset = checkNumber(where, 'offset', options.offset ?? 1, { min: 0 })
  if (typeof options.weights !== 'object' || options.weights === null) throw new ArgumentError(expected(where, 'weights', 'a record of numbers', options.weights))
  const actions = Object.keys(options.weights) as Action[]
  const weights = Float64Array.from(actions, (action) => checkNumber(where, `weights.${action}`, options.weights[action]))
  if (actions.length === 0) throw new ArgumentError(`feedrank/${where}: expected \`weights\` to weigh at least one action, got none`)
  const worst = weights.reduce((sum, weight) => sum + Math.max(0, -weight), 0)
  const worth = (c: C): number => {
    const predicted = probabilities(c)
    if (!predicted) return NaN
    let total = 0
    for (let a = 0; a < actions.length; a++) {
      const p: unknown = predicted[actions[a]]
      if (typeof p !== 'number') return NaN
      total += weights[a] * p
    }
    return total < 0 ? offset * Math.max(0, 1 + total / worst) : total + offset
  }
  return { ...settings, score: (_, cs) => Float64Array.from(cs, worth) }
}
