/** How long requests may keep the event loop to themselves, ms; one step of one request may take longer. */
const turnMs = 5

/**
 * Shares the event loop among requests that come at once. Steps that wait for nothing follow one another without a pause, and
 * thirty requests would keep timers and sockets waiting for the work of all; so whoever comes to a step when the turn is over
 * waits for another, and then one goes on at a time, the request that began first before the others.
 *
 * Asked for a request that began at `startedAt`: what it has to wait for, if anything.
 */
export type Turns = (startedAt: number) => Promise<void> | undefined

// Taken when the module is loaded: a test that sets the clock by hand shall not stop requests.
const afterwards: (run: () => void) => unknown = typeof setImmediate === 'function' ? setImmediate : (run) => setTimeout(run)

export function takeTurns(stopwatch: () => number): Turns {
  /** By `startedAt`. */
  const waiting: { readonly startedAt: number; readonly go: () => void }[] = []
  let began: number | undefined
  const begin = (): number => {
    afterwards(end)
    return (began = stopwatch())
  }
  const end = () => {
    began = undefined
    if (waiting.length === 0) return
    begin()
    waiting.shift()!.go()
  }
  return (startedAt) => {
    if (stopwatch() - (began ?? begin()) < turnMs && !(waiting.length > 0 && waiting[0].startedAt < startedAt)) return undefined
    return new Promise((go) => {
      let at = waiting.length
      while (at > 0 && waiting[at - 1].startedAt > startedAt) at--
      waiting.splice(at, 0, { startedAt, go })
    })
  }
}
