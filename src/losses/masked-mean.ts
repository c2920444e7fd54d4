import { divide, maximum, multiply, reduceSum, type Tensor } from '../tensor'
import { checkSameShape } from './checks'

/**
 * The mean of `values` where `mask` is 1: `Σ mᵢ·vᵢ / max(Σ mᵢ, 1)`; 0 where the mask is empty.
 *
 * A label that is known only for some rows (a dwell time, say, only where there was a click) is averaged over those
 * rows alone, so its scale does not depend on how rare they are. Values must be finite where the mask is 0, too: what
 * counts for nothing is still computed.
 *
 * @param values per-example losses `[batch]`
 * @param mask 1 or 0 per example, `[batch]`
 * @throws ShapeError when the two differ in shape
 */
export function maskedMean(values: Tensor, mask: Tensor): Tensor {
  checkSameShape('maskedMean', 'values', values, 'mask', mask)
  return divide(reduceSum(multiply(values, mask)), maximum(reduceSum(mask), 1))
}
