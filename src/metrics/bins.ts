import { ArgumentError, checkInteger, expected } from '../errors'
import type { Numbers, WeightOptions } from './checks'
import { quantileOfSorted } from './intervals'
import { checkedRows } from './rows'
import { addAll, addTo, addWeights, emptySum, mergeSums, totalOf } from './sum'
import type { ExactSum } from './sum'

/** How predictions are put into bins. */
export interface BinOptions extends WeightOptions {
  /** @defaultValue 10 */
  readonly bins?: number | undefined
  /**
   * `'equal-width'` cuts [0, 1] into even intervals, `'equal-mass'` at the quantiles of the predictions (weights do not
   * move the cuts). Bins are closed above, the first also below, as scikit-learn's `calibration_curve` has them.
   * @defaultValue 'equal-width'
   */
  readonly strategy?: 'equal-width' | 'equal-mass' | undefined
}

/** A bin that is still being filled: sums, so that bins of two shards add up. */
export interface BinSums {
  count: number
  weight: ExactSum
  squaredWeight: ExactSum
  predicted: ExactSum
  positive: ExactSum
}

export const emptyBin = (): BinSums => ({ count: 0, weight: emptySum(), squaredWeight: emptySum(), predicted: emptySum(), positive: emptySum() })

/** What is in a bin, as plain numbers. */
export const totalsOf = ({ count, weight, squaredWeight, predicted, positive }: BinSums) => ({
  count, weight: totalOf(weight), squaredWeight: totalOf(squaredWeight), predicted: totalOf(predicted), positive: totalOf(positive),
})

export const joinBins = (a: BinSums, b: BinSums): BinSums => ({
  count: a.count + b.count, weight: mergeSums(a.weight, b.weight), squaredWeight: mergeSums(a.squaredWeight, b.squaredWeight),
  predicted: mergeSums(a.predicted, b.predicted), positive: mergeSums(a.positive, b.positive),
})

/** The cuts of `numpy.linspace(0, 1, n + 1)`, to the last bit. */
export const evenCuts = (bins: number) => Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? 1 : i * (1 / bins)))

/** The first bin whose upper cut is not below `value`. */
export function binOf(cuts: Float64Array, value: number): number {
  let low = 0
  let high = cuts.length - 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (cuts[middle + 1] < value) low = middle + 1
    else high = middle
  }
  return low
}

function fillBins(bins: readonly BinSums[], cuts: Float64Array, labels: Numbers, probabilities: Numbers, weights: Numbers | undefined): void {
  const { offsets, order } = rowsByBin(bins.length, cuts, probabilities)
  bins.forEach((bin, b) => {
    const rows = order.subarray(offsets[b], offsets[b + 1])
    if (weights) {
      addAll(bin.predicted, rows.length, (i) => weights[rows[i]] * probabilities[rows[i]])
      for (const row of rows) bin.count += weights[row] > 0 ? 1 : 0
      addWeights(bin.weight, rows.length, (i) => weights[rows[i]])
      addWeights(bin.squaredWeight, rows.length, (i) => weights[rows[i]] ** 2)
      addWeights(bin.positive, rows.length, (i) => weights[rows[i]] * labels[rows[i]])
    } else {
      addAll(bin.predicted, rows.length, (i) => probabilities[rows[i]])
      bin.count += rows.length
      addTo(bin.weight, rows.length)
      addTo(bin.squaredWeight, rows.length)
      addTo(bin.positive, rows.reduce((positives, row) => positives + labels[row], 0))
    }
  })
}

/** The rows of bin b are `order[offsets[b] .. offsets[b + 1])`. */
function rowsByBin(bins: number, cuts: Float64Array, probabilities: Numbers): { offsets: Uint32Array; order: Uint32Array } {
  const rows = probabilities.length
  const binOfRow = new Uint32Array(rows)
  const offsets = new Uint32Array(bins + 1)
  for (let row = 0; row < rows; row++) {
    const bin = binOf(cuts, probabilities[row])
    binOfRow[row] = bin
    offsets[bin + 1]++
  }
  for (let b = 0; b < bins; b++) offsets[b + 1] += offsets[b]
  const next = offsets.slice()
  const order = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) order[next[binOfRow[row]]++] = row
  return { offsets, order }
}

/** The checked rows, put into bins. */
export function binned(where: string, labels: Numbers, probabilities: Numbers, options: BinOptions) {
  const rows = checkedRows(where, labels, probabilities, options, { scores: 'probabilities' })
  const { bins = 10, strategy = 'equal-width' } = options
  checkInteger(where, 'bins', bins)
  if (strategy !== 'equal-width' && strategy !== 'equal-mass')
    throw new ArgumentError(expected(where, 'strategy', "'equal-width' or 'equal-mass'", strategy))
  const cuts = strategy === 'equal-width' || rows.labels.length === 0 ? evenCuts(bins) : massCuts(rows.scores, bins)
  const sums = Array.from({ length: bins }, emptyBin)
  fillBins(sums, cuts, rows.labels, rows.scores, rows.weights)
  return { cuts, sums }
}

function massCuts(probabilities: Numbers, bins: number): Float64Array {
  const sorted = Float64Array.from(probabilities).sort()
  // Through percent and back, as numpy's percentile goes: a cut that falls on a prediction must fall on the same one.
  return evenCuts(bins).map((share) => quantileOfSorted(sorted, (share * 100) / 100))
}
