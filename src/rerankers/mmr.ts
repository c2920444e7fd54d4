import { checkInteger, checkNumber } from '../errors'
import type { ComponentOptions, Reranker } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { maximalMarginalRelevance } from './maximal-marginal-relevance'

/** What {@link mmr} takes. */
export interface MmrOptions<Q, C> extends ComponentOptions<Q> {
  /** The vector of a candidate, all of the same length; one without is unlike all others. */
  readonly vector: (c: C) => ArrayLike<number> | undefined
  /** λ in [0, 1]: 1 keeps the order of the scores, 0 looks at difference alone. @defaultValue 0.7 */
  readonly lambda?: number | undefined
  /**
   * Whether to bring the scores to [0, 1] first, (s − min) / (max − min), so that they can be set against cosines
   * whatever their scale; where all are equal, all are 1. Without it the scores are taken as they are.
   *
   * @defaultValue true
   */
  readonly normalize?: boolean | undefined
  /** How many places to order, where that is more than the page: a selector that passes over candidates needs more. */
  readonly depth?: number | undefined
}

/**
 * Puts on the page what scores well and is unlike what stands above it: {@link maximalMarginalRelevance}, with the
 * scores as relevance and the cosine of the candidates' vectors as similarity.
 *
 * Candidates whose score is not finite come last. The order is made from the scores, so an earlier reranker's order
 * decides only between equals.
 *
 * @throws ArgumentError when `vector` is no function, or `lambda` or `depth` is outside its range.
 * @throws DataError when a vector is not finite; ShapeError when vectors differ in length.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, mmr } from 'feedrank'
 *
 * type Film = { id: string; likes: number; about: number[] }
 * const feed = MixerPipeline.for<object, Film>({ name: 'films' })
 *   .source(fromList<Film>('all', [
 *     { id: 'Alien', likes: 9, about: [1, 0] },
 *     { id: 'Aliens', likes: 8, about: [1, 0.1] },
 *     { id: 'Amelie', likes: 5, about: [0, 1] },
 *   ]))
 *   .score(functionScorer('likes', (film) => film.likes))
 *   .rerank(mmr({ vector: (film) => film.about, lambda: 0.5 }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'Alien', 'Amelie', 'Aliens' ]
 * ```
 */
export function mmr<Q, C>(options: MmrOptions<Q, C>): Reranker<Q, C> {
  const settings = componentOptions('mmr', 'mmr', options)
  const vector = checkFunction('mmr', 'vector', options.vector)
  const lambda = checkNumber('mmr', 'lambda', options.lambda ?? 0.7, { min: 0, max: 1 })
  const depth = checkInteger('mmr', 'depth', options.depth ?? 0, 0)
  const normalize = options.normalize ?? true
  return {
    ...settings,
    rerank(_, cs, scores, limit) {
      const finite: number[] = []
      const rest: number[] = []
      for (let i = 0; i < cs.length; i++) (Number.isFinite(scores[i]) ? finite : rest).push(i)
      const relevance = Float64Array.from(finite, (i) => scores[i])
      const places = Math.max(limit, depth)
      const order = maximalMarginalRelevance({
        relevance: normalize ? minMax(relevance) : relevance,
        vectors: finite.map((i) => vector(cs[i]) ?? undefined),
        lambda,
        k: Math.min(places, finite.length),
      })
      return [...order.map((at) => finite[at]), ...(places > finite.length ? rest : [])]
    },
  }
}

/** (s − min) / (max − min) in place; halves keep the difference of huge scores finite. */
function minMax(scores: Float64Array): Float64Array {
  let low = Infinity
  let high = -Infinity
  for (const score of scores) {
    low = Math.min(low, score)
    high = Math.max(high, score)
  }
  const range = high / 2 - low / 2
  return range > 0 ? scores.map((score) => (score / 2 - low / 2) / range) : scores.fill(1)
}
