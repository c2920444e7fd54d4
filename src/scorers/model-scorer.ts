import { ArgumentError, ContractError, expected, show } from '../errors'
import type { EncodedRows } from '../features'
import type { Predictor } from '../models'
import type { ComponentOptions, RunContext, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { combined, type RankerScorerOptions } from './ranker-scorers'
import { worthOfHeads } from './worth-of-heads'

/** What {@link modelScorer} takes. */
export interface ModelScorerOptions<Q, C, Row> extends ComponentOptions<Q> {
  /** The model, ready to predict; `createPredictor` makes one. */
  readonly predictor: Pick<Predictor, 'predict'>
  /** The raw features of one candidate in this request: what training rows were made of. */
  readonly row: (c: C, q: Q, ctx: RunContext) => Row
  /** Encodes them by the spec the model was trained with: `(rows) => spec.encode(rows)`. */
  readonly encode: (rows: readonly NoInfer<Row>[]) => EncodedRows
  /** What the heads' predictions are worth together, such as `({ clicked, hidden }) => clicked - 5 * hidden`. */
  readonly score: (heads: Readonly<Record<string, number>>, c: C, q: Q) => number
}

/**
 * Scores candidates by a model: raw features in, encoded by the spec the model was trained with, one prediction a head,
 * made into one number by `score`, which takes the place of any earlier score.
 *
 * All candidates of a request are encoded and predicted together.
 *
 * @throws ArgumentError when `predictor` is none, or `row`, `encode` or `score` no function; in a request, when `score` gives
 * no number (a head the model does not have is `undefined`), and whatever encoding or predicting throws.
 * @example
 * ```ts
 * import { MixerPipeline, WideAndDeep, binary, createPredictor, defineFeatures, fromList, loadBackend, modelScorer, numeric } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { likes: numeric({ scope: 'item' }) }, labels: { clicked: binary() } })
 *   .fit([{ likes: 1, clicked: 0 }, { likes: 9, clicked: 1 }])
 * const predictor = await createPredictor(new WideAndDeep(spec, { hidden: [] }), 'score', await loadBackend('javascript'))
 * const feed = MixerPipeline.for<object, { id: string; likes: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a', likes: 3 }, { id: 'b', likes: 7 }]))
 *   .score(modelScorer({ predictor, row: ({ likes }) => ({ likes }), encode: (rows) => spec.encode(rows), score: ({ clicked }) => clicked }))
 *   .build()
 * const { selected } = await feed.run({})
 * console.log(selected.every(({ score }) => score > 0 && score < 1)) // true
 * ```
 */
export function modelScorer<Q, C, Row>(options: ModelScorerOptions<Q, C, Row>): Scorer<Q, C>
/** The same by a compiled ranker: the request is encoded once, and items come from its cache. See {@link rankerScorers} for a score a head. */
export function modelScorer<Q, C, Head extends string>(options: RankerScorerOptions<Q, C, Head>): Scorer<Q, C>
export function modelScorer<Q, C, Row>(options: ModelScorerOptions<Q, C, Row> | RankerScorerOptions<Q, C, string>): Scorer<Q, C> {
  if (typeof options === 'object' && options !== null && 'ranker' in options)
    return { ...componentOptions('modelScorer', 'model', options), score: combined('modelScorer', options).score }
  const settings = componentOptions('modelScorer', 'model', options)
  const row = checkFunction('modelScorer', 'row', options.row)
  const score = checkFunction('modelScorer', 'score', options.score)
  const encode = checkFunction('modelScorer', 'encode', options.encode)
  const { predictor } = options
  if (typeof predictor?.predict !== 'function')
    throw new ArgumentError(expected('modelScorer', 'predictor', 'a predictor, as `await createPredictor(…)` gives it', predictor))
  return {
    ...settings,
    async score(q, cs, _, ctx) {
      const heads = await predictor.predict(encode(cs.map((c) => row(c, q, ctx))))
      for (const [name, values] of heads)
        if (values.length !== cs.length)
          throw new ContractError(`feedrank/modelScorer: expected one prediction of ${show(name)} for each of ${cs.length} candidates, got ${values.length}`)
      return worthOfHeads('modelScorer', heads, score, cs, q)
    },
  }
}
