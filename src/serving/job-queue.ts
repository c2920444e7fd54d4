import { BackendError } from '../errors'
import type { Partition } from './compiler/partition'
import type { ScoreExecutor, ScoreJob } from './score-executor'

/** How requests that are there at the same time share a run. */
export interface BatchingOptions {
  /** Candidates in a shared run at most; a request with more has a run of its own. 1 turns sharing off. @defaultValue 512 */
  readonly maxCandidates?: number
  /** How long a request may wait for others, ms; with 0 only those share that wait anyway. @defaultValue 0 */
  readonly maxWaitMs?: number
}

/** Runs jobs in the order in which they came, as many at once as the executor has lanes, small ones together. */
export interface JobQueue {
  readonly score: (job: ScoreJob) => Promise<ReadonlyMap<string, Float32Array>>
  /** Runs `work` in a lane of its own turn. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>
  readonly dispose: () => void
}

interface Waiting {
  readonly job: ScoreJob | undefined
  readonly candidates: number
  readonly run: (together: readonly Waiting[]) => Promise<void>
  readonly resolve: (heads: ReadonlyMap<string, Float32Array>) => void
  readonly reject: (cause: unknown) => void
  readonly since: number
}

export function jobQueue(
  executor: ScoreExecutor, { requestOutputs, fixedOutputs }: Pick<Partition, 'requestOutputs' | 'fixedOutputs'>, { maxCandidates, maxWaitMs }: Required<BatchingOptions>, shares: boolean, now: () => number,
): JobQueue {
  const waiting: Waiting[] = []
  let busy = 0
  let disposed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const together = async (all: readonly Waiting[]) => {
    const jobs = all.map(({ job }) => job!)
    try {
      const heads = await executor.score(jobs.length === 1 ? jobs[0] : mergeJobs(jobs))
      if (jobs.length === 1) return all[0].resolve(heads)
      let [candidates, requests] = [0, 0]
      all.forEach(({ resolve }, i) => {
        const job = jobs[i]
        resolve(new Map([...heads].map(([name, values]) => {
          if (fixedOutputs.has(name)) return [name, values]
          const [rows, start, count] = requestOutputs.has(name) ? [totalRequests(jobs), requests, job.requests] : [totalCandidates(jobs), candidates, job.candidates]
          const width = values.length / rows
          return [name, values.slice(start * width, (start + count) * width)]
        })))
        candidates += job.candidates
        requests += job.requests
      })
    } catch (cause) {
      for (const { reject } of all) reject(cause)
    }
  }
  const fits = (job: ScoreJob | undefined): job is ScoreJob => shares && job !== undefined && job.candidates < maxCandidates && 'slots' in job.items
  /** The first in line and those that may run with it. */
  const next = (): Waiting[] => {
    const [first] = waiting
    if (!fits(first.job)) return waiting.splice(0, 1)
    let candidates = 0
    let count = 0
    for (const { job } of waiting) {
      if (!fits(job) || candidates + job.candidates > maxCandidates || !sameItems(first.job, job)) break
      candidates += job.candidates
      count++
    }
    return waiting.splice(0, count)
  }
  const pump = () => {
    timer = undefined
    while (busy < executor.lanes && waiting.length > 0) {
      const [first] = waiting
      const total = waiting.reduce((sum, { candidates }) => sum + candidates, 0)
      const patience = fits(first.job) && total < maxCandidates ? first.since + maxWaitMs - now() : 0
      if (patience > 0) {
        timer = setTimeout(pump, patience)
        return
      }
      const group = next()
      busy++
      group[0].run(group).finally(() => {
        busy--
        wake()
      })
    }
  }
  const wake = () => {
    if (timer !== undefined) clearTimeout(timer)
    pump()
  }
  const add = (one: Omit<Waiting, 'since'>) => {
    if (disposed) return one.reject(new BackendError('feedrank/ranker: this ranker was disposed; compile the model again'))
    waiting.push({ ...one, since: now() })
    // What else arrives in this turn of the event loop may come along.
    if (waiting.length === 1 && timer === undefined) queueMicrotask(wake)
    else if (timer !== undefined) wake()
  }

  return {
    score: (job) => new Promise((resolve, reject) => add({ job, candidates: job.candidates, run: together, resolve, reject })),
    exclusive: <T>(work: () => Promise<T>) => new Promise<T>((resolve, reject) => add({
      job: undefined, candidates: 0, run: () => work().then(resolve, reject), resolve: () => {}, reject,
    })),
    dispose() {
      disposed = true
      if (timer !== undefined) clearTimeout(timer)
      for (const { reject } of waiting.splice(0)) reject(new BackendError('feedrank/ranker: this ranker was disposed while the request waited'))
    },
  }
}

const totalCandidates = (jobs: readonly ScoreJob[]) => jobs.reduce((sum, { candidates }) => sum + candidates, 0)
const totalRequests = (jobs: readonly ScoreJob[]) => jobs.reduce((sum, { requests }) => sum + requests, 0)
const sameItems = (a: ScoreJob, b: ScoreJob) => 'slots' in a.items && 'slots' in b.items && a.items.rows === b.items.rows

/** Several jobs as one. */
function mergeJobs(jobs: readonly ScoreJob[]): ScoreJob {
  const [first] = jobs
  const candidates = totalCandidates(jobs)
  const requests = totalRequests(jobs)
  const joined = (of: (job: ScoreJob) => ScoreJob['pair'], rows: number): ScoreJob['pair'] => Object.fromEntries(Object.entries(of(first)).map(([name, { shape }]) => {
    const width = shape.slice(1).reduce((n, d) => n * d, 1)
    const data = new Float32Array(rows * width)
    let at = 0
    for (const job of jobs) {
      const part = of(job)[name].data
      data.set(part, at)
      at += part.length
    }
    return [name, { data, shape: [rows, ...shape.slice(1)] }]
  }))
  const requestOf = new Int32Array(candidates)
  const slots = new Int32Array(candidates)
  let [at, request] = [0, 0]
  for (const job of jobs) {
    for (let i = 0; i < job.candidates; i++) requestOf[at + i] = request + (job.requestOf?.[i] ?? 0)
    if ('slots' in job.items) slots.set(job.items.slots, at)
    at += job.candidates
    request += job.requests
  }
  const items = 'slots' in first.items ? { slots, rows: first.items.rows } : first.items
  return { requests, candidates, request: joined((job) => job.request, requests), pair: joined((job) => job.pair, candidates), requestOf, items }
}
