import { beforeEach, describe, expect, test, vi } from 'vitest'
import { describeBackends, loadBackend } from 'feedrank/backends'
import { installedVersions } from '../../src/backends/installed-version'
import { ArgumentError } from '../../src/errors'

const real = await vi.importActual<typeof import('../../src/backends/installed-version')>('../../src/backends/installed-version')
vi.mock('../../src/backends/installed-version', () => ({ installedVersions: vi.fn() }))
const lookingUp = vi.mocked(installedVersions)

/** Only these packages are there. */
const installed = (...names: string[]) => lookingUp.mockResolvedValue((name) => (names.includes(name) ? '1.2.3' : undefined))
const status = async (name: string, options?: Parameters<typeof describeBackends>[0]) => (await describeBackends(options)).backends.find((each) => each.name === name)

beforeEach(() => lookingUp.mockReset())

describe('looking up', () => {
  test('finds what is installed here, with its version, and loads nothing', async () => {
    lookingUp.mockImplementation(real.installedVersions)
    expect(await status('tfjs')).toEqual({
      name: 'tfjs', installed: true, devices: ['cpu'],
      packages: ['tfjs-core', 'tfjs-backend-wasm', 'tfjs-backend-cpu'].map((name) => ({ name: `@tensorflow/${name}`, version: '4.22.0' })),
    })
    expect((await real.installedVersions())?.('@tensorflow/no-such-package')).toBeUndefined()
    expect('_tfengine' in globalThis).toBe(false)
  })
  test('nothing installed: what is part of the package is taken, and the rest says how to get it', async () => {
    installed()
    const { backends, auto, text } = await describeBackends()
    expect(backends.map(({ name, installed: there }) => [name, there])).toEqual([['onnxruntime', false], ['wasm', true], ['tfjs', false], ['javascript', true]])
    expect(backends[0].problem).toMatch(/npm install onnxruntime-node/)
    expect(backends[2].problem).toMatch(/npm install @tensorflow\/tfjs-core @tensorflow\/tfjs-backend-wasm/)
    expect(auto.takes).toBe('wasm')
    expect(auto.why).toMatch(/onnxruntime is not installed/)
    expect(text.split('\n')).toHaveLength(5)
    expect(text).toMatch(/^onnxruntime +missing .*\nwasm +installed +part of feedrank; cpu\n/)
    expect(text).toMatch(/auto takes wasm: /)
  })
  test('the fastest installed is taken', async () => {
    installed('onnxruntime-node')
    expect((await describeBackends()).auto.takes).toBe('onnxruntime')
    expect(await status('onnxruntime')).toEqual({ name: 'onnxruntime', installed: true, packages: [{ name: 'onnxruntime-node', version: '1.2.3' }], devices: ['cpu', 'gpu'] })
  })
  test.each([
    // WebGL is in it, and no use without a document.
    [['@tensorflow/tfjs'], ['cpu']],
    [['@tensorflow/tfjs-core'], []],
    [['@tensorflow/tfjs-backend-wasm'], []],
    [['@tensorflow/tfjs-node'], ['cpu']],
    [['@tensorflow/tfjs-node-gpu'], ['gpu']],
  ])('of TensorFlow.js, %j serves %j', async (names, devices) => {
    installed(...names)
    expect((await status('tfjs'))?.devices).toEqual(devices)
    expect((await status('tfjs'))?.installed).toBe(devices.includes('cpu'))
    expect((await status('tfjs', { device: 'gpu' }))?.installed).toBe(devices.includes('gpu'))
  })
  test('for a GPU, nothing that computes on the CPU only is taken', async () => {
    installed()
    const { auto, text } = await describeBackends({ device: 'gpu' })
    expect(auto).toEqual({ takes: undefined, why: 'for the gpu, onnxruntime is not installed and tfjs is not installed' })
    expect(text).toMatch(/wasm +not for the gpu/)
    expect(text).toMatch(/npm install @tensorflow\/tfjs-node-gpu/)
    expect(text).toMatch(/auto takes nothing/)
  })
  test('where nothing can be looked up, it says so', async () => {
    lookingUp.mockResolvedValue(undefined)
    const { backends, auto } = await describeBackends()
    expect(backends.map(({ installed: there }) => there)).toEqual([undefined, true, undefined, true])
    expect(auto.takes).toBe('wasm')
  })
})

test('probing tells what loads, and agrees with auto', async () => {
  lookingUp.mockImplementation(real.installedVersions)
  const { backends, auto } = await describeBackends({ probe: true })
  expect(backends.find(({ name }) => name === 'wasm')?.loads).toBe(true)
  expect(backends.find(({ name }) => name === 'tfjs')?.loads).toBe(true)
  expect(auto.takes).toBe((await loadBackend('auto')).name)
})

test('an unknown device is refused', async () => {
  const error = await describeBackends({ device: 'tpu' as 'cpu' }).catch((e: unknown) => e)
  expect(ArgumentError.isInstance(error)).toBe(true)
})
