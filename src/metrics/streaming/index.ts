export { calibrationRatioMetric, expectedCalibrationErrorMetric, maximumCalibrationErrorMetric } from './bins'
export { listMeanMetric } from './lists'
export type { ListMeanState } from './lists'
export {
  accuracyMetric, brierScoreMetric, logLossMetric, meanAbsoluteErrorMetric, normalizedEntropyMetric, relativeCrossEntropyMetric,
  rootMeanSquaredErrorMetric,
} from './means'
export type { MeanState } from './means'
export { aucMetric, averagePrecisionMetric, gaucMetric, rowsMetric } from './rows'
export type { GaucState, RowsState } from './rows'
