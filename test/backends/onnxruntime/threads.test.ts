import { describe, expect, test } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { spinning } from '../../../src/backends/onnxruntime/spinning'
import { BackendError, DataError } from '../../../src/errors'
import { seededRandom } from '../../../src/random'
import { add, cast, gather, gradients, input, inverseDeviation, matmul, moments, multiply, program, reduceMean, relu, standardize } from 'feedrank/tensor'

const said = (node: string | undefined) => spinning({ env: { versions: { node } } } as unknown as Parameters<typeof spinning>[0])

describe('threads wait awake for a bounded time, or asleep', () => {
  test.each(['1.26.0', '1.30.0', '1.100.1', '2.0.0-dev.20260624'])('%s: awake', (version) => {
    expect(said(version)).toEqual({ allow_spinning: '1', spin_duration_us: '10' })
  })
  test.each(['1.20.0', '1.25.1', '0.30.0', '', 'unknown', undefined])('%s: asleep', (version) => {
    expect(said(version)).toEqual({ allow_spinning: '0' })
  })
})

const width = 48
const x = input('x', ['batch', width])
const [first, second] = [input('first', [width, 96]), input('second', [96, 8])]
const hidden = relu(matmul(x, first))
const { mean, variance } = moments(hidden, 0)
const y = matmul(standardize(hidden, mean, inverseDeviation(variance, 1e-5), 0), second)
const loss = reduceMean(multiply(y, y))
const [toFirst, toSecond] = gradients(loss, [first, second])

const loaded = await Promise.all([1, 2, 3].map((threads) => loadBackend('onnxruntime', { threads }))).catch((error: unknown) => {
  if (BackendError.isInstance(error) && /is not installed/.test(error.message)) return []
  throw error
})

describe.skipIf(loaded.length === 0)('any number of threads', () => {
  test('trains on the same numbers', async () => {
    const normal = (seed: string, length: number) => Float32Array.from({ length }, seededRandom(seed).normal)
    const compiled = program({ y, loss, toFirst, toSecond })
    const executables = await Promise.all(loaded.map((backend) => backend.compile(compiled)))
    for (const rows of [1, 2, 3, 257, 1000]) {
      const feeds = { x: normal(`x ${rows}`, rows * width), first: normal('first', width * 96), second: normal('second', 96 * 8) }
      const [one, ...more] = await Promise.all(executables.map(({ run }) => run(feeds)))
      const again = await Promise.all(executables.map(({ run }) => run(feeds)))
      expect(again).toEqual([one, ...more])
      for (const other of more)
        for (const [name, { data }] of Object.entries(one))
          data.forEach((value, i) => expect(Math.abs(other[name].data[i] - value), `${name}[${i}] of ${rows} rows`).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(value))))
    }
    for (const { dispose } of executables) dispose()
  })

  test('finds an index outside its table', async () => {
    const compiled = program({ rows: add(gather(input('table', ['size', 64]), cast(input('at', ['n']), 'int32')), 1) })
    for (const backend of loaded) {
      const executable = await backend.compile(compiled)
      const feeds = (last: number) => ({ table: { data: new Float32Array(10 * 64), shape: [10, 64] }, at: Float32Array.from({ length: 1000 }, (_, i) => (i === 999 ? last : i % 10)) })
      for (const last of [10, -1]) expect(DataError.isInstance(await executable.run(feeds(last)).catch((error: unknown) => error))).toBe(true)
      expect((await executable.run(feeds(9))).rows.data).toEqual(new Float32Array(64_000).fill(1))
      executable.dispose()
    }
  })
})
