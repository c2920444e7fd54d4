import { checkNumber } from '../../errors'
import { checkScores } from '../checks'
import { normalQuantile } from './normal'

/** `Γ(x + ½) / Γ(x)`: an asymptotic series where x is large, and steps down to the x that is asked for. */
function gammaRatio(x: number): number {
  let steps = 1
  let at = x
  for (; at < 32; at++) steps *= at / (at + 0.5)
  const y = 1 / at
  const series = 1 + y * (-1 / 8 + y * (1 / 128 + y * (5 / 1024 + y * (-21 / 32768 + y * (-399 / 262144 + y * (869 / 4194304 + y * (39325 / 33554432)))))))
  return steps * Math.sqrt(at) * series
}

/** The continued fraction of the incomplete beta function I_x(a, b) (Abramowitz and Stegun 26.5.8), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    const change = d * c
    fraction *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return fraction
}

/** P(T ≥ t) for t ≥ 0: half of I_x(ν/2, ½) with x = ν / (ν + t²), or of what it leaves of 1 where that converges sooner. */
function upperTail(t: number, freedom: number): number {
  if (t === 0) return 0.5
  if (t === Infinity) return 0
  const a = freedom / 2
  const square = t * t
  const x = freedom / (freedom + square)
  // x^a·(1 − x)^½ / B(a, ½), with 1 / B = Γ(a + ½) / (Γ(a)·√π)
  const front = (Math.exp(-a * Math.log1p(square / freedom)) * Math.sqrt(square / (freedom + square)) * gammaRatio(a)) / Math.sqrt(Math.PI)
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(x, a, 0.5)) / a / 2
  return 0.5 - front * betaFraction(square / (freedom + square), 0.5, a)
}

/**
 * The distribution function of Student's t: the probability of a value of at most t.
 *
 * @param freedom degrees of freedom, above 0; `Infinity` is not taken, see `normalCdf`
 * @throws ArgumentError when `t` is not a number or `freedom` not above 0.
 * @example
 * ```ts
 * import { studentCdf } from 'feedrank'
 *
 * console.log(studentCdf(2, 10).toFixed(4)) // 0.9633
 * ```
 */
export function studentCdf(t: number, freedom: number): number {
  checkScores('studentCdf', [t], 't')
  checkNumber('studentCdf', 'freedom', freedom, { above: 0 })
  return t <= 0 ? upperTail(-t, freedom) : 1 - upperTail(t, freedom)
}

/**
 * The quantile function of Student's t.
 *
 * @throws ArgumentError when `p` is outside (0, 1) or `freedom` not above 0.
 * @example
 * ```ts
 * import { studentQuantile } from 'feedrank'
 *
 * console.log(studentQuantile(0.975, 10).toFixed(4)) // 2.2281
 * ```
 */
export function studentQuantile(p: number, freedom: number): number {
  checkNumber('studentQuantile', 'p', p, { above: 0, below: 1 })
  checkNumber('studentQuantile', 'freedom', freedom, { above: 0 })
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  let low = 0
  let high = Math.max(1, -normalQuantile(tail))
  while (upperTail(high, freedom) > tail) {
    low = high
    high *= 2
  }
  // Newton's steps on the logarithm of the tail, kept between bounds that close in.
  let t = (low + high) / 2
  const slope = gammaRatio(freedom / 2) / Math.sqrt(freedom * Math.PI)
  for (let step = 0; step < 200; step++) {
    const value = upperTail(t, freedom)
    if (value > tail) low = t
    else high = t
    const density = slope * Math.exp((-(freedom + 1) / 2) * Math.log1p((t * t) / freedom))
    const moved = t + (value * Math.log(value / tail)) / density
    const next = moved > low && moved < high ? moved : (low + high) / 2
    if (Math.abs(next - t) <= 4e-16 * next) break
    t = next
  }
  return p < 0.5 ? -t : t
}

/** P(T ≥ t), exact far out where `1 − studentCdf` has no digits left. */
export const studentUpperTail = (t: number, freedom: number) => (t >= 0 ? upperTail(t, freedom) : 1 - upperTail(-t, freedom))
