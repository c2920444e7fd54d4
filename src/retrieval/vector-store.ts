import { ArgumentError, DataError, ShapeError, checkInteger, expected, show } from '../errors'
import { normalizeRows, similarityOfRows } from './similarity'
import type { Rows } from './similarity'
import type { VectorKey, VectorMetric, VectorSearchOptions } from './vector-index'

/** Vectors in one block of memory, by key: what every index keeps and computes its scores from. */
export interface VectorStore<K extends VectorKey> {
  readonly size: number
  /** The key of each row. Rows move when others are removed. */
  readonly keys: readonly K[]
  /** When each row's key was first added: a rising number. */
  readonly order: readonly number[]
  /** Row-major; for `cosine` the vectors are of length 1. */
  readonly values: Float32Array
  readonly rowOf: (key: K) => number | undefined
  /** `normalized` says that the vectors have length 1 already: scaling them again could move their last bit. */
  readonly add: (keys: readonly K[], vectors: Float32Array, normalized?: boolean) => void
  /** `moved` is told of each row that goes, and of the one that takes its place: the last, or the same where it was the last. */
  readonly remove: (keys: readonly K[], moved?: (row: number, last: number) => void) => number
  /** How like `count` rows are to a query of {@link prepareQueries}, into `out`. */
  readonly similarities: (rows: Rows, count: number, query: Float64Array, out: Float64Array) => void
}

export function createVectorStore<K extends VectorKey>(where: string, dim: number, metric: VectorMetric): VectorStore<K> {
  const rowOf = new Map<K, number>()
  const keys: K[] = []
  const order: number[] = []
  let values = new Float32Array(0)
  let added = 0

  return {
    keys,
    order,
    get size() {
      return keys.length
    },
    get values() {
      return values
    },
    rowOf: (key) => rowOf.get(key),
    similarities: (rows, count, query, out) => similarityOfRows(metric, values, dim, rows, count, query, out),
    add(newKeys, vectors, normalized = false) {
      checkVectors(where, 'vectors', vectors)
      checkKeys(where, newKeys)
      if (vectors.length !== newKeys.length * dim)
        throw new ShapeError(`feedrank/${where}: expected \`vectors\` to have shape [${newKeys.length}, ${dim}], got ${vectors.length} values`)
      checkFinite(where, vectors, dim, (row) => `the vector of key ${show(newKeys[row])}`)
      const incoming = metric === 'cosine' && !normalized ? normalizeRows(vectors.slice(), dim) : vectors
      const fresh = newKeys.reduce((count, key) => (rowOf.has(key) ? count : count + 1), 0)
      if (values.length < (keys.length + fresh) * dim) {
        const larger = new Float32Array(Math.max(keys.length + fresh, Math.ceil(keys.length * 1.5)) * dim)
        larger.set(values)
        values = larger
      }
      newKeys.forEach((key, i) => {
        let row = rowOf.get(key)
        if (row === undefined) {
          row = keys.push(key) - 1
          order.push(added++)
          rowOf.set(key, row)
        }
        values.set(incoming.subarray(i * dim, (i + 1) * dim), row * dim)
      })
    },
    remove(oldKeys, moved) {
      let removed = 0
      for (const key of oldKeys) {
        const row = rowOf.get(key)
        if (row === undefined) continue
        removed++
        rowOf.delete(key)
        // The last row moves into the gap; `order` keeps ties as they were.
        const last = keys.length - 1
        const lastKey = keys[last]
        if (row < last) {
          keys[row] = lastKey
          order[row] = order[last]
          values.copyWithin(row * dim, last * dim, (last + 1) * dim)
          rowOf.set(lastKey, row)
        }
        keys.pop()
        order.pop()
        moved?.(row, last)
      }
      return removed
    },
  }
}

/** The queries as the store compares them, after checking them and `k`. */
export function prepareQueries(where: string, queries: Float32Array, dim: number, metric: VectorMetric, k: number): Float32Array {
  checkInteger(where, 'k', k)
  checkVectors(where, 'queries', queries)
  if (queries.length % dim !== 0) throw new ShapeError(`feedrank/${where}: expected \`queries\` to have shape [queries, ${dim}], got ${queries.length} values`)
  checkFinite(where, queries, dim, (row) => `query ${row}`)
  return metric === 'cosine' ? normalizeRows(queries.slice(), dim) : queries
}

/** Whether a key may be found. */
export function allows<K extends VectorKey>(where: string, options: VectorSearchOptions<K> | undefined): ((key: K) => boolean) | undefined {
  const exclude = options?.exclude
  if (exclude === undefined) return undefined
  if (typeof exclude === 'function') return (key) => !exclude(key)
  if (typeof exclude !== 'object' || exclude === null || typeof exclude.has !== 'function')
    throw new ArgumentError(expected(where, 'exclude', 'a Set of keys or a function of a key', exclude))
  return (key) => !exclude.has(key)
}

function checkKeys(where: string, keys: readonly VectorKey[]): void {
  if (!Array.isArray(keys)) throw new ArgumentError(expected(where, 'keys', 'an array', keys))
  const seen = new Set<VectorKey>()
  keys.forEach((key, i) => {
    if (typeof key !== 'string' && !(typeof key === 'number' && Number.isFinite(key)))
      throw new ArgumentError(expected(where, `keys[${i}]`, 'a string or a finite number', key))
    if (seen.has(key)) throw new ArgumentError(`feedrank/${where}: expected \`keys\` to be unique, got ${show(key)} twice`)
    seen.add(key)
  })
}

/** Throws unless `vectors` is a Float32Array. */
export function checkVectors(where: string, name: string, vectors: Float32Array): void {
  if (Object.prototype.toString.call(vectors) !== '[object Float32Array]') throw new ArgumentError(expected(where, name, 'a Float32Array', vectors))
}

function checkFinite(where: string, vectors: Float32Array, dim: number, what: (row: number) => string): void {
  for (let i = 0; i < vectors.length; i++)
    if (!Number.isFinite(vectors[i]))
      throw new DataError(`feedrank/${where}: expected ${what(Math.floor(i / dim))} to be finite, got ${vectors[i]} at position ${i % dim}`)
}
