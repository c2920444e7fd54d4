import { BackendError } from '../../errors'
import type { Modules } from './instance'

/** What a worker is given: the kernels, the memory it shares, and which of the threads it is. */
export interface WorkerTask {
  readonly modules: Modules
  readonly memory: WebAssembly.Memory
  /** The address of the words in which a team tells its workers what to do. */
  readonly meeting: number
  readonly thread: number
}

export interface Worker {
  /** Ends the worker, wherever it is; it touches no memory once this resolves. */
  readonly end: () => Promise<void>
}

/** Called when a worker ends that was not told to. */
export type Died = (cause: unknown) => void

/**
 * A worker's whole life, as source text, as a worker of any host can be started from: wait for a job, run one's own part
 * of it, say so. It is ready only with its instance made, as making it writes the kernels' constants into the shared memory.
 * `task` is a {@link WorkerTask}; word 3 counts jobs begun, word 4 those done, parts begin at word 6.
 */
export const workerSource = `
function work({ modules, memory, meeting, thread }, ready) {
  const env = { memory }
  const products = new WebAssembly.Instance(modules.products, { env }).exports
  const { exports } = new WebAssembly.Instance(modules.kernels, { env, products })
  ready()
  const words = new Int32Array(memory.buffer, meeting, 6 + 2 * thread)
  for (let job = 0; ;) {
    Atomics.wait(words, 3, job)
    if (Atomics.load(words, 3) === job) continue
    job = Atomics.load(words, 3)
    const end = words[5 + 2 * thread] >>> 0
    let step = exports.run(words[4 + 2 * thread] >>> 0, end)
    while (step && exports.waiting.value && !Atomics.load(words, 2)) step = exports.resume(step, end)
    Atomics.add(words, 4, 1)
  }
}
`

const nodeSource = `
const { parentPort, workerData } = require('node:worker_threads')
${workerSource}
work(workerData, () => parentPort.postMessage('ready'))
`

const webSource = `
${workerSource}
onmessage = ({ data }) => work(data, () => postMessage('ready'))
`

// Named through a variable, so that a bundler for browsers leaves it alone.
const workerThreads: string = 'node:worker_threads'

/**
 * Starts a worker; it is ready once this resolves.
 *
 * @throws BackendError where there are no workers, or this one does not start
 */
export async function startWorker(task: WorkerTask, died: Died, source?: string): Promise<Worker> {
  const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined
  if (!isNode && typeof Worker === 'undefined') throw new BackendError('feedrank/wasm: there are no worker threads here; leave `threads` out')
  return isNode ? startNodeWorker(task, died, source ?? nodeSource) : startWebWorker(task, died, source ?? webSource)
}

async function startNodeWorker(task: WorkerTask, died: Died, source: string): Promise<Worker> {
  const { Worker: NodeWorker } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ workerThreads)) as typeof import('node:worker_threads')
  const worker = new NodeWorker(source, { eval: true, workerData: task, name: `feedrank wasm ${task.thread}` })
  let told = false
  return new Promise((resolve, reject) => {
    const ended = (cause: unknown) => {
      if (told) return
      reject(new BackendError('feedrank/wasm: a worker thread does not start', { cause }))
      died(cause)
    }
    worker.once('message', () => {
      // From here on it waits for work and is no reason for the process to stay.
      worker.unref()
      resolve({
        async end() {
          told = true
          await worker.terminate()
        },
      })
    })
    worker.once('error', ended)
    worker.once('exit', (code) => ended(new Error(`exit code ${code}`)))
  })
}

function startWebWorker(task: WorkerTask, died: Died, source: string): Promise<Worker> {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(url)
  return new Promise<Worker>((resolve, reject) => {
    worker.addEventListener('message', () => resolve({ end: async () => worker.terminate() }), { once: true })
    worker.addEventListener('error', (event) => {
      const cause = new Error(event.message)
      reject(new BackendError('feedrank/wasm: a worker thread does not start', { cause }))
      died(cause)
    })
    worker.postMessage(task, [])
  }).finally(() => URL.revokeObjectURL(url))
}
