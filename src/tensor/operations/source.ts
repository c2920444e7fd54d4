import { ArgumentError, ShapeError, expected } from '../../errors'
import { checkShape, elements, showShape, type Shape } from '../shape'
import { checkOneOf, checkTensor, dtypes, node, rates, type DType, type InputRate, type Tensor, type TensorLike } from '../tensor'

/**
 * A value fed from outside at each run: data, gathered embedding rows, or a weight.
 *
 * @param name what the feed is called
 * @param shape sizes of its axes; a string such as `'batch'` names a size that each run decides
 * @throws ArgumentError when the name is empty or an option is none of its values; ShapeError when an axis is not a positive integer or a name
 * @example
 * ```ts
 * import { input } from 'feedrank'
 *
 * const x = input('x', ['batch', 3])
 * console.log(x.shape) // [ 'batch', 3 ]
 * ```
 */
export function input(name: string, shape: Shape, options: { readonly dtype?: DType; readonly rate?: InputRate } = {}): Tensor {
  if (typeof name !== 'string' || name === '') throw new ArgumentError(expected('input', 'name', 'a non-empty string', name))
  const { dtype = 'float32', rate = 'pair' } = options
  checkOneOf('input', 'dtype', dtypes, dtype)
  checkOneOf('input', 'rate', rates, rate)
  return node('input', [], { name, rate }, [...checkShape('input', shape)], dtype)
}

/**
 * A value fixed in the graph: a number, or numbers in row-major order with their shape.
 *
 * @throws ArgumentError when a value is not a number, or for int32 no 32-bit integer; ShapeError when the shape is not static or does not hold as many numbers as were given
 * @example
 * ```ts
 * import { constant } from 'feedrank'
 *
 * console.log(constant([1, 2, 3, 4], [2, 2]).shape) // [ 2, 2 ]
 * ```
 */
export function constant(values: number | readonly number[] | Float32Array | Int32Array, shape?: readonly number[], dtype: DType = 'float32'): Tensor {
  const typed = ArrayBuffer.isView(values)
  // A typed array is copied, as it cannot be frozen.
  const list = typeof values === 'number' ? [values] : typed ? (dtype === 'float32' ? Float32Array.from(values) : values.slice()) : [...values]
  const to = shape ?? (typeof values === 'number' ? [] : [list.length])
  checkShape('constant', to)
  checkOneOf('constant', 'dtype', dtypes, dtype)
  const isWrong = (v: number) => typeof v !== 'number' || (dtype === 'int32' && v !== (v | 0))
  const wrong = ArrayBuffer.isView(list) ? (dtype === 'int32' ? list.find(isWrong) : undefined) : list.find(isWrong)
  if (wrong !== undefined) throw new ArgumentError(expected('constant', 'values', dtype === 'int32' ? '32-bit integers' : 'numbers', wrong))
  if (to.some((d) => typeof d !== 'number') || elements(to) !== list.length)
    throw new ShapeError(`feedrank/constant: expected ${showShape(to)} to hold ${list.length} numbers`)
  return node('constant', [], { values: ArrayBuffer.isView(list) ? list : Object.freeze(list) }, [...to], dtype)
}

export function asTensor(where: string, value: TensorLike): Tensor {
  if (typeof value === 'number') return constant(value)
  checkTensor(where, value)
  return value
}
