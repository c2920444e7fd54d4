import { checkNumber } from '../errors'
import { normalQuantile } from './statistics/normal'

/** The quantile of ascending values by linear interpolation, as numpy's default. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  const part = at - below
  const gap = sorted[above] - sorted[below]
  return part < 0.5 ? sorted[below] + gap * part : sorted[above] - gap * (1 - part)
}

/**
 * Wilson's score interval of a rate: `successes` out of `trials`.
 *
 * Unlike the normal interval it stays within [0, 1] and is honest for few trials and rates near 0 or 1 (Wilson 1927).
 *
 * @defaultValue `level` 0.95
 * @throws ArgumentError when `trials` is not positive, `successes` is not within [0, trials], or `level` not in (0, 1).
 * @example
 * ```ts
 * import { wilsonInterval } from 'feedrank'
 *
 * console.log(wilsonInterval(0, 10).high.toFixed(4)) // 0.2775
 * ```
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): { readonly low: number; readonly high: number } {
  checkNumber('wilsonInterval', 'trials', trials, { above: 0 })
  checkNumber('wilsonInterval', 'successes', successes, { min: 0, max: trials })
  checkNumber('wilsonInterval', 'level', level, { above: 0, below: 1 })
  const z = normalQuantile(0.5 + level / 2)
  const rate = successes / trials
  const shrink = 1 + (z * z) / trials
  const centre = (rate + (z * z) / (2 * trials)) / shrink
  const reach = (z / shrink) * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials))
  return { low: successes === 0 ? 0 : Math.max(0, centre - reach), high: successes === trials ? 1 : Math.min(1, centre + reach) }
}
