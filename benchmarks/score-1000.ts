import { BackendError, compileRanker, createPredictor, loadBackend } from 'feedrank'
import type { Backend, BackendName, Ranker } from 'feedrank'
import type { Benchmark, Checked, Options, Variant } from './harness/benchmark'
import { Missing, timed } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { distinctRequests, posts, rawPost, rawRequest, servedRequest, servingModel } from './workloads/score'

const checked = (heads: ReadonlyMap<string, Float32Array>): Checked => Object.fromEntries([...heads].map(([name, values]) => [name, [...values]]))

const load = (name: BackendName, threads: number): Promise<Backend> =>
  loadBackend(name, { threads }).catch((error: unknown) => {
    throw BackendError.isInstance(error) ? new Missing(error.message) : error
  })

/** Goes round the requests, as many a repeat as asked for; gives the ms of one. */
const going = <T>(requests: readonly T[], count: number, serve: (request: T) => Promise<unknown>) => {
  let next = 0
  return () => timed(async () => {
    for (let i = 0; i < count; i++) await serve(requests[next++ % requests.length])
  })
}

/**
 * Ids in, scores out: the request encoded, items in the cache, numbers and crosses of the pairs as encoded columns. In
 * bytes, scores are close and not equal, so they are not checked against the others.
 */
const ranker = (name: BackendName, threads: number, { candidates, items, requests: count }: Options, inBytes = false): Variant => ({
  name: inBytes ? `${name}-int8` : name,
  threads,
  side: 'ours',
  async start() {
    const backend = await load(name, threads)
    const { model } = servingModel()
    const all = posts(items)
    const requests = Array.from({ length: distinctRequests }, (_, r) => servedRequest(r, candidates, all))
    const compiled = await compileRanker(model, { backend, items: { maxItems: items }, ...(inBytes && { int8: { sample: requests[1].all } }) })
    await compiled.items.set(Array.from({ length: items }, (_, p) => p), all)
    const score = ({ request, ids, pairs }: (typeof requests)[number]) => compiled.score(request, { ids, rows: pairs })
    return { ...(!inBytes && { check: async () => checked(await score(requests[0])) }), repeat: going(requests, count, score), close: compiled.dispose }
  },
})

/** The model as it was trained, every candidate with its own copy of the request. */
const plain = (name: BackendName, threads: number, { candidates, items, requests: count }: Options): Variant => ({
  name: `${name}-plain`,
  threads,
  side: 'ours',
  async start() {
    const { model } = servingModel()
    const predictor = await createPredictor(model, 'score', await load(name, threads))
    const all = posts(items)
    const requests = Array.from({ length: distinctRequests }, (_, r) => servedRequest(r, candidates, all).all)
    return { check: async () => checked(await predictor.predict(requests[0])), repeat: going(requests, count, predictor.predict), close: predictor.dispose }
  },
})

/** Everything from a raw request, ids and raw numbers of the pairs: encoded, crossed, scored, sorted. */
const raw = (name: BackendName, threads: number, { candidates, items, requests: count }: Options): Variant => ({
  name: `${name}-raw`,
  threads,
  side: 'ours',
  async start() {
    const backend = await load(name, threads)
    const { model } = servingModel()
    const compiled: Ranker = await compileRanker(model, { backend, items: { maxItems: items } })
    const of = posts(items)
    const [authors, types] = ['author', 'postType'].map((feature) => (of.columns.get(feature) as { readonly ids: Int32Array }).ids)
    const step = 4096
    for (let from = 0; from < items; from += step) {
      const ids = Array.from({ length: Math.min(step, items - from) }, (_, i) => from + i)
      await compiled.items.set(ids, ids.map((p) => rawPost(p, authors[p], types[p])))
    }
    const requests = Array.from({ length: distinctRequests }, (_, r) => rawRequest(r, candidates, items))
    const order = new Uint32Array(candidates)
    const serve = async ({ request, ids, pairs }: (typeof requests)[number]) => {
      const click = (await compiled.score(request, { ids, rows: pairs })).get('click')!
      for (let i = 0; i < order.length; i++) order[i] = i
      return order.sort((a, b) => click[b] - click[a])
    }
    return { repeat: going(requests, count, serve), close: compiled.dispose }
  },
})

const torch = (name: string, mode: string, python: 'own' | 'system', threads: number, options: Options): Variant => {
  const peer = pythonPeer({ name, threads, script: 'score.py', mode, python, options })
  if (mode !== 'gemm') return peer
  return {
    ...peer,
    async start() {
      const { repeat, close } = await peer.start()
      return { repeat, close }
    },
  }
}

/** One request of a user with posts, ids to scores of both heads (`workloads/score.ts`). */
export const benchmark: Benchmark = {
  name: 'score-1000',
  question: 'how long do a thousand candidates take, the seed model, ids to scores, beside PyTorch?',
  unit: 'requests',
  options: {
    candidates: { value: 1000, about: 'candidates of a request' },
    items: { value: 100_000, about: 'posts in the cache' },
    requests: { value: 10, about: 'requests in a repeat, one after the other' },
  },
  unitsPerRepeat: ({ requests }) => requests,
  tolerance: { relative: 0, absolute: 1e-5 },
  among: [['onnxruntime', 'onnxruntime-raw'], ['onnxruntime', 'onnxruntime-plain'], ['wasm', 'wasm-plain'], ['wasm', 'wasm-raw']],
  variants: (options, threads) => [
    ranker('onnxruntime', threads, options),
    plain('onnxruntime', threads, options),
    raw('onnxruntime', threads, options),
    ranker('onnxruntime', threads, options, true),
    ranker('wasm', threads, options),
    plain('wasm', threads, options),
    raw('wasm', threads, options),
    ranker('wasm', threads, options, true),
    torch('torch', 'eager', 'own', threads, options),
    torch('torch-avx512', 'eager', 'system', threads, options),
    // The products that are left for each candidate, at the best rate that was found on this processor.
    torch('gemm', 'gemm', 'own', threads, options),
    torch('gemm-avx512', 'gemm', 'system', threads, options),
  ],
}
