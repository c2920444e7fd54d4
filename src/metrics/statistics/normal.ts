import { checkNumber } from '../../errors'
import { checkScores } from '../checks'

const rootTwoPi = Math.sqrt(2 * Math.PI)

/** The density of the standard normal distribution; the square is split, so that its rounding does not grow in the tails. */
function density(x: number): number {
  const coarse = Math.round(x * 16) / 16
  return (Math.exp((-coarse * coarse) / 2) * Math.exp((-(x - coarse) * (x + coarse)) / 2)) / rootTwoPi
}

/** Φ(x) for x ≤ 0: a series near 0, a continued fraction further out. */
function lowerTail(x: number): number {
  if (x > -2) {
    let term = x
    let sum = x
    for (let n = 3; Math.abs(term) > 1e-18 && n < 100; n += 2) {
      term *= (x * x) / n
      sum += term
    }
    return 0.5 + density(x) * sum
  }
  if (x < -40) return 0
  let fraction = -x
  for (let n = 120; n > 0; n--) fraction = -x + n / fraction
  return density(x) / fraction
}

/**
 * The standard normal distribution function, Φ(x): the probability of a value of at most x.
 *
 * @throws ArgumentError when `x` is not a number.
 * @example
 * ```ts
 * import { normalCdf } from 'feedrank'
 *
 * console.log(normalCdf(-1.96).toFixed(4)) // 0.0250
 * ```
 */
export function normalCdf(x: number): number {
  checkScores('normalCdf', [x], 'x')
  return x <= 0 ? lowerTail(x) : 1 - lowerTail(-x)
}

/**
 * The quantile function of the standard normal distribution, Φ⁻¹(p).
 *
 * A rational start (Abramowitz and Stegun 26.2.23), polished by Halley's steps.
 *
 * @throws ArgumentError when `p` is outside (0, 1).
 * @example
 * ```ts
 * import { normalQuantile } from 'feedrank'
 *
 * console.log(normalQuantile(0.975).toFixed(6)) // 1.959964
 * ```
 */
export function normalQuantile(p: number): number {
  checkNumber('normalQuantile', 'p', p, { above: 0, below: 1 })
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  const t = Math.sqrt(-2 * Math.log(tail))
  let x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
  for (let step = 0; step < 4; step++) {
    const move = (lowerTail(x) - tail) / density(x)
    x -= move / (1 + (x * move) / 2)
  }
  return p < 0.5 ? x : -x
}
