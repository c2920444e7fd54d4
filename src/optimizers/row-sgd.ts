import { checkNumber } from '../errors'
import { checkRowUpdate, withRowKernel } from './row-optimizer'
import type { RowOptimizer, RowOptimizerOptions } from './row-optimizer'

/**
 * Gradient descent on the rows touched: w ← w − η·(g + l2·w).
 *
 * @example
 * ```ts
 * import { rowSgd } from 'feedrank'
 *
 * const table = { name: 'post', rows: 3, dim: 2, values: new Float32Array(6) }
 * rowSgd().update(table, { rows: Int32Array.of(1), values: Float32Array.of(1, -1), count: 1 }, [], 1, 0.5)
 * console.log([...table.values]) // [ 0, 0, -0.5, 0.5, 0, 0 ]
 * ```
 */
export function rowSgd(options: RowOptimizerOptions = {}): RowOptimizer {
  const l2 = checkNumber('rowSgd', 'l2', options.l2 ?? 0, { min: 0 })
  const described = { name: 'rowSgd', slots: [] }
  return {
    ...described,
    update: withRowKernel({ kind: 'rowSgd', l2 }, (table, gradient, slots, step, learningRate) => {
      checkRowUpdate(described, table, gradient, slots, step, learningRate)
      const { values: weights, dim } = table
      const { rows, values: gradients, count } = gradient
      const keep = 1 - learningRate * l2
      let from = 0
      for (let i = 0; i < count; i++) {
        let to = (rows[i] * dim) | 0
        const end = (to + dim) | 0
        for (; to < end; to = (to + 1) | 0, from = (from + 1) | 0) weights[to] = keep * weights[to] - learningRate * gradients[from]
      }
    }),
  }
}
