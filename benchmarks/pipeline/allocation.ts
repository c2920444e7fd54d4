/**
 * What one request allocates, in kB, for each variant of the benchmark `pipeline`; ours, less what its components
 * allocate themselves, is what the engine costs. `npx tsx --tsconfig benchmarks/tsconfig.json benchmarks/pipeline/allocation.ts`
 * prints one JSON line.
 *
 * Heap and array buffers are read before and after each request; a request during which the collector ran (the heap
 * did not grow) is left out, and the figure is the median of the others.
 */
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { quantile } from '../harness/statistics'
import { clonePerStage, componentsAlone, feedrank, handWritten } from './feeds'
import type { Feed } from './workload'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

async function allocatedBy(feed: Feed): Promise<number> {
  for (let i = 0; i < 300; i++) await feed()
  const bytes: number[] = []
  for (let i = 0; i < 60; i++) {
    if (i % 4 === 0) collect()
    const before = process.memoryUsage()
    await feed()
    const after = process.memoryUsage()
    if (after.heapUsed > before.heapUsed && after.arrayBuffers >= before.arrayBuffers) bytes.push(after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers)
  }
  return Math.round(quantile(bytes, 0.5) / 100) / 10
}

/** What the engine allocates in a request over so many candidates, in kB: ours less its components. */
export async function engineAllocation(candidates: number) {
  const [ours, components] = [await allocatedBy(feedrank(candidates, 1)), await allocatedBy(componentsAlone(candidates))]
  return { ours, components, engine: Math.round(ours - components) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const candidates = Number(process.argv[2] ?? 1500)
  const kB = {
    ...(await engineAllocation(candidates)),
    'ours, hydrators in turn': await allocatedBy(feedrank(candidates, 3)),
    'hand-written loop': await allocatedBy(handWritten(candidates)),
    'clone per stage': await allocatedBy(clonePerStage(candidates)),
  }
  console.log(JSON.stringify({ candidates, kB }))
}
