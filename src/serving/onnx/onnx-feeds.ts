import { gatherBags, gatherRows } from '../../embeddings'
import type { EncodedRows } from '../../features'
import { columnOf, type Model } from '../../models'
import { checkRows } from '../../models/check-rows'
import { graphOf, type ExportOnnxOptions } from './export-onnx'
import { bagWeightsInput, idsInput, type IdType } from './table-front'

/** What a session of an exported model is fed for one input; `new ort.Tensor(type, data, dims)` takes it as it is. */
export interface OnnxFeed {
  readonly type: 'float32' | IdType
  readonly data: Float32Array | Int32Array | BigInt64Array
  readonly dims: readonly number[]
}

/**
 * Encoded rows as the inputs of the file that `exportOnnx` makes of `model` with the same options.
 *
 * @throws ArgumentError as exportOnnx; SpecError, ShapeError or DataError when the rows are not ones the model's spec encodes
 * @example
 * ```ts
 * import { WideAndDeep, binary, categorical, defineFeatures, onnxFeeds } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } })
 *   .fit([{ topic: 'cats', clicked: 1 }, { topic: 'tax', clicked: 0 }])
 * const feeds = onnxFeeds(new WideAndDeep(spec, { hidden: [4] }), spec.encode([{ topic: 'tax' }]))
 * console.log(feeds) // { 'ids:topic': { type: 'int64', data: BigInt64Array(1) [ 2n ], dims: [ 1 ] } }
 * ```
 */
export function onnxFeeds(model: Model, rows: EncodedRows, options: ExportOnnxOptions = {}): Readonly<Record<string, OnnxFeed>> {
  const { tables, ids, inputs } = graphOf('onnxFeeds', model, options)
  checkRows('onnxFeeds', 'rows', rows, model, inputs)
  const integers = (values: Int32Array, dims: readonly number[]): OnnxFeed =>
    ids === 'int32' ? { type: ids, data: values, dims } : { type: ids, data: BigInt64Array.from(values, BigInt), dims }
  return Object.fromEntries(inputs.flatMap((to): (readonly [string, OnnxFeed])[] => {
    if (to.kind === 'dense') return [[to.input, { type: 'float32', data: columnOf(rows.columns, to.feature, 'dense').values, dims: [rows.rows, to.width] }]]
    const table = model.tables.get(to.table)!
    if (to.combiner === undefined) {
      const column = columnOf(rows.columns, to.feature, 'ids').ids
      if (tables === 'outside') return [[to.input, { type: 'float32', data: gatherRows(table, column), dims: [rows.rows, table.dim] }]]
      return [[idsInput(to), integers(column, [rows.rows])]]
    }
    const bags = columnOf(rows.columns, to.feature, 'bags')
    if (tables === 'outside') return [[to.input, { type: 'float32', data: gatherBags(table, bags, to.combiner), dims: [rows.rows, table.dim] }]]
    const { length, padded, weights } = pad(bags)
    return [[idsInput(to), integers(padded, [rows.rows, length])], [bagWeightsInput(to), { type: 'float32', data: weights, dims: [rows.rows, length] }]]
  }))
}

/** Bags side by side, as long as the longest and at least 1; what pads has weight 0. */
function pad({ ids, offsets, weights }: { readonly ids: Int32Array; readonly offsets: Int32Array; readonly weights?: Float32Array }) {
  const rows = offsets.length - 1
  let length = 1
  for (let r = 0; r < rows; r++) length = Math.max(length, offsets[r + 1] - offsets[r])
  const padded = new Int32Array(rows * length)
  const padWeights = new Float32Array(rows * length)
  for (let r = 0; r < rows; r++)
    for (let i = offsets[r], to = r * length; i < offsets[r + 1]; i++, to++) {
      padded[to] = ids[i]
      padWeights[to] = weights === undefined ? 1 : weights[i]
    }
  return { length, padded, weights: padWeights }
}
