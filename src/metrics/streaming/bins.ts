import { checkInteger } from '../../errors'
import { binned, emptyBin, joinBins, totalsOf } from '../bins'
import type { BinSums } from '../bins'
import { calibrationGaps } from '../calibration-error'
import { noValue } from '../checks'
import type { Metric } from '../metric'

function binsMetric(label: string, bins: number, finish: (sums: readonly BinSums[]) => number | undefined): Metric<BinSums[]> {
  checkInteger(label, 'bins', bins)
  const merge = (a: BinSums[], b: BinSums[]) => a.map((bin, i) => joinBins(bin, b[i]))
  return {
    label,
    init: () => Array.from({ length: bins }, emptyBin),
    update: (state, { labels, scores, weights, mask }) => merge(state, binned(label, labels, scores, { bins, weights, mask }).sums),
    merge,
    result: (state, rule = {}) => finish(state) ?? noValue(label, 'on the rows so far', rule),
  }
}

/** {@link expectedCalibrationError} batch by batch, in bins of equal width; for those of equal mass see {@link rowsMetric}. */
export const expectedCalibrationErrorMetric = ({ bins = 10 }: { readonly bins?: number | undefined } = {}): Metric<BinSums[]> =>
  binsMetric('expectedCalibrationError', bins, (sums) => calibrationGaps(sums)?.mean)

/** {@link maximumCalibrationError} batch by batch, in bins of equal width. */
export const maximumCalibrationErrorMetric = ({ bins = 10 }: { readonly bins?: number | undefined } = {}): Metric<BinSums[]> =>
  binsMetric('maximumCalibrationError', bins, (sums) => calibrationGaps(sums)?.max)

/** {@link calibrationRatio} batch by batch. */
export const calibrationRatioMetric = (): Metric<BinSums[]> =>
  binsMetric('calibrationRatio', 1, (sums) => {
    const { predicted, positive } = totalsOf(sums[0])
    return positive > 0 ? predicted / positive : undefined
  })
