import { sigmoid } from './calibrator'
import type { Numbers } from '../checks'

/** Keeps a column that does not vary from dividing by zero. */
const jitter = 1e-12

/** The decrease a step promises, as a share of the loss, below which it is the last. */
const near = 1e-15

/**
 * Coefficients of the logistic regression of `targets` (0 to 1) on `columns`, by Newton's method with backtracking (Lin, Lin
 * and Weng 2007), run until a step moves by rounding alone.
 *
 * It minimises `Σ w·(ln(1 + e^z) − t·z) + ½·Σ ridge_j·β_j²` with `z = Σ β_j·x_j`.
 */
export function fitLogistic(columns: readonly Float64Array[], targets: Float64Array, weights: Numbers | undefined, ridge: readonly number[]): number[] {
  const size = columns.length
  const at = (beta: readonly number[], i: number) => columns.reduce((sum, column, j) => sum + beta[j] * column[i], 0)
  const lossOf = (beta: readonly number[]) => {
    let loss = beta.reduce((sum, value, j) => sum + (ridge[j] * value * value) / 2, 0)
    for (let i = 0; i < targets.length; i++) {
      const z = at(beta, i)
      loss += (weights ? weights[i] : 1) * (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - targets[i] * z)
    }
    return loss
  }
  let beta: number[] = columns.map(() => 0)
  let loss = lossOf(beta)
  for (let step = 0; step < 200; step++) {
    const gradient = beta.map((value, j) => ridge[j] * value)
    const curvature = beta.map((_, j) => beta.map((_, k) => (j === k ? ridge[j] + jitter : 0)))
    for (let i = 0; i < targets.length; i++) {
      const weight = weights ? weights[i] : 1
      const p = sigmoid(at(beta, i))
      const error = weight * (p - targets[i])
      const bend = weight * p * (1 - p)
      for (let j = 0; j < size; j++) {
        gradient[j] += error * columns[j][i]
        for (let k = 0; k <= j; k++) curvature[j][k] += bend * columns[j][i] * columns[k][i]
      }
    }
    const move = solve(curvature, gradient)
    const decrease = gradient.reduce((sum, slope, j) => sum + slope * move[j], 0)
    // So near, a step squares the distance; and the loss itself, rounded, can no longer tell two places apart.
    if (!(decrease > near * loss)) return beta.map((value, j) => value - move[j])
    let share = 1
    const moved = () => beta.map((value, j) => value - share * move[j])
    let next = lossOf(moved())
    while (!(next <= loss) && share > 1e-10) {
      share /= 2
      next = lossOf(moved())
    }
    if (!(next <= loss)) break
    beta = moved()
    loss = next
  }
  return beta
}

/** Solves a positive definite system, given its lower triangle, by Cholesky's factors. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length
  const lower = right.map(() => new Float64Array(n))
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      let value = matrix[j][k]
      for (let m = 0; m < k; m++) value -= lower[j][m] * lower[k][m]
      lower[j][k] = j === k ? Math.sqrt(Math.max(value, jitter)) : value / lower[k][k]
    }
  }
  const solved = Array.from(right)
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) solved[j] -= lower[j][k] * solved[k]
    solved[j] /= lower[j][j]
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let k = j + 1; k < n; k++) solved[j] -= lower[k][j] * solved[k]
    solved[j] /= lower[j][j]
  }
  return solved
}

/** A column of mean 0 and size 1, which keeps Newton's system well conditioned, and the way back. */
export function standardized(column: Float64Array, centred = true): { column: Float64Array; centre: number; size: number } {
  const centre = centred ? column.reduce((sum, value) => sum + value / column.length, 0) : 0
  const size = Math.sqrt(column.reduce((sum, value) => sum + (value - centre) ** 2 / column.length, 0)) || 1
  return { column: column.map((value) => (value - centre) / size), centre, size }
}
