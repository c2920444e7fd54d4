import { ContractError } from '../errors'

/** One thing in use that can be put in the place of another while calls are under way. */
export interface Swappable<T> {
  /** Calls with what is current; that stays whole, undisposed, until the call has settled, whatever is swapped in meanwhile. */
  readonly use: <R>(work: (current: T) => R | PromiseLike<R>) => Promise<R>
  readonly current: () => T
  /** Later calls use `next`; what was current is disposed after its last call. */
  readonly swap: (next: T) => void
  /** Refuses later calls; settles when the last one has, and what it used is disposed. */
  readonly close: () => Promise<void>
}

interface Held<T> {
  readonly value: T
  calls: number
  retired: boolean
}

/** @param dispose is called once for each thing that is no longer used */
export function swappable<T>(first: T, dispose: (value: T) => void | PromiseLike<void>): Swappable<T> {
  let held: Held<T> = { value: first, calls: 0, retired: false }
  let closed = false
  const open = new Set<Promise<void>>()
  let done = () => {}
  const ended = new Promise<void>((resolve) => { done = resolve })

  const settle = (one: Held<T>) => {
    if (!one.retired || one.calls > 0) return
    const disposal = (async () => dispose(one.value))()
    open.add(disposal)
    void disposal.catch(() => undefined).finally(() => {
      open.delete(disposal)
      if (one === held) done()
    })
  }
  return {
    async use(work) {
      if (closed) throw new ContractError('feedrank/use: this handle was closed')
      const mine = held
      mine.calls++
      try {
        return await work(mine.value)
      } finally {
        mine.calls--
        settle(mine)
      }
    },
    current: () => held.value,
    swap(next) {
      if (closed) throw new ContractError('feedrank/swap: this handle was closed')
      const before = held
      held = { value: next, calls: 0, retired: false }
      before.retired = true
      settle(before)
    },
    async close() {
      if (!closed) {
        closed = true
        held.retired = true
        settle(held)
      }
      await ended
      await Promise.allSettled(open)
    },
  }
}
