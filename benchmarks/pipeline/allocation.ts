/**
 * What one request allocates, in kB, for each variant of the benchmark `pipeline`; ours, less what its components
 * allocate themselves, is what the engine costs. `npx tsx --tsconfig benchmarks/tsconfig.json benchmarks/pipeline/allocation.ts`
 * prints one JSON line.
 *
 * Heap and array buffers are read before and after each request; a request during which the collector ran (the heap
 * did not grow) is left out, and the figure is the median of the others.
 */
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

const candidates = Number(process.argv[2] ?? 1500)
const kB = {
  'feedrank': await allocatedBy(feedrank(candidates, 1)),
  'feedrank, hydrators in turn': await allocatedBy(feedrank(candidates, 3)),
  'components alone': await allocatedBy(componentsAlone(candidates)),
  'hand-written loop': await allocatedBy(handWritten(candidates)),
  'clone per stage': await allocatedBy(clonePerStage(candidates)),
}
console.log(JSON.stringify({ candidates, kB, engine: Math.round(kB.feedrank - kB['components alone']) }))
