import { checkNumber } from '../errors'
import { checkUpdate, withKernel } from './optimizer'
import type { Optimizer } from './optimizer'

/** What {@link sgd} can be told. */
export interface SgdOptions {
  /** μ, in [0, 1). @defaultValue 0 */
  readonly momentum?: number
}

/**
 * Gradient descent, with momentum where it is given.
 *
 * v ← μ·v + g, w ← w − η·v; without momentum w ← w − η·g. The same as `torch.optim.SGD` without dampening.
 *
 * @example
 * ```ts
 * import { sgd } from 'feedrank'
 *
 * const weights = Float32Array.of(1, 2)
 * sgd().update(weights, Float32Array.of(1, -1), [], 1, 0.5)
 * console.log([...weights]) // [ 0.5, 2.5 ]
 * ```
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const momentum = checkNumber('sgd', 'momentum', options.momentum ?? 0, { min: 0, below: 1 })
  const slotCount = momentum === 0 ? 0 : 1
  return {
    name: 'sgd',
    slots: slotCount,
    update: withKernel({ kind: 'sgd', momentum }, (weights, gradient, slots, step, learningRate) => {
      checkUpdate('sgd', slotCount, weights, gradient, slots, step, learningRate)
      if (momentum === 0) {
        for (let i = 0; i < weights.length; i++) weights[i] -= learningRate * gradient[i]
        return
      }
      const velocity = slots[0]
      for (let i = 0; i < weights.length; i++) {
        velocity[i] = momentum * velocity[i] + gradient[i]
        weights[i] -= learningRate * velocity[i]
      }
    }),
  }
}
