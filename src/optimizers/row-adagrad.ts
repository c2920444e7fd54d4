import { checkNumber } from '../errors'
import { checkRowUpdate, withRowKernel } from './row-optimizer'
import type { RowOptimizer, RowOptimizerOptions } from './row-optimizer'

/** What {@link rowAdagrad} can be told. */
export interface RowAdagradOptions extends RowOptimizerOptions {
  /** Keeps the first steps finite. @defaultValue 1e-8 */
  readonly epsilon?: number
  /** What every row's accumulator starts from. @defaultValue 0 */
  readonly initialAccumulator?: number
}

/**
 * Row-wise Adagrad: rows that are seen often take smaller steps, at one number of state a row.
 *
 * a ← a + Σⱼ gⱼ² / dim, w ← w − η·g / (√a + ε), with g + l2·w for g where l2 is given. The exact row-wise Adagrad of
 * FBGEMM's embedding tables. The slot holds a without `initialAccumulator`, so that it starts from zeros as all state
 * does.
 *
 * @example
 * ```ts
 * import { createRowSlots, rowAdagrad } from 'feedrank'
 *
 * const table = { name: 'post', rows: 2, dim: 2, values: new Float32Array(4) }
 * const optimizer = rowAdagrad()
 * const gradient = { rows: Int32Array.of(1), values: Float32Array.of(1, -1), count: 1 }
 * optimizer.update(table, gradient, createRowSlots(optimizer, table), 1, 0.5)
 * console.log([...table.values]) // [ 0, 0, -0.5, 0.5 ]
 * ```
 */
export function rowAdagrad(options: RowAdagradOptions = {}): RowOptimizer {
  const l2 = checkNumber('rowAdagrad', 'l2', options.l2 ?? 0, { min: 0 })
  const epsilon = checkNumber('rowAdagrad', 'epsilon', options.epsilon ?? 1e-8, { above: 0 })
  const initial = checkNumber('rowAdagrad', 'initialAccumulator', options.initialAccumulator ?? 0, { min: 0 })
  const described = { name: 'rowAdagrad', slots: ['scalar'] as const }
  return {
    ...described,
    update: withRowKernel({ kind: 'rowAdagrad', l2, epsilon, initialAccumulator: initial }, (table, gradient, slots, step, learningRate) => {
      checkRowUpdate(described, table, gradient, slots, step, learningRate)
      const { values: weights, dim } = table
      const { rows, values: gradients, count } = gradient
      const accumulator = slots[0]
      for (let i = 0; i < count; i++) {
        const row = rows[i]
        const square = l2 === 0 ? sumOfSquares(gradients, i * dim, dim) : decayedSquares(gradients, i * dim, weights, row * dim, dim, l2)
        const accumulated = accumulator[row] + square / dim
        accumulator[row] = accumulated
        const rate = learningRate / (Math.sqrt(initial + accumulated) + epsilon)
        const keep = 1 - rate * l2
        step4(weights, row * dim, gradients, i * dim, dim, keep, rate)
      }
    }),
  }
}

/** w ← keep·w − rate·g, four at a time. */
function step4(weights: Float32Array, to: number, gradients: Float32Array, from: number, dim: number, keep: number, rate: number): void {
  let w = to | 0
  let g = from | 0
  const unrolled = (w + (dim & ~3)) | 0
  const end = (w + dim) | 0
  for (; w < unrolled; w = (w + 4) | 0, g = (g + 4) | 0) {
    weights[w] = keep * weights[w] - rate * gradients[g]
    weights[w + 1] = keep * weights[w + 1] - rate * gradients[g + 1]
    weights[w + 2] = keep * weights[w + 2] - rate * gradients[g + 2]
    weights[w + 3] = keep * weights[w + 3] - rate * gradients[g + 3]
  }
  for (; w < end; w = (w + 1) | 0, g = (g + 1) | 0) weights[w] = keep * weights[w] - rate * gradients[g]
}

// Four sums instead of one: an addition need not wait for the one before it.
function sumOfSquares(values: Float32Array, start: number, length: number): number {
  let i = start | 0
  const unrolled = (i + (length & ~3)) | 0
  const end = (i + length) | 0
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (; i < unrolled; i = (i + 4) | 0) {
    a += values[i] * values[i]
    b += values[i + 1] * values[i + 1]
    c += values[i + 2] * values[i + 2]
    d += values[i + 3] * values[i + 3]
  }
  for (; i < end; i = (i + 1) | 0) a += values[i] * values[i]
  return a + b + (c + d)
}

function decayedSquares(gradients: Float32Array, from: number, weights: Float32Array, at: number, dim: number, l2: number): number {
  let sum = 0
  for (let j = 0; j < dim; j++) {
    const g = gradients[from + j] + l2 * weights[at + j]
    sum += g * g
  }
  return sum
}
