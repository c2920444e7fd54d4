import { closeSync, openSync, readSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopBlocks {
  /** How long the event loop stood still at the longest, and in one of a hundred turns, ms. */
  readonly longest: number
  readonly p99: number
  /** The longest by what this thread computed meanwhile, to a tick of the system: a loop also stands still while others have the processor. NaN where the system does not tell. */
  readonly longestOwn: number
}

/** Watches the event loop, a turn a millisecond, until the function it gives is called. */
export function watchLoop(): () => LoopBlocks {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const clock = threadClock()
  let longestOwn = 0
  let before = clock.ms()
  const timer = setInterval(() => {
    const now = clock.ms()
    longestOwn = Math.max(longestOwn, now - before)
    before = now
  }, 1)
  delay.enable()
  return () => {
    delay.disable()
    clearInterval(timer)
    clock.close()
    return { longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6, longestOwn }
  }
}

/** Milliseconds that this thread has run, which Linux counts. */
function threadClock(): { readonly ms: () => number; readonly close: () => void } {
  try {
    const file = openSync('/proc/thread-self/schedstat', 'r')
    const text = Buffer.alloc(64)
    return { ms: () => Number(text.toString('latin1', 0, readSync(file, text, 0, 64, 0)).split(' ')[0]) / 1e6, close: () => closeSync(file) }
  } catch {
    return { ms: () => Number.NaN, close: () => {} }
  }
}
