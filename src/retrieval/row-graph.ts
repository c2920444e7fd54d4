import type { NativeConfig, NativeIndexClass } from './load-usearch'
import type { VectorStore } from './vector-store'

/** A graph of the package `usearch` over rows of a store; not all of them need be in it. */
export interface RowGraph {
  /** How many vectors it holds, with those that are of no row any more. */
  readonly size: () => number
  readonly dead: () => number
  readonly has: (row: number) => boolean
  /** Adds the vectors of some rows as they are now, in the place of what it held of them. */
  readonly insert: (rows: readonly number[]) => void
  /** The store took out `row`, and its last one has moved there. */
  readonly remove: (row: number, last: number) => void
  /** The rows of the `count` vectors nearest to the query, nearest first; -1 for one of no row. */
  readonly search: (query: Float32Array, count: number) => Int32Array
}

export function rowGraph(Native: NativeIndexClass, config: NativeConfig, threads: number, store: Pick<VectorStore<never>, 'size' | 'values'>): RowGraph {
  const graph = new Native(config)
  const { dimensions } = config
  // Ids are never used twice, and nothing is ever removed from the graph: in usearch 2.25.3 a table of keys full of
  // removed ones makes the next removal spin for ever (unum-cloud/USearch#753).
  /** The row of each id and the id of each row, -1 where there is none. */
  const rowOfId: number[] = []
  const idOfRow: number[] = Array.from({ length: store.size }, () => -1)
  let dead = 0

  const has = (row: number): boolean => (idOfRow[row] ?? -1) >= 0
  const bury = (row: number): void => {
    if (!has(row)) return
    rowOfId[idOfRow[row]] = -1
    dead++
  }
  return {
    size: () => rowOfId.length,
    dead: () => dead,
    has,
    insert(rows) {
      if (rows.length === 0) return
      const { values } = store
      const vectors = new Float32Array(rows.length * dimensions)
      const ids = BigUint64Array.from(rows, (row, i) => {
        bury(row)
        vectors.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions)
        return BigInt((idOfRow[row] = rowOfId.push(row) - 1))
      })
      graph.add(ids, vectors, threads)
    },
    remove(row, last) {
      bury(row)
      idOfRow[row] = idOfRow[last]
      idOfRow.pop()
      if (row < last && has(row)) rowOfId[idOfRow[row]] = row
    },
    search(query, count) {
      const { buffer, byteOffset, length } = graph.search(query, count, 1).keys
      // The low half of an id is the whole of it, and spares a bigint for each; it comes first on all machines the package runs on.
      const halves = new Uint32Array(buffer, byteOffset, 2 * length)
      const rows = new Int32Array(length)
      for (let i = 0; i < length; i++) rows[i] = rowOfId[halves[2 * i]]
      return rows
    },
  }
}
