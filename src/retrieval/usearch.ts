import { ArgumentError, DataError, checkInteger, checkObject, expected } from '../errors'
import { rankOrder } from '../pipeline/rank-order'
import { loadUsearch } from './load-usearch'
import type { NativeConfig } from './load-usearch'
import { rowGraph, type RowGraph } from './row-graph'
import { checkMetric } from './similarity'
import type { VectorIndex, VectorKey, VectorMatches, VectorMetric } from './vector-index'
import { allows, checkVectors, createVectorStore, prepareQueries } from './vector-store'

/** What {@link usearchIndex} needs to know. */
export interface UsearchIndexOptions {
  readonly dim: number
  /** @defaultValue `'dot'` */
  readonly metric?: VectorMetric
  /** Neighbours a vector has in the graph (M): more find more and take more memory. @defaultValue 16 */
  readonly connectivity?: number
  /** Candidates considered when adding. @defaultValue 128 */
  readonly expansionAdd?: number
  /** Candidates considered when searching, at least `k` in any case: more find more and take longer. @defaultValue 64 */
  readonly expansionSearch?: number
  /** How the graph stores numbers; `'i8'` for cosine only. Scores are exact with any of them. @defaultValue `'f32'` */
  readonly quantization?: 'f32' | 'f16' | 'i8'
  /** Threads for adding; with more than one the graph differs from run to run. @defaultValue 1 */
  readonly threads?: number
}

const METRICS = { dot: 'ip', cosine: 'cos', euclidean: 'l2sq' } as const

/**
 * An approximate index: HNSW of the optional package `usearch`, under a millisecond a query for a million vectors.
 *
 * The graph proposes and the vectors, which are kept beside it, give the scores: they equal those of `exactIndex`
 * whatever the quantisation. Removed and replaced vectors stay in the graph, unseen, until they outnumber the others; each
 * `add` then also puts two vectors for each of its own into a new graph, until that can take the other's place.
 *
 * Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
 * World graphs".
 *
 * @throws BackendError when `usearch` is not installed, or does not load; ArgumentError when an option is out of range.
 * @example
 * ```ts no-run
 * import { usearchIndex } from 'feedrank'
 *
 * const index = await usearchIndex<string>({ dim: 2, metric: 'cosine' })
 * index.add(['north', 'east'], Float32Array.of(0, 1, 1, 0))
 * console.log(index.search(Float32Array.of(1, 3), 1)[0].keys) // [ 'north' ]
 * ```
 */
export async function usearchIndex<K extends VectorKey = VectorKey>(options: UsearchIndexOptions): Promise<VectorIndex<K>> {
  const where = 'usearchIndex'
  checkObject(where, 'options', options, 'an object with `dim`')
  const dim = checkInteger(where, 'dim', options.dim)
  const metric = checkMetric(where, options.metric ?? 'dot')
  const quantization = options.quantization ?? 'f32'
  if (quantization !== 'f32' && quantization !== 'f16' && quantization !== 'i8')
    throw new ArgumentError(expected(where, 'quantization', '"f32", "f16" or "i8"', quantization))
  // With 8 bits the package scales every vector to length 1, and with it goes what `dot` and `euclidean` measure.
  if (quantization === 'i8' && metric !== 'cosine') throw new ArgumentError(expected(where, 'quantization', `"f32" or "f16" for the metric ${metric}`, 'i8'))
  const config: NativeConfig = {
    dimensions: dim,
    metric: METRICS[metric],
    quantization,
    connectivity: checkInteger(where, 'connectivity', options.connectivity ?? 16, 2),
    expansion_add: checkInteger(where, 'expansionAdd', options.expansionAdd ?? 128),
    expansion_search: checkInteger(where, 'expansionSearch', options.expansionSearch ?? 64),
    multi: false,
  }
  const threads = checkInteger(where, 'threads', options.threads ?? 1)
  const Native = await loadUsearch()

  const store = createVectorStore<K>(where, dim, metric)
  const newGraph = () => rowGraph(Native, config, threads, store)
  let graph = newGraph()
  /** What takes its place once all rows are in it; those from `from` on are. */
  let next: { readonly graph: RowGraph; from: number } | undefined

  /** Brings the next graph on by `count` rows, so that no call has to build a whole one. */
  const renew = (count: number): void => {
    if (next === undefined && graph.dead() <= store.size) return
    next ??= { graph: newGraph(), from: store.size }
    next.from = Math.min(next.from, store.size)
    const rows: number[] = []
    while (next.from > 0 && rows.length < count) if (!next.graph.has(--next.from)) rows.push(next.from)
    next.graph.insert(rows)
    if (next.from > 0) return
    graph = next.graph
    next = undefined
  }

  // Infinities inside the graph would spoil other vectors' neighbourhoods without a word.
  const largest = quantization === 'f16' ? 65504 : 1e15
  const checkMagnitude = (name: string, values: Float32Array): void => {
    checkVectors(where, name, values)
    const at = metric === 'cosine' ? -1 : values.findIndex((value) => Number.isFinite(value) && Math.abs(value) > largest)
    if (at >= 0)
      throw new DataError(`feedrank/${where}: expected \`${name}\` within ±${largest} for ${quantization}, got ${values[at]} at position ${at % dim} of vector ${Math.floor(at / dim)}`)
  }

  const searchOne = (query: Float32Array, k: number, excluded: number, allowed: ((key: K) => boolean) | undefined): VectorMatches<K> => {
    const wanted = Math.min(k, store.size)
    // The graph knows neither what is dead nor what is excluded: ask for more until enough is left.
    const [size, dead] = [graph.size(), graph.dead()]
    let asked = Math.min(size, wanted + Math.min(excluded, store.size) + Math.ceil((wanted * dead) / Math.max(1, store.size)))
    for (;;) {
      const proposed = asked === 0 ? new Int32Array(0) : graph.search(query, asked)
      const rows = proposed.filter((row) => row >= 0 && (allowed === undefined || allowed(store.keys[row])))
      if (rows.length >= wanted || proposed.length < asked || asked >= size) return bestOf(rows, wanted, query)
      asked = Math.min(size, asked * 2)
    }
  }
  /** The best of some rows, by their similarity, then by order of insertion. */
  const bestOf = (rows: Int32Array, wanted: number, query: Float32Array): VectorMatches<K> => {
    const similarities = new Float64Array(rows.length)
    store.similarities(rows, rows.length, new Float64Array(query), similarities)
    const ranked = rankOrder(similarities)
    for (let from = 0, to = 1; from < ranked.length; from = to++) {
      while (to < ranked.length && similarities[ranked[to]] === similarities[ranked[from]]) to++
      if (to > from + 1) ranked.subarray(from, to).sort((a, b) => store.order[rows[a]] - store.order[rows[b]])
    }
    const keys: K[] = []
    const scores = new Float64Array(Math.min(wanted, ranked.length))
    for (let i = 0; i < scores.length; i++) {
      keys.push(store.keys[rows[ranked[i]]])
      scores[i] = similarities[ranked[i]]
    }
    return { keys, scores }
  }

  return {
    name: 'usearch',
    dim,
    metric,
    get size() {
      return store.size
    },
    add(keys, vectors) {
      checkMagnitude('vectors', vectors)
      store.add(keys, vectors)
      const rows = keys.map((key) => store.rowOf(key)!)
      graph.insert(rows)
      next?.graph.insert(rows)
      renew(2 * rows.length)
    },
    remove: (keys) => store.remove(keys, (row, last) => {
      graph.remove(row, last)
      next?.graph.remove(row, last)
    }),
    has: (key) => store.rowOf(key) !== undefined,
    search(queries, k, searchOptions) {
      const prepared = prepareQueries(where, queries, dim, metric, k)
      checkMagnitude('queries', queries)
      const allowed = allows(where, searchOptions)
      const exclude = searchOptions?.exclude
      const excluded = typeof exclude === 'object' ? exclude.size : 0
      return Array.from({ length: queries.length / dim }, (_, q) => searchOne(prepared.subarray(q * dim, (q + 1) * dim), k, excluded, allowed))
    },
  }
}
