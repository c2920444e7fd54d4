import { exp4 } from './math'

@inline function largestOf(x: usize, end: usize): f32 {
  let largest: f32 = -Infinity
  let vector = f32x4.splat(-Infinity)
  for (; x + 16 <= end; x += 16) vector = f32x4.max(vector, v128.load(x))
  for (; x < end; x += 4) largest = max(largest, load<f32>(x))
  const upper = f32x4.max(vector, v128.shuffle<i64>(vector, vector, 1, 1))
  return max(largest, max(f32x4.extract_lane(upper, 0), f32x4.extract_lane(upper, 1)))
}

@inline function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0)
}

/** e^(x − shift) into `out`; gives their sum. */
function exponentials(x: usize, end: usize, shift: f32, out: usize): f64 {
  const shifts = f32x4.splat(shift)
  let low = f64x2.splat(0), high = f64x2.splat(0)
  for (; x + 16 <= end; x += 16, out += 16) {
    const y = exp4(f32x4.sub(v128.load(x), shifts))
    v128.store(out, y)
    low = f64x2.add(low, f64x2.promote_low_f32x4(y))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1)))
  }
  const both = f64x2.add(low, high)
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
  for (; x < end; x += 4, out += 4) {
    const y = exp1(load<f32>(x) - shift)
    store<f32>(out, y)
    total += <f64>y
  }
  return total
}

/** Softmax of each row, or its logarithm, shifted by the row's largest number so that nothing overflows. */
export function softmaxRows(x: usize, out: usize, rows: u32, width: u32, logarithm: bool): void {
  const bytes = <usize>width << 2
  for (let row: u32 = 0; row < rows; row++, x += bytes, out += bytes) {
    const largest = largestOf(x, x + bytes)
    const total = exponentials(x, x + bytes, largest, out)
    if (logarithm) {
      const rest = <f32>Math.log(total)
      for (let i: usize = 0; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) - largest - rest)
    } else {
      const scale = <f32>(1 / total)
      let i: usize = 0
      for (; i + 16 <= bytes; i += 16) v128.store(out + i, f32x4.mul(v128.load(out + i), f32x4.splat(scale)))
      for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(out + i) * scale)
    }
  }
}
