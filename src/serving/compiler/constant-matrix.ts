import { reshape, transpose, type Node, type Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import type { Rates } from './rows'

/**
 * The right side of a product as a constant matrix `[k, n]`, one that is the same for all leading axes included;
 * `undefined` where it is none, or where the left side is constant as well.
 */
export function constantMatrix({ inputs: [x, right], attributes: { transposeA, transposeB } }: Node<'matmul'>, rates: Rates): Tensor | undefined {
  if (transposeA || rates.of(right) !== 'constant' || rates.of(x) === 'constant') return undefined
  let matrix = right
  while (matrix.op === 'broadcastTo' && sameShape(matrix.shape.slice(-2), matrix.inputs[0].shape.slice(-2))) matrix = matrix.inputs[0]
  const [rows, columns] = matrix.shape.slice(-2)
  if (typeof rows !== 'number' || typeof columns !== 'number' || matrix.shape.slice(0, -2).some((d) => d !== 1)) return undefined
  const flat = reshape(matrix, [rows, columns])
  return transposeB ? transpose(flat) : flat
}
