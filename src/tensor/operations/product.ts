import { ShapeError } from '../../errors'
import { checkShape, sameShape, showShape, type Dimension } from '../shape'
import { checkDType, checkFlag, checkFloat, node, type Tensor } from '../tensor'

/**
 * The matrix product over the last two axes, each operand transposed first where asked; leading axes are equal.
 *
 * `[…, m, k] · […, k, n] → […, m, n]`
 *
 * @throws ShapeError when the inner sizes or the leading axes differ
 * @example
 * ```ts
 * import { input, matmul } from 'feedrank'
 *
 * const scores = matmul(input('users', ['batch', 8]), input('items', [100, 8]), { transposeB: true })
 * console.log(scores.shape) // [ 'batch', 100 ]
 * ```
 */
export function matmul(a: Tensor, b: Tensor, options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): Tensor {
  checkFloat('matmul', a)
  checkFloat('matmul', b)
  const { transposeA = false, transposeB = false } = options
  checkFlag('matmul', 'transposeA', transposeA)
  checkFlag('matmul', 'transposeB', transposeB)
  const rank = a.shape.length
  const [m, inner] = lastTwo(a, transposeA)
  const [other, n] = lastTwo(b, transposeB)
  const lead = a.shape.slice(0, -2)
  if (rank < 2 || b.shape.length !== rank || inner !== other || !sameShape(lead, b.shape.slice(0, -2)))
    throw new ShapeError(`feedrank/matmul: cannot multiply ${showShape(a.shape)}${transposeA ? 'ᵀ' : ''} by ${showShape(b.shape)}${transposeB ? 'ᵀ' : ''}`)
  return node('matmul', [a, b], { transposeA, transposeB }, [...lead, m, n])
}

const lastTwo = ({ shape }: Tensor, transposed: boolean): readonly [Dimension, Dimension] => {
  const [p, q] = shape.slice(-2)
  return transposed ? [q, p] : [p, q]
}

/**
 * Rows of `table` by index: `table [rows, …]`, `indices` int32 of any shape → `[…indices, …]`.
 *
 * Indices lie in `[0, rows)`; fed indices are checked before a run.
 */
export function gather(table: Tensor, indices: Tensor): Tensor {
  checkFloat('gather', table)
  checkDType('gather', indices, 'int32')
  if (table.shape.length === 0) throw new ShapeError('feedrank/gather: expected a table with at least one axis, got a scalar')
  return node('gather', [table, indices], {}, [...indices.shape, ...table.shape.slice(1)])
}

/**
 * The transpose of {@link gather}: adds each of `values [n, …]` to the row its index names, giving `[rows, …]`;
 * rows no index names are 0.
 */
export function segmentSum(values: Tensor, indices: Tensor, rows: Dimension): Tensor {
  checkFloat('segmentSum', values)
  checkDType('segmentSum', indices, 'int32')
  checkShape('segmentSum', [rows])
  const lead = values.shape.slice(0, indices.shape.length)
  if (!sameShape(lead, indices.shape))
    throw new ShapeError(`feedrank/segmentSum: expected values ${showShape(values.shape)} to begin with the indices' shape ${showShape(indices.shape)}`)
  return node('segmentSum', [values, indices], { rows }, [rows, ...values.shape.slice(indices.shape.length)])
}
