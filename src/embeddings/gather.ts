import { ShapeError, show } from '../errors'
import { bagScale, checkBags } from './combiner'
import type { Bags, Combiner } from './combiner'
import { checkIds, checkTable, outOfTable } from './table'
import type { EmbeddingTable } from './table'

/**
 * The rows that `ids` name, in that order: shape `[ids, dim]`.
 *
 * @param out - Where to write, of exactly that size; absent means a new array.
 * @throws DataError when an id is not a row of the table.
 * @throws ShapeError when `out` has another size.
 * @example
 * ```ts
 * import { gatherRows } from 'feedrank'
 *
 * const table = { name: 'post', rows: 3, dim: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) }
 * console.log([...gatherRows(table, Int32Array.of(2, 0))]) // [ 5, 6, 1, 2 ]
 * ```
 */
export function gatherRows(table: EmbeddingTable, ids: Int32Array, out?: Float32Array): Float32Array {
  checkTable('gatherRows', table)
  checkIds('gatherRows', 'ids', ids)
  const target = outputOf('gatherRows', table, ids.length, out)
  const { values, dim, rows } = table
  for (let i = 0; i < ids.length; i++) if (ids[i] >>> 0 >= rows) throw outOfTable('gatherRows', table, ids[i], i)
  // A long row is worth an array over it, which the engine copies as a whole; of short ones two numbers a move, where they allow it.
  if (dim >= longRow) copyLong(values, dim, ids, target)
  else if (((dim & 1) | (values.byteOffset & 7) | (target.byteOffset & 7)) === 0) copyPairs(values, dim >> 1, ids, target)
  else copySingles(values, dim, ids, target)
  return target
}

/**
 * One vector per bag, its rows combined: shape `[rows, dim]`.
 *
 * @param out - Where to write, of exactly that size; absent means a new array.
 * @throws DataError when an id is not a row of the table, or the bags contradict themselves.
 * @throws ShapeError when `out` has another size.
 * @example
 * ```ts
 * import { gatherBags } from 'feedrank'
 *
 * const table = { name: 'tag', rows: 3, dim: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) }
 * const bags = { ids: Int32Array.of(0, 2, 1), offsets: Int32Array.of(0, 2, 3, 3) }
 * console.log([...gatherBags(table, bags, 'mean')]) // [ 3, 4, 3, 4, 0, 0 ]
 * ```
 */
export function gatherBags(table: EmbeddingTable, bags: Bags, combiner: Combiner, out?: Float32Array): Float32Array {
  checkTable('gatherBags', table)
  checkBags('gatherBags', table.name, bags, combiner)
  const { values, dim, rows } = table
  const { ids, offsets, weights } = bags
  const target = outputOf('gatherBags', table, offsets.length - 1, out)
  target.fill(0)
  for (let r = 0; r < offsets.length - 1; r++) {
    const start = offsets[r]
    const end = offsets[r + 1]
    const scale = bagScale('gatherBags', table.name, weights, start, end, combiner)
    for (let i = start; i < end; i++) {
      if (ids[i] >>> 0 >= rows) throw outOfTable('gatherBags', table, ids[i], i)
      const coefficient = weights === undefined ? scale : weights[i] * scale
      let from = (ids[i] * dim) | 0
      let to = (r * dim) | 0
      const last = (from + dim) | 0
      for (; from < last; from = (from + 1) | 0, to = (to + 1) | 0) target[to] += coefficient * values[from]
    }
  }
  return target
}

function outputOf(where: string, table: EmbeddingTable, rows: number, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return new Float32Array(rows * table.dim)
  if (out.length !== rows * table.dim)
    throw new ShapeError(`feedrank/${where}: expected \`out\` for table ${show(table.name)} to have shape [${rows}, ${table.dim}], got ${out.length} values`)
  return out
}

// The `| 0` keep the engine in 32-bit arithmetic; tables are limited to 2^31 numbers for that.
function copyPairs(values: Float32Array, pairs: number, ids: Int32Array, out: Float32Array): void {
  const source = new Float64Array(values.buffer, values.byteOffset, values.length >> 1)
  const target = new Float64Array(out.buffer, out.byteOffset, out.length >> 1)
  const eights = pairs & ~7
  let to = 0
  for (let i = 0; i < ids.length; i++) {
    let from = (ids[i] * pairs) | 0
    const unrolled = (from + eights) | 0
    const end = (from + pairs) | 0
    for (; from < unrolled; from = (from + 8) | 0, to = (to + 8) | 0) {
      target[to] = source[from]
      target[to + 1] = source[from + 1]
      target[to + 2] = source[from + 2]
      target[to + 3] = source[from + 3]
      target[to + 4] = source[from + 4]
      target[to + 5] = source[from + 5]
      target[to + 6] = source[from + 6]
      target[to + 7] = source[from + 7]
    }
    for (; from < end; from = (from + 1) | 0, to = (to + 1) | 0) target[to] = source[from]
  }
}

const longRow = 256

function copyLong(values: Float32Array, dim: number, ids: Int32Array, out: Float32Array): void {
  for (let i = 0; i < ids.length; i++) out.set(values.subarray(ids[i] * dim, (ids[i] + 1) * dim), i * dim)
}

function copySingles(values: Float32Array, dim: number, ids: Int32Array, out: Float32Array): void {
  let to = 0
  for (let i = 0; i < ids.length; i++) {
    let from = (ids[i] * dim) | 0
    const end = (from + dim) | 0
    for (; from < end; from = (from + 1) | 0, to = (to + 1) | 0) out[to] = values[from]
  }
}
