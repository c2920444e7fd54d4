import { ArgumentError, expected } from '../errors'
import type { VectorMetric } from './vector-index'

/** `metric` if there is such a one. */
export function checkMetric(where: string, metric: VectorMetric): VectorMetric {
  if (metric !== 'dot' && metric !== 'cosine' && metric !== 'euclidean')
    throw new ArgumentError(expected(where, 'metric', '"dot", "cosine" or "euclidean"', metric))
  return metric
}

/** Which rows: those of a list, or all from a first one on. */
export type Rows = Int32Array | number

/**
 * How like `count` rows are to the query, into `out`.
 *
 * Four rows at a time, as an addition need not wait for that of another row; each row is summed in order, so that its
 * score does not depend on its neighbours.
 */
export function similarityOfRows(
  metric: VectorMetric,
  values: Float32Array,
  dim: number,
  rows: Rows,
  count: number,
  query: Float64Array,
  out: Float64Array,
): void {
  if (metric === 'euclidean') nearnessOfRows(values, dim, rows, count, query, out)
  else dotOfRows(values, dim, rows, count, query, out)
}

const rowAt = (rows: Rows, i: number): number => (typeof rows === 'number' ? rows + i : rows[i])

function dotOfRows(values: Float32Array, dim: number, rows: Rows, count: number, query: Float64Array, out: Float64Array): void {
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const a = rowAt(rows, i) * dim
    const b = rowAt(rows, i + 1) * dim
    const c = rowAt(rows, i + 2) * dim
    const d = rowAt(rows, i + 3) * dim
    let sumA = 0
    let sumB = 0
    let sumC = 0
    let sumD = 0
    for (let j = 0; j < dim; j++) {
      const x = query[j]
      sumA += values[a + j] * x
      sumB += values[b + j] * x
      sumC += values[c + j] * x
      sumD += values[d + j] * x
    }
    out[i] = sumA
    out[i + 1] = sumB
    out[i + 2] = sumC
    out[i + 3] = sumD
  }
  for (; i < count; i++) {
    const a = rowAt(rows, i) * dim
    let sum = 0
    for (let j = 0; j < dim; j++) sum += values[a + j] * query[j]
    out[i] = sum
  }
}

function nearnessOfRows(values: Float32Array, dim: number, rows: Rows, count: number, query: Float64Array, out: Float64Array): void {
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const a = rowAt(rows, i) * dim
    const b = rowAt(rows, i + 1) * dim
    const c = rowAt(rows, i + 2) * dim
    const d = rowAt(rows, i + 3) * dim
    let sumA = 0
    let sumB = 0
    let sumC = 0
    let sumD = 0
    for (let j = 0; j < dim; j++) {
      const x = query[j]
      const offA = values[a + j] - x
      const offB = values[b + j] - x
      const offC = values[c + j] - x
      const offD = values[d + j] - x
      sumA += offA * offA
      sumB += offB * offB
      sumC += offC * offC
      sumD += offD * offD
    }
    out[i] = -Math.sqrt(sumA)
    out[i + 1] = -Math.sqrt(sumB)
    out[i + 2] = -Math.sqrt(sumC)
    out[i + 3] = -Math.sqrt(sumD)
  }
  for (; i < count; i++) {
    const a = rowAt(rows, i) * dim
    let sum = 0
    for (let j = 0; j < dim; j++) {
      const off = values[a + j] - query[j]
      sum += off * off
    }
    out[i] = -Math.sqrt(sum)
  }
}

/** Scales each of the vectors of `[n, dim]` to length 1, in place; all zeros stay. */
export function normalizeRows(vectors: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < vectors.length; start += dim) {
    let squares = 0
    for (let j = 0; j < dim; j++) squares += vectors[start + j] * vectors[start + j]
    const length = Math.sqrt(squares)
    if (length > 0) for (let j = 0; j < dim; j++) vectors[start + j] /= length
  }
  return vectors
}
