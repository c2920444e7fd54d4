import type { Backend } from '../backends'
import { ArgumentError, SpecError, checkInteger, expected } from '../errors'
import { sliceRows, type EncodedRows } from '../features'
import { program } from '../tensor'
import { checkRows } from './check-rows'
import { featureFeeds, keptArrays, weightFeeds, type Arrays } from './feeding'
import type { Model } from './model'

/** A graph of a model, compiled and ready for encoded rows. */
export interface Predictor {
  /**
   * Each output of the graph for all rows: `[rows]`, or `[rows, dim]` row-major. Reads the model's weights as they are
   * now. Calls may overlap.
   *
   * @throws SpecError, ShapeError or DataError when the rows are not ones the model's spec encodes
   */
  readonly predict: (rows: EncodedRows) => Promise<ReadonlyMap<string, Float32Array>>
  readonly dispose: () => void
}

/**
 * Compiles one of a model's graphs for inference.
 *
 * A service makes one when it starts and keeps it; `modelScorer` takes it.
 *
 * @param graph which of `model.graphs`; `'score'` for rankers, `'user'` or `'item'` for two-tower models
 * @param options `batchSize`: rows per run; more rows than that are run in turn
 * @throws ArgumentError when `model` or `backend` is none, or the model has no such graph; SpecError for a graph that depends on no feature
 * @example
 * ```ts
 * import { WideAndDeep, binary, createPredictor, defineFeatures, loadBackend, numeric } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { price: numeric({ scope: 'item' }) }, labels: { bought: binary() } })
 *   .fit([{ price: 3, bought: 0 }, { price: 9, bought: 1 }])
 * const predictor = await createPredictor(new WideAndDeep(spec, { hidden: [] }), 'score', await loadBackend('javascript'))
 * const scores = await predictor.predict(spec.encode([{ price: 4 }, { price: 5 }]))
 * console.log(scores.get('bought')?.length) // 2
 * predictor.dispose()
 * ```
 */
export async function createPredictor(
  model: Model, graph: string, backend: Backend, options: { readonly batchSize?: number } = {},
): Promise<Predictor> {
  if (typeof model?.graphs !== 'object' || model.graphs === null)
    throw new ArgumentError(expected('createPredictor', 'model', 'a model, such as a WideAndDeep', model))
  if (!Object.hasOwn(model.graphs, graph))
    throw new ArgumentError(expected('createPredictor', 'graph', `one of ${Object.keys(model.graphs).map((g) => `'${g}'`).join(', ')}`, graph))
  if (typeof backend?.compile !== 'function')
    throw new ArgumentError(expected('createPredictor', 'backend', 'a backend, as `await loadBackend()` gives it', backend))
  const batchSize = checkInteger('createPredictor', 'batchSize', options.batchSize ?? 4096)
  const compiled = program(model.graphs[graph])
  const executable = await backend.compile(compiled)
  const inputs = model.inputs.filter((to) => compiled.inputs.has(to.input))
  if (inputs.length === 0) throw new SpecError(`feedrank/createPredictor: expected graph '${graph}' to depend on a feature`)
  const { axis } = inputs[0]
  // What one call gathers into must not be overwritten by the next while a backend still reads it.
  const idle: Arrays[] = []

  return {
    async predict(encoded) {
      checkRows('predict', 'rows', encoded, model, inputs)
      const arrays = idle.pop() ?? keptArrays()
      const results = new Map([...compiled.outputs].map(([name, { shape }]) => [name, new Float32Array(encoded.rows * width(shape))]))
      const weights = Object.fromEntries(Object.entries(weightFeeds(model.weights)).filter(([name]) => compiled.inputs.has(name)))
      try {
        for (let start = 0; start < encoded.rows; start += batchSize) {
          const rows = encoded.rows <= batchSize ? encoded : sliceRows(encoded, start, Math.min(start + batchSize, encoded.rows))
          const into = Object.fromEntries([...results].map(([name, all]) => {
            const each = all.length / encoded.rows
            return [name, all.subarray(start * each, (start + rows.rows) * each)]
          }))
          await executable.run({ ...weights, ...featureFeeds(model, inputs, new Map([[axis, rows]]), arrays) }, into)
        }
        return results
      } finally {
        idle.push(arrays)
      }
    },
    dispose: executable.dispose,
  }
}

const width = (shape: readonly (number | string)[]) => shape.reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)
