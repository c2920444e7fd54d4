import { BackendError } from '../../errors'
import { messageOf } from '../../optional-package'
import type { Kernels } from './instance'
import { startWorker, type Worker } from './worker'

/** What each thread of a run goes through: the addresses of its first step and of the end of its last; the first is the caller's own. */
export type Parts = readonly { readonly start: number; readonly end: number }[]

/** Threads that run the parts of a program together. One run at a time: others wait for their turn. */
export interface Team {
  readonly threads: number
  /** Where the threads meet, for the steps of assembly/barrier.ts. */
  readonly meeting: number
  /** Starts the workers, if they are not there; each member keeps them until it leaves. */
  readonly join: () => Promise<void>
  /** Ends the workers when no member is left. */
  readonly leave: () => void
  /**
   * What `prepare` gives, its parts run, and `finish` with the outcome: with no other run between.
   *
   * @throws BackendError when a worker died; the next run starts new ones
   */
  readonly run: <Job extends { readonly parts: Parts }, Result>(prepare: () => Job, finish: (job: Job, failed: number) => Result) => Promise<Result>
}

/** Words of shared memory: the meeting (three words, see assembly/barrier.ts), jobs begun, jobs done, and the workers' parts. */
const words = { round: 1, givenUp: 2, job: 3, done: 4, parts: 6 } as const

export function createTeam(kernels: Kernels, threads: number, start: typeof startWorker = startWorker): Team {
  const { memory } = kernels.heap
  const meeting = kernels.heap.take((words.parts + 2 * threads) * 4)
  // Stays valid when memory grows: what is shared does not move.
  const shared = new Int32Array(memory.buffer, meeting, words.parts + 2 * threads)
  const helpers = threads - 1
  let members = 0
  let crew: Promise<readonly Worker[]> | undefined
  let gone: Promise<unknown> = Promise.resolve()
  /** Why the crew is short of one. */
  const loss: { error?: BackendError } = {}
  let turn: Promise<unknown> = Promise.resolve()
  /** Jobs that will be done once nobody works; wraps around like the word it is compared with. */
  let expected = 0

  const assemble = async (): Promise<readonly Worker[]> => {
    await gone
    shared.fill(0)
    expected = 0
    delete loss.error
    const died = (cause: unknown) => (loss.error ??= new BackendError(`feedrank/wasm: a worker thread ended: ${messageOf(cause)}`, { cause }))
    const started = await Promise.allSettled(Array.from({ length: helpers }, (_, i) => start({ modules: kernels.modules, memory, meeting, thread: i + 1 }, died)))
    const failed = started.find((one) => one.status === 'rejected')
    const all = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (!failed) return all
    await Promise.all(all.map((worker) => worker.end()))
    throw failed.reason
  }
  const dismiss = () => {
    gone = crew?.then((all) => Promise.all(all.map((worker) => worker.end())), () => {}) ?? gone
    crew = undefined
  }

  const together = async ([own, ...others]: Parts): Promise<number> => {
    if (others.every(({ start: from, end }) => from === end)) return kernels.run(own.start, own.end)
    others.forEach((part, i) => shared.set([part.start, part.end], words.parts + 2 * i))
    expected = (expected + helpers) | 0
    Atomics.add(shared, words.job, 1)
    Atomics.notify(shared, words.job)
    let failed = kernels.run(own.start, own.end)
    while (kernels.waiting() && !loss.error) {
      await nextTask()
      failed = kernels.resume(failed, own.end)
    }
    if (failed !== 0 && !loss.error) await callBack()
    if (loss.error) {
      dismiss()
      throw loss.error
    }
    return failed
  }
  /** After a step of one's own failed: the others wait for somebody that will not come. */
  const callBack = async () => {
    Atomics.store(shared, words.givenUp, 1)
    Atomics.notify(shared, words.round)
    while (!loss.error && Atomics.load(shared, words.done) !== expected) await nextTask()
    shared.fill(0, 0, words.job)
  }

  return {
    threads,
    meeting,
    async join() {
      members++
      crew ??= assemble()
      try {
        await crew
      } catch (error) {
        members--
        crew = undefined
        throw error
      }
    },
    leave() {
      if (--members === 0) dismiss()
    },
    run(prepare, finish) {
      const mine = turn.then(async () => {
        if (loss.error) dismiss()
        await (crew ??= assemble())
        const job = prepare()
        return finish(job, await together(job.parts))
      })
      turn = mine.catch(() => {})
      return mine
    },
  }
}

/** After whatever waits in the event loop, the news of a worker's end included. */
const nextTask = () => new Promise<void>((resolve) => setTimeout(resolve))
