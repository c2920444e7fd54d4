import { largestByte, largestWeight } from '../../tensor/operations/quantized'

/** How a product `x [rows, k] · w [k, n]` is done in bytes: `x_ip · perValue_p` is rounded, `weight` holds whole numbers. */
export interface ByteSteps {
  readonly perValue: Float32Array
  readonly zeroPoint: number
  readonly weight: Int32Array
  readonly scales: Float32Array
}

/** Shares of the burden that columns of `x` bear rather than rows of `w`; the best one is found by trying. */
const shares = [0.25, 0.5, 0.75, 1]

/**
 * The steps that lose least on a sample of `x`.
 *
 * Columns of `x` differ in size, and one step for all would drown the small ones. As `x·w = (x/s)·(s∘w)`, column `p` may
 * be divided by `s_p = max|x_p|^α / max|w_p|^(1−α)` and the row of weights multiplied by it (SmoothQuant, Xiao et al.
 * 2023, eq. 4); weights then have a step for each column of the product. Of a few α, the one with the least squared error
 * of the product on the sample is taken.
 *
 * @param signed whether `x` may be negative
 */
export function byteSteps(x: Float32Array, w: Float32Array, k: number, n: number, signed: boolean): ByteSteps {
  const columns = orTypical(Float64Array.from({ length: k }, (_, p) => sizeOf(x, p, x.length, k)))
  const rows = orTypical(Float64Array.from({ length: k }, (_, p) => sizeOf(w, p * n, (p + 1) * n, 1)))
  const candidates = shares.map((share) => stepsFor(columns, rows, w, k, n, share, signed))
  const errors = candidates.map((steps) => squaredError(steps, x, w, k, n))
  return candidates[errors.indexOf(Math.min(...errors))]
}

/** A size of 0 says that the sample shows nothing; such a one is taken for average. */
function orTypical(sizes: Float64Array): Float64Array {
  const seen = sizes.filter((size) => size > 0)
  const typical = seen.length > 0 ? seen.reduce((a, b) => a + b, 0) / seen.length : 1
  return sizes.map((size) => size || typical)
}

/** The largest magnitude among every `step`-th number. */
function sizeOf(values: Float32Array, from: number, to: number, step: number): number {
  let size = 0
  for (let i = from; i < to; i += step) size = Math.max(size, Math.abs(values[i]))
  return size
}

function stepsFor(columns: Float64Array, rows: Float64Array, w: Float32Array, k: number, n: number, share: number, signed: boolean): ByteSteps {
  const smooth = columns.map((size, p) => size ** share / rows[p] ** (1 - share))
  const zeroPoint = signed ? (largestByte + 1) / 2 : 0
  const range = signed ? largestWeight : largestByte
  const step = columns.reduce((largest, size, p) => Math.max(largest, size / smooth[p]), 0) / range
  const perValue = Float32Array.from(smooth, (s) => 1 / (s * step))
  const scales = new Float32Array(n)
  for (let j = 0; j < n; j++) {
    let size = 0
    for (let p = 0; p < k; p++) size = Math.max(size, Math.abs(w[p * n + j] / perValue[p]))
    scales[j] = size / largestWeight
    // Nothing, or nothing that float32 can tell from it.
    if (scales[j] === 0) scales[j] = 1
  }
  // A scale too small for all the digits of float32 would lead beyond the largest weight.
  const weight = Int32Array.from(w, (v, i) => Math.max(-largestWeight, Math.min(largestWeight, Math.round(v / perValue[Math.floor(i / n)] / scales[i % n]))))
  return { perValue, zeroPoint, weight, scales }
}

/** Σ (product in bytes − product)² over the sample. */
function squaredError({ perValue, zeroPoint, weight, scales }: ByteSteps, x: Float32Array, w: Float32Array, k: number, n: number): number {
  const difference = new Float64Array(n)
  let total = 0
  for (let row = 0; row < x.length; row += k) {
    difference.fill(0)
    for (let p = 0; p < k; p++) {
      const exact = x[row + p]
      const byte = Math.min(Math.max(Math.round(exact * perValue[p]), -zeroPoint), largestByte - zeroPoint)
      for (let j = 0, at = p * n; j < n; j++, at++) difference[j] += byte * weight[at] * scales[j] - exact * w[at]
    }
    for (let j = 0; j < n; j++) total += difference[j] ** 2
  }
  return total
}
