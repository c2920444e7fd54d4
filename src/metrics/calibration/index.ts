export type {
  Calibrator, CalibratorJson, DownsamplingJson, IsotonicJson, LogitFitOptions, PlattJson, ScoreKind, TemperatureJson,
} from './calibrator'
export { downsamplingCorrection } from './downsampling'
export { fitIsotonic } from './isotonic'
export { loadCalibrator } from './load'
export { fitPlatt } from './platt'
export { fitTemperature } from './temperature'
