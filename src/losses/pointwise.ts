import { multiply, softplus, subtract, type Tensor } from '../tensor'
import { checkSameShape } from './checks'

/**
 * Binary cross-entropy of logits, per example, in nats: `log(1 + eᶻ) − z·y`, stable for any `z`.
 *
 * @param logits `z`, any shape
 * @param labels `y` in [0, 1], the same shape
 * @throws ShapeError when the two differ in shape
 * @example
 * ```ts
 * import { input, sigmoidCrossEntropy } from 'feedrank'
 *
 * const loss = sigmoidCrossEntropy(input('logits', ['batch']), input('clicked', ['batch']))
 * console.log(loss.shape) // [ 'batch' ]
 * ```
 */
export function sigmoidCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  checkSameShape('sigmoidCrossEntropy', 'logits', logits, 'labels', labels)
  return subtract(softplus(logits), multiply(logits, labels))
}

/**
 * Squared error, per example: `(prediction − label)²`.
 *
 * @throws ShapeError when the two differ in shape
 */
export function squaredError(predictions: Tensor, labels: Tensor): Tensor {
  checkSameShape('squaredError', 'predictions', predictions, 'labels', labels)
  const difference = subtract(predictions, labels)
  return multiply(difference, difference)
}
