import { ArgumentError, checkInteger, expected } from '../errors'
import type { Numbers, WeightOptions } from './checks'
import { quantileOfSorted } from './intervals'
import { checkedRows } from './rows'
import { addTo, emptySum, mergeSums, totalOf } from './sum'
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

export function fillBins(bins: readonly BinSums[], cuts: Float64Array, labels: Numbers, probabilities: Numbers, weights: Numbers | undefined): void {
  for (let i = 0; i < labels.length; i++) {
    const weight = weights ? weights[i] : 1
    if (weight === 0) continue
    const bin = bins[binOf(cuts, probabilities[i])]
    bin.count++
    addTo(bin.weight, weight)
    addTo(bin.squaredWeight, weight * weight)
    if (labels[i] === 1) addTo(bin.positive, weight)
    addTo(bin.predicted, weight * probabilities[i])
  }
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

export function massCuts(probabilities: Numbers, bins: number): Float64Array {
  const sorted = Float64Array.from(probabilities).sort()
  // Through percent and back, as numpy's percentile goes: a cut that falls on a prediction must fall on the same one.
  return evenCuts(bins).map((share) => quantileOfSorted(sorted, (share * 100) / 100))
}
