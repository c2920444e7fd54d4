import type { Node } from '../../../tensor'
import type { NumericArray } from '../../backend'
import type { Kernel, Sizes } from './kernel'

/**
 * Matrix product in 4×4 tiles. Both operands are first packed into panels of four rows (columns of the right one),
 * in double precision, so the innermost loop reads memory in order and converts nothing; a block of left panels stays
 * in cache while all right panels pass by.
 */
const tile = 4
const blockRows = 64

export const matmulKernels = {
  matmul: ({ attributes: { transposeA, transposeB } }: Node<'matmul'>, { inputs: [a], out: to }: Sizes): Kernel => {
    const [m, n] = to.slice(-2)
    const k = a[a.length - (transposeA ? 2 : 1)]
    const matrices = to.slice(0, -2).reduce((product, d) => product * d, 1)
    const left = transposeA ? { row: 1, step: m } : { row: k, step: 1 }
    const right = transposeB ? { row: k, step: 1 } : { row: 1, step: n }
    const panelsA = new Float64Array(panels(m) * tile * k)
    const panelsB = new Float64Array(panels(n) * tile * k)
    return ([x, y], out) => {
      for (let i = 0; i < matrices; i++) {
        pack(x, i * m * k, left.row, left.step, m, k, panelsA)
        pack(y, i * k * n, right.row, right.step, n, k, panelsB)
        multiplyPanels(panelsA, panelsB, m, n, k, out, i * m * n)
      }
    }
  },
}

const panels = (rows: number) => Math.ceil(rows / tile)

/** Panels of four rows, position by position; rows beyond the last are zeros. */
function pack(x: NumericArray, start: number, rowStride: number, step: number, rows: number, k: number, out: Float64Array): void {
  for (let row = 0, base = 0; row < rows; row += tile, base += tile * k)
    for (let r = 0; r < tile; r++) {
      let o = base + r
      if (row + r >= rows) for (let p = 0; p < k; p++, o += tile) out[o] = 0
      else for (let p = 0, i = start + (row + r) * rowStride; p < k; p++, i += step, o += tile) out[o] = x[i]
    }
}

function multiplyPanels(a: Float64Array, b: Float64Array, m: number, n: number, k: number, out: NumericArray, start: number): void {
  for (let block = 0; block < m; block += blockRows) {
    const end = Math.min(block + blockRows, m)
    for (let j = 0; j < n; j += tile)
      for (let i = block; i < end; i += tile) {
        multiplyTile(a, i * k, b, j * k, k)
        const rows = Math.min(tile, m - i)
        const columns = Math.min(tile, n - j)
        for (let r = 0; r < rows; r++)
          for (let c = 0, o = start + (i + r) * n + j; c < columns; c++) out[o + c] = tileOut[r * tile + c]
      }
  }
}

const tileOut = new Float64Array(tile * tile)

function multiplyTile(a: Float64Array, i: number, b: Float64Array, j: number, k: number): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0, c30 = 0, c31 = 0, c32 = 0, c33 = 0
  for (const end = i + k * tile; i < end; i += tile, j += tile) {
    const a0 = a[i], a1 = a[i + 1], a2 = a[i + 2], a3 = a[i + 3]
    const b0 = b[j], b1 = b[j + 1], b2 = b[j + 2], b3 = b[j + 3]
    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3
    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3
    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3
    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3
  }
  tileOut[0] = c00; tileOut[1] = c01; tileOut[2] = c02; tileOut[3] = c03
  tileOut[4] = c10; tileOut[5] = c11; tileOut[6] = c12; tileOut[7] = c13
  tileOut[8] = c20; tileOut[9] = c21; tileOut[10] = c22; tileOut[11] = c23
  tileOut[12] = c30; tileOut[13] = c31; tileOut[14] = c32; tileOut[15] = c33
}
