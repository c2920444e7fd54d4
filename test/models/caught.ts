/** What `run` throws, or nothing. */
export function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

/** What `run` rejects with, or nothing. */
export const rejected = (run: () => Promise<unknown>): Promise<unknown> =>
  Promise.resolve().then(run).then(() => undefined, (error: unknown) => error)
