import type { TrainingBatch } from '../models'
import { clipByGlobalNorm, globalNorm } from '../optimizers'

/** An input of the training graph, as a learner feeds it. */
export interface LearnerFeed {
  readonly input: string
  readonly data: Float32Array
  readonly shape: readonly number[]
  /** Where its gradient is to be written, of the same size. */
  readonly gradient: Float32Array
}

/**
 * A part of the model that learns, with the state of its optimizer: a dense weight, or a table. A step calls `prepare` of
 * all learners, then `feeds`, runs the graph, and calls `receive`, `squares` and `update`.
 */
export interface Learner {
  /** The name of the weight or table. */
  readonly name: string
  /** Gathers what a batch asks for. Arrays that any learner gave out before no longer hold. */
  readonly prepare: (batch: TrainingBatch) => void
  readonly feeds: () => readonly LearnerFeed[]
  /** Takes the gradient of each of its inputs. */
  readonly receive: (gradientOf: (input: string) => Float32Array) => void
  /** Σ g² of what it received; not finite where a number is not. */
  readonly squares: () => number
  /** What it received: `[size]`, or the summed gradients of the rows touched. */
  readonly gradient: () => Float32Array
  /** Follows the gradient times `scale`. */
  readonly update: (step: number, learningRate: number, scale: number) => void
  /** Brings the model's arrays up to date. */
  readonly store: () => void
  /** Goes on from the model's arrays. */
  readonly load: () => void
}

/**
 * The norm of all gradients together.
 *
 * @throws DataError when a gradient holds NaN or an infinity; the message names the weight
 */
export function normOf(learners: readonly Learner[], clipNorm: number | undefined): number {
  let total = 0
  for (const learner of learners) total += learner.squares()
  if (Number.isFinite(total)) return Math.sqrt(total)
  const gradients = learners.map(({ name, gradient }) => ({ name, values: gradient() }))
  return clipNorm === undefined ? globalNorm(gradients) : clipByGlobalNorm(gradients, clipNorm)
}
