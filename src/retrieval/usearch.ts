import { ArgumentError, DataError, checkInteger, checkObject, expected } from '../errors'
import { loadUsearch } from './load-usearch'
import type { NativeConfig } from './load-usearch'
import { checkMetric, normalizeRows } from './similarity'
import { topK } from './top-k'
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
 * whatever the quantisation. Removed vectors stay in the graph, unseen, until they outnumber the others; the next `add`
 * then builds it anew. Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor search using
 * Hierarchical Navigable Small World graphs".
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
  let graph = new Native(config)
  // Ids are never used twice, and nothing is ever removed from the graph: in usearch 2.25.3 a table of keys full of
  // removed ones makes the next removal spin for ever (unum-cloud/USearch#753).
  let keyOf: (K | undefined)[] = []
  const idOf = new Map<K, number>()
  let dead = 0

  const insert = (keys: readonly K[], vectors: Float32Array): void => {
    const ids = BigUint64Array.from(keys, (key) => {
      const id = keyOf.push(key) - 1
      idOf.set(key, id)
      return BigInt(id)
    })
    if (ids.length > 0) graph.add(ids, vectors, threads)
  }
  const bury = (key: K): void => {
    const id = idOf.get(key)
    if (id === undefined) return
    keyOf[id] = undefined
    idOf.delete(key)
    dead++
  }
  const rebuild = (): void => {
    graph = new Native(config)
    keyOf = []
    idOf.clear()
    dead = 0
    insert(store.keys, store.values.subarray(0, store.size * dim))
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
    const exactQuery = new Float64Array(query)
    const score = new Float64Array(1)
    // The graph knows neither what is dead nor what is excluded: ask for more until enough is left.
    let asked = Math.min(keyOf.length, wanted + Math.min(excluded, store.size) + Math.ceil((wanted * dead) / Math.max(1, store.size)))
    for (;;) {
      const top = topK(wanted)
      let found = 0
      const proposed = asked === 0 ? [] : graph.search(query, asked, 1).keys
      for (const id of proposed) {
        const key = keyOf[Number(id)]
        const row = key === undefined ? undefined : store.rowOf(key)
        if (key === undefined || row === undefined || (allowed !== undefined && !allowed(key))) continue
        found++
        store.similarities(row, 1, exactQuery, score)
        top.offer(score[0], store.order[row], row)
      }
      if (found >= wanted || proposed.length < asked || asked >= keyOf.length) {
        const { rows, scores } = top.drain()
        return { keys: Array.from(rows, (row) => store.keys[row]), scores }
      }
      asked = Math.min(keyOf.length, asked * 2)
    }
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
      keys.forEach(bury)
      if (dead > store.size) rebuild()
      else insert(keys, metric === 'cosine' ? normalizeRows(vectors.slice(), dim) : vectors)
    },
    remove(keys) {
      const removed = store.remove(keys)
      keys.forEach(bury)
      return removed
    },
    has: (key) => idOf.has(key),
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
