/** Elementary functions of four numbers at once, accurate to about one part in 10⁷, and right at NaN, ±∞, ±0 and subnormals. */

@inline const log2e: f32 = 1.4426950408889634
// ln 2 in two parts: the first has few digits, so that its product with a small integer is exact.
@inline const ln2High: f32 = 0.693359375
@inline const ln2Low: f32 = -2.12194440054690583e-4
// Adding 1.5 · 2²³ leaves the nearest integer in the low bits of a float.
@inline const rounder: f32 = 12582912

@inline function f(value: f32): v128 {
  return f32x4.splat(value)
}

@inline function step(p: v128, x: v128, coefficient: f32): v128 {
  return f32x4.add(f32x4.mul(p, x), f(coefficient))
}

/** 2ⁿ as a float, for −126 ≤ n ≤ 127. */
@inline function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
}

/** eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2, eʳ by its Taylor series. */
export function exp4(x: v128): v128 {
  // Beyond these bounds the result is 0 or ∞ all the same; pmax and pmin let NaN pass.
  const bounded = f32x4.pmin(f32x4.pmax(x, f(-105)), f(89))
  const shifted = f32x4.add(f32x4.mul(bounded, f(log2e)), f(rounder))
  const whole = f32x4.sub(shifted, f(rounder))
  const n = i32x4.sub(shifted, f(rounder))
  const r = f32x4.sub(f32x4.sub(bounded, f32x4.mul(whole, f(ln2High))), f32x4.mul(whole, f(ln2Low)))
  let p = f(1.0 / 5040)
  p = step(p, r, 1.0 / 720)
  p = step(p, r, 1.0 / 120)
  p = step(p, r, 1.0 / 24)
  p = step(p, r, 1.0 / 6)
  p = step(p, r, 0.5)
  p = step(p, r, 1)
  p = step(p, r, 1)
  // In two halves, as 2ⁿ itself may be no normal float.
  const half = i32x4.shr_s(n, 1)
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)))
}

/** 2 · artanh(s) = log((1 + s) / (1 − s)) for |s| ≤ 1/3, by its series in s². */
@inline function twiceArtanh(s: v128): v128 {
  const z = f32x4.mul(s, s)
  let p = f(2.0 / 15)
  p = step(p, z, 2.0 / 13)
  p = step(p, z, 2.0 / 11)
  p = step(p, z, 2.0 / 9)
  p = step(p, z, 2.0 / 7)
  p = step(p, z, 2.0 / 5)
  p = step(p, z, 2.0 / 3)
  p = f32x4.mul(p, z)
  return f32x4.add(f32x4.add(s, s), f32x4.mul(p, s))
}

/** log x = e · ln 2 + log m with m in [√½, √2). */
export function log4(x: v128): v128 {
  const small = f32x4.lt(x, f(1.17549435e-38))
  const normal = v128.bitselect(f32x4.mul(x, f(8388608)), x, small)
  // Counting from √½ puts the mantissa between √½ and √2.
  const offset = i32x4.sub(normal, i32x4.splat(0x3f3504f3))
  const e = i32x4.sub(i32x4.shr_s(offset, 23), v128.and(small, i32x4.splat(23)))
  const m = i32x4.add(v128.and(offset, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3))
  const d = f32x4.sub(m, f(1))
  const power = f32x4.convert_i32x4_s(e)
  const fraction = f32x4.add(f32x4.mul(power, f(ln2Low)), twiceArtanh(f32x4.div(d, f32x4.add(m, f(1)))))
  const y = f32x4.add(fraction, f32x4.mul(power, f(ln2High)))
  const edge = v128.bitselect(f(-Infinity), f(NaN), f32x4.eq(x, f(0)))
  // ∞ and NaN are their own logarithms.
  const finite = v128.bitselect(y, x, f32x4.lt(x, f(Infinity)))
  return v128.bitselect(edge, finite, f32x4.le(x, f(0)))
}

/** 1 / (1 + e⁻ˣ), with the exponential of −|x| so that neither side loses digits. */
export function sigmoid4(x: v128): v128 {
  const t = exp4(f32x4.neg(f32x4.abs(x)))
  const upper = f32x4.div(f(1), f32x4.add(f(1), t))
  return v128.bitselect(f32x4.mul(t, upper), upper, f32x4.lt(x, f(0)))
}

/** log(1 + eˣ) = max(x, 0) + log(1 + t) with t = e^−|x|, and log(1 + t) = 2 · artanh(t / (2 + t)). */
export function softplus4(x: v128): v128 {
  const t = exp4(f32x4.neg(f32x4.abs(x)))
  return f32x4.add(f32x4.pmax(x, f(0)), twiceArtanh(f32x4.div(t, f32x4.add(f(2), t))))
}

/** tanh by Lambert's continued fraction where |x| is small, else by 1 − 2t / (1 + t) with t = e^−2|x|. */
export function tanh4(x: v128): v128 {
  const z = f32x4.mul(x, x)
  const above = step(step(f32x4.add(z, f(378)), z, 17325), z, 135135)
  const below = step(step(step(f(28), z, 3150), z, 62370), z, 135135)
  const near = f32x4.div(f32x4.mul(x, above), below)
  const magnitude = f32x4.abs(x)
  const t = exp4(f32x4.mul(magnitude, f(-2)))
  const far = f32x4.sub(f(1), f32x4.div(f32x4.add(t, t), f32x4.add(f(1), t)))
  const signed = v128.or(far, v128.and(x, f(-0.0)))
  return v128.bitselect(near, signed, f32x4.lt(magnitude, f(0.625)))
}
