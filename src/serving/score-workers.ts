import type { Worker } from 'node:worker_threads'
import type { BackendChoice, TensorValue } from '../backends'
import { BackendError, DataError, ShapeError, type FeedrankError } from '../errors'
import { importByName } from '../optional-package'
import type { Partition } from './compiler/partition'
import type { ScoreExecutor, ScoreGraph, ScoreJob } from './score-executor'
import { workerSetup, type Answer, type Question } from './score-worker'

/** Worker threads that score, so that the event loop of the caller goes on. */
export interface WorkerOptions {
  /** How many. */
  readonly count: number
  /** Threads of the backend in each worker. @defaultValue 1 */
  readonly threads?: number
  /** The URL of a module that exports `runScoreWorker`, for applications that are bundled into files of their own. @defaultValue this package */
  readonly module?: string
}

const source = `
const { parentPort, workerData } = require('node:worker_threads')
import(workerData.library).then(({ runScoreWorker }) => runScoreWorker(parentPort, workerData.setup))
  .catch((error) => { throw error })
`

interface Asked {
  readonly question: Question
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** One worker and what it was asked, in order: it is at the first. */
interface Member {
  readonly worker: Worker
  readonly ready: Promise<void>
  readonly asked: Map<number, Asked>
}

/** A bundle holds the package, but not as the file that a worker imports. */
const lacksModule = (cause: unknown): string =>
  ((cause as { readonly code?: unknown } | undefined)?.code === 'ERR_MODULE_NOT_FOUND' ? '; where the application is bundled, give `workers.module`, the URL of a module that exports runScoreWorker' : '')

/** The built package, as a worker finds it: beside this module. */
function packageUrl(): string {
  const from = typeof __filename === 'string' ? __filename : import.meta.url
  const base = from.startsWith('file:') ? from : `file://${from.startsWith('/') ? '' : '/'}${from.replaceAll('\\', '/')}`
  return new URL(base.endsWith('.cjs') ? './serving.cjs' : './serving.js', base).href
}

/**
 * An executor over worker threads. Weights and the rows of items lie in memory that all share; a job brings its own
 * feeds. A worker that dies fails what it was at, and another takes its place.
 *
 * @throws BackendError where there are no worker threads, or a worker does not start
 */
export async function workerExecutor(parts: Partition, graph: ScoreGraph, choice: BackendChoice, whole: boolean, { count, module = packageUrl() }: WorkerOptions): Promise<ScoreExecutor> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) throw new BackendError('feedrank/compileRanker: there are no worker threads here; leave `workers` out')
  const threads = (await importByName('node:worker_threads')) as typeof import('node:worker_threads')
  const setup = workerSetup(parts, graph, choice, whole)
  const members: Member[] = []
  let next = 0
  let disposed = false

  const start = (): Member => {
    const worker = new threads.Worker(source, { eval: true, workerData: { library: module, setup }, name: 'feedrank score' })
    const asked: Member['asked'] = new Map()
    let began: () => void = () => {}
    let failed: (error: unknown) => void = () => {}
    const ready = new Promise<void>((resolve, reject) => ([began, failed] = [resolve, reject]))
    // Who asks first waits for it; that nobody may is no fault.
    ready.catch(() => undefined)
    const member = { worker, ready, asked }
    const died = (cause: unknown) => {
      const place = members.indexOf(member)
      if (place >= 0) members.splice(place, 1)
      const error = new BackendError(`feedrank/ranker: ${disposed ? 'this ranker was disposed while a worker scored' : `a worker thread ended: ${cause instanceof Error ? cause.message : String(cause)}${lacksModule(cause)}`}`, { cause })
      failed(error)
      const [at, ...others] = asked.values()
      asked.clear()
      at?.reject(error)
      for (const one of others) {
        if (disposed) one.reject(error)
        else send(one)
      }
    }
    worker.on('message', (answer: Answer) => {
      if (answer.id === undefined) return began()
      const waiting = asked.get(answer.id)
      asked.delete(answer.id)
      if (asked.size === 0) worker.unref()
      // A port hands over all that has come before anything else has a turn, and would never end where using an answer takes
      // longer than making the next.
      setImmediate(() => waiting?.resolve(answer))
    })
    worker.on('error', died)
    worker.on('exit', (code) => died(new Error(`exit code ${code}`)))
    worker.unref()
    return member
  }
  /** The member with the least to do; a new one where one is missing. */
  const idle = (): Member => {
    while (members.length < count) members.push(start())
    return members.reduce((best, member) => (member.asked.size < best.asked.size ? member : best))
  }
  const send = (one: Asked): void => {
    const { worker, asked } = idle()
    asked.set(one.question.id, one)
    worker.ref()
    try {
      worker.postMessage(one.question, [])
    } catch (cause) {
      asked.delete(one.question.id)
      one.reject(new BackendError(`feedrank/ranker: a job cannot be sent to a worker: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }))
    }
  }
  const ask = (question: Omit<Extract<Question, { ask: 'score' }>, 'id'> | Omit<Extract<Question, { ask: 'items' }>, 'id'>): Promise<Answer> => {
    if (disposed) return Promise.reject(new BackendError('feedrank/ranker: this ranker was disposed; compile the model again'))
    return new Promise<Answer>((resolve, reject) => send({ question: { ...question, id: next++ }, resolve, reject })).then((answer) => {
      if ('failed' in answer) throw errorOf(answer.failed)
      return answer
    })
  }

  while (members.length < count) members.push(start())
  const first = [...members]
  first.forEach(({ worker }) => worker.ref())
  try {
    await Promise.all(first.map(({ ready }) => ready))
  } catch (error) {
    disposed = true
    await Promise.all(first.map(({ worker }) => worker.terminate()))
    throw error
  }
  first.forEach(({ worker }) => worker.unref())

  return {
    // One that a worker is at and one that waits for it, so that it goes on while this thread has other things to do.
    lanes: 2 * count,
    // Workers are ready once they have compiled it.
    prepare: async () => {},
    async items(feeds: Readonly<Record<string, TensorValue<Float32Array>>>) {
      const answer = await ask({ ask: 'items', feeds: ownMemory(feeds) })
      return 'columns' in answer ? answer.columns : []
    },
    async score(job: ScoreJob) {
      const answer = await ask({ ask: 'score', job: { ...job, request: ownMemory(job.request), pair: ownMemory(job.pair) } })
      return 'heads' in answer ? answer.heads : new Map<string, Float32Array>()
    },
    dispose() {
      disposed = true
      for (const { worker } of members) void worker.terminate()
    },
  }
}

/** Values that are views of something larger as copies: all of the memory behind a view would be sent. */
const ownMemory = (values: ScoreJob['pair']): ScoreJob['pair'] =>
  Object.fromEntries(Object.entries(values).map(([name, { data, shape }]) => [name, { data: data.byteLength === data.buffer.byteLength ? data : data.slice(), shape }]))

/** An error from a worker as one of its kind here. */
function errorOf({ code, message }: Extract<Answer, { readonly failed: unknown }>['failed']): FeedrankError {
  return code === 'data' ? new DataError(message) : code === 'shape' ? new ShapeError(message) : new BackendError(message)
}
