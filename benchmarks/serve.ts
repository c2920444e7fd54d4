import { loadBackend } from 'feedrank'
import type { PipelineTrace } from 'feedrank'
import type { Benchmark, Options } from './harness/benchmark'
import { quantile, significant } from './harness/statistics'
import { watchLoop } from './serving/watch-loop'
import { service, type Service } from './workloads/serving'

interface Load {
  readonly ms: number[]
  readonly perSecond: number
  readonly traces: readonly PipelineTrace[]
}

/** Requests `0 … count − 1`, of which `atOnce` are under way at any time; `each` is called as one ends. */
async function inFlight(count: number, atOnce: number, each: (request: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let r = next++; r < count; r = next++) await each(r)
  }))
}

async function load({ serve }: Service, count: number, atOnce: number): Promise<Load> {
  const ms: number[] = []
  const traces: PipelineTrace[] = []
  const began = performance.now()
  await inFlight(count, atOnce, async (r) => {
    const started = performance.now()
    traces.push((await serve(r)).trace)
    ms.push(performance.now() - started)
  })
  return { ms, traces, perSecond: (count / (performance.now() - began)) * 1000 }
}

/** What each stage takes of a request. */
function stageFigures(traces: readonly PipelineTrace[]): Record<string, number> {
  const stages = traces[0].stages.map(({ stage }) => stage)
  return Object.fromEntries(stages.flatMap((stage, i) => {
    const ms = traces.map((trace) => trace.stages[i].durationMs)
    return [[`${stage}P50Ms`, significant(quantile(ms, 0.5))], [`${stage}P95Ms`, significant(quantile(ms, 0.95))]]
  }))
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** Very many requests of few candidates, all parts of the path at work: whether anything grows, whether the loop stands still. */
async function soak({ serve }: Service, { soak: count, soakCandidates }: Options, say: (line: string) => void): Promise<Record<string, number>> {
  const atOnce = 16
  await inFlight(Math.ceil(count / 50), atOnce, async (r) => void (await serve(r, soakCandidates)))
  const blocks = watchLoop()
  const rss: number[] = []
  const began = performance.now()
  let done = 0
  await inFlight(count, atOnce, async (r) => {
    await serve(r, soakCandidates)
    if (++done % Math.ceil(count / 10) !== 0 && done !== count) return
    const { rss: all, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
    rss.push(mebibytes(all))
    say(`${done} requests, ${significant((done / (performance.now() - began)) * 1000)} a second: RSS ${mebibytes(all)} MiB, `
      + `heap ${mebibytes(heapUsed)} of ${mebibytes(heapTotal)}, external ${mebibytes(external)}, of which array buffers ${mebibytes(arrayBuffers)}`)
  })
  const { longest, p99, longestOwn } = blocks()
  return {
    'soak: perSecond': significant((count / (performance.now() - began)) * 1000),
    ...Object.fromEntries(rss.map((value, i) => [`soak: rssMiB@${(i + 1) * 10}%`, value])),
    'soak: rssSpanMiB': Math.max(...rss) - Math.min(...rss),
    'soak: longestEventLoopBlockMs': significant(longest),
    'soak: longestOwnBlockMs': significant(longestOwn),
    'soak: eventLoopBlockP99Ms': significant(p99),
  }
}

/** Retrieval, scoring and reranking of whole requests, and how they hold under load (`workloads/serving.ts`). */
export const benchmark: Benchmark = {
  name: 'serve',
  question: 'how long does a feed take end to end, the nearest thousand of a million posts scored and reranked to fifty, and how many a second?',
  unit: 'requests',
  options: {
    items: { value: 1_000_000, about: 'posts in the catalogue' },
    candidates: { value: 1000, about: 'posts that are retrieved and scored' },
    requests: { value: 400, about: 'requests at each load' },
    lanes: { value: 2, about: 'threads: with 1 the event loop scores itself, with more there are workers beside it' },
    soak: { value: 0, about: 'requests of few candidates afterwards, 16 at once; a million take a quarter of an hour' },
    soakCandidates: { value: 50, about: 'posts that a request of the soak retrieves and scores' },
  },
  unitsPerRepeat: () => 1,
  tolerance: { relative: 0, absolute: 0 },
  variants: () => [],
  async figures(options, say) {
    const { name } = await loadBackend('auto')
    const running = await service(name as 'onnxruntime', options, say)
    try {
      await load(running, 100, 1)
      const before = process.memoryUsage.rss()
      const blocks = watchLoop()
      const alone = await load(running, options.requests, 1)
      let best = { perSecond: 0, atOnce: 0, p99: 0 }
      for (const atOnce of [1, 2, 4, 8, 16, 32]) {
        const { ms, perSecond } = await load(running, options.requests, atOnce)
        const p99 = quantile(ms, 0.99)
        say(`${atOnce} at once: ${significant(perSecond)} a second, p50 ${significant(quantile(ms, 0.5))} ms, p99 ${significant(p99)} ms`)
        if (p99 < 100 && perSecond > best.perSecond) best = { perSecond, atOnce, p99 }
      }
      const { longest, p99, longestOwn } = blocks()
      const after = process.memoryUsage.rss()
      return {
        recall: significant(running.recall()),
        p50Ms: significant(quantile(alone.ms, 0.5)),
        p95Ms: significant(quantile(alone.ms, 0.95)),
        p99Ms: significant(quantile(alone.ms, 0.99)),
        ...stageFigures(alone.traces),
        'perSecond@p99<100ms': significant(best.perSecond),
        'atOnce@p99<100ms': best.atOnce,
        longestEventLoopBlockMs: significant(longest),
        longestOwnBlockMs: significant(longestOwn),
        eventLoopBlockP99Ms: significant(p99),
        rssGrowthMiB: mebibytes(after - before),
        rssMiB: mebibytes(after),
        ...(options.soak > 0 ? await soak(running, options, say) : {}),
      }
    } finally {
      running.close()
    }
  },
}
