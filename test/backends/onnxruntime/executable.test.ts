import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node'
import { describe, expect, test, vi } from 'vitest'
import { planFeeds } from '../../../src/backends/feeds'
import { loadBackend } from 'feedrank/backends'
import { onnxruntimeExecutable } from '../../../src/backends/onnxruntime/executable'
import { ArgumentError, BackendError, DataError } from '../../../src/errors'
import { input, multiply, program } from 'feedrank/tensor'

const plan = planFeeds(program({ y: multiply(input('x', ['batch']), 2) }))
const feeds = { x: Float32Array.of(1, 2) }

/** A session that does what the test says, in place of onnxruntime. */
function executableOf(run: (feeds: InferenceSession.OnnxValueMapType, fetches: InferenceSession.OnnxValueMapType) => Promise<object>, release = vi.fn(async () => {})) {
  const session = { run, release } as unknown as InferenceSession
  const tensorOf = (type: string, data: object, dims: readonly number[]) => ({ type, data, dims }) as unknown as OnnxTensor
  return { executable: onnxruntimeExecutable(plan, session, tensorOf), release }
}

describe('what onnxruntime throws', () => {
  test('comes out as a BackendError with its cause', async () => {
    const cause = new Error('Non-zero status code returned while running Gemm node.\nmore')
    const { executable } = executableOf(() => Promise.reject(cause))
    const error = await executable.run(feeds).catch((e: unknown) => e)
    if (!BackendError.isInstance(error)) return expect.fail(String(error))
    expect(error.cause).toBe(cause)
    expect(error.message).toBe('feedrank/run: onnxruntime failed: Non-zero status code returned while running Gemm node.')
  })
  test('about an index comes out as a DataError', async () => {
    const { executable } = executableOf(() => Promise.reject(new Error('indices element out of data bounds, idx=9')))
    expect(DataError.isInstance(await executable.run(feeds).catch((e: unknown) => e))).toBe(true)
  })
})

test('numbers that a session returns in arrays of its own are copied into the given ones', async () => {
  const { executable } = executableOf(async () => ({ output0: { data: Float32Array.of(5, 6) } }))
  const into = new Float32Array(2)
  const { y } = await executable.run(feeds, { y: into })
  expect(y.data).toBe(into)
  expect([...into]).toEqual([5, 6])
})

test('a session is released once, after the last run has ended', async () => {
  const ends: (() => void)[] = []
  const { executable, release } = executableOf((_, fetches) => new Promise((resolve) => ends.push(() => resolve(fetches))))
  const runs = [executable.run(feeds), executable.run(feeds)]
  executable.dispose()
  executable.dispose()
  expect(release).not.toHaveBeenCalled()
  ends[0]()
  await runs[0]
  expect(release).not.toHaveBeenCalled()
  ends[1]()
  await runs[1]
  expect(release).toHaveBeenCalledTimes(1)
  executable.dispose()
  expect(release).toHaveBeenCalledTimes(1)
})

test('a release that fails harms nobody', async () => {
  const { executable } = executableOf(async (_, fetches) => fetches, vi.fn(() => Promise.reject(new Error('no'))))
  executable.dispose()
  await new Promise((resolve) => setImmediate(resolve))
})

test.each([0, -1, 1.5, NaN, '2'])('threads of %s are refused', async (threads) => {
  const error = await loadBackend('onnxruntime', { threads: threads as number }).catch((e: unknown) => e)
  expect(ArgumentError.isInstance(error)).toBe(true)
  expect(String(error)).toMatch(/`threads`/)
})
