import { afterEach, describe, expect, test, vi } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { ArgumentError, BackendError } from '../../../src/errors'
import { input, matmul, multiply, program } from 'feedrank/tensor'
import { kernels } from '../../../src/backends/wasm/kernels'
import { kernels as products } from '../../../src/backends/wasm/products'
import { kernels as relaxed } from '../../../src/backends/wasm/products-relaxed'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const failure = (run: Promise<unknown>) => run.then(() => expect.fail('expected it to fail'), (error: unknown) => error)

test('the modules are under 60 kB and ask for nothing but memory and one another', async () => {
  expect([kernels, products, relaxed].reduce((sum, text) => sum + Buffer.from(text, 'base64').length, 0)).toBeLessThan(60_000)
  const importsOf = async (text: string) => WebAssembly.Module.imports(await WebAssembly.compile(Buffer.from(text, 'base64')))
  const memory = { module: 'env', name: 'memory', kind: 'memory' }
  expect(await importsOf(kernels)).toEqual([{ module: 'products', name: 'matmul', kind: 'function' }, memory])
  expect(await importsOf(products)).toEqual([memory])
})

describe('loading', () => {
  test('gives a backend of its own each time', async () => {
    const [a, b] = [await loadBackend('wasm'), await loadBackend('wasm')]
    expect(a).not.toBe(b)
    expect([a.name, a.device]).toEqual(['wasm', 'cpu'])
  })
  test('without SIMD says so', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    const error = await failure(loadBackend('wasm'))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/SIMD/)
  })
  test('without WebAssembly says so', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    const error = await failure(loadBackend('wasm'))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/no WebAssembly/)
  })
  test('where memory is refused says so', async () => {
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
      throw new RangeError('could not allocate memory')
    })
    const error = await failure(loadBackend('wasm'))
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/could not allocate memory/)
  })
  test.each([0, -1, 1.5, NaN, '2', 65_535])('with a memory limit of %s is refused', async (memoryLimit) => {
    expect(ArgumentError.isInstance(await failure(loadBackend('wasm', { memoryLimit: memoryLimit as number })))).toBe(true)
  })
})

describe('memory', () => {
  const x = input('x', ['n'])

  test('that cannot grow fails the run and leaves the backend as it was', async () => {
    const backend = await loadBackend('wasm', { memoryLimit: 2 ** 20 })
    const executable = await backend.compile(program({ y: multiply(x, 2) }))
    for (let i = 0; i < 3; i++) {
      const error = await failure(executable.run({ x: new Float32Array(2 ** 20) }))
      expect(BackendError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(/memory cannot grow/)
      expect([...(await executable.run({ x: Float32Array.of(i) })).y.data]).toEqual([2 * i])
    }
  })

  test('is used again after dispose, and by new sizes', async () => {
    // One run takes half a megabyte: without reuse the second executable would not fit.
    const backend = await loadBackend('wasm', { memoryLimit: 2 ** 20 })
    for (let i = 0; i < 20; i++) {
      const executable = await backend.compile(program({ y: multiply(x, 2) }))
      expect((await executable.run({ x: new Float32Array(2 ** 16).fill(i) })).y.data[2 ** 16 - 1]).toBe(2 * i)
      executable.dispose()
    }
    const executable = await backend.compile(program({ y: multiply(x, 2) }))
    for (let n = 1; n < 40; n++) expect((await executable.run({ x: new Float32Array(n * 300).fill(n) })).y.data).toEqual(new Float32Array(n * 300).fill(2 * n))
  })

  test('that grows under another executable moves nothing', async () => {
    const backend = await loadBackend('wasm')
    const small = await backend.compile(program({ y: matmul(input('a', [2, 2]), input('b', [2, 2])) }))
    const feeds = { a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(1, 0, 0, 1) }
    await small.run(feeds)
    const large = await backend.compile(program({ y: multiply(x, 2) }))
    await large.run({ x: new Float32Array(2 ** 20) })
    expect([...(await small.run(feeds)).y.data]).toEqual([1, 2, 3, 4])
  })

  test('stays flat over many runs', async () => {
    const backend = await loadBackend('wasm')
    const executable = await backend.compile(program({ y: multiply(x, 2) }))
    const fed = new Float32Array(64 * 1024)
    const into = { y: new Float32Array(fed.length) }
    const runs = async (count: number) => {
      for (let i = 0; i < count; i++) await executable.run({ x: fed }, into)
    }
    await runs(200)
    const before = process.memoryUsage.rss()
    await runs(3000)
    // One output is a quarter of a megabyte: 3000 of them would be 750.
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(80)
  })
})
