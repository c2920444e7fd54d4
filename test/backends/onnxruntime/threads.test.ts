import { expect, test } from 'vitest'
import { loadOnnxruntimeBackend } from '../../../src/backends/onnxruntime'
import { importOnnxruntime } from '../../../src/backends/onnxruntime/import-onnxruntime'
import { input, matmul, program } from 'feedrank/tensor'
import { seededRandom } from '../../../src/random'

const real = await importOnnxruntime().catch(() => undefined)

// Skipped only where the optional package onnxruntime-node is not installed.
test.skipIf(real === undefined)('threads that wait for work leave the processor to others', async () => {
  const backend = await loadOnnxruntimeBackend({ threads: 3 })
  const size = 384
  const executable = await backend.compile(program({ y: matmul(input('a', [size, size]), input('b', [size, size])) }))
  const random = seededRandom(1)
  const numbers = () => Float32Array.from({ length: size * size }, () => random.normal())
  const feeds = { a: numbers(), b: numbers() }
  await executable.run(feeds)
  // After a run there is nothing to do for anybody: what the process then uses, it spins away.
  let spent = 0
  for (let i = 0; i < 20; i++) {
    await executable.run(feeds)
    const before = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { user, system } = process.cpuUsage(before)
    spent += user + system
  }
  executable.dispose()
  expect(spent / 1000).toBeLessThan(200)
})
