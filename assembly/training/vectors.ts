/* What the kernels of training share: rows of float32 numbers, four at a time, the rest one by one. */

/** How many rows are touched before they are worked on: their cache misses then overlap. */
export const ahead: u32 = 32

/** What was touched flows in here, so that no compiler takes the loads for idle. */
let touched: i32 = 0

/** Brings `bytes` from `address` on into the cache. */
@inline
export function touch(address: usize, bytes: usize): void {
  let sum = load<i32>(address)
  for (let at: usize = 64; at < bytes; at += 64) sum ^= load<i32>(address + at)
  // The last number may lie on a line of its own.
  touched ^= sum ^ load<i32>(address + bytes - 4)
}

/** to = from, `bytes` being a multiple of 4. */
@inline
export function copy(to: usize, from: usize, bytes: usize): void {
  const end = from + bytes
  for (const last = from + (bytes & ~15); from < last; from += 16, to += 16) v128.store(to, v128.load(from))
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from))
}

/** to = by · from. */
@inline
export function scale(to: usize, from: usize, bytes: usize, by: f32): void {
  const end = from + bytes
  const bys = f32x4.splat(by)
  for (const last = from + (bytes & ~15); from < last; from += 16, to += 16) v128.store(to, f32x4.mul(v128.load(from), bys))
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from) * by)
}

/** to += by · from. */
@inline
export function addScaled(to: usize, from: usize, bytes: usize, by: f32): void {
  const end = from + bytes
  const bys = f32x4.splat(by)
  for (const last = from + (bytes & ~15); from < last; from += 16, to += 16)
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(from), bys)))
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from) * by)
}

/** Σ x² in double precision, which no float32 number overflows. */
@inline
export function squares(from: usize, bytes: usize): f64 {
  const end = from + bytes
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (const last = from + (bytes & ~15); from < last; from += 16) {
    const x = v128.load(from)
    const a = f64x2.promote_low_f32x4(x)
    const b = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
    low = f64x2.add(low, f64x2.mul(a, a))
    high = f64x2.add(high, f64x2.mul(b, b))
  }
  const both = f64x2.add(low, high)
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
  for (; from < end; from += 4) {
    const x = <f64>load<f32>(from)
    sum += x * x
  }
  return sum
}
