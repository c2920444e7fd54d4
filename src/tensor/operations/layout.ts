import { ArgumentError, ShapeError, checkInteger, expected } from '../../errors'
import { broadcastsTo, checkShape, elementsKey, normalizeAxes, normalizeAxis, sameShape, showShape, type Shape } from '../shape'
import { checkFloat, checkTensor, node, type Tensor } from '../tensor'

/** The same elements in the same order under another shape. */
export function reshape(x: Tensor, to: Shape): Tensor {
  checkTensor('reshape', x)
  checkShape('reshape', to)
  if (elementsKey(x.shape) !== elementsKey(to))
    throw new ShapeError(`feedrank/reshape: ${showShape(x.shape)} and ${showShape(to)} do not hold the same number of elements`)
  return sameShape(x.shape, to) ? x : node('reshape', [x], { to: [...to] }, [...to], x.dtype)
}

/** Axes in another order; without `permutation`, the last two change places. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const rank = x.shape.length
  if (permutation === undefined && rank < 2)
    throw new ShapeError(`feedrank/transpose: expected at least two axes, got ${showShape(x.shape)}`)
  const order = permutation ?? [...x.shape.keys()].map((i) => (i < rank - 2 ? i : 2 * rank - 3 - i))
  if (order.length !== rank || normalizeAxes('transpose', x.shape, order).length !== rank)
    throw new ShapeError(`feedrank/transpose: expected a permutation of ${rank} axes of ${showShape(x.shape)}, got [${order.join(', ')}]`)
  const axes = order.map((a) => normalizeAxis('transpose', x.shape, a))
  checkFloat('transpose', x)
  return node('transpose', [x], { permutation: axes }, axes.map((a) => x.shape[a]))
}

/** `x` stretched to a larger shape by repeating axes of size 1. */
export function broadcastTo(x: Tensor, to: Shape): Tensor {
  checkFloat('broadcastTo', x)
  checkShape('broadcastTo', to)
  if (!broadcastsTo(x.shape, to)) throw new ShapeError(`feedrank/broadcastTo: cannot stretch ${showShape(x.shape)} to ${showShape(to)}`)
  return sameShape(x.shape, to) ? x : node('broadcastTo', [x], { to: [...to] }, [...to])
}

/** Tensors side by side along `axis`, whose sizes must be known; all other axes are equal. */
export function concat(tensors: readonly Tensor[], axis = -1): Tensor {
  if (tensors.length === 0) throw new ArgumentError(expected('concat', 'tensors', 'at least one tensor', tensors))
  const [first] = tensors
  const at = normalizeAxis('concat', first.shape, axis)
  let total = 0
  for (const t of tensors) {
    checkFloat('concat', t)
    const own = t.shape[at]
    if (typeof own !== 'number' || !sameShape(t.shape.with(at, 1), first.shape.with(at, 1)))
      throw new ShapeError(`feedrank/concat: cannot join ${showShape(first.shape)} and ${showShape(t.shape)} along axis ${at}`)
    total += own
  }
  return tensors.length === 1 ? first : node('concat', tensors, { axis: at }, first.shape.with(at, total))
}

/** Elements `start` (inclusive) to `end` (exclusive) along `axis`, whose size must be known. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  checkFloat('slice', x)
  const at = normalizeAxis('slice', x.shape, axis)
  const length = x.shape[at]
  if (typeof length !== 'number' || !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length))
    throw new ShapeError(`feedrank/slice: expected 0 <= start < end <= ${length} on axis ${at} of ${showShape(x.shape)}, got ${start} to ${end}`)
  return end - start === length ? x : node('slice', [x], { axis: at, start, end }, x.shape.with(at, end - start))
}

/** Zeros put before and after along `axis`, whose size must be known. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  checkFloat('pad', x)
  const at = normalizeAxis('pad', x.shape, axis)
  const length = x.shape[at]
  checkInteger('pad', 'before', before, 0)
  checkInteger('pad', 'after', after, 0)
  if (typeof length !== 'number') throw new ShapeError(`feedrank/pad: expected axis ${at} of ${showShape(x.shape)} to have a known size`)
  return before + after === 0 ? x : node('pad', [x], { axis: at, before, after }, x.shape.with(at, before + length + after))
}
