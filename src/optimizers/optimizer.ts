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
   * One step, in place; `step` counts from 1. Gradients are taken to be finite: `globalNorm` and `clipByGlobalNorm`
   * check that and name the weight that is not.
   */
  readonly update: OptimizerUpdate
}

/** The update of an {@link Optimizer}. */
export interface OptimizerUpdate {
  (weights: Float32Array, gradient: Float32Array, slots: readonly Float32Array[], step: number, learningRate: number): void
  /**
   * What the function computes, where training knows how to compute that faster: it then need not call the function.
   * An update of your own goes without.
   */
  readonly kernel?: OptimizerKernel
}

/** The equations of `sgd`, and of `adam` and `adamW`, with their constants. */
export type OptimizerKernel =
  | { readonly kind: 'sgd'; readonly momentum: number }
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number; readonly weightDecay: number }

/** The description stands on the function, not beside it, so that a copy of the optimizer with another update is without. */
export function withKernel(kernel: OptimizerKernel, update: OptimizerUpdate): OptimizerUpdate {
  return Object.assign(update, { kernel })
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
