import { checkNumber } from '../errors'
import { adamConstants } from './adam'
import type { AdamOptions } from './adam'
import { checkRowUpdate, withRowKernel } from './row-optimizer'
import type { RowOptimizer, RowOptimizerOptions } from './row-optimizer'

/** What {@link lazyAdam} can be told. */
export interface LazyAdamOptions extends AdamOptions, RowOptimizerOptions {}

/**
 * Adam on the rows touched: the moments of the others neither decay nor move their rows.
 *
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), t counting all
 * steps. The same as `torch.optim.SparseAdam`, which adds ε before the correction of v, not after it as `adam` does.
 *
 * @example
 * ```ts
 * import { createRowSlots, lazyAdam } from 'feedrank'
 *
 * const table = { name: 'post', rows: 2, dim: 2, values: new Float32Array(4) }
 * const optimizer = lazyAdam()
 * const gradient = { rows: Int32Array.of(1), values: Float32Array.of(3, -1), count: 1 }
 * optimizer.update(table, gradient, createRowSlots(optimizer, table), 1, 0.5)
 * console.log([...table.values].map((value) => value.toFixed(3)).join(' ')) // 0.000 0.000 -0.500 0.500
 * ```
 */
export function lazyAdam(options: LazyAdamOptions = {}): RowOptimizer {
  const { beta1, beta2, epsilon } = adamConstants('lazyAdam', options)
  const l2 = checkNumber('lazyAdam', 'l2', options.l2 ?? 0, { min: 0 })
  const described = { name: 'lazyAdam', slots: ['vector', 'vector'] as const }
  return {
    ...described,
    update: withRowKernel({ kind: 'lazyAdam', l2, beta1, beta2, epsilon }, (table, gradient, slots, step, learningRate) => {
      checkRowUpdate(described, table, gradient, slots, step, learningRate)
      const { values: weights, dim } = table
      const { rows, values: gradients, count } = gradient
      const [mean, square] = slots
      const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step)
      let from = 0
      for (let i = 0; i < count; i++) {
        let at = (rows[i] * dim) | 0
        const end = (at + dim) | 0
        for (; at < end; at = (at + 1) | 0, from = (from + 1) | 0) {
          const g = gradients[from] + l2 * weights[at]
          const m = beta1 * mean[at] + (1 - beta1) * g
          const v = beta2 * square[at] + (1 - beta2) * g * g
          mean[at] = m
          square[at] = v
          weights[at] -= (rate * m) / (Math.sqrt(v) + epsilon)
        }
      }
    }),
  }
}
