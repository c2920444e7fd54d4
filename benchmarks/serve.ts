import { monitorEventLoopDelay } from 'node:perf_hooks'
import { loadBackend } from 'feedrank'
import type { Benchmark } from './harness/benchmark'
import { quantile, significant } from './harness/statistics'
import { service, type Service } from './workloads/serving'

/** Latencies of `count` requests of which `at once` are under way at any time. */
async function load({ serve }: Service, count: number, atOnce: number): Promise<{ readonly ms: number[]; readonly perSecond: number }> {
  const ms: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let r = next++; r < count; r = next++) {
      const started = performance.now()
      await serve(r)
      ms.push(performance.now() - started)
    }
  }))
  return { ms, perSecond: (count / (performance.now() - began)) * 1000 }
}

/** Retrieval, scoring and reranking of whole requests, and how they hold under load (`workloads/serving.ts`). */
export const benchmark: Benchmark = {
  name: 'serve',
  question: 'how long does a feed take end to end, the nearest thousand of a million posts scored and reranked to fifty, and how many a second?',
  unit: 'requests',
  options: {
    items: { value: 1_000_000, about: 'posts in the catalogue' },
    candidates: { value: 1000, about: 'posts that are retrieved and scored' },
    requests: { value: 400, about: 'requests at each load; with a million, an hour or two' },
    lanes: { value: 2, about: 'threads: with 1 the event loop scores itself, with more there are workers beside it' },
  },
  unitsPerRepeat: () => 1,
  tolerance: { relative: 0, absolute: 0 },
  variants: () => [],
  async figures(options, say) {
    const { name } = await loadBackend('auto')
    const running = await service(name as 'onnxruntime', options, say)
    try {
      await load(running, 30, 1)
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const before = process.memoryUsage.rss()
      const alone = await load(running, options.requests, 1)
      let best = { perSecond: 0, atOnce: 0, p99: 0 }
      for (const atOnce of [1, 2, 4, 8, 16, 32]) {
        const { ms, perSecond } = await load(running, options.requests, atOnce)
        const p99 = quantile(ms, 0.99)
        say(`${atOnce} at once: ${significant(perSecond)} a second, p50 ${significant(quantile(ms, 0.5))} ms, p99 ${significant(p99)} ms`)
        if (p99 < 100 && perSecond > best.perSecond) best = { perSecond, atOnce, p99 }
      }
      const after = process.memoryUsage.rss()
      delay.disable()
      return {
        p50Ms: significant(quantile(alone.ms, 0.5)),
        p95Ms: significant(quantile(alone.ms, 0.95)),
        p99Ms: significant(quantile(alone.ms, 0.99)),
        'perSecond@p99<100ms': significant(best.perSecond),
        'atOnce@p99<100ms': best.atOnce,
        longestEventLoopBlockMs: significant(delay.max / 1e6),
        eventLoopBlockP99Ms: significant(delay.percentile(99) / 1e6),
        rssGrowthMiB: Math.round((after - before) / 2 ** 20),
        rssMiB: Math.round(after / 2 ** 20),
      }
    } finally {
      running.close()
    }
  },
}
