import { loadBackend, type Backend } from '../backends'
import type { EncodedRows } from '../features'
import type { Model } from './model'
import { createPredictor } from './predictor'

export interface PredictOptions {
  /** @defaultValue `loadBackend('auto')` */
  readonly backend?: Backend
  /** Which of the model's graphs. @defaultValue 'score' */
  readonly graph?: string
  /** Rows per run. @defaultValue 4096 */
  readonly batchSize?: number
}

/**
 * The outputs of a model for encoded rows, by name: for a ranker one number a row and head.
 *
 * Compiles anew at each call; whoever predicts more than once keeps a {@link createPredictor}.
 *
 * @throws ArgumentError, SpecError, ShapeError or DataError as {@link createPredictor} and what it makes
 * @example
 * ```ts
 * import { TwoTower, categorical, defineFeatures, loadBackend, predict } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { user: categorical({ scope: 'user' }), book: categorical({ scope: 'item' }) } })
 *   .fit([{ user: 'ada', book: 1 }, { user: 'bob', book: 2 }])
 * const model = new TwoTower(spec, { dim: 4 })
 * const books = spec.encode([{ book: 1 }, { book: 2 }], { scopes: ['item'] })
 * const vectors = await predict(model, books, { graph: 'item', backend: await loadBackend('javascript') })
 * console.log(vectors.get('embedding')?.length) // 8
 * ```
 */
export async function predict(model: Model, rows: EncodedRows, options: PredictOptions = {}): Promise<ReadonlyMap<string, Float32Array>> {
  const { graph = 'score', backend = await loadBackend('auto'), ...rest } = options
  const predictor = await createPredictor(model, graph, backend, rest)
  try {
    return await predictor.predict(rows)
  } finally {
    predictor.dispose()
  }
}
