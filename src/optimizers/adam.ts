import { checkNumber } from '../errors'
import { checkUpdate, withKernel } from './optimizer'
import type { Optimizer } from './optimizer'

/** The constants of the Adam family. */
export interface AdamOptions {
  /** Decay of the mean gradient, in [0, 1). @defaultValue 0.9 */
  readonly beta1?: number
  /** Decay of the mean squared gradient, in [0, 1). @defaultValue 0.999 */
  readonly beta2?: number
  /** Keeps the step finite where gradients vanish. @defaultValue 1e-8 */
  readonly epsilon?: number
}

/** {@link AdamOptions} and the decay of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** λ: each step shrinks the weights by η·λ, apart from the gradient. @defaultValue 0.01 */
  readonly weightDecay?: number
}

/**
 * Adam: each weight's step is its mean gradient over the root of its mean squared gradient.
 *
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 * Kingma & Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1; the same as `torch.optim.Adam`.
 *
 * @example
 * ```ts
 * import { adam, createSlots } from 'feedrank'
 *
 * const optimizer = adam()
 * const weights = Float32Array.of(1, 1)
 * optimizer.update(weights, Float32Array.of(5, -0.01), createSlots(optimizer, 2), 1, 0.25)
 * console.log(weights[0].toFixed(3), weights[1].toFixed(3)) // 0.750 1.250
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike('adam', options, 0)
}

/**
 * Adam with decoupled weight decay: w ← w·(1 − η·λ) before the step of {@link adam}.
 *
 * Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization"; the same as `torch.optim.AdamW`.
 *
 * @example
 * ```ts
 * import { adamW, createSlots } from 'feedrank'
 *
 * const optimizer = adamW({ weightDecay: 0.5 })
 * const weights = Float32Array.of(2)
 * optimizer.update(weights, Float32Array.of(0), createSlots(optimizer, 1), 1, 0.5)
 * console.log(weights[0]) // 1.5
 * ```
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  return adamLike('adamW', options, checkNumber('adamW', 'weightDecay', options.weightDecay ?? 0.01, { min: 0 }))
}

/** The options with their defaults, checked. */
export function adamConstants(where: string, options: AdamOptions): Required<AdamOptions> {
  return {
    beta1: checkNumber(where, 'beta1', options.beta1 ?? 0.9, { min: 0, below: 1 }),
    beta2: checkNumber(where, 'beta2', options.beta2 ?? 0.999, { min: 0, below: 1 }),
    epsilon: checkNumber(where, 'epsilon', options.epsilon ?? 1e-8, { above: 0 }),
  }
}

function adamLike(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { beta1, beta2, epsilon } = adamConstants(name, options)
  return {
    name,
    slots: 2,
    update: withKernel({ kind: 'adam', beta1, beta2, epsilon, weightDecay }, (weights, gradient, slots, step, learningRate) => {
      checkUpdate(name, 2, weights, gradient, slots, step, learningRate)
      const [mean, square] = slots
      const rate = learningRate / (1 - beta1 ** step)
      const correction = 1 / Math.sqrt(1 - beta2 ** step)
      const keep = 1 - learningRate * weightDecay
      for (let i = 0; i < weights.length; i++) {
        const g = gradient[i]
        const m = beta1 * mean[i] + (1 - beta1) * g
        const v = beta2 * square[i] + (1 - beta2) * g * g
        mean[i] = m
        square[i] = v
        weights[i] = keep * weights[i] - (rate * m) / (Math.sqrt(v) * correction + epsilon)
      }
    }),
  }
}
