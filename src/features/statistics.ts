import { ArgumentError, checkNumber, expected } from '../errors'

/** Count, mean, population deviation and range of a stream of numbers, in one pass. */
export interface Moments {
  /** `weight` is how many times it is there. @defaultValue 1 */
  readonly add: (value: number, weight?: number) => void
  readonly count: () => number
  readonly mean: () => number
  /** `sqrt(Σ (x − mean)² / n)`: the population's, as scikit-learn's StandardScaler has it. */
  readonly deviation: () => number
  readonly min: () => number
  readonly max: () => number
}

/** Welford's recurrence (Technometrics 4(3), 1962): exact to rounding even where the mean is far from zero. */
export function moments(): Moments {
  let n = 0
  let mean = 0
  let squares = 0
  let min = Infinity
  let max = -Infinity
  return {
    add(value, weight = 1) {
      n += weight
      const delta = value - mean
      mean += (weight * delta) / n
      squares += weight * delta * (value - mean)
      if (value < min) min = value
      if (value > max) max = value
    },
    count: () => n,
    mean: () => mean,
    deviation: () => (n === 0 ? 0 : Math.sqrt(squares / n)),
    min: () => min,
    max: () => max,
  }
}

/**
 * The `q` quantile of ascending numbers, interpolated linearly between the two nearest: the value at position
 * `q · (n − 1)`. NumPy's default method, Hyndman and Fan's type 7.
 *
 * @throws ArgumentError when `sorted` is empty or `q` is not in [0, 1].
 * @example
 * ```ts
 * import { quantileOf } from 'feedrank'
 *
 * console.log(quantileOf([1, 2, 3, 10], 0.5)) // 2.5
 * ```
 */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  checkNumber('quantileOf', 'q', q, { min: 0, max: 1 })
  if (!(sorted.length > 0)) throw new ArgumentError(expected('quantileOf', 'sorted', 'at least one number', sorted))
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const part = position - below
  const low = sorted[below]
  const high = sorted[Math.min(below + 1, sorted.length - 1)]
  return between(low, high, part)
}

/** The number at `part` of the way from `low` to `high`: exact at both ends, and never beyond them. */
export function between(low: number, high: number, part: number): number {
  const gap = high - low
  if (gap === Infinity) return low * (1 - part) + high * part
  return part < 0.5 ? low + gap * part : high - gap * (1 - part)
}
