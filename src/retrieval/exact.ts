import { ModelFileError, checkInteger, checkObject } from '../errors'
import { packVectors, unpackVectors } from './pack'
import { checkMetric } from './similarity'
import { topK } from './top-k'
import type { VectorIndex, VectorKey, VectorMetric } from './vector-index'
import { allows, createVectorStore, prepareQueries } from './vector-store'
import type { VectorStore } from './vector-store'

/** What {@link exactIndex} needs to know. */
export interface ExactIndexOptions {
  readonly dim: number
  /** @defaultValue `'dot'` */
  readonly metric?: VectorMetric
}

/** An index that compares with every vector, and can be written to bytes. */
export interface ExactIndex<K extends VectorKey = VectorKey> extends VectorIndex<K> {
  /** Header, keys, vectors and a checksum: what {@link exactIndexFromBytes} reads. */
  readonly toBytes: () => Uint8Array
}

/** Rows that are compared with every query before the next ones are read: they stay in the processor's cache. */
const BLOCK = 512

/**
 * An index that finds the true best matches by comparing with every vector.
 *
 * Time grows with the number of vectors times `dim`: the right one up to some hundred thousand vectors, and the measure of
 * the approximate ones.
 *
 * @throws ArgumentError when `dim` is not a positive integer or `metric` is none.
 * @example
 * ```ts
 * import { exactIndex } from 'feedrank'
 *
 * const index = exactIndex<string>({ dim: 2, metric: 'cosine' })
 * index.add(['north', 'east', 'south'], Float32Array.of(0, 1, 1, 0, 0, -1))
 * const [matches] = index.search(Float32Array.of(1, 3), 2, { exclude: new Set(['south']) })
 * console.log(matches.keys) // [ 'north', 'east' ]
 * ```
 */
export function exactIndex<K extends VectorKey = VectorKey>(options: ExactIndexOptions): ExactIndex<K> {
  checkObject('exactIndex', 'options', options, 'an object with `dim`')
  const dim = checkInteger('exactIndex', 'dim', options.dim)
  const metric = checkMetric('exactIndex', options.metric ?? 'dot')
  return over(dim, metric, createVectorStore<K>('exactIndex', dim, metric))
}

/**
 * The index that {@link ExactIndex.toBytes} wrote; it gives the same matches with the same scores.
 *
 * Keys come back as the strings and numbers they were; that they are `K` is the caller's word.
 *
 * @throws ModelFileError when the bytes are cut short, altered or something else.
 * @example
 * ```ts
 * import { exactIndex, exactIndexFromBytes } from 'feedrank'
 *
 * const index = exactIndex<string>({ dim: 2 })
 * index.add(['a', 'b'], Float32Array.of(1, 2, 3, 4))
 * const again = exactIndexFromBytes<string>(index.toBytes())
 * console.log(again.size, again.search(Float32Array.of(1, 0), 1)[0].keys) // 2 [ 'b' ]
 * ```
 */
export function exactIndexFromBytes<K extends VectorKey = VectorKey>(bytes: Uint8Array): ExactIndex<K> {
  const { dim, metric, keys, values } = unpackVectors('exactIndexFromBytes', bytes)
  const store = createVectorStore<K>('exactIndex', dim, metric)
  try {
    store.add(keys as readonly K[], values, true)
  } catch (cause) {
    throw new ModelFileError('feedrank/exactIndexFromBytes: expected unique keys and finite vectors', { cause })
  }
  return over(dim, metric, store)
}

function over<K extends VectorKey>(dim: number, metric: VectorMetric, store: VectorStore<K>): ExactIndex<K> {
  return {
    name: 'exact',
    dim,
    metric,
    get size() {
      return store.size
    },
    add: (keys, vectors) => store.add(keys, vectors),
    remove: store.remove,
    has: (key) => store.rowOf(key) !== undefined,
    search(queries, k, searchOptions) {
      const prepared = new Float64Array(prepareQueries('exactIndex', queries, dim, metric, k))
      const allowed = allows('exactIndex', searchOptions)
      const { keys, order, size } = store
      const best = Array.from({ length: queries.length / dim }, () => topK(Math.min(k, size)))
      const scores = new Float64Array(Math.min(BLOCK, size))
      for (let first = 0; first < size; first += BLOCK) {
        const count = Math.min(BLOCK, size - first)
        best.forEach((top, q) => {
          store.similarities(first, count, prepared.subarray(q * dim, (q + 1) * dim), scores)
          let floor = top.floor()
          for (let i = 0; i < count; i++) {
            if (scores[i] < floor) continue
            const row = first + i
            if (allowed !== undefined && !allowed(keys[row])) continue
            top.offer(scores[i], order[row], row)
            floor = top.floor()
          }
        })
      }
      return best.map((top) => {
        const { rows, scores } = top.drain()
        return { keys: Array.from(rows, (row) => keys[row]), scores }
      })
    },
    toBytes() {
      const rows = Array.from({ length: store.size }, (_, row) => row).sort((a, b) => store.order[a] - store.order[b])
      const values = new Float32Array(rows.length * dim)
      rows.forEach((row, i) => values.set(store.values.subarray(row * dim, (row + 1) * dim), i * dim))
      return packVectors({ dim, metric, keys: rows.map((row) => store.keys[row]), values })
    },
  }
}
