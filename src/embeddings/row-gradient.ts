import { ArgumentError, ShapeError, checkInteger, expected, show } from '../errors'
import { mix32 } from '../hash'
import { bagScale, checkBags } from './combiner'
import type { Bags, Combiner } from './combiner'
import { checkIds, outOfTable } from './table'
import type { EmbeddingTable } from './table'

/**
 * The gradient of one table for the rows a batch touched: unique rows and, for each, its summed gradient.
 *
 * Several features that share a table add to one of these. The views `rows` and `values` hold until the next
 * `add`, `addBags` or `clear`; the memory behind them is kept from step to step and is that of the largest step so far.
 */
export interface RowGradient {
  /** The table's name. */
  readonly name: string
  readonly dim: number
  /** How many different rows were touched. */
  readonly count: number
  /** The rows touched, in the order in which they first came: shape `[count]`. */
  readonly rows: Int32Array
  /** The summed gradient of each row: shape `[count, dim]`. */
  readonly values: Float32Array
  /** Adds the gradient `[ids, dim]` of what `gatherRows` returned for `ids`. */
  readonly add: (ids: Int32Array, gradient: Float32Array) => void
  /** Adds the gradient `[rows, dim]` of what `gatherBags` returned: each id receives its coefficient times its bag's. */
  readonly addBags: (bags: Bags, combiner: Combiner, gradient: Float32Array) => void
  /** Forgets everything but the memory. */
  readonly clear: () => void
}

/**
 * An empty {@link RowGradient} for a table.
 *
 * Adding costs time and memory in proportion to the batch, whatever the size of the table.
 *
 * @example
 * ```ts
 * import { createRowGradient } from 'feedrank'
 *
 * const gradient = createRowGradient({ name: 'post', dim: 2 })
 * gradient.add(Int32Array.of(9, 4, 9), Float32Array.of(1, 1, 2, 2, 3, 3))
 * console.log([...gradient.rows], [...gradient.values]) // [ 9, 4 ] [ 4, 4, 2, 2 ]
 * ```
 */
export function createRowGradient(table: Pick<EmbeddingTable, 'name' | 'dim'>): RowGradient {
  const { name, dim } = table
  if (typeof name !== 'string') throw new ArgumentError(expected('createRowGradient', 'name', 'a string', name))
  checkInteger('createRowGradient', 'dim', dim)
  const slots = createNumbering(name)
  let values = new Float32Array(0)

  const reserve = (): Float32Array => {
    const needed = slots.count * dim
    if (values.length < needed) {
      const larger = new Float32Array(roomFor(slots.count) * dim)
      larger.set(values)
      values = larger
    }
    return values
  }
  const checkGradient = (where: string, rows: number, gradient: Float32Array): void => {
    if (gradient.length !== rows * dim)
      throw new ShapeError(`feedrank/${where}: expected the gradient of table ${show(name)} to have shape [${rows}, ${dim}], got ${gradient.length} values`)
  }

  return {
    name,
    dim,
    get count() {
      return slots.count
    },
    get rows() {
      return slots.rows.subarray(0, slots.count)
    },
    get values() {
      return values.subarray(0, slots.count * dim)
    },
    add(ids, gradient) {
      checkIds('RowGradient.add', 'ids', ids)
      checkGradient('RowGradient.add', ids.length, gradient)
      const seen = slots.count
      const slotOf = slots.locate('RowGradient.add', ids, 0, ids.length)
      addRows(reserve(), dim, slotOf, ids.length, seen, gradient)
    },
    addBags(bags, combiner, gradient) {
      checkBags('RowGradient.addBags', name, bags, combiner)
      const { ids, offsets, weights } = bags
      const rows = offsets.length - 1
      checkGradient('RowGradient.addBags', rows, gradient)
      const scales = Float64Array.from({ length: rows }, (_, r) => bagScale('RowGradient.addBags', name, weights, offsets[r], offsets[r + 1], combiner))
      const seen = slots.count
      const first = offsets[0]
      const slotOf = slots.locate('RowGradient.addBags', ids, first, offsets[rows])
      const sums = reserve()
      sums.fill(0, seen * dim, slots.count * dim)
      for (let r = 0; r < rows; r++)
        for (let i = offsets[r]; i < offsets[r + 1]; i++) {
          const coefficient = weights === undefined ? scales[r] : weights[i] * scales[r]
          let to = (slotOf[i - first] * dim) | 0
          let from = (r * dim) | 0
          const end = (from + dim) | 0
          for (; from < end; from = (from + 1) | 0, to = (to + 1) | 0) sums[to] += coefficient * gradient[from]
        }
    },
    clear: slots.clear,
  }
}

/** Adds `gradient[i]` to the sum at `slotOf[i]`; slots from `next` on are new and hold whatever an earlier step left there. */
function addRows(sums: Float32Array, dim: number, slotOf: Int32Array, n: number, next: number, gradient: Float32Array): void {
  const fours = dim & ~3
  let from = 0
  for (let i = 0; i < n; i++) {
    let to = (slotOf[i] * dim) | 0
    const unrolled = (from + fours) | 0
    const end = (from + dim) | 0
    if (slotOf[i] === next) {
      next++
      for (; from < unrolled; from = (from + 4) | 0, to = (to + 4) | 0) {
        sums[to] = gradient[from]
        sums[to + 1] = gradient[from + 1]
        sums[to + 2] = gradient[from + 2]
        sums[to + 3] = gradient[from + 3]
      }
      for (; from < end; from = (from + 1) | 0, to = (to + 1) | 0) sums[to] = gradient[from]
    } else {
      for (; from < unrolled; from = (from + 4) | 0, to = (to + 4) | 0) {
        sums[to] += gradient[from]
        sums[to + 1] += gradient[from + 1]
        sums[to + 2] += gradient[from + 2]
        sums[to + 3] += gradient[from + 3]
      }
      for (; from < end; from = (from + 1) | 0, to = (to + 1) | 0) sums[to] += gradient[from]
    }
  }
}

/** Numbers the rows it meets 0, 1, 2, ...: open addressing with at most half of the places taken, -1 being free. */
function createNumbering(name: string) {
  let count = 0
  let rows = new Int32Array(0)
  let places = new Int32Array(0)
  let slotOf = new Int32Array(0)

  const reserve = (ids: number): void => {
    if (slotOf.length < ids) slotOf = new Int32Array(roomFor(ids))
    if (rows.length >= count + ids) return
    const larger = new Int32Array(roomFor(count + ids))
    larger.set(rows)
    rows = larger
    places = new Int32Array(2 * rows.length).fill(-1)
    const mask = places.length - 1
    for (let slot = 0; slot < count; slot++) {
      let place = mix32(rows[slot]) & mask
      while (places[place] !== -1) place = (place + 1) & mask
      places[place] = slot
    }
  }

  return {
    get count() {
      return count
    },
    get rows() {
      return rows
    },
    /** The slots of `ids[start .. end)`, in a scratch array of at least that length. */
    locate(where: string, ids: Int32Array, start: number, end: number): Int32Array {
      for (let i = start; i < end; i++) if (ids[i] < 0) throw outOfTable(where, { name }, ids[i], i)
      reserve(end - start)
      const known = rows
      const table = places
      const slots = slotOf
      const mask = table.length - 1
      let used = count
      for (let i = start; i < end; i++) {
        const id = ids[i]
        let place = mix32(id) & mask
        let slot = table[place]
        while (slot !== -1 && known[slot] !== id) {
          place = (place + 1) & mask
          slot = table[place]
        }
        if (slot === -1) {
          slot = used++
          table[place] = slot
          known[slot] = id
        }
        slots[i - start] = slot
      }
      count = used
      return slots
    },
    clear() {
      places.fill(-1)
      count = 0
    },
  }
}

/** The power of two, 64 or more, that holds `n`: doubling keeps the number of reallocations small. */
function roomFor(n: number): number {
  let room = 64
  while (room < n) room *= 2
  return room
}
