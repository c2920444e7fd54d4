/** Calls `done` in the loop's next turn; a timeout would take a whole millisecond of it. */
const nextTurn = (done: () => void) => (typeof setImmediate === 'function' ? setImmediate(done) : setTimeout(done))

/** How long training may keep the event loop to itself, in ms. */
const longest = 20

/**
 * Lets the event loop turn where it has not for a while; to be awaited between steps.
 *
 * A backend that computes on this thread never leaves it otherwise: no timer would fire, so no `AbortSignal.timeout`
 * either, and a server would stand still for the length of a training.
 */
export function breather(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < longest) return
    await new Promise<void>(nextTurn)
    last = performance.now()
  }
}
