import { finish } from './activation'

/*
 * Matrix product of bytes by bytes, summed in 32 bits. SIMD128 multiplies pairs of 16-bit numbers and adds them, eight
 * products at once: twice what it does in floats. So both operands are widened to 16 bits and go in pairs of positions:
 * the left one in panels of 4 rows (a pair of each row, 16 bytes a step), the right one, packed by src/backends/wasm once
 * and for all, in panels of 8 columns (a pair of each column, 32 bytes a step). An odd depth ends in a pair with a zero.
 */
@inline const tileRows: usize = 4
@inline const tileColumns: usize = 8
@inline const blockRows: usize = 32
/** A tile that reaches over the edge is computed here, at the start of the scratch memory. */
@inline const tileBytes: usize = 128

@inline function roundUp(n: usize, to: usize): usize {
  return ((n + to - 1) / to) * to
}

/** Bytes of scratch that a product of this depth needs. */
export function quantizedScratch(m: usize, k: usize): usize {
  return tileBytes + roundUp(min(m, blockRows), tileRows) * roundUp(k, 4) * 2
}

/** Four numbers in whole steps, within a byte once the zero point is added. */
@inline function quantize(x: v128, lowest: v128, highest: v128): v128 {
  return i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(f32x4.nearest(x)), highest), lowest)
}

@inline function one(x: usize, lowest: v128, highest: v128): i32 {
  return i32x4.extract_lane(quantize(v128.load32_splat(x), lowest, highest), 0)
}

/** Up to four rows as a panel; those beyond the last repeat it, and nobody reads what becomes of them. */
function packRows(x: usize, rowBytes: usize, rows: usize, k: usize, target: usize, lowest: v128, highest: v128): void {
  const x1 = x + min(rows - 1, 1) * rowBytes
  const x2 = x + min(rows - 1, 2) * rowBytes
  const x3 = x + min(rows - 1, 3) * rowBytes
  let at: usize = 0
  for (const end = (k & ~3) << 2; at < end; at += 16, target += 32) {
    const upper = i16x8.narrow_i32x4_s(quantize(v128.load(x + at), lowest, highest), quantize(v128.load(x1 + at), lowest, highest))
    const lower = i16x8.narrow_i32x4_s(quantize(v128.load(x2 + at), lowest, highest), quantize(v128.load(x3 + at), lowest, highest))
    v128.store(target, v128.shuffle<i32>(upper, lower, 0, 2, 4, 6))
    v128.store(target, v128.shuffle<i32>(upper, lower, 1, 3, 5, 7), 16)
  }
  for (const end = k << 2; at < end; at += 8, target += 16) {
    const paired = at + 4 < end
    store<i32>(target, (one(x + at, lowest, highest) & 0xffff) | (paired ? one(x + at + 4, lowest, highest) << 16 : 0))
    store<i32>(target, (one(x1 + at, lowest, highest) & 0xffff) | (paired ? one(x1 + at + 4, lowest, highest) << 16 : 0), 4)
    store<i32>(target, (one(x2 + at, lowest, highest) & 0xffff) | (paired ? one(x2 + at + 4, lowest, highest) << 16 : 0), 8)
    store<i32>(target, (one(x3 + at, lowest, highest) & 0xffff) | (paired ? one(x3 + at + 4, lowest, highest) << 16 : 0), 12)
  }
}

@inline function storeRow(c: usize, left: v128, right: v128, scales: usize, bias: usize, activation: u32): void {
  let x = f32x4.mul(f32x4.convert_i32x4_s(left), v128.load(scales))
  let y = f32x4.mul(f32x4.convert_i32x4_s(right), v128.load(scales, 16))
  if (bias) {
    x = f32x4.add(x, v128.load(bias))
    y = f32x4.add(y, v128.load(bias, 16))
  }
  v128.store(c, finish(x, activation))
  v128.store(c, finish(y, activation), 16)
}

function multiplyTile(a: usize, b: usize, pairs: usize, c: usize, rowBytes: usize, scales: usize, bias: usize, activation: u32): void {
  let c00 = i32x4.splat(0), c01 = i32x4.splat(0), c10 = i32x4.splat(0), c11 = i32x4.splat(0)
  let c20 = i32x4.splat(0), c21 = i32x4.splat(0), c30 = i32x4.splat(0), c31 = i32x4.splat(0)
  for (const end = a + (pairs << 4); a < end; a += 16, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const a0 = v128.load32_splat(a)
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(a0, b0))
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(a0, b1))
    const a1 = v128.load32_splat(a, 4)
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(a1, b0))
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(a1, b1))
    const a2 = v128.load32_splat(a, 8)
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(a2, b0))
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(a2, b1))
    const a3 = v128.load32_splat(a, 12)
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(a3, b0))
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(a3, b1))
  }
  storeRow(c, c00, c01, scales, bias, activation)
  storeRow(c + rowBytes, c10, c11, scales, bias, activation)
  storeRow(c + 2 * rowBytes, c20, c21, scales, bias, activation)
  storeRow(c + 3 * rowBytes, c30, c31, scales, bias, activation)
}

/** `out [m, n]` of `x [m, k]`; `weights` are packed, `scales` and `bias` (0 for none) padded to whole panels, bytes begin at −`zeroPoint`. */
export function quantizedMatmul(
  x: usize, out: usize, m: usize, n: usize, k: usize, weights: usize, scales: usize, zeroPoint: i32, bias: usize, activation: u32, scratch: usize,
): void {
  const lowest = i32x4.splat(-zeroPoint)
  const highest = i32x4.splat(255 - zeroPoint)
  const pairs = (k + 1) >> 1
  const panelA = pairs << 4
  const panelB = pairs << 5
  const packed = scratch + tileBytes
  for (let row: usize = 0; row < m; row += blockRows) {
    const rows = min(blockRows, m - row)
    for (let i: usize = 0; i < rows; i += tileRows)
      packRows(x + (row + i) * k * 4, k * 4, rows - i, k, packed + (i >> 2) * panelA, lowest, highest)
    for (let j: usize = 0; j < n; j += tileColumns) {
      const b = weights + (j >> 3) * panelB
      const added = bias ? bias + j * 4 : 0
      for (let i: usize = 0; i < rows; i += tileRows) {
        const at = out + (row + i) * n * 4 + j * 4
        const a = packed + (i >> 2) * panelA
        if (i + tileRows <= rows && j + tileColumns <= n) {
          multiplyTile(a, b, pairs, at, n * 4, scales + j * 4, added, activation)
          continue
        }
        multiplyTile(a, b, pairs, scratch, 32, scales + j * 4, added, activation)
        for (let r: usize = 0; r < min(tileRows, rows - i); r++) memory.copy(at + r * n * 4, scratch + r * 32, min(tileColumns, n - j) * 4)
      }
    }
  }
}
