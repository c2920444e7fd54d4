import { ArgumentError, BackendError, ContractError, checkInteger, checkObject, expected, show } from '../errors'

/** A module that scores rows, named so that a worker thread can import it by itself. */
export interface ScoreModule {
  /** An absolute URL, such as `new URL('./score.js', import.meta.url)`, or a package. */
  readonly url: string | URL
  /** The exported function, from rows to one score each (or a promise of them). @defaultValue 'score' */
  readonly name?: string | undefined
}

// Named through a variable, so that a bundler for browsers leaves it alone.
const threadsName: string = 'node:worker_threads'
const threads = (): Promise<typeof import('node:worker_threads')> => import(/* webpackIgnore: true */ /* @vite-ignore */ threadsName)

/** What a worker runs: one export of one module, on the rows it is sent. It has to stand by itself, as text. */
const program = `
const threads = 'node:worker_threads'
const { parentPort, workerData } = require(threads)
const scoring = import(workerData.url).then((module) => {
  const score = Object.hasOwn(module, workerData.name) ? module[workerData.name] : undefined
  if (typeof score !== 'function') throw new TypeError('the module exports no function of that name')
  return score
})
scoring.catch(() => {})
parentPort.on('message', async ({ chunk, rows }) => {
  try {
    const scores = await (await scoring)(rows)
    parentPort.postMessage({ chunk, scores: Float64Array.from(scores), length: scores.length })
  } catch (error) {
    parentPort.postMessage({ chunk, error: String(error && error.message || error) })
  }
})
`

interface Answer {
  readonly chunk: number
  readonly scores?: Float64Array
  readonly length?: number
  readonly error?: string
}

/** Rows a worker is sent at once. The same for any number of workers, so that their number cannot change a score. */
const chunkRows = 4096

/**
 * Scores rows in worker threads. Chunks have the same rows whatever the number of workers, and their scores are put back in
 * the order of the rows, so the result does not depend on it.
 *
 * @throws BackendError where a worker cannot start or dies; ContractError where it gives no score for each row; the reason of
 * `signal`, and then no worker is left running.
 */
export async function scoreInWorkers(where: string, contender: string, module: ScoreModule, rows: readonly object[], workers: number, signal?: AbortSignal): Promise<Float64Array> {
  checkInteger(where, 'workers', workers)
  const { url, name = 'score' } = checkObject(where, `the module of ${show(contender)}`, module, 'an object with a url')
  if (typeof url !== 'string' && Object.prototype.toString.call(url) !== '[object URL]')
    throw new ArgumentError(expected(where, `the url of ${show(contender)}`, 'a URL or a text', url))
  const { Worker } = await threads()
  signal?.throwIfAborted()
  const chunks = Math.ceil(rows.length / chunkRows)
  const scores = new Float64Array(rows.length)
  let next = 0
  const fault = (what: string, cause?: unknown) => new BackendError(`feedrank/${where}: a worker scoring for ${show(contender)} ${what}`, { cause })
  const runOne = () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: { url: String(url), name } })
    let ended = false
    const abort = () => end(() => reject(signal?.reason))
    const end = (then: () => void) => {
      if (ended) return
      ended = true
      signal?.removeEventListener('abort', abort)
      worker.terminate().then(then, then)
    }
    const send = () => {
      if (next >= chunks) return end(resolve)
      const chunk = next++
      try {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage({ chunk, rows: rows.slice(chunk * chunkRows, (chunk + 1) * chunkRows) })
      } catch (cause) {
        end(() => reject(fault('cannot be sent these rows: they hold what cannot be cloned', cause)))
      }
    }
    signal?.addEventListener('abort', abort, { once: true })
    worker.on('message', ({ chunk, scores: part, length, error }: Answer) => {
      if (error !== undefined || !part) return end(() => reject(fault(`failed: ${error}`)))
      const size = Math.min(chunkRows, rows.length - chunk * chunkRows)
      if (length !== size)
        return end(() => reject(new ContractError(`feedrank/${where}: expected one score of ${show(contender)} for each of ${size} rows, got ${length}`)))
      scores.set(part, chunk * chunkRows)
      send()
    })
    worker.on('error', (cause) => end(() => reject(fault(`died: ${cause instanceof Error ? cause.message : String(cause)}`, cause))))
    worker.on('exit', (code) => { if (!ended) { ended = true; reject(fault(`ended before its work, with code ${code}`)) } })
    send()
  })
  await settleAll(Array.from({ length: Math.max(1, Math.min(workers, chunks)) }, runOne), () => { next = chunks })
  return scores
}

/** Waits for all, so that no worker is left running, and then throws the first failure. */
async function settleAll(running: readonly Promise<void>[], stop: () => void): Promise<void> {
  const failures: unknown[] = []
  await Promise.all(running.map((one) => one.catch((error: unknown) => { failures.push(error); stop() })))
  if (failures.length > 0) throw failures[0]
}
