import { ArgumentError, checkInteger, checkNumber, checkObject, expected } from '../errors'

/** Which way a measure improves. */
export type Direction = 'up' | 'down'

/** A measure of validation data to watch, such as `auc:clicked`. */
export interface Watch {
  /** The measure's name; `loss` is the training loss. @defaultValue the first measure of the validation, else `loss` */
  readonly metric?: string
  /** @defaultValue 'down' for losses and errors (`loss`, `logLoss:…`, `rmse:…`), else 'up' */
  readonly direction?: Direction
  /** The least change that counts as better. @defaultValue 0 */
  readonly minDelta?: number
}

/** Stops when a measure has not improved for some epochs; the weights of the best epoch are kept. */
export interface EarlyStopping extends Watch {
  /** Epochs without improvement before stopping. @defaultValue 3 */
  readonly patience?: number
}

/** Lowers the learning rate when a measure has not improved for some epochs. */
export interface ReduceOnPlateau extends Watch {
  /** The learning rate is multiplied by it, in (0, 1). @defaultValue 0.5 */
  readonly factor?: number
  /** Epochs without improvement before lowering. @defaultValue 1 */
  readonly patience?: number
  /** The rate is never lowered below it. @defaultValue 1e-6 */
  readonly minLearningRate?: number
}

/** Remembers the best value of a measure and how long ago it came. */
export interface Tracker {
  readonly observe: (value: number) => boolean
  readonly sinceBest: () => number
  readonly restart: () => void
}

export function directionOf({ direction, metric }: Watch, name: string): Direction {
  return direction ?? (/^(loss|logLoss|rmse|mae)\b/.test(metric ?? name) ? 'down' : 'up')
}

/** `observe` is true when the value is better than all before it by more than `minDelta`; NaN never is. */
export function bestSoFar(direction: Direction, minDelta = 0): Tracker {
  let best: number | undefined
  let since = 0
  return {
    observe(value) {
      const gain = best === undefined ? Infinity : direction === 'up' ? value - best : best - value
      const better = !Number.isNaN(value) && gain > minDelta
      if (better) best = value
      since = better ? 0 : since + 1
      return better
    },
    sinceBest: () => since,
    restart: () => void (since = 0),
  }
}

function checkWatch(name: string, { metric, direction }: Watch): void {
  if (metric !== undefined && typeof metric !== 'string') throw new ArgumentError(expected('fit', `${name}.metric`, 'the name of a measure', metric))
  if (direction !== undefined && direction !== 'up' && direction !== 'down')
    throw new ArgumentError(expected('fit', `${name}.direction`, "'up' or 'down'", direction))
}

export function checkEarlyStopping(watch: EarlyStopping): void {
  const { patience = 3, minDelta = 0 } = checkObject('fit', 'earlyStopping', watch)
  checkWatch('earlyStopping', watch)
  checkInteger('fit', 'earlyStopping.patience', patience)
  checkNumber('fit', 'earlyStopping.minDelta', minDelta, { min: 0 })
}

export function checkReduceOnPlateau(watch: ReduceOnPlateau): void {
  const { factor = 0.5, patience = 1, minDelta = 0, minLearningRate = 1e-6 } = checkObject('fit', 'reduceOnPlateau', watch)
  checkWatch('reduceOnPlateau', watch)
  checkNumber('fit', 'reduceOnPlateau.factor', factor, { above: 0, below: 1 })
  checkInteger('fit', 'reduceOnPlateau.patience', patience)
  checkNumber('fit', 'reduceOnPlateau.minDelta', minDelta, { min: 0 })
  checkNumber('fit', 'reduceOnPlateau.minLearningRate', minLearningRate, { above: 0 })
}
