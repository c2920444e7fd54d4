import { describe, expect, test } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { add, cast, gather, input, matmul, program, relu } from 'feedrank/tensor'
import { instantiate } from '../../../src/backends/wasm/instance'
import { wasmExecutable } from '../../../src/backends/wasm/executable'
import { createTeam } from '../../../src/backends/wasm/team'
import { startWorker, type Worker } from '../../../src/backends/wasm/worker'
import { BackendError, DataError } from '../../../src/errors'
import { seededRandom } from '../../../src/random'

const caught = (run: Promise<unknown>) => run.then(() => expect.fail('expected it to fail'), (error: unknown) => error)
const numbers = (count: number, seed: string) => {
  const random = seededRandom(seed)
  return Float32Array.from({ length: count }, () => random.normal())
}

/** Two products large enough to be shared, with rows read by their number between them. */
const network = program({
  y: matmul(gather(relu(add(matmul(input('x', ['n', 300]), input('w', [300, 130])), input('b', [130]))), input('rows', ['m'], { dtype: 'int32' })), input('v', [130, 200])),
})
const feeds = (n: number, m: number, worst = n - 1) => ({
  x: numbers(n * 300, `x${n}`), w: numbers(300 * 130, 'w'), b: numbers(130, 'b'), v: numbers(130 * 200, 'v'),
  rows: Int32Array.from({ length: m }, (_, i) => (i === m - 1 ? worst : (i * 7) % n)),
})

describe.each([2, 3, 5])('%i threads', (threads) => {
  test('give the numbers of one thread, to the last bit', async () => {
    const [one, many] = [await loadBackend('wasm'), await loadBackend({ name: 'wasm', threads })]
    const [a, b] = [await one.compile(network), await many.compile(network)]
    for (const [n, m] of [[400, 500], [101, 397], [64, 1000], [53, 90], [1, 3]]) {
      const fed = feeds(n, m)
      expect((await b.run(fed)).y.data).toEqual((await a.run(fed)).y.data)
    }
    a.dispose()
    b.dispose()
  })

  test('serve many runs at once, one after the other', async () => {
    const backend = await loadBackend({ name: 'wasm', threads })
    const executables = await Promise.all([backend.compile(network), backend.compile(network)])
    const all = Array.from({ length: 12 }, (_, i) => feeds(100 + i, 300))
    const alone: unknown[] = []
    for (const fed of all) alone.push((await executables[0].run(fed)).y.data)
    const together = await Promise.all(all.map((fed, i) => executables[i % 2].run(fed)))
    together.forEach(({ y }, i) => expect(y.data).toEqual(alone[i]))
    for (const each of executables) each.dispose()
  })

  test('go on after a run that failed in the middle', async () => {
    const backend = await loadBackend({ name: 'wasm', threads })
    // Numbers that are computed, so that only the run itself can see that one lies outside.
    const chosen = gather(matmul(input('x', ['n', 300]), input('w', [300, 130])), cast(input('rows', ['m']), 'int32'))
    const executable = await backend.compile(program({ y: matmul(chosen, input('v', [130, 200])) }))
    const { x, w, v, rows } = feeds(200, 300)
    const good = { x, w, v, rows: Float32Array.from(rows) }
    const before = await executable.run(good)
    for (let i = 0; i < 3; i++) {
      const error = await caught(executable.run({ ...good, rows: good.rows.map((row) => row + 1) }))
      expect(DataError.isInstance(error)).toBe(true)
      expect((await executable.run(good)).y.data).toEqual(before.y.data)
    }
    executable.dispose()
  })
})

/** A team whose workers may be ended from outside, as a host short of memory would. */
async function mortal(source?: string) {
  const kernels = await instantiate(2 ** 30, true)
  const alive: { end: () => Promise<void>; died: (cause: unknown) => void }[] = []
  const sources = [source]
  const team = createTeam(kernels, 2, async (task, died) => {
    const worker: Worker = await startWorker(task, died, sources.shift())
    alive.push({ end: worker.end, died })
    return worker
  })
  await team.join()
  return { executable: wasmExecutable(network, kernels, team), kernels, alive }
}

const dying = `
const { parentPort, workerData: { memory, meeting } } = require('node:worker_threads')
const words = new Int32Array(memory.buffer, meeting, 6)
parentPort.postMessage('ready')
Atomics.wait(words, 3, 0)
`

describe('a worker that dies', () => {
  test.each([['by an error', `${dying}; throw new Error('out of memory')`, /out of memory/], ['without a word', `${dying}; process.exit(3)`, /exit code 3/]])(
    'in the middle of a run, %s, fails that run and no other', async (_, source, text) => {
      const { executable, alive } = await mortal(source)
      const fed = feeds(400, 500)
      const error = await caught(executable.run(fed))
      expect(BackendError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(text)
      const { y } = await executable.run(fed)
      const alone = await (await loadBackend('wasm')).compile(network)
      expect(y.data).toEqual((await alone.run(fed)).y.data)
      expect(alive.length).toBe(2)
      executable.dispose()
    })

  test('fails the runs that wait for it, and the next ones run', async () => {
    const { executable } = await mortal(`${dying}; throw new Error('gone')`)
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => executable.run(feeds(400, 500))))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    executable.dispose()
  })

  test('before it began says so', async () => {
    const kernels = await instantiate(2 ** 30, true)
    const team = createTeam(kernels, 3, (task, died) => startWorker(task, died, task.thread === 2 ? "throw new Error('no room')" : undefined))
    const error = await caught(team.join())
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/does not start/)
  })
})

test('a worker is ready only with its instance made, which writes into memory that others read', async () => {
  // The module's start traps: a worker that said it was ready before would be taken for one.
  const trapping = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11))
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  const error = await caught(startWorker({ modules: { kernels: trapping, products: trapping }, memory, meeting: 0, thread: 1 }, () => {}))
  expect(String(error)).toMatch(/does not start/)
})

test('dispose frees what a plan held, and leaves no worker behind', async () => {
  const ended: number[] = []
  const kernels = await instantiate(2 ** 30, true)
  const team = createTeam(kernels, 3, async (task, died) => {
    const worker = await startWorker(task, died)
    return { end: async () => { await worker.end(); ended.push(task.thread) } }
  })
  const before = kernels.heap.used()
  await team.join()
  const executable = wasmExecutable(network, kernels, team)
  await executable.run(feeds(100, 300))
  executable.dispose()
  executable.dispose()
  await expect.poll(() => ended.toSorted()).toEqual([1, 2])
  expect(kernels.heap.used()).toBe(before)
  expect(BackendError.isInstance(await caught(executable.run(feeds(100, 300))))).toBe(true)
})
