import { expect, test } from 'vitest'
import { type Backend, loadBackend } from 'feedrank/backends'
import { exp, input, matmul, program, reduceSum, transpose } from 'feedrank/tensor'

const backend = await loadBackend('onnxruntime', { threads: 1 }).catch((error: unknown): Backend | undefined => {
  if (/is not installed/.test(String(error))) return undefined
  throw error
})

const megabytes = () => process.memoryUsage.rss() / 2 ** 20

test.skipIf(!backend)('runs leave nothing behind', async () => {
  const executable = await backend!.compile(program({ y: exp(input('x', ['n'])) }))
  const x = new Float32Array(64 * 1024)
  const into = { y: new Float32Array(x.length) }
  const runs = async (count: number) => {
    for (let i = 0; i < count; i++) await executable.run({ x }, into)
  }
  await runs(100)
  const before = megabytes()
  await runs(1500)
  // One output is a quarter of a megabyte: 1500 of them would be 375.
  expect(megabytes() - before).toBeLessThan(80)
  executable.dispose()
})

test.skipIf(!backend)('dispose frees what an executable held', async () => {
  const x = input('x', [1024, 64])
  const graph = program({ y: reduceSum(exp(matmul(x, transpose(x)))) })
  const fed = { x: new Float32Array(1024 * 64) }
  const useOnce = async () => {
    const executable = await backend!.compile(graph)
    await executable.run(fed)
    executable.dispose()
  }
  for (let i = 0; i < 20; i++) await useOnce()
  const after: number[] = []
  for (let window = 0; window < 8; window++) {
    for (let i = 0; i < 20; i++) await useOnce()
    after.push(megabytes())
  }
  // Memory on its way back to the system comes and goes, so the lowest of four windows counts. A session that is not
  // freed keeps at least the 4 MB of the product: 320 between the first four windows and the last. Half of that is the
  // bound, as the allocator's own ups and downs are tens.
  expect(Math.min(...after.slice(4)) - Math.min(...after.slice(0, 4))).toBeLessThan(160)
})
