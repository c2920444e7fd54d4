import { ContractError, show } from '../errors'
import type { EncodedRows } from '../features'
import type { Predictor } from '../models'
import type { ComponentOptions, RunContext, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link modelScorer} takes. */
export interface ModelScorerOptions<Q, C, Row> extends ComponentOptions<Q> {
  /** The model, ready to predict; `createPredictor` makes one. */
  readonly predictor: Pick<Predictor, 'predict'>
  /** The fitted spec the model was trained with. */
  readonly spec: { readonly encode: (rows: readonly Row[]) => EncodedRows }
  /** The raw features of one candidate in this request: what training rows were made of. */
  readonly row: (c: C, q: Q, ctx: RunContext) => Row
  /** What the heads' predictions are worth together, such as `({ clicked, hidden }) => clicked - 5 * hidden`. */
  readonly score: (heads: Readonly<Record<string, number>>, c: C, q: Q) => number
}

/**
 * Scores candidates by a model: raw features in, encoded by the spec the model was trained with, one prediction a head,
 * made into one number by `score`.
 *
 * All candidates of a request are encoded and predicted together. Adds to no earlier score: it replaces it.
 *
 * @throws ArgumentError when `row` or `score` is no function; in a request, whatever encoding or predicting throws
 */
export function modelScorer<Q, C, Row>(options: ModelScorerOptions<Q, C, Row>): Scorer<Q, C> {
  const settings = componentOptions('modelScorer', 'model', options)
  const row = checkFunction('modelScorer', 'row', options.row)
  const score = checkFunction('modelScorer', 'score', options.score)
  const { predictor, spec } = options
  return {
    ...settings,
    async score(q, cs, _, ctx) {
      const heads = [...(await predictor.predict(spec.encode(cs.map((c) => row(c, q, ctx)))))]
      for (const [name, values] of heads)
        if (values.length !== cs.length)
          throw new ContractError(`feedrank/modelScorer: expected one prediction of ${show(name)} for each of ${cs.length} candidates, got ${values.length}`)
      return Float64Array.from(cs, (c, i) => score(Object.fromEntries(heads.map(([name, values]) => [name, values[i]])), c, q))
    },
  }
}
