import { ArgumentError, ShapeError, checkInteger, checkNumber, expected } from '../errors'

/**
 * How dense weights follow their gradient: a description without state.
 *
 * The state belongs to whoever trains: `slots` arrays of the weight's length, all zeros before the first step
 * (see {@link createSlots}).
 */
export interface Optimizer {
  readonly name: string
  /** How many numbers of state each weight has. */
  readonly slots: number
  /**
   * One step, in place. Gradients are taken to be finite: `globalNorm` and `clipByGlobalNorm` check that and name the
   * weight that is not.
   *
   * @param step - Counts from 1.
   */
  readonly update: (
    weights: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    step: number,
    learningRate: number,
  ) => void
}

/** The state of `optimizer` for `size` weights before the first step. */
export function createSlots(optimizer: Pick<Optimizer, 'slots'>, size: number): Float32Array[] {
  checkInteger('createSlots', 'size', size, 0)
  return Array.from({ length: optimizer.slots }, () => new Float32Array(size))
}

/** Throws unless the arguments of a dense update fit one another. */
export function checkUpdate(
  where: string,
  wanted: number,
  weights: Float32Array,
  gradient: Float32Array,
  slots: readonly Float32Array[],
  step: number,
  learningRate: number,
): void {
  if (gradient.length !== weights.length)
    throw new ShapeError(`feedrank/${where}: expected a gradient of ${weights.length} values like the weights, got ${gradient.length}`)
  if (slots.length !== wanted) throw new ArgumentError(expected(where, 'slots', `${wanted} arrays`, slots))
  for (const slot of slots)
    if (slot.length !== weights.length)
      throw new ShapeError(`feedrank/${where}: expected slots of ${weights.length} values like the weights, got ${slot.length}`)
  checkInteger(where, 'step', step)
  checkNumber(where, 'learningRate', learningRate, { min: 0 })
}
