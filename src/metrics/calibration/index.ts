export type {
  BetaJson, Calibrator, CalibratorJson, DownsamplingJson, HistogramJson, IsotonicJson, LogitFitOptions, PlattJson, ScoreKind, TemperatureJson,
} from './calibrator'
export { fitBeta } from './beta'
export type { BetaFitOptions } from './beta'
export { downsamplingCorrection } from './downsampling'
export { fitHistogram } from './histogram'
export { fitIsotonic } from './isotonic'
export { loadCalibrator } from './load'
export { fitPlatt } from './platt'
export { fitTemperature } from './temperature'
