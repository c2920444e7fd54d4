import type { Tfjs } from './start-engine'

/** Calls `use` with tfjs on `engine`, which has started, and sets tfjs back to where it was. */
export function withEngine<T>(tf: Tfjs, engine: string, use: () => T): T {
  const before = tf.getBackend()
  if (before === engine) return use()
  // An engine that has started is current as soon as it is asked for; the promise is for those that have not.
  void tf.setBackend(engine)
  try {
    return use()
  } finally {
    if (before) void tf.setBackend(before)
  }
}

/** Whether tfjs is starting a backend, by whoever's wish; to set another meanwhile would leave it between the two. */
export const isStarting = (tf: Tfjs): boolean => Boolean(tf.getBackend()) && !(tf.getBackend() in tf.engine().registry)

/** Waits until tfjs is starting nothing. */
export async function whenStarted(tf: Tfjs): Promise<void> {
  while (isStarting(tf)) await tf.ready()
}

let last: Promise<unknown> = Promise.resolve()

/** Starts `engine` in its turn, one at a time, and leaves tfjs where it was; false when it could not be started. */
export function initialize(tf: Tfjs, engine: string): Promise<boolean> {
  const start = async () => {
    await whenStarted(tf)
    const before = tf.getBackend()
    try {
      return await tf.setBackend(engine)
    } finally {
      if (before) await tf.setBackend(before)
    }
  }
  const turn = last.then(start)
  last = turn.catch(() => undefined)
  return turn
}
