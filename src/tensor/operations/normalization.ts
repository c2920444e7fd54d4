import { ShapeError } from '../../errors'
import { normalizeAxes, sameShape, showShape } from '../shape'
import { checkFloat, node, type Tensor, type TensorLike } from '../tensor'
import { add, divide, maximum, multiply, sqrt, subtract } from './elementwise'
import { reduceMean, reduceSum, reducedShape } from './reduction'

function overLastAxis(op: 'softmax' | 'logSoftmax', x: Tensor): Tensor {
  checkFloat(op, x)
  if (x.shape.length === 0) throw new ShapeError(`feedrank/${op}: expected at least one axis, got a scalar`)
  return node(op, [x], {}, x.shape)
}

/** `eˣⁱ / Σⱼ eˣʲ` over the last axis, without overflow. */
export const softmax = (x: Tensor): Tensor => overLastAxis('softmax', x)

/** `xᵢ − log Σⱼ eˣʲ` over the last axis, without overflow. */
export const logSoftmax = (x: Tensor): Tensor => overLastAxis('logSoftmax', x)

/**
 * `(x − mean) · inverseDeviation`, where both are those of `x` itself over `axes`.
 *
 * The gradient knows that they are: with `x̂` the result and `g` the gradient that arrives,
 * `∂x = inverseDeviation · (g − mean(g) − x̂ · mean(g · x̂))`, and none flows to the two statistics.
 */
export function standardize(x: Tensor, mean: Tensor, inverseDeviation: Tensor, axes: number | readonly number[]): Tensor {
  checkFloat('standardize', x)
  const over = normalizeAxes('standardize', x.shape, axes)
  const kept = reducedShape(x.shape, over, true)
  for (const t of [mean, inverseDeviation])
    if (!sameShape(t.shape, kept))
      throw new ShapeError(`feedrank/standardize: expected statistics of shape ${showShape(kept)} for ${showShape(x.shape)}, got ${showShape(t.shape)}`)
  return node('standardize', [x, mean, inverseDeviation], { axes: over }, x.shape)
}

/** Mean and (biased) variance of `x` over `axes`, which stay with size 1. */
export function moments(x: Tensor, axes: number | readonly number[]): { readonly mean: Tensor; readonly variance: Tensor } {
  const mean = reduceMean(x, { axes, keepDims: true })
  const centred = subtract(x, mean)
  return { mean, variance: reduceMean(multiply(centred, centred), { axes, keepDims: true }) }
}

/** `1 / √(variance + epsilon)`. */
export const inverseDeviation = (variance: Tensor, epsilon: TensorLike): Tensor => divide(1, sqrt(add(variance, epsilon)))

/** `x / max(‖x‖₂, epsilon)` over the last axis. */
export function l2Normalize(x: Tensor, epsilon = 1e-6): Tensor {
  const norm = sqrt(maximum(reduceSum(multiply(x, x), { axes: -1, keepDims: true }), epsilon * epsilon))
  return divide(x, norm)
}
