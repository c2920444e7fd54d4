import { checkFinite } from '../checks'
import type { Numbers, WeightOptions } from '../checks'
import { argsort } from '../sort'
import { fitRows } from './calibrator'
import type { Calibrator, IsotonicJson } from './calibrator'

/** Scores closer than this are one point, as in scikit-learn (numpy's `finfo(float64).resolution`). */
const resolution = 1e-15

/**
 * Isotonic calibration: the rising step function closest to the labels in squared error, read linearly between its steps.
 *
 * Pool adjacent violators over the distinct scores (Zadrozny and Elkan 2002). The points and the values between them are
 * those of scikit-learn's `IsotonicRegression`; scores outside the fitted range take the value at its end. It wants a
 * thousand rows or more; with fewer `fitPlatt` overfits less.
 *
 * @param scores any increasing scale, shape `[rows]`
 * @param labels 0 or 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, scores that are not finite, one class only.
 * @example
 * ```ts
 * import { fitIsotonic } from 'feedrank'
 *
 * const calibrator = fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1])
 * console.log(calibrator.apply([2, 2.5, 9]).join()) // 0.5,0.5,1
 * ```
 */
export function fitIsotonic(scores: Numbers, labels: Numbers, options: WeightOptions = {}): Calibrator<IsotonicJson> {
  const rows = fitRows('fitIsotonic', scores, labels, options, 'logit')
  return isotonicCalibrator({ kind: 'isotonic', ...isotonicPoints(rows.scores, rows.labels, rows.weights) })
}

/** The knots of the isotonic regression of any targets on `scores`. */
export function isotonicPoints(scores: Numbers, targets: Numbers, weights?: Numbers): { x: number[]; y: number[] } {
  const order = argsort(scores)
  // Rows of one score are one point from the start: their mean, with their weight.
  const x: number[] = []
  const sums: number[] = []
  const masses: number[] = []
  for (const row of order) {
    const weight = weights ? weights[row] : 1
    if (weight === 0) continue
    if (x.length > 0 && scores[row] - x[x.length - 1] < resolution) {
      sums[x.length - 1] += weight * targets[row]
      masses[x.length - 1] += weight
    } else {
      x.push(scores[row])
      sums.push(weight * targets[row])
      masses.push(weight)
    }
  }
  const fitted = poolAdjacentViolators(sums, masses)
  // A point inside a flat stretch adds nothing to the line through it.
  const keep = x.map((_, i) => i === 0 || i === x.length - 1 || fitted[i] !== fitted[i - 1] || fitted[i] !== fitted[i + 1])
  return { x: x.filter((_, i) => keep[i]), y: Array.from(fitted).filter((_, i) => keep[i]) }
}

function poolAdjacentViolators(sums: readonly number[], masses: readonly number[]): Float64Array {
  const n = sums.length
  const blockSum = new Float64Array(n)
  const blockMass = new Float64Array(n)
  const blockEnd = new Uint32Array(n)
  let blocks = 0
  for (let i = 0; i < n; i++) {
    let sum = sums[i]
    let mass = masses[i]
    while (blocks > 0 && blockSum[blocks - 1] / blockMass[blocks - 1] >= sum / mass) {
      blocks--
      sum += blockSum[blocks]
      mass += blockMass[blocks]
    }
    blockSum[blocks] = sum
    blockMass[blocks] = mass
    blockEnd[blocks++] = i + 1
  }
  const fitted = new Float64Array(n)
  for (let b = 0, start = 0; b < blocks; start = blockEnd[b++]) fitted.fill(blockSum[b] / blockMass[b], start, blockEnd[b])
  return fitted
}

export function isotonicCalibrator(json: IsotonicJson): Calibrator<IsotonicJson> {
  const { x, y } = json
  const last = x.length - 1
  const at = (score: number) => {
    if (score <= x[0]) return y[0]
    if (score >= x[last]) return y[last]
    let low = 0
    let high = last
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (x[middle] <= score) low = middle
      else high = middle
    }
    return y[low] + ((y[high] - y[low]) / (x[high] - x[low])) * (score - x[low])
  }
  return {
    kind: 'isotonic',
    apply(scores) {
      checkFinite('isotonic', scores, 'scores')
      return Float64Array.from(scores, at)
    },
    toJSON: () => json,
  }
}
