import { add, broadcastTo, concat, constant, matmul, type Node, type Tensor } from '../../tensor'
import { mapGraph, readersOf, withInputs, type Outputs } from './rows'

/**
 * How a backend takes up a row that belongs to the request: as the bias of a product, or as one more row of its matrix.
 *
 * Onnxruntime adds one thing to a product in passing. The rows of the items are the larger thing, so the request's row
 * goes into the matrix, `[x, 1]·[W; r] + i`, and a whole pass over the layer is spared. Our own kernels take a row as the
 * bias and add the rest where they apply the activation.
 */
export type RequestPlace = 'matrix' | 'bias'

/** Puts `r` of `(x·W + i) + r`, where `r` `[1, n]` is the request's, where the backend has it for nothing. */
export const placeRequest = (outputs: Outputs, place: RequestPlace): Outputs => {
  const readers = readersOf(outputs)
  const original = new Map<Tensor, Tensor>()
  const readOnce = (t: Tensor) => readers(original.get(t) ?? t) <= 1
  return mapGraph(outputs, (t, inputs) => {
    const same = withInputs(t, inputs)
    const made = same.op === 'add' ? placed(same, place, readOnce) ?? same : same
    original.set(made, t)
    return made
  })
}

function placed(sum: Node<'add'>, place: RequestPlace, readOnce: (t: Tensor) => boolean): Tensor | undefined {
  const [inner, row] = sum.inputs
  if (inner.op !== 'add' || !readOnce(inner) || row.shape.length !== 2 || row.shape[0] !== 1 || row.op === 'constant') return undefined
  const product = inner.inputs.find((t): t is Node<'matmul'> => t.op === 'matmul' && t.shape.length === 2 && t.shape[0] === sum.shape[0] && readOnce(t))
  const rest = inner.inputs.find((t) => t !== product)
  if (product === undefined || rest === undefined || rest.shape.length !== 2 || rest.shape[0] !== sum.shape[0] || rest.shape[1] !== sum.shape[1] || row.shape[1] !== sum.shape[1]) return undefined
  const [x, matrix] = product.inputs
  const { transposeA, transposeB } = product.attributes
  if (place === 'bias') return add(add(product, row), rest)
  // Another column costs a copy of the left side, which is worth it where that is narrow.
  if (transposeA || transposeB || 2 * (x.shape[1] as number) > (sum.shape[1] as number)) return undefined
  const parts = x.op === 'concat' && x.attributes.axis === 1 ? x.inputs : [x]
  return add(matmul(concat([...parts, broadcastTo(constant(1), [x.shape[0], 1])], 1), concat([matrix, row], 0)), rest)
}
