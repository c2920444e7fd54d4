import { ArgumentError, expected } from '../errors'

/** How far a long evaluation is. */
export interface EvaluationProgress {
  /** What is being done, such as `scoring` or `segments`. */
  readonly stage: string
  /** What it is done for: a contender, a segment, a feature. */
  readonly of: string
  readonly done: number
  readonly total: number
}

/** What any long evaluation takes. */
export interface LongRun {
  /** Told before each step, and once when all is done. What it throws ends the evaluation. */
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined
  /** Ends the evaluation between two steps with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Goes from step to step: tells the progress, lets others have the thread, and ends where it was aborted. */
export function stepper(where: string, { onProgress, signal }: LongRun) {
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new ArgumentError(expected(where, 'onProgress', 'a function', onProgress))
  signal?.throwIfAborted()
  return async (stage: string, of: string, done: number, total: number): Promise<void> => {
    onProgress?.({ stage, of, done, total })
    // A turn of the event loop, so that an abort or a server beside this one is not kept waiting.
    await new Promise<void>((resolve) => { setTimeout(resolve, 0) })
    signal?.throwIfAborted()
  }
}

export type Step = ReturnType<typeof stepper>
