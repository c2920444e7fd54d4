/**
 * What many runs leave behind, for each backend: `npx tsx --tsconfig benchmarks/tsconfig.json benchmarks/backends/endurance.ts
 * [runs]` prints one JSON line. A small network scores 100 rows into an array that is kept.
 *
 * `rssMiB` is the least resident memory in each tenth of the runs, the first of which warms up; `gcMs` are the longest and
 * the mean pause of the collector in 10,000 runs.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BackendError, add, constant, input, loadBackend, matmul, program, relu } from 'feedrank'
import type { Backend, BackendName } from 'feedrank'
import { signedNumbers } from '../workloads/synthetic'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const names: readonly BackendName[] = ['wasm', 'onnxruntime', 'javascript', 'tfjs']
const widths = [64, 32, 1]

function network() {
  let t = input('x', ['batch', widths[0]])
  widths.slice(1).forEach((width, i) => {
    t = relu(add(matmul(t, constant(signedNumbers(`w${i}`, 0, widths[i] * width), [widths[i], width])), constant(signedNumbers(`b${i}`, 0, width))))
  })
  return program({ y: t })
}

async function many(backend: Backend, runs: number, each: (run: number) => void) {
  const executable = await backend.compile(network())
  const feeds = { x: signedNumbers('x', 0, 100 * widths[0]) }
  const into = { y: new Float32Array(100) }
  for (let run = 0; run < runs; run++) {
    await executable.run(feeds, into)
    each(run)
  }
  executable.dispose()
}

async function residentMemory(backend: Backend, runs: number): Promise<number[]> {
  const least = Array<number>(10).fill(Infinity)
  await many(backend, runs, (run) => {
    if (run % 64 !== 0) return
    const tenth = Math.floor((run * 10) / runs)
    least[tenth] = Math.min(least[tenth], process.memoryUsage.rss())
  })
  return least.map((bytes) => Math.round(bytes / 2 ** 20))
}

async function pauses(backend: Backend) {
  // What loading left behind is not the runs' to answer for.
  collect()
  const ms: number[] = []
  const observer = new PerformanceObserver((list) => ms.push(...list.getEntries().map(({ duration }) => duration)))
  observer.observe({ entryTypes: ['gc'] })
  await many(backend, 10_000, () => {})
  await new Promise((resolve) => setTimeout(resolve, 50))
  observer.disconnect()
  return { count: ms.length, longest: Math.max(0, ...ms), mean: ms.reduce((sum, one) => sum + one, 0) / Math.max(1, ms.length) }
}

const runs = Number(process.argv[2] ?? 100_000)
const results: Record<string, unknown> = {}
for (const name of names) {
  try {
    const backend = await loadBackend({ name, threads: 1 })
    await many(backend, 500, () => {})
    results[name] = { gcMs: await pauses(backend), rssMiB: await residentMemory(backend, runs) }
  } catch (error) {
    if (!BackendError.isInstance(error)) throw error
    results[name] = error.message
  }
}
console.log(JSON.stringify({ runs, node: process.versions.node, results }))
