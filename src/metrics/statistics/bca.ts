import { normalCdf, normalQuantile } from './normal'

/** The ends of a bootstrap interval, as shares of the sorted resamples. */
export interface Ends {
  readonly low: number
  readonly high: number
}

/** What moves the ends of a bootstrap interval that is biased or skewed (Efron 1987). */
export interface BcaShift {
  /** Φ⁻¹ of the share of resamples below the value, a tie counting one half. */
  readonly bias: number
  /** `Σ d³ / (6·(Σ d²)^1.5)` over the distances of the leave-one-out values from their mean. */
  readonly acceleration: number
}

/** Ends `Φ(z₀ + (z₀ + z_α) / (1 − a·(z₀ + z_α)))` (Efron 1987, eq. 2.3); of the plain percentile interval without a shift. */
export function intervalEnds(level: number, shift?: BcaShift): Ends {
  const tail = (1 - level) / 2
  if (!shift) return { low: tail, high: 1 - tail }
  const { bias, acceleration } = shift
  const end = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
  return { low: end(normalQuantile(tail)), high: end(normalQuantile(1 - tail)) }
}

/** The shift from sorted resamples, and values each without one unit (or one block of units). */
export function bcaShift(sorted: Float64Array, value: number, leaveOneOut: ArrayLike<number>): BcaShift {
  let below = 0
  for (const resampled of sorted) below += resampled < value ? 1 : resampled === value ? 0.5 : 0
  // With every resample on one side the bias has no end: half a resample stands in for those not drawn.
  const share = Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length
  return { bias: normalQuantile(share), acceleration: accelerationOf(leaveOneOut) }
}

function accelerationOf(leaveOneOut: ArrayLike<number>): number {
  let mean = 0
  for (let i = 0; i < leaveOneOut.length; i++) mean += leaveOneOut[i] / leaveOneOut.length
  let squares = 0
  let cubes = 0
  for (let i = 0; i < leaveOneOut.length; i++) {
    const distance = mean - leaveOneOut[i]
    squares += distance ** 2
    cubes += distance ** 3
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}
