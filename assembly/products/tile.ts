import { Activation, finish } from '../activation'

/*
 * Tiles of rows × 8 columns that stay in registers. With relaxed SIMD a product and its sum are one instruction, rounded
 * once where the processor can; its registers then hold tiles of 6 rows, 4 without.
 */
export const tileRows: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 4
@inline export const tileColumns: usize = 8
/** Bytes of a tile that is computed aside. */
@inline export const tileBytes: usize = 6 * 32

/** One row of a tile into memory: added to what is there, then biased and activated when this is the last block. */
@inline function storeRow(c: usize, left: v128, right: v128, add: bool, bias: usize, activation: u32): void {
  let x = left
  let y = right
  if (add) {
    x = f32x4.add(v128.load(c), x)
    y = f32x4.add(v128.load(c, 16), y)
  }
  if (bias) {
    x = f32x4.add(x, v128.load(bias))
    y = f32x4.add(y, v128.load(bias, 16))
  }
  v128.store(c, finish(x, activation))
  v128.store(c, finish(y, activation), 16)
}

function multiplyFour(a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, rows: usize, add: bool, bias: usize, activation: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  for (const end = a + depth * 16; a < end; a += 16, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const a0 = v128.load_splat<f32>(a)
    c00 = f32x4.add(c00, f32x4.mul(a0, b0))
    c01 = f32x4.add(c01, f32x4.mul(a0, b1))
    const a1 = v128.load_splat<f32>(a, 4)
    c10 = f32x4.add(c10, f32x4.mul(a1, b0))
    c11 = f32x4.add(c11, f32x4.mul(a1, b1))
    const a2 = v128.load_splat<f32>(a, 8)
    c20 = f32x4.add(c20, f32x4.mul(a2, b0))
    c21 = f32x4.add(c21, f32x4.mul(a2, b1))
    const a3 = v128.load_splat<f32>(a, 12)
    c30 = f32x4.add(c30, f32x4.mul(a3, b0))
    c31 = f32x4.add(c31, f32x4.mul(a3, b1))
  }
  storeRow(c, c00, c01, add, bias, activation)
  if (rows > 1) storeRow(c + rowBytes, c10, c11, add, bias, activation)
  if (rows > 2) storeRow(c + 2 * rowBytes, c20, c21, add, bias, activation)
  if (rows > 3) storeRow(c + 3 * rowBytes, c30, c31, add, bias, activation)
}

function multiplySix(a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, rows: usize, add: bool, bias: usize, activation: u32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0)
  for (const end = a + depth * 24; a < end; a += 24, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const a0 = v128.load_splat<f32>(a)
    c00 = f32x4.relaxed_madd(a0, b0, c00)
    c01 = f32x4.relaxed_madd(a0, b1, c01)
    const a1 = v128.load_splat<f32>(a, 4)
    c10 = f32x4.relaxed_madd(a1, b0, c10)
    c11 = f32x4.relaxed_madd(a1, b1, c11)
    const a2 = v128.load_splat<f32>(a, 8)
    c20 = f32x4.relaxed_madd(a2, b0, c20)
    c21 = f32x4.relaxed_madd(a2, b1, c21)
    const a3 = v128.load_splat<f32>(a, 12)
    c30 = f32x4.relaxed_madd(a3, b0, c30)
    c31 = f32x4.relaxed_madd(a3, b1, c31)
    const a4 = v128.load_splat<f32>(a, 16)
    c40 = f32x4.relaxed_madd(a4, b0, c40)
    c41 = f32x4.relaxed_madd(a4, b1, c41)
    const a5 = v128.load_splat<f32>(a, 20)
    c50 = f32x4.relaxed_madd(a5, b0, c50)
    c51 = f32x4.relaxed_madd(a5, b1, c51)
  }
  storeRow(c, c00, c01, add, bias, activation)
  if (rows > 1) storeRow(c + rowBytes, c10, c11, add, bias, activation)
  if (rows > 2) storeRow(c + 2 * rowBytes, c20, c21, add, bias, activation)
  if (rows > 3) storeRow(c + 3 * rowBytes, c30, c31, add, bias, activation)
  if (rows > 4) storeRow(c + 4 * rowBytes, c40, c41, add, bias, activation)
  if (rows > 5) storeRow(c + 5 * rowBytes, c50, c51, add, bias, activation)
}

/** The first `rows` rows of a tile, from panels of the left and of the right operand. */
@inline export function multiplyTile(a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, rows: usize, add: bool, bias: usize, activation: u32): void {
  if (ASC_FEATURE_RELAXED_SIMD) multiplySix(a, b, depth, c, rowBytes, rows, add, bias, activation)
  else multiplyFour(a, b, depth, c, rowBytes, rows, add, bias, activation)
}

/** A tile that reaches over the last column is computed aside, as a whole, so that every element is summed in the same way. */
export function multiplyEdge(edge: usize, a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, rows: usize, columns: usize, add: bool, bias: usize, activation: u32): void {
  multiplyTile(a, b, depth, edge, 32, rows, false, 0, Activation.None)
  for (let row: usize = 0; row < rows; row++)
    for (let column: usize = 0; column < columns; column++) {
      const at = c + row * rowBytes + column * 4
      let x = load<f32>(edge + row * 32 + column * 4)
      if (add) x = load<f32>(at) + x
      if (bias) x += load<f32>(bias + column * 4)
      store<f32>(at, f32x4.extract_lane(finish(f32x4.splat(x), activation), 0))
    }
}
