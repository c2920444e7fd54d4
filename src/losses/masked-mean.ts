import { divide, maximum, multiply, reduceSum, type Tensor } from '../tensor'

/**
 * The mean of `values` where `mask` is 1: `Σ mᵢ·vᵢ / max(Σ mᵢ, 1)`; 0 where the mask is empty.
 *
 * A label that is known only for some rows (a dwell time, say, only where there was a click) is averaged over those
 * rows alone, so its scale does not depend on how rare they are.
 *
 * @param values per-example losses `[batch]`
 * @param mask 1 or 0 (or a weight) per example, `[batch]`
 */
export function maskedMean(values: Tensor, mask: Tensor): Tensor {
  return divide(reduceSum(multiply(values, mask)), maximum(reduceSum(mask), 1))
}
