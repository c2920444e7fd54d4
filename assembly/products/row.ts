import { finish } from '../activation'

/** `a · b + c`, rounded as a tile rounds it. */
@inline function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b))
}

@inline function storeFour(c: usize, sum: v128, add: bool, bias: usize, activation: u32): void {
  let x = add ? f32x4.add(v128.load(c), sum) : sum
  if (bias) x = f32x4.add(x, v128.load(bias))
  v128.store(c, finish(x, activation))
}

/** One row times a block whose columns lie side by side, read where it is: for few rows packing would cost more than it saves. */
export function multiplyRow(a: usize, aStep: usize, b: usize, bStep: usize, columns: usize, depth: usize, c: usize, add: bool, bias: usize, activation: u32): void {
  let column: usize = 0
  for (; column + 16 <= columns; column += 16) {
    let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0)
    let from = b + column * 4
    let left = a
    for (const end = from + depth * bStep; from < end; from += bStep, left += aStep) {
      const x = v128.load_splat<f32>(left)
      c0 = multiplyAdd(x, v128.load(from), c0)
      c1 = multiplyAdd(x, v128.load(from, 16), c1)
      c2 = multiplyAdd(x, v128.load(from, 32), c2)
      c3 = multiplyAdd(x, v128.load(from, 48), c3)
    }
    const at = c + column * 4
    const added = bias ? bias + column * 4 : 0
    storeFour(at, c0, add, added, activation)
    storeFour(at + 16, c1, add, added ? added + 16 : 0, activation)
    storeFour(at + 32, c2, add, added ? added + 32 : 0, activation)
    storeFour(at + 48, c3, add, added ? added + 48 : 0, activation)
  }
  for (; column < columns; column++) {
    let sum = f32x4.splat(0)
    for (let p: usize = 0; p < depth; p++) sum = multiplyAdd(v128.load_splat<f32>(a + p * aStep), v128.load_splat<f32>(b + p * bStep + column * 4), sum)
    const at = c + column * 4
    let x = f32x4.extract_lane(sum, 0)
    if (add) x = load<f32>(at) + x
    if (bias) x += load<f32>(bias + column * 4)
    store<f32>(at, f32x4.extract_lane(finish(f32x4.splat(x), activation), 0))
  }
}
