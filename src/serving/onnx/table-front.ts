import type { OnnxNode, OnnxTensor, OnnxValue } from '../../backends/onnxruntime/onnx-writer'
import type { EmbeddingTable } from '../../embeddings'
import type { RowsInput } from '../../models'
import type { Front } from './plan'

/** The dtype of ids in a file; ONNX has no numbers that would do for either. */
export type IdType = 'int32' | 'int64'

/** The inputs that a feature comes in by. */
export const idsInput = ({ feature }: Pick<RowsInput, 'feature'>): string => `ids:${feature}`
export const bagWeightsInput = ({ feature }: Pick<RowsInput, 'feature'>): string => `weights:${feature}`

/**
 * The rows of a table for ids that are fed, within the file.
 *
 * One id a row: `ids` `[batch]`. A bag: `ids` `[batch, length]` and `weights` `[batch, length]`, 0 where a shorter bag has
 * ended; combined as `combiner` says, an empty bag or one whose divisor is 0 gives zeros.
 */
export function tableFront(to: RowsInput, table: EmbeddingTable, ids: IdType): Front {
  const { axis, combiner, input } = to
  const own = (name: string) => `${name} of ${input}`
  const length = `length of ${to.feature}`
  const nodes: OnnxNode[] = []
  const constants: OnnxTensor[] = [{ name: `table:${table.name}`, shape: [table.rows, table.dim], data: table.values }]
  const emit = (operator: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = {}): string => {
    nodes.push({ operator, inputs, outputs: [output], attributes })
    return output
  }
  const constant = (name: string, data: OnnxTensor['data'], shape: readonly number[]): string => {
    constants.push({ name: `constant:${name}`, shape, data })
    return `constant:${name}`
  }
  const integers = (...values: readonly bigint[]) => constant(`[${values.join()}]`, BigInt64Array.from(values), [values.length])
  const integer = (value: number) => constant(`${ids} ${value}`, ids === 'int64' ? BigInt64Array.of(BigInt(value)) : Int32Array.of(value), [])

  // ONNX counts negative rows from the end; a negative id becomes a row that no table has, and is an error.
  const negative = emit('Less', [idsInput(to), integer(0)], own('negative'))
  const rows = emit('Where', [negative, integer(2 ** 31 - 1), idsInput(to)], own('rows'))
  const idShape = combiner === undefined ? [axis] : [axis, length]
  const inputs: OnnxValue[] = [{ name: idsInput(to), type: ids, shape: idShape }]
  if (combiner === undefined) {
    emit('Gather', [`table:${table.name}`, rows], input, { axis: 0 })
    return { inputs, constants, nodes }
  }
  inputs.push({ name: bagWeightsInput(to), type: 'float32', shape: idShape })
  const weights = bagWeightsInput(to)
  const vectors = emit('Gather', [`table:${table.name}`, rows], own('vectors'), { axis: 0 })
  const weighed = emit('Mul', [vectors, emit('Unsqueeze', [weights, integers(2n)], own('column'))], own('weighed'))
  const summed = emit('ReduceSum', [weighed, integers(1n)], combiner === 'sum' ? input : own('sum'), { keepdims: 0 })
  if (combiner === 'sum') return { inputs, constants, nodes }
  const measured = combiner === 'mean' ? weights : emit('Mul', [weights, weights], own('squares'))
  const total = emit('ReduceSum', [measured, integers(1n)], own('total'), { keepdims: 1 })
  const divisor = combiner === 'mean' ? total : emit('Sqrt', [total], own('root'))
  const [zero, one] = [constant('0', Float32Array.of(0), []), constant('1', Float32Array.of(1), [])]
  const nothing = emit('Equal', [divisor, zero], own('nothing'))
  const quotient = emit('Div', [summed, emit('Where', [nothing, one, divisor], own('divisor'))], own('quotient'))
  emit('Where', [nothing, zero, quotient], input)
  return { inputs, constants, nodes }
}
