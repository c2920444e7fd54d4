import { normalizeAxes, type Shape } from '../shape'
import { checkFlag, checkFloat, checkTensor, node, type Tensor } from '../tensor'

export interface ReductionOptions {
  /** Axes to reduce; negative ones count from the end. @defaultValue all */
  readonly axes?: number | readonly number[]
  /** Keep reduced axes with size 1. @defaultValue false */
  readonly keepDims?: boolean
}

function reduction(op: 'reduceSum' | 'reduceMean' | 'reduceMax', x: Tensor, options: ReductionOptions): Tensor {
  checkFloat(op, x)
  const axes = normalizeAxes(op, x.shape, options.axes)
  const keepDims = options.keepDims ?? false
  checkFlag(op, 'keepDims', keepDims)
  return node(op, [x], { axes, keepDims }, reducedShape(x.shape, axes, keepDims))
}

export const reducedShape = (shape: Shape, axes: readonly number[], keepDims: boolean): Shape =>
  keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i))

/** The sum over `axes`; 0 over none. */
export const reduceSum = (x: Tensor, options: ReductionOptions = {}): Tensor => reduction('reduceSum', x, options)
/** The mean over `axes`; NaN over an empty batch. */
export const reduceMean = (x: Tensor, options: ReductionOptions = {}): Tensor => reduction('reduceMean', x, options)
/** The maximum over `axes`; −∞ over an empty batch; equal maxima share the gradient evenly. */
export const reduceMax = (x: Tensor, options: ReductionOptions = {}): Tensor => reduction('reduceMax', x, options)

/** How many elements `axes` span, as a float32 scalar: the size of a batch, inside the graph. */
export function size(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor('size', x)
  return node('size', [x], { axes: normalizeAxes('size', x.shape, axes) }, [])
}
