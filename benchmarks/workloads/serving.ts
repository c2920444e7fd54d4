import { BackendError, MixerPipeline, compileRanker, exactIndex, fromFunction, loadBackend, mmr, modelScorer, usearchIndex } from 'feedrank'
import type { BackendName, MixerPipeline as Pipeline, PipelineTrace, VectorIndex } from 'feedrank'
import { Missing, type Options } from '../harness/benchmark'
import { posts, rawRequest, servingModel } from './score'
import { ids, signedNumbers } from './synthetic'
import { numericals } from './wide-and-deep'
import { numericalNames } from './wide-and-deep-model'

const dim = 64
const centres = 1000
const shortDim = 16
const distinctRequests = 64
/** Requests whose true nearest are worked out beside the index. */
const checkedRequests = 16

/** Vectors `from … from + count` of a catalogue around `centres`, by formula. */
function vectors(name: string, from: number, count: number, middle: Float32Array): Float32Array {
  const own = ids(`${name}.centre`, from, count, centres)
  const out = signedNumbers(`${name}.vector`, from * dim, count * dim, 0.5)
  for (let i = 0; i < count; i++) for (let k = 0; k < dim; k++) out[i * dim + k] += middle[own[i] * dim + k]
  return out
}

interface Asked {
  readonly candidates: number
  readonly request: object
  readonly query: Float32Array
  readonly numbers: Float32Array
}

interface Found {
  readonly id: number
  readonly similarity: number
  /** Its place among those that were found. */
  readonly place: number
}

export interface Service {
  /** Answers a request with what its page holds and how it came about; `candidates` where other than the service's. */
  readonly serve: (request: number, candidates?: number) => Promise<{ readonly selected: number; readonly trace: PipelineTrace }>
  /** The share of the true nearest that the index finds. */
  readonly recall: () => number
  readonly close: () => void
}

/** A whole service over `items` posts: the nearest thousand, scored by the seed model, made diverse, a page of fifty. */
export async function service(name: BackendName, { items, candidates, lanes }: Options, say: (line: string) => void): Promise<Service> {
  const middle = signedNumbers('catalogue.middle', 0, centres * dim, 1)
  const index: VectorIndex<number> = await nearest(items)
  const backend = await loadBackend(name, { threads: 1 }).catch((error: unknown) => {
    throw BackendError.isInstance(error) ? new Missing(error.message) : error
  })
  const { model } = servingModel()
  // While one request is all there is, the thread that retrieves has nothing to do, and lends its core.
  const ranker = await compileRanker(model, { backend, items: { maxItems: items, rows: 'int8' }, workers: { count: lanes - 1, threads: lanes } })
  const asked = Array.from({ length: distinctRequests }, (_, r): Asked => ({
    candidates,
    request: rawRequest(r, 1, items).request,
    query: vectors('request', r, 1, middle),
    numbers: signedNumbers('request.numericals', r * candidates * numericals, candidates * numericals),
  }))
  const checked = asked.slice(0, checkedRequests).map(({ query }) => ({ query, best: [] as { readonly key: number; readonly score: number }[] }))
  // What tells posts apart on a page: the first numbers of their vectors.
  const short = new Float32Array(items * shortDim)
  const step = 50_000
  for (let from = 0; from < items; from += step) {
    const count = Math.min(step, items - from)
    const keys = Array.from({ length: count }, (_, i) => from + i)
    const added = vectors('catalogue', from, count, middle)
    index.add(keys, added)
    for (let i = 0; i < count; i++) short.set(added.subarray(i * dim, i * dim + shortDim), (from + i) * shortDim)
    // The seed model knows a hundred thousand posts; the catalogue goes round them.
    await ranker.items.set(keys, posts(count))
    const exact = exactIndex<number>({ dim, metric: 'cosine' })
    exact.add(keys, added)
    for (const one of checked) {
      const [nearer] = exact.search(one.query, candidates)
      one.best = [...one.best, ...nearer.keys.map((key, i) => ({ key, score: nearer.scores[i] }))].sort((a, b) => b.score - a.score).slice(0, candidates)
    }
    say(`${from + count} of ${items} items`)
  }
  const page = 50
  const feed: Pipeline<Asked, Asked, Found> = MixerPipeline.for<Asked, Found>({ name: 'feed', limit: page })
    .source(fromFunction('nearest', ({ query, candidates: wanted }: Asked) => {
      const [{ keys, scores }] = index.search(query, wanted)
      return keys.map((id, place): Found => ({ id, similarity: scores[place], place }))
    }))
    .score(modelScorer<Asked, Found, string>({
      ranker,
      request: ({ request }) => request,
      row: ({ place }, { numbers }) => Object.fromEntries(numericalNames.map((feature, k) => [feature, numbers[place * numericals + k]])),
      score: ({ click, dwell }) => click + 0.1 * dwell,
    }))
    .rerank(mmr({ lambda: 0.8, vector: ({ id }: Found) => short.subarray(id * shortDim, (id + 1) * shortDim) }))
    .build()
  return {
    async serve(r, wanted = candidates) {
      const { selected, trace } = await feed.run({ ...asked[r % asked.length], candidates: wanted })
      return { selected: selected.length, trace }
    },
    recall() {
      const found = checked.map(({ query, best }) => {
        const keys = new Set(index.search(query, candidates)[0].keys)
        return best.filter(({ key }) => keys.has(key)).length / best.length
      })
      return found.reduce((sum, share) => sum + share, 0) / found.length
    },
    close: ranker.dispose,
  }
}

/** The approximate index where it is installed, else the exact one, which takes the longer the more there are. */
async function nearest(items: number): Promise<VectorIndex<number>> {
  try {
    return await usearchIndex<number>({ dim, metric: 'cosine', expansionSearch: 64, threads: 2 })
  } catch (error) {
    if (!BackendError.isInstance(error) || items > 200_000) throw error
    return exactIndex<number>({ dim, metric: 'cosine' })
  }
}
