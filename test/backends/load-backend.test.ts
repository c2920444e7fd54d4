import { describe, expect, test } from 'vitest'
import { javascriptBackend, loadBackend, type BackendChoice } from 'feedrank/backends'
import { choiceOf } from '../../src/backends/load-backend'
import { loadOnnxruntimeBackend } from '../../src/backends/onnxruntime'
import { ArgumentError, BackendError } from '../../src/errors'
import { importing } from './tfjs/tf'

const failure = (run: Promise<unknown>): Promise<Error> => run.then(() => expect.fail('expected it to fail'), (error: Error) => error)

test('a name, a name with options, a choice, and both: the choice has the last word', async () => {
  expect((await loadBackend('wasm')).name).toBe('wasm')
  expect((await loadBackend('javascript', { device: 'cpu', threads: 4 })).name).toBe('javascript')
  expect((await loadBackend({ name: 'wasm', threads: 1, device: 'cpu' })).name).toBe('wasm')
  expect(ArgumentError.isInstance(await failure(loadBackend({ name: 'wasm', threads: 0 }, { threads: 1 })))).toBe(true)
})

test('no name is auto', async () => {
  const { name } = await loadBackend('auto')
  expect((await loadBackend()).name).toBe(name)
  expect((await loadBackend({})).name).toBe(name)
  expect((await loadBackend({ threads: 1, device: 'cpu' })).name).toBe(name)
})

describe('is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['an unknown name', 'torch', /`name` to be one of 'auto', 'onnxruntime', 'wasm', 'tfjs', 'javascript', got "torch"/],
    ['an inherited name', 'constructor', /`name`/],
    ['an unknown name in a choice', { name: 'torch' }, /`name`/],
    ['null', null, /`choice`/],
    ['a number', 3, /`choice`/],
    ['an unknown device', { device: 'tpu' }, /`device` to be 'cpu' or 'gpu', got "tpu"/],
    ['an unknown device of a named backend', { name: 'javascript', device: 'GPU' }, /`device`/],
    ['no thread', { name: 'javascript', threads: 0 }, /`threads`/],
    ['half a thread', { threads: 1.5 }, /`threads`/],
    ['a GPU for wasm', { name: 'wasm', device: 'gpu' }, /`device` to be 'cpu' for the backend 'wasm'/],
    ['a GPU for javascript', { name: 'javascript', device: 'gpu' }, /`device`/],
  ])('%s', async (_, choice, says) => {
    const error = await failure(loadBackend(choice as BackendChoice))
    expect(ArgumentError.isInstance(error), String(error)).toBe(true)
    expect(error.message).toMatch(says)
  })
})

describe('onnxruntime, by a stand-in', () => {
  const standIn = (create: (model: Uint8Array, options: object) => Promise<unknown>) => importing({ 'onnxruntime-node': { InferenceSession: { create }, Tensor: Object, env: { versions: {} } } }).from

  test('asks for CUDA and the threads, and tries it when loaded', async () => {
    const asked: object[] = []
    let released = 0
    const backend = await loadOnnxruntimeBackend({ device: 'gpu', threads: 3 }, standIn(async (_, options) => (asked.push(options), { release: async () => void released++ })))
    expect(backend.device).toBe('gpu')
    expect(asked).toEqual([expect.objectContaining({ executionProviders: ['cuda'], intraOpNumThreads: 3 })])
    expect(released).toBe(1)
  })
  test('without CUDA says so, with the reason and what to do', async () => {
    const cause = new Error('Failed to load shared library')
    const error = await failure(loadOnnxruntimeBackend({ device: 'gpu' }, standIn(() => Promise.reject(cause))))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(error.message).toMatch(/no CUDA here: Failed to load shared library; .*npm rebuild onnxruntime-node.*device 'cpu'/)
    expect(error.cause).toBe(cause)
  })
  test('on the CPU names no provider, takes no more threads than make sense, and says what opens no session', async () => {
    const asked: object[] = []
    const backend = await loadOnnxruntimeBackend({ threads: 1_000_000 }, standIn(async (_, options) => (asked.push(options), { release: async () => undefined })))
    expect(backend.device).toBe('cpu')
    expect(asked).toEqual([expect.objectContaining({ intraOpNumThreads: 256 })])
    expect(asked[0]).not.toHaveProperty('executionProviders')
    const cause = new Error('cannot load the binding')
    const error = await failure(loadOnnxruntimeBackend({}, standIn(() => Promise.reject(cause))))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(error.message).toMatch(/opens no session: cannot load the binding; .*npm rebuild onnxruntime-node/)
  })
  test('what is no program is refused by name', async () => {
    const backend = await loadBackend('onnxruntime')
    for (const given of [null, undefined, {}, { y: 1 }]) expect(ArgumentError.isInstance(await failure(backend.compile(given as never)))).toBe(true)
  })
})

test('a backend can be loaded again as it was asked for, by what can be sent to another thread', async () => {
  const options = { memoryLimit: 2 ** 24, relaxedSimd: false, threads: 1 } as const
  expect(choiceOf(await loadBackend('wasm', options))).toEqual({ name: 'wasm', ...options })
  expect(choiceOf(javascriptBackend())).toEqual({ name: 'javascript', device: 'cpu' })
  const tf = await import('@tensorflow/tfjs-core')
  const choice = choiceOf(await loadBackend({ name: 'tfjs', tf: tf as never, engine: 'cpu' }))
  expect(structuredClone(choice)).toEqual({ name: 'tfjs', engine: 'cpu' })
})
