import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, RunContext, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/**
 * Scores each candidate by a function of itself, the query and its score so far.
 *
 * `undefined` scores NaN: the candidate ranks last and the trace counts it.
 *
 * @throws ArgumentError when `score` is no function; in a request, when it gives what is no number, such as a promise.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; likes: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a', likes: 1 }, { id: 'b', likes: 20 }]))
 *   .score(functionScorer('log likes', (post) => Math.log1p(post.likes)))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'b', 'a' ]
 * ```
 */
export function functionScorer<Q, C>(
  name: string,
  score: (c: C, q: Q, previous: number, ctx: RunContext) => number,
  options: Omit<ComponentOptions<Q>, 'name'> = {},
): Scorer<Q, C> {
  checkFunction('functionScorer', 'score', score)
  return {
    ...componentOptions('functionScorer', name, options),
    score: (q, cs, previous, ctx) => Float64Array.from(cs, (c, i) => numberFrom(score(c, q, previous[i], ctx))),
  }
}

function numberFrom(score: unknown): number {
  if (typeof score === 'number') return score
  if (score === undefined || score === null) return NaN
  throw new ArgumentError(expected('functionScorer', 'score(candidate)', 'a number', score))
}
