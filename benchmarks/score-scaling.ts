import { BackendError, WideAndDeep, compileRanker, loadBackend } from 'feedrank'
import type { BackendName } from 'feedrank'
import type { Benchmark, Options, Variant } from './harness/benchmark'
import { Missing } from './harness/benchmark'
import { distinctRequests, posts, servedRequest, servingModel } from './workloads/score'

interface Point {
  readonly candidates: number
  readonly concurrent: number
  readonly hidden?: readonly number[]
}

const points: Readonly<Record<string, Point>> = {
  '100 candidates': { candidates: 100, concurrent: 1 },
  '1,000 candidates': { candidates: 1000, concurrent: 1 },
  '10,000 candidates': { candidates: 10_000, concurrent: 1 },
  ...Object.fromEntries([4, 16, 64].map((concurrent) => [`${concurrent} requests of 100 at once`, { candidates: 100, concurrent }])),
  'small model (64, 32)': { candidates: 1000, concurrent: 1, hidden: [64, 32] },
  'large model (1024, 512, 256)': { candidates: 1000, concurrent: 1, hidden: [1024, 512, 256] },
}

/** Milliseconds of one request; of requests that come at once, their share of the whole. */
const at = (name: BackendName, threads: number, title: string, { candidates, concurrent, hidden }: Point, { items }: Options): Variant => ({
  name: `${name}: ${title}`,
  threads,
  side: 'ours',
  async start() {
    const backend = await loadBackend(name, { threads }).catch((error: unknown) => {
      throw BackendError.isInstance(error) ? new Missing(error.message) : error
    })
    const seed = servingModel()
    const model = hidden === undefined ? seed.model : new WideAndDeep(seed.spec, { hidden, seed: 1 })
    const all = posts(items)
    const ranker = await compileRanker(model, { backend, items: { maxItems: items }, batching: { maxCandidates: 2048 } })
    await ranker.items.set(Array.from({ length: items }, (_, p) => p), all)
    const requests = Array.from({ length: Math.max(concurrent, Math.min(distinctRequests, Math.ceil(16_000 / candidates))) }, (_, r) => servedRequest(r, candidates, all))
    let next = 0
    const once = () => {
      const { request, ids, pairs } = requests[next++ % requests.length]
      return ranker.score(request, { ids, rows: pairs })
    }
    return {
      async repeat() {
        const began = performance.now()
        await Promise.all(Array.from({ length: concurrent }, once))
        return (performance.now() - began) / concurrent
      },
      close: ranker.dispose,
    }
  },
})

/** Cost as work grows. */
export const benchmark: Benchmark = {
  name: 'score-scaling',
  question: 'what does a request cost with more candidates, more requests at once, smaller and larger models?',
  unit: 'requests',
  options: { items: { value: 20_000, about: 'posts in the cache' } },
  unitsPerRepeat: () => 1,
  tolerance: { relative: 0, absolute: 0 },
  variants: (options, threads) => (['onnxruntime', 'wasm'] as const).flatMap((name) => Object.entries(points).map(([title, point]) => at(name, threads, title, point, options))),
}
