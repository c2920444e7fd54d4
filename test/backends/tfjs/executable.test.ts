import '@tensorflow/tfjs-backend-wasm'
import { describe, expect, test } from 'vitest'
import { loadBackend, type TfjsEngine } from 'feedrank/backends'
import * as ops from 'feedrank/tensor'
import { input, program } from 'feedrank/tensor'
import { BackendError, DataError } from '../../../src/errors'
import { standIn, tf } from './tf'

/** A layer with its gradients, an embedding with its own, and constants. */
function training() {
  const x = input('x', ['batch', 3])
  const table = input('table', [4, 3])
  const ids = input('ids', ['batch'], { dtype: 'int32' })
  const w = input('w', [3, 2])
  const hidden = ops.relu(ops.matmul(ops.add(x, ops.gather(table, ids)), w))
  const loss = ops.reduceMean(ops.multiply(ops.softplus(hidden), ops.constant([1, 2])))
  const [dw, dTable] = ops.gradients(loss, [w, table])
  return program({ loss, dw, dTable })
}

const feeds = (batch: number) => ({
  x: { data: new Float32Array(batch * 3).fill(0.5), shape: [batch, 3] },
  table: new Float32Array(12).fill(0.1),
  ids: { data: new Int32Array(batch).map((_, i) => i % 4), shape: [batch] },
  w: new Float32Array(6).fill(0.2),
})

describe.each<TfjsEngine>(['cpu', 'wasm'])('on the engine %s', (engine) => {
  test('a run leaves no tensor behind, a disposed executable none at all', async () => {
    const backend = await loadBackend('tfjs', { engine })
    const before = tf.memory().numTensors
    const executable = await backend.compile(training())
    const compiled = tf.memory().numTensors
    expect(compiled).toBeGreaterThan(before)
    for (const batch of [5, 0, 64]) {
      await executable.run(feeds(batch))
      expect(tf.memory().numTensors).toBe(compiled)
    }
    executable.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('a value is freed after its last reader', async () => {
    const backend = await loadBackend('tfjs', { engine })
    const x = input('x', ['n'])
    let y = x
    for (let i = 0; i < 50; i++) y = ops.tanh(y)
    const executable = await backend.compile(program({ y }))
    const n = 100_000
    const { peakBytes } = await tf.profile(async () => {
      await executable.run({ x: new Float32Array(n) })
      return tf.scalar(0)
    })
    // Of fifty values of 400 kB, no more than a few are there at once.
    expect(peakBytes).toBeLessThan(4 * n * 4)
    executable.dispose()
  })

  test('a run that fails leaves no tensor behind either', async () => {
    const backend = await loadBackend('tfjs', { engine })
    const rows = ops.cast(input('at', ['n']), 'int32')
    const executable = await backend.compile(program({ y: ops.gather(input('table', [3, 2]), rows) }))
    const compiled = tf.memory().numTensors
    const table = new Float32Array(6)
    const into = { y: Float32Array.of(7, 7) }
    const error = await executable.run({ table, at: Float32Array.of(9) }, into).catch((e: unknown) => e)
    expect(DataError.isInstance(error)).toBe(true)
    expect([...into.y]).toEqual([7, 7])
    expect(tf.memory().numTensors).toBe(compiled)
    const failing = await loadBackend('tfjs', { engine, tf: standIn({ softmax: () => { throw new Error('no such kernel') } }) })
    const wide = await failing.compile(program({ y: ops.softmax(ops.exp(input('x', ['n']))) }))
    const before = tf.memory().numTensors
    const failed = await wide.run({ x: new Float32Array(4) }).catch((e: unknown) => e)
    expect(BackendError.isInstance(failed)).toBe(true)
    expect(String(failed)).toMatch(/no such kernel/)
    expect(tf.memory().numTensors).toBe(before)
    executable.dispose()
    wide.dispose()
  })

  test('tfjs stays on the backend its owner chose', async () => {
    const backend = await loadBackend('tfjs', { engine })
    const executable = await backend.compile(training())
    for (const chosen of ['cpu', 'wasm']) {
      await tf.setBackend(chosen)
      const running = executable.run(feeds(3))
      expect(tf.getBackend()).toBe(chosen)
      await running
      expect(tf.getBackend()).toBe(chosen)
      expect([...(await tf.add(tf.tensor([1]), tf.tensor([2])).data())]).toEqual([3])
    }
    executable.dispose()
  })

  test('what a feed holds later changes no result', async () => {
    const backend = await loadBackend('tfjs', { engine })
    const executable = await backend.compile(program({ x: input('x', ['n']) }))
    const x = Float32Array.of(1, 2)
    const running = executable.run({ x })
    x[0] = 9
    expect([...(await running).x.data]).toEqual([1, 2])
    executable.dispose()
  })
})

test('engines start one after the other, and runs wait for one that is starting', async () => {
  const first = await loadBackend('tfjs', { engine: 'cpu' })
  const executable = await first.compile(program({ y: ops.multiply(input('x', ['n']), 2) }))
  let finish: (started: tf.KernelBackend) => void = () => undefined
  tf.registerBackend('slow', () => new Promise<tf.KernelBackend>((resolve) => (finish = resolve)))
  const starting = tf.setBackend('slow')
  const running = executable.run({ x: Float32Array.of(4) })
  const others = Promise.all([loadBackend('tfjs', { engine: 'wasm' }), loadBackend('tfjs', { engine: 'cpu' })])
  executable.dispose()
  finish(tf.engine().registry.cpu)
  expect(await starting).toBe(true)
  expect([...(await running).y.data]).toEqual([8])
  expect((await others).map(({ device }) => device)).toEqual(['cpu', 'cpu'])
  expect(tf.getBackend()).toBe('slow')
  await tf.setBackend('cpu')
})
