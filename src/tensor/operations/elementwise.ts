import { ShapeError } from '../../errors'
import { broadcastShapes } from '../shape'
import { checkFloat, checkOneOf, checkTensor, dtypes, node, type AttributesOf, type DType, type OperationName, type Tensor, type TensorLike } from '../tensor'
import { asTensor } from './source'

type Plain = { [Op in OperationName]: AttributesOf[Op] extends { readonly [key: string]: never } ? Op : never }[OperationName]

function unary(op: Plain, x: TensorLike): Tensor {
  const a = asTensor(op, x)
  checkFloat(op, a)
  return node(op, [a], {}, a.shape)
}

function binary(op: Plain, x: TensorLike, y: TensorLike): Tensor {
  const a = asTensor(op, x)
  const b = asTensor(op, y)
  checkFloat(op, a)
  checkFloat(op, b)
  return node(op, [a, b], {}, broadcastShapes(op, a.shape, b.shape))
}

/** `−x`, elementwise. */
export const negate = (x: TensorLike): Tensor => unary('negate', x)
/** `eˣ`, elementwise. */
export const exp = (x: TensorLike): Tensor => unary('exp', x)
/** The natural logarithm, elementwise: −∞ at 0, NaN below. */
export const log = (x: TensorLike): Tensor => unary('log', x)
/** `√x`, elementwise: NaN below 0. */
export const sqrt = (x: TensorLike): Tensor => unary('sqrt', x)
/** `|x|`, elementwise; its gradient at 0 is 0. */
export const abs = (x: TensorLike): Tensor => unary('abs', x)
/** `max(x, 0)`, elementwise; its gradient at 0 is 0. */
export const relu = (x: TensorLike): Tensor => unary('relu', x)
/** `1 / (1 + e⁻ˣ)`, elementwise: logits to probabilities. */
export const sigmoid = (x: TensorLike): Tensor => unary('sigmoid', x)
/** The hyperbolic tangent, elementwise. */
export const tanh = (x: TensorLike): Tensor => unary('tanh', x)
/** `log(1 + eˣ)`, elementwise, without overflow. */
export const softplus = (x: TensorLike): Tensor => unary('softplus', x)
/** The same value, through which no gradient flows. */
export const stopGradient = (x: TensorLike): Tensor => unary('stopGradient', x)

/** `x + y`, broadcasting. */
export const add = (x: TensorLike, y: TensorLike): Tensor => binary('add', x, y)
/** `x − y`, broadcasting. */
export const subtract = (x: TensorLike, y: TensorLike): Tensor => binary('subtract', x, y)
/** `x · y`, elementwise, broadcasting. */
export const multiply = (x: TensorLike, y: TensorLike): Tensor => binary('multiply', x, y)
/** `x / y`, elementwise, broadcasting. */
export const divide = (x: TensorLike, y: TensorLike): Tensor => binary('divide', x, y)
/** The larger of the two, elementwise, broadcasting; where they are equal the gradient goes to `x`; NaN wins. */
export const maximum = (x: TensorLike, y: TensorLike): Tensor => binary('maximum', x, y)
/** The smaller of the two, elementwise, broadcasting; where they are equal the gradient goes to `x`; NaN wins. */
export const minimum = (x: TensorLike, y: TensorLike): Tensor => binary('minimum', x, y)

function comparison(op: 'greater' | 'equal', x: TensorLike, y: TensorLike): Tensor {
  const a = asTensor(op, x)
  const b = asTensor(op, y)
  if (a.dtype !== b.dtype) throw new ShapeError(`feedrank/${op}: expected two tensors of one dtype, got ${a.dtype} and ${b.dtype}`)
  return node(op, [a, b], {}, broadcastShapes(op, a.shape, b.shape))
}

/** 1 where `x > y`, else 0 (float32), broadcasting; no gradient flows. */
export const greater = (x: TensorLike, y: TensorLike): Tensor => comparison('greater', x, y)
/** 1 where `x = y`, else 0 (float32), broadcasting; no gradient flows. */
export const equal = (x: TensorLike, y: TensorLike): Tensor => comparison('equal', x, y)

/** `x` where `condition` is not 0, else `y`, broadcasting all three; what is not chosen takes no part, not even as NaN. */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const [c, a, b] = [asTensor('where', condition), asTensor('where', x), asTensor('where', y)]
  for (const t of [c, a, b]) checkFloat('where', t)
  return node('where', [c, a, b], {}, broadcastShapes('where', broadcastShapes('where', a.shape, b.shape), c.shape))
}

/** The same numbers in another dtype; float32 to int32 truncates toward zero. */
export function cast(x: Tensor, to: DType): Tensor {
  checkTensor('cast', x)
  checkOneOf('cast', 'to', dtypes, to)
  return x.dtype === to ? x : node('cast', [x], { to }, x.shape, to)
}
