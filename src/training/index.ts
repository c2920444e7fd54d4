export { fit } from './fit'
export type { FitOptions } from './fit'
export type { EpochRecord, History } from './history'
export type { Direction, EarlyStopping, ReduceOnPlateau, Watch } from './schedules'
