import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { exp, input, program } from 'feedrank/tensor'
import { loadTfjsBackend, type TfjsOptions } from '../../../src/backends/tfjs'
import { ArgumentError, BackendError } from '../../../src/errors'
import { importing, standIn, tf } from './tf'

// The banner of the cpu engine is not part of these tests, but of one of them.
beforeAll(() => loadBackend('tfjs', { engine: 'cpu' }))
afterEach(() => vi.restoreAllMocks())

const failure = (run: Promise<unknown>): Promise<Error> => run.then(() => expect.fail('expected it to fail'), (error: Error) => error)

/** A tfjs whose backend `tensorflow` is the one of plain JavaScript, with what tfjs-node adds to it. */
function nodePackage({ gpu, changes = {} }: { readonly gpu: boolean; readonly changes?: Readonly<Record<string, unknown>> }): object {
  let current: string | undefined
  return standIn({
    getBackend: () => current,
    setBackend: async (name: string) => {
      current = name
      return tf.setBackend('cpu')
    },
    engine: () => ({ registry: { tensorflow: {} } }),
    backend: () => ({ isUsingGpuDevice: gpu }),
    ...changes,
  })
}

describe('what is not installed', () => {
  test('nothing: says what to install for the device', async () => {
    const { from, asked } = importing({})
    for (const [device, says] of [['cpu', /npm install @tensorflow\/tfjs-core @tensorflow\/tfjs-backend-wasm/], ['gpu', /npm install @tensorflow\/tfjs-node-gpu/]] as const) {
      const error = await failure(loadTfjsBackend({ device }, from))
      expect(BackendError.isInstance(error)).toBe(true)
      expect(error.message).toMatch(/is not installed/)
      expect(error.message).toMatch(says)
    }
    expect(asked).toContain('@tensorflow/tfjs-node')
    expect(asked).toContain('@tensorflow/tfjs-node-gpu')
  })
  test.each([
    ['wasm', { '@tensorflow/tfjs-core': tf }, /tfjs-backend-wasm is not installed.*npm install @tensorflow\/tfjs-core @tensorflow\/tfjs-backend-wasm/],
    ['cpu', { '@tensorflow/tfjs-core': tf }, /tfjs-backend-cpu \(or @tensorflow\/tfjs\) is not installed.*npm install @tensorflow\/tfjs-core @tensorflow\/tfjs-backend-cpu/],
    ['tensorflow', {}, /tfjs-node is not installed.*npm install @tensorflow\/tfjs-node$/],
    ['webgpu', { '@tensorflow/tfjs': tf }, /npm install @tensorflow\/tfjs-core @tensorflow\/tfjs-backend-webgpu/],
  ] as const)('the engine %s: names its package', async (engine, packages, says) => {
    const error = await failure(loadTfjsBackend({ engine }, importing(packages as Readonly<Record<string, object>>).from))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(error.message).toMatch(says)
  })
})

describe('what is installed and broken', () => {
  test('a native package without its binary: says so, with the reason', async () => {
    const cause = new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /app/lib\nPlease run')
    const error = await failure(loadTfjsBackend({ device: 'gpu', engine: 'tensorflow' }, importing({ '@tensorflow/tfjs-node-gpu': cause }).from))
    expect(error.message).toMatch(/tfjs-node-gpu is installed but does not load: The Node.js native addon module/)
    expect(error.cause).toBe(cause)
  })
  test('among others that are missing: the broken one is told', async () => {
    const error = await failure(loadTfjsBackend({ device: 'gpu' }, importing({ '@tensorflow/tfjs-node-gpu': new Error('libcudart.so.11.0: cannot open') }).from))
    expect(error.message).toMatch(/does not load: libcudart/)
    expect((error.cause as AggregateError).errors).toHaveLength(3)
  })
  test('tfjs-node on a Node that took its functions away: says which Node', async () => {
    const changes = { matMul: () => { throw new TypeError('(0 , util_1.isNullOrUndefined) is not a function') } }
    const error = await failure(loadTfjsBackend({ engine: 'tensorflow' }, importing({ '@tensorflow/tfjs-node': nodePackage({ gpu: false, changes }) }).from))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(error.message).toMatch(/Node 22 or older/)
  })
  test('an engine that loses digits is refused', async () => {
    const half = standIn({ matMul: () => tf.tensor2d([1], [1, 1]) })
    expect((await failure(loadTfjsBackend({ tf: half, engine: 'cpu' }))).message).toMatch(/not in 32 bits/)
  })
  test('an engine that does not start says so', async () => {
    const error = await failure(loadTfjsBackend({ tf: standIn({ setBackend: async () => false }), engine: 'webgl' }))
    expect(error.message).toMatch(/'webgl' does not work here.*needs a browser/)
    expect((await failure(loadTfjsBackend({ tf, engine: 'webgl' }))).message).toMatch(/not found in registry.*needs a browser/)
  })
})

describe('tfjs-node-gpu, by a stand-in', () => {
  test('loads, and says that it runs on the GPU', async () => {
    const { from, asked } = importing({ '@tensorflow/tfjs-node-gpu': nodePackage({ gpu: true }) })
    const backend = await loadTfjsBackend({ device: 'gpu' }, from)
    expect([backend.name, backend.device]).toEqual(['tfjs', 'gpu'])
    expect(new Set(asked)).toEqual(new Set(['@tensorflow/tfjs-node-gpu']))
    const executable = await backend.compile(program({ y: exp(input('x', ['n'])) }))
    expect([...(await executable.run({ x: Float32Array.of(0, -Infinity) })).y.data]).toEqual([1, 0])
    executable.dispose()
  })
  test('as a CommonJS module whose names the loader did not find', async () => {
    const { from } = importing({ '@tensorflow/tfjs-node-gpu': { default: nodePackage({ gpu: true }) } })
    expect((await loadTfjsBackend({ device: 'gpu' }, from)).device).toBe('gpu')
  })
  test('that sees no GPU is refused, not run on the CPU', async () => {
    const error = await failure(loadTfjsBackend({ device: 'gpu', engine: 'tensorflow' }, importing({ '@tensorflow/tfjs-node-gpu': nodePackage({ gpu: false }) }).from))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(error.message).toMatch(/sees no GPU/)
  })
})

describe('which packages are taken', () => {
  test('the union package serves where the core is not there', async () => {
    const { from } = importing({ '@tensorflow/tfjs': tf })
    expect((await loadTfjsBackend({ engine: 'cpu' }, from)).device).toBe('cpu')
  })
  test('the fastest engine that is there, past one that is broken', async () => {
    const { from, asked } = importing({ '@tensorflow/tfjs-node': new Error('broken'), '@tensorflow/tfjs-core': tf, '@tensorflow/tfjs-backend-cpu': {} })
    expect((await loadTfjsBackend({}, from)).device).toBe('cpu')
    expect(asked).toEqual(['@tensorflow/tfjs-node', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'])
  })
  test('a given module is taken as it is, on the backend it is on', async () => {
    await tf.setBackend('cpu')
    expect((await loadBackend({ name: 'tfjs', tf })).device).toBe('cpu')
  })
  test('no banner is printed', async () => {
    const warn = vi.spyOn(console, 'warn')
    const engine = tf.findBackend('cpu') as unknown as { firstUse: boolean }
    engine.firstUse = true
    await loadBackend('tfjs', { engine: 'cpu' })
    expect(engine.firstUse).toBe(false)
    expect(warn).not.toHaveBeenCalled()
    expect(tf.env().get('PROD')).toBe(false)
  })
})

test.each<[string, TfjsOptions]>([
  ['an unknown engine', { engine: 'cuda' as 'cpu' }],
  ['an engine not of the device', { engine: 'wasm', device: 'gpu' }],
  ['an engine not of the device, the other way', { engine: 'webgl', device: 'cpu' }],
  ['a module that is not tfjs', { tf: {} }],
  ['a given module, and an engine not of the device', { tf, engine: 'cpu', device: 'gpu' }],
])('%s is refused', async (_, options) => {
  expect(ArgumentError.isInstance(await failure(loadTfjsBackend(options)))).toBe(true)
})
