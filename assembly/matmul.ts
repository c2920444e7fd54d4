import { sigmoid4, tanh4 } from './math'

/*
 * Matrix product in tiles of 4 × 8 that stay in registers. Both operands are packed first: the left one into panels of 4
 * rows, the right one into panels of 8 columns, each panel laid out in the order in which the tile reads it, so one inner
 * loop serves every combination of transposed operands. Rows and columns beyond the last are zeros.
 *
 * Blocks are sized for the caches: a right panel of blockDepth stays in L1 while the left block of blockRows passes by.
 * `planMatmul` in src/backends/wasm asks for as much scratch memory as `packedLeft` and `packedRight` say.
 */
@inline const tileRows: usize = 4
@inline const tileColumns: usize = 8
@inline const blockRows: usize = 64
@inline const blockColumns: usize = 1024
@inline const blockDepth: usize = 512

/** Bytes of a tile that is computed aside. */
@inline const tileBytes: usize = 128

@inline function roundUp(n: usize, to: usize): usize {
  return ((n + to - 1) / to) * to
}

/** Bytes of scratch that a product of these sizes needs. */
export function matmulScratch(m: usize, n: usize, k: usize): usize {
  const depth = min(k, blockDepth)
  return (roundUp(min(m, blockRows), tileRows) + roundUp(min(n, blockColumns), tileColumns)) * depth * 4 + tileBytes
}

@inline function transposeLow(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5)
}

@inline function transposeHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7)
}

/** Four lanes (rows of the left operand, columns of the right one) of `depth` positions; `lanes` of them exist. */
function packFour(source: usize, laneStride: usize, depthStride: usize, lanes: usize, depth: usize, target: usize, targetStep: usize): void {
  if (lanes < 4) {
    for (let p: usize = 0; p < depth; p++, source += depthStride, target += targetStep)
      for (let lane: usize = 0; lane < 4; lane++) store<f32>(target + lane * 4, lane < lanes ? load<f32>(source + lane * laneStride) : 0)
    return
  }
  if (laneStride == 4) {
    for (let p: usize = 0; p < depth; p++, source += depthStride, target += targetStep) v128.store(target, v128.load(source))
    return
  }
  let p: usize = 0
  const s1 = source + laneStride
  const s2 = s1 + laneStride
  const s3 = s2 + laneStride
  for (; p + 4 <= depth; p += 4, target += 4 * targetStep) {
    const at = p * 4
    const r0 = v128.load(source + at)
    const r1 = v128.load(s1 + at)
    const r2 = v128.load(s2 + at)
    const r3 = v128.load(s3 + at)
    const low01 = transposeLow(r0, r1)
    const low23 = transposeLow(r2, r3)
    const high01 = transposeHigh(r0, r1)
    const high23 = transposeHigh(r2, r3)
    v128.store(target, v128.shuffle<i64>(low01, low23, 0, 2))
    v128.store(target + targetStep, v128.shuffle<i64>(low01, low23, 1, 3))
    v128.store(target + 2 * targetStep, v128.shuffle<i64>(high01, high23, 0, 2))
    v128.store(target + 3 * targetStep, v128.shuffle<i64>(high01, high23, 1, 3))
  }
  for (; p < depth; p++, target += targetStep) {
    const at = p * 4
    store<f32>(target, load<f32>(source + at))
    store<f32>(target, load<f32>(s1 + at), 4)
    store<f32>(target, load<f32>(s2 + at), 8)
    store<f32>(target, load<f32>(s3 + at), 12)
  }
}

/** Panels of `width` lanes each, one after the other. */
function pack(source: usize, laneStride: usize, depthStride: usize, lanes: usize, depth: usize, width: usize, target: usize): void {
  const step = width * 4
  for (let lane: usize = 0; lane < lanes; lane += width, target += depth * step)
    for (let part: usize = 0; part < width; part += 4) {
      const first = lane + part
      packFour(source + first * laneStride, laneStride, depthStride, first < lanes ? min<usize>(4, lanes - first) : 0, depth, target + part * 4, step)
    }
}

/** What happens to a sum once it is complete. */
export const enum Activation { None = 0, Relu = 1, Sigmoid = 2, Tanh = 3 }

@inline export function finish(x: v128, activation: u32): v128 {
  if (activation == Activation.None) return x
  if (activation == Activation.Relu) return f32x4.pmax(x, f32x4.splat(0))
  return activation == Activation.Sigmoid ? sigmoid4(x) : tanh4(x)
}

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

function multiplyTile(a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, add: bool, bias: usize, activation: u32): void {
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
  storeRow(c + rowBytes, c10, c11, add, bias, activation)
  storeRow(c + 2 * rowBytes, c20, c21, add, bias, activation)
  storeRow(c + 3 * rowBytes, c30, c31, add, bias, activation)
}

/** A tile that reaches over the edge is computed aside, as a whole, so that every element is summed in the same way. */
function multiplyEdge(edge: usize, a: usize, b: usize, depth: usize, c: usize, rowBytes: usize, rows: usize, columns: usize, add: bool, bias: usize, activation: u32): void {
  multiplyTile(a, b, depth, edge, 32, false, 0, Activation.None)
  for (let row: usize = 0; row < rows; row++)
    for (let column: usize = 0; column < columns; column++) {
      const at = c + row * rowBytes + column * 4
      let x = load<f32>(edge + row * 32 + column * 4)
      if (add) x = load<f32>(at) + x
      if (bias) x += load<f32>(bias + column * 4)
      store<f32>(at, f32x4.extract_lane(finish(f32x4.splat(x), activation), 0))
    }
}

@inline function storeFour(c: usize, sum: v128, add: bool, bias: usize, activation: u32): void {
  let x = add ? f32x4.add(v128.load(c), sum) : sum
  if (bias) x = f32x4.add(x, v128.load(bias))
  v128.store(c, finish(x, activation))
}

/** One row times a block whose columns lie side by side, read where it is: for few rows packing would cost more than it saves. */
function multiplyRow(a: usize, aStep: usize, b: usize, bStep: usize, columns: usize, depth: usize, c: usize, add: bool, bias: usize, activation: u32): void {
  let column: usize = 0
  for (; column + 16 <= columns; column += 16) {
    let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0)
    let from = b + column * 4
    let left = a
    for (const end = from + depth * bStep; from < end; from += bStep, left += aStep) {
      const x = v128.load_splat<f32>(left)
      c0 = f32x4.add(c0, f32x4.mul(x, v128.load(from)))
      c1 = f32x4.add(c1, f32x4.mul(x, v128.load(from, 16)))
      c2 = f32x4.add(c2, f32x4.mul(x, v128.load(from, 32)))
      c3 = f32x4.add(c3, f32x4.mul(x, v128.load(from, 48)))
    }
    const at = c + column * 4
    const added = bias ? bias + column * 4 : 0
    storeFour(at, c0, add, added, activation)
    storeFour(at + 16, c1, add, added ? added + 16 : 0, activation)
    storeFour(at + 32, c2, add, added ? added + 32 : 0, activation)
    storeFour(at + 48, c3, add, added ? added + 48 : 0, activation)
  }
  for (; column < columns; column++) {
    let x: f32 = 0
    for (let p: usize = 0; p < depth; p++) x += load<f32>(a + p * aStep) * load<f32>(b + p * bStep + column * 4)
    const at = c + column * 4
    if (add) x = load<f32>(at) + x
    if (bias) x += load<f32>(bias + column * 4)
    store<f32>(at, f32x4.extract_lane(finish(f32x4.splat(x), activation), 0))
  }
}

/** One matrix: `c [m, n] = a [m, k] · b [k, n]`; strides are in bytes, `bias` (n numbers) is 0 for none. */
export function matmul(
  a: usize, aRow: usize, aStep: usize, b: usize, bColumn: usize, bStep: usize, c: usize,
  m: usize, n: usize, k: usize, bias: usize, activation: u32, scratch: usize,
): void {
  const packedA = scratch + tileBytes
  const packedB = packedA + roundUp(min(m, blockRows), tileRows) * min(k, blockDepth) * 4
  const rowBytes = n * 4
  // Blocks of equal depth; an empty sum is one block of none.
  const blocks = max<usize>(1, (k + blockDepth - 1) / blockDepth)
  const depthStep = max<usize>(1, (k + blocks - 1) / blocks)
  for (let column: usize = 0; column < n; column += blockColumns) {
    const columns = min(blockColumns, n - column)
    for (let from: usize = 0; from < max<usize>(k, 1); from += depthStep) {
      const depth = min(depthStep, k - from)
      const add = from > 0
      const last = from + depth >= k
      const after = last ? activation : Activation.None
      if (m < tileRows && bColumn == 4) {
        const biased = last && bias != 0 ? bias + column * 4 : 0
        const right = b + column * 4 + from * bStep
        for (let row: usize = 0; row < m; row++)
          multiplyRow(a + row * aRow + from * aStep, aStep, right, bStep, columns, depth, c + row * rowBytes + column * 4, add, biased, after)
        continue
      }
      pack(b + column * bColumn + from * bStep, bColumn, bStep, columns, depth, tileColumns, packedB)
      for (let row: usize = 0; row < m; row += blockRows) {
        const rows = min(blockRows, m - row)
        pack(a + row * aRow + from * aStep, aRow, aStep, rows, depth, tileRows, packedA)
        const corner = c + row * rowBytes + column * 4
        for (let j: usize = 0; j < columns; j += tileColumns) {
          const panelB = packedB + j * depth * 4
          const added = last && bias != 0 ? bias + (column + j) * 4 : 0
          for (let i: usize = 0; i < rows; i += tileRows) {
            const panelA = packedA + i * depth * 4
            const at = corner + i * rowBytes + j * 4
            if (i + tileRows <= rows && j + tileColumns <= columns) multiplyTile(panelA, panelB, depth, at, rowBytes, add, added, after)
            else multiplyEdge(scratch, panelA, panelB, depth, at, rowBytes, min(tileRows, rows - i), min(tileColumns, columns - j), add, added, after)
          }
        }
      }
    }
  }
}
