import { DataError, checkNumber, show } from '../errors'

/** A gradient and the weight it belongs to; a `RowGradient` is one as it stands. */
export interface NamedGradient {
  readonly name: string
  readonly values: Float32Array
}

/**
 * The Euclidean norm of all gradients together: √(Σ g²) over every value of every array.
 *
 * @throws DataError when a gradient holds NaN or an infinity; the message names the weight.
 * @example
 * ```ts
 * import { globalNorm } from 'feedrank'
 *
 * console.log(globalNorm([{ name: 'a', values: Float32Array.of(3) }, { name: 'b', values: Float32Array.of(0, 4) }])) // 5
 * ```
 */
export function globalNorm(gradients: readonly NamedGradient[]): number {
  return norm('globalNorm', gradients)
}

/**
 * Scales all gradients in place so that their {@link globalNorm} is at most `maxNorm`, and returns the norm they had.
 *
 * g ← g · min(1, maxNorm / ‖g‖). Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural
 * networks", algorithm 1.
 *
 * @throws DataError when a gradient holds NaN or an infinity; the message names the weight, and nothing was scaled.
 * @example
 * ```ts
 * import { clipByGlobalNorm } from 'feedrank'
 *
 * const gradient = Float32Array.of(3, 4)
 * console.log(clipByGlobalNorm([{ name: 'w', values: gradient }], 2.5), [...gradient]) // 5 [ 1.5, 2 ]
 * ```
 */
export function clipByGlobalNorm(gradients: readonly NamedGradient[], maxNorm: number): number {
  checkNumber('clipByGlobalNorm', 'maxNorm', maxNorm, { above: 0 })
  const before = norm('clipByGlobalNorm', gradients)
  if (before > maxNorm) {
    const scale = maxNorm / before
    for (const { values } of gradients) for (let i = 0; i < values.length; i++) values[i] *= scale
  }
  return before
}

function norm(where: string, gradients: readonly NamedGradient[]): number {
  let total = 0
  for (const { name, values } of gradients) {
    const sum = sumOfSquares(values)
    // Squares of 32-bit floats cannot overflow a 64-bit sum: if this is not finite, an element is not.
    if (!Number.isFinite(sum)) {
      const at = values.findIndex((value) => !Number.isFinite(value))
      throw new DataError(`feedrank/${where}: expected the gradient of ${show(name)} to be finite, got ${values[at]} at position ${at} of ${values.length}`)
    }
    total += sum
  }
  return Math.sqrt(total)
}

/** Σ x². */
// Four sums instead of one: an addition need not wait for the one before it.
export function sumOfSquares(values: Float32Array): number {
  const fours = values.length & ~3
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = 0; i < fours; i += 4) {
    a += values[i] * values[i]
    b += values[i + 1] * values[i + 1]
    c += values[i + 2] * values[i + 2]
    d += values[i + 3] * values[i + 3]
  }
  for (let i = fours; i < values.length; i++) a += values[i] * values[i]
  return a + b + (c + d)
}
