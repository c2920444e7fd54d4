import { multiply, softplus, subtract, type Tensor } from '../tensor'

/**
 * Binary cross-entropy of logits, per example, in nats: `log(1 + eᶻ) − z·y`, stable for any `z`.
 *
 * @param logits `z`, any shape
 * @param labels `y` in [0, 1], the same shape
 * @example
 * ```ts
 * import { input, sigmoidCrossEntropy } from 'feedrank'
 *
 * const loss = sigmoidCrossEntropy(input('logits', ['batch']), input('clicked', ['batch']))
 * console.log(loss.shape) // [ 'batch' ]
 * ```
 */
export const sigmoidCrossEntropy = (logits: Tensor, labels: Tensor): Tensor => subtract(softplus(logits), multiply(logits, labels))

/** Squared error, per example: `(prediction − label)²`. */
export function squaredError(predictions: Tensor, labels: Tensor): Tensor {
  const difference = subtract(predictions, labels)
  return multiply(difference, difference)
}
