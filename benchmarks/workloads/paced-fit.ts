import { fit } from 'feedrank'
import type { FitOptions, Trainable } from 'feedrank'

/** A training run that goes on one epoch at a time, when asked. */
export interface PacedFit {
  /** Trains one epoch and gives the milliseconds its steps took. */
  readonly epoch: () => Promise<number>
  readonly close: () => Promise<void>
}

/** `fit`, held between epochs, so that what is timed is what a user runs and other variants can run in between. */
export function pacedFit<Data>(model: Trainable<Data>, data: Data, options: FitOptions): PacedFit {
  const ending = new AbortController()
  let running: Promise<unknown> | undefined
  let proceed = () => {}
  let finished: (ms: number) => void = () => {}
  return {
    async epoch() {
      const ms = new Promise<number>((resolve) => (finished = resolve))
      proceed()
      running ??= fit(model, data, {
        ...options,
        epochs: Number.MAX_SAFE_INTEGER,
        progress: false,
        signal: ending.signal,
        onEpoch: async ({ trainingMs }) => {
          const asked = new Promise<void>((resolve) => (proceed = resolve))
          finished(trainingMs)
          await asked
        },
      })
      // A run that fails must not leave the epoch waiting.
      return Promise.race([ms, running.then(() => ms)])
    },
    async close() {
      ending.abort()
      proceed()
      await running?.catch((error: unknown) => {
        if (!ending.signal.aborted) throw error
      })
    },
  }
}
