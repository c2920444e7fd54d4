/**
 * A sum that keeps what rounding dropped (Neumaier's compensated summation): `sum + carry` is the total.
 *
 * A plain object, so that it crosses to another worker and merges there.
 */
export interface ExactSum {
  sum: number
  carry: number
}

export const emptySum = (): ExactSum => ({ sum: 0, carry: 0 })

export function addTo(total: ExactSum, value: number): void {
  const next = total.sum + value
  total.carry += Math.abs(total.sum) >= Math.abs(value) ? total.sum - next + value : value - next + total.sum
  total.sum = next
}

export function mergeSums(a: ExactSum, b: ExactSum): ExactSum {
  const merged = { sum: a.sum, carry: a.carry + b.carry }
  addTo(merged, b.sum)
  return merged
}

export const totalOf = (total: ExactSum) => total.sum + total.carry

/** The weighted mean of `valueOf(row)` over all rows, and the total weight. */
export function weightedMean(rows: number, valueOf: (row: number) => number, weights?: ArrayLike<number>): { mean: number; weight: number } {
  const total = emptySum()
  if (!weights) {
    for (let i = 0; i < rows; i++) addTo(total, valueOf(i))
    return { mean: totalOf(total) / rows, weight: rows }
  }
  const weight = emptySum()
  for (let i = 0; i < rows; i++) {
    if (weights[i] === 0) continue
    addTo(total, weights[i] * valueOf(i))
    addTo(weight, weights[i])
  }
  return { mean: totalOf(total) / totalOf(weight), weight: totalOf(weight) }
}
