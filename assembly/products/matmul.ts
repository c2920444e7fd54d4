import { Activation } from '../activation'
import { pack } from './pack'
import { multiplyRow } from './row'
import { multiplyEdge, multiplyTile, tileBytes, tileColumns, tileRows } from './tile'

/*
 * Matrix product in tiles. Both operands are packed first: the left one into panels of as many rows as a tile has, the
 * right one into panels of 8 columns, each panel laid out in the order in which the tile reads it, so one inner loop
 * serves every combination of transposed operands. A right operand that never changes is packed once and for all.
 *
 * Blocks are sized for the caches: a right panel of blockDepth stays in L1 while the left block of blockRows passes by.
 */
@inline const blockRows: usize = ASC_FEATURE_RELAXED_SIMD ? 60 : 64
@inline const blockColumns: usize = 1024
@inline const blockDepth: usize = 512
/** For fewer rows than these, packing would cost more than it saves. */
@inline const fewRows: usize = 4

@inline function roundUp(n: usize, to: usize): usize {
  return ((n + to - 1) / to) * to
}

/** Blocks of equal depth; an empty sum is one block of none. */
@inline function depthOfBlocks(k: usize): usize {
  const blocks = max<usize>(1, (k + blockDepth - 1) / blockDepth)
  return max<usize>(1, (k + blocks - 1) / blocks)
}

/** Whether a product of these rows reads its right operand as it lies, if that is row by row. */
export function readsInPlace(m: usize): bool {
  return m < fewRows
}

/** Bytes of a right operand in panels. */
export function packedBytes(n: usize, k: usize): usize {
  return roundUp(n, tileColumns) * k * 4
}

/** Puts a whole right operand in panels, block after block, where a product finds them. */
export function packRight(b: usize, bColumn: usize, bStep: usize, n: usize, k: usize, target: usize): void {
  const depthStep = depthOfBlocks(k)
  for (let column: usize = 0; column < n; column += blockColumns) {
    const columns = min(blockColumns, n - column)
    for (let from: usize = 0; from < k; from += depthStep) {
      const depth = min(depthStep, k - from)
      pack(b + column * bColumn + from * bStep, bColumn, bStep, columns, depth, tileColumns, target)
      target += packedBytes(columns, depth)
    }
  }
}

/** Bytes of scratch that a product of these sizes needs; less where its right operand is packed already. */
export function matmulScratch(m: usize, n: usize, k: usize, packed: bool): usize {
  const right = packed ? 0 : roundUp(min(n, blockColumns), tileColumns)
  return (roundUp(min(m, blockRows), tileRows) + right) * min(k, blockDepth) * 4 + tileBytes
}

/**
 * One matrix: `c [m, n] = a [m, k] · b [k, n]`; strides are in bytes, `bias` (n numbers) is 0 for none. `b` is the address
 * of its panels, of all of them, where it is `packed`.
 */
export function matmul(
  a: usize, aRow: usize, aStep: usize, b: usize, bColumn: usize, bStep: usize, packed: bool, c: usize,
  m: usize, n: usize, k: usize, bias: usize, activation: u32, scratch: usize,
): void {
  const packedA = scratch + tileBytes
  const rowBytes = n * 4
  const depthStep = depthOfBlocks(k)
  let panels = packed ? b : packedA + roundUp(min(m, blockRows), tileRows) * min(k, blockDepth) * 4
  for (let column: usize = 0; column < n; column += blockColumns) {
    const columns = min(blockColumns, n - column)
    for (let from: usize = 0; from < max<usize>(k, 1); from += depthStep) {
      const depth = min(depthStep, k - from)
      const add = from > 0
      const last = from + depth >= k
      const after = last ? activation : Activation.None
      if (!packed && readsInPlace(m) && bColumn == 4) {
        const biased = last && bias != 0 ? bias + column * 4 : 0
        const right = b + column * 4 + from * bStep
        for (let row: usize = 0; row < m; row++)
          multiplyRow(a + row * aRow + from * aStep, aStep, right, bStep, columns, depth, c + row * rowBytes + column * 4, add, biased, after)
        continue
      }
      if (!packed) pack(b + column * bColumn + from * bStep, bColumn, bStep, columns, depth, tileColumns, panels)
      for (let row: usize = 0; row < m; row += blockRows) {
        const rows = min(blockRows, m - row)
        pack(a + row * aRow + from * aStep, aRow, aStep, rows, depth, tileRows, packedA)
        const corner = c + row * rowBytes + column * 4
        for (let j: usize = 0; j < columns; j += tileColumns) {
          const panelB = panels + j * depth * 4
          const added = last && bias != 0 ? bias + (column + j) * 4 : 0
          for (let i: usize = 0; i < rows; i += tileRows) {
            const panelA = packedA + i * depth * 4
            const at = corner + i * rowBytes + j * 4
            const tall = min(tileRows, rows - i)
            if (j + tileColumns <= columns) multiplyTile(panelA, panelB, depth, at, rowBytes, tall, add, added, after)
            else multiplyEdge(scratch, panelA, panelB, depth, at, rowBytes, tall, columns - j, add, added, after)
          }
        }
      }
      if (packed) panels += packedBytes(columns, depth)
    }
  }
}
