import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from 'feedrank/backends'
import * as ops from 'feedrank/tensor'
import { input, program, type Tensor } from 'feedrank/tensor'
import { BackendError } from '../../../src/errors'
import { cases } from '../../conformance/backends/cases'
import { evaluateAll, expectAllClose, runAll, sample, withGradients } from '../../conformance/backends/harness'
import { browserBackend, closeBrowser, tensorsInPage } from './browser/backend'

/**
 * WebGL and WebGPU in a headless browser, computed in software. What a shader makes of NaN and infinities is the
 * device's affair, so the suite of special values is not run here; nor all cases, as every new shape is a new shader.
 */
const engines = await Promise.all((['webgl', 'webgpu'] as const).map(async (engine) => ({ engine, found: await browserBackend(engine) })))

const chosen = Object.entries(cases).flatMap(([op, list]) => (op === 'reduceMax' ? list : list.slice(0, 1)).map((each) => ({ op, each })))

afterAll(closeBrowser)

for (const { engine, found } of engines) {
  if (typeof found === 'string') describe(engine, () => test.skip(`skipped: ${found}`))
  else describe(engine, () => suite(found))
}

function suite(backend: Backend): void {
  test('computes on the GPU', () => expect(backend.device).toBe('gpu'))

  test.each(chosen)('$op: $each.title', async ({ op, each: { inputs, build } }) => {
    const entries = Object.entries(inputs).map(([name, [shape, fill = 'any']]) => ({ name, fill, tensor: input(name, shape, { dtype: typeof fill === 'object' ? 'int32' : 'float32' }) }))
    const y = build(...entries.map(({ tensor }) => tensor))
    const differentiable = entries.filter(({ tensor, fill }) => tensor.dtype === 'float32' && fill !== 'bits').map(({ tensor }) => tensor)
    const outputs: Record<string, Tensor> = y.dtype === 'int32' ? { y } : withGradients(y, differentiable)
    const sizes = { batch: 5, items: 2 }
    const fed = Object.fromEntries([...entries.map(({ name, tensor, fill }) => [name, sample(tensor, fill, name, sizes)] as const),
      ['weights', sample(input('weights', y.shape), 'any', 'weights', sizes)]])
    expectAllClose(await runAll(backend, outputs, [fed]), evaluateAll(outputs, [fed]), op)
  })

  test('a graph of several layers with batches of 40, 1 and none, and nothing left behind', async () => {
    const x = input('x', ['batch', 20])
    const w = input('w', [20, 8])
    const table = input('table', [30, 8])
    const ids = input('ids', ['batch'], { dtype: 'int32' })
    const hidden = ops.tanh(ops.add(ops.matmul(x, w), ops.gather(table, ids)))
    const loss = ops.reduceMean(ops.logSoftmax(hidden))
    const [dw, dTable] = ops.gradients(loss, [w, table])
    const outputs = { hidden, loss, dw, dTable }
    const feeds = [40, 1, 0].map((batch) => Object.fromEntries([x, w, table, ids].map((t) => {
      const { name } = t.attributes as { readonly name: string }
      return [name, sample(t, t === ids ? { rows: 30 } : 'any', name, { batch })]
    })))
    const before = await tensorsInPage()
    expectAllClose(await runAll(backend, outputs, feeds), evaluateAll(outputs, feeds), 'layers')
    expect(await tensorsInPage()).toBe(before)
  })

  test('runs at the same time do not meet', async () => {
    const executable = await backend.compile(program({ y: ops.multiply(input('x', ['n']), 2) }))
    const results = await Promise.all([1, 2, 3, 4].map((k) => executable.run({ x: new Float32Array(k * 10).fill(k) })))
    results.forEach(({ y }, i) => expect(y.data).toEqual(new Float32Array((i + 1) * 10).fill(2 * (i + 1))))
    executable.dispose()
  })

  test('more axes than there are kernels for are refused when compiling', async () => {
    const x = input('x', [2, 3])
    const error = await backend.compile(program({ y: ops.reshape(x, [1, 1, 1, 1, 1, 2, 3]) })).catch((e: unknown) => e)
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/at most 6 axes/)
  })

  test('a quotient of zeros, or of infinities, is not 1', async () => {
    if (backend.name.endsWith('webgpu')) return
    const y = ops.divide(input('a', ['n']), input('b', ['n']))
    const executable = await backend.compile(program({ y, r: ops.relu(input('a', ['n'])) }))
    const { y: got, r } = await executable.run({ a: Float32Array.of(0, Infinity, 3, -Infinity), b: Float32Array.of(0, Infinity, 3, 1) })
    expect([...got.data]).toEqual([NaN, NaN, 1, -Infinity])
    expect([...r.data]).toEqual([0, Infinity, 3, 0])
    executable.dispose()
  })
}
