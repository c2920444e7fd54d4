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
