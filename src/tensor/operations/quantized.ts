import { ArgumentError, expected, ShapeError } from '../../errors'
import { showShape } from '../shape'
import { checkDType, checkFloat, node, type Node, type Tensor } from '../tensor'

/** The largest magnitude of a quantized weight. */
export const largestWeight = 127
/** A quantized activation is a byte. */
export const largestByte = 255

/**
 * A matrix product in 8-bit integers, summed exactly: `x [batch, k]` rounded to bytes, constant weights `[k, n]` in
 * [−127, 127], and a scale for each column of the product `[n]`.
 *
 *     y_ij = scale_j · Σ_p (min(max(round(x_ip) + z, 0), 255) − z) · w_pj
 *
 * `x` comes in units of its own step, so that each of its columns may have one; halves round to even, NaN to 0. With the
 * zero point `z` = 0 the bytes hold 0 to 255, as after a ReLU; with `z` = 128 they hold −128 to 127. It goes in
 * steps, so no gradient flows through it: train in float32 and quantize afterwards.
 *
 * @throws ShapeError when sizes do not fit; ArgumentError when a weight is no whole number within ±127, when weights or
 * scales are not constants, or `k` exceeds 65,536, beyond which a sum may not fit 32 bits
 */
export function quantizedMatmul(x: Tensor, weight: Tensor, scales: Tensor, options: { readonly zeroPoint?: number } = {}): Tensor {
  const { zeroPoint = 0 } = options
  checkFloat('quantizedMatmul', x)
  checkDType('quantizedMatmul', weight, 'int32')
  checkFloat('quantizedMatmul', scales)
  if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint > largestByte)
    throw new ArgumentError(expected('quantizedMatmul', 'zeroPoint', `a whole number from 0 to ${largestByte}`, zeroPoint))
  const [batch, k] = x.shape
  const [rows, n] = weight.shape
  if (x.shape.length !== 2 || weight.shape.length !== 2 || k !== rows || scales.shape.length !== 1 || scales.shape[0] !== n)
    throw new ShapeError(`feedrank/quantizedMatmul: cannot multiply ${showShape(x.shape)} by ${showShape(weight.shape)} with scales ${showShape(scales.shape)}`)
  if ((k as number) > 65536) throw new ArgumentError(expected('quantizedMatmul', 'k', 'at most 65,536 rows of weights', k))
  const wrong = constantValues('weight', weight).find((v) => !Number.isInteger(v) || Math.abs(v) > largestWeight)
  if (wrong !== undefined) throw new ArgumentError(expected('quantizedMatmul', 'weight', `whole numbers within ±${largestWeight}`, wrong))
  constantValues('scales', scales)
  return node('quantizedMatmul', [x, weight, scales], { zeroPoint }, [batch, n])
}

function constantValues(name: string, t: Tensor): readonly number[] | Float32Array | Int32Array {
  if (t.op !== 'constant') throw new ArgumentError(expected('quantizedMatmul', name, 'a constant', t.op))
  return t.attributes.values
}

/** What a backend needs of the node, as plain numbers. */
export function quantizedParts({ inputs: [, weight, scales], attributes: { zeroPoint } }: Node<'quantizedMatmul'>) {
  const [k, n] = weight.shape as readonly number[]
  return { k, n, zeroPoint, weight: Int8Array.from(constantValues('weight', weight)), scales: Float32Array.from(constantValues('scales', scales)) }
}
