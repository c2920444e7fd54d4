import { ArgumentError, expected } from '../errors'
import { checkColumn } from './checks'
import type { Numbers } from './checks'

/**
 * Which rows belong together (a user, a session, a query): either the sizes of consecutive groups, which must add up
 * to the number of rows, or one id per row, in any order.
 */
export type Groups = { readonly sizes: Numbers } | { readonly ids: ArrayLike<number | string | bigint> }

/** Groups as slices: group `g` owns rows `order[offsets[g] .. offsets[g + 1])`, in input order. */
export interface GroupSlices {
  readonly count: number
  readonly offsets: Uint32Array
  /** Absent where the rows of every group are already side by side. */
  readonly order?: Uint32Array
}

export function sliceGroups(where: string, groups: Groups, rows: number): GroupSlices {
  if (typeof groups === 'object' && groups !== null) {
    if ('sizes' in groups) return slicesOfSizes(where, groups.sizes, rows)
    if ('ids' in groups) return slicesOfIds(where, groups.ids, rows)
  }
  throw new ArgumentError(expected(where, 'groups', '{ sizes } or { ids }', groups))
}

function slicesOfSizes(where: string, sizes: Numbers, rows: number): GroupSlices {
  checkColumn(where, 'groups.sizes', sizes)
  const offsets = new Uint32Array(sizes.length + 1)
  let sum = 0
  for (let g = 0; g < sizes.length; g++) {
    const size = sizes[g]
    if (!(Number.isSafeInteger(size) && size > 0)) throw new ArgumentError(expected(where, `groups.sizes[${g}]`, 'a positive integer', size))
    sum += size
    offsets[g + 1] = sum
  }
  if (sum !== rows) throw new ArgumentError(expected(where, 'groups.sizes', `sizes that add up to the ${rows} rows`, sum))
  return { count: sizes.length, offsets }
}

/** Groups come in the order in which their ids first appear. */
function slicesOfIds(where: string, ids: ArrayLike<number | string | bigint>, rows: number): GroupSlices {
  if (typeof ids !== 'object' || ids === null || ids.length !== rows)
    throw new ArgumentError(expected(where, 'groups.ids', `one id for each of the ${rows} rows`, ids))
  const groupOf = new Uint32Array(rows)
  const index = new Map<number | string | bigint, number>()
  const sizes: number[] = []
  let sideBySide = true
  for (let i = 0; i < rows; i++) {
    const id = ids[i]
    // Not worth a message of its own per type: what matters is that NaN or undefined would gather unrelated rows.
    if (id === undefined || id === null || id !== id) throw new ArgumentError(expected(where, `groups.ids[${i}]`, 'a number or a string', id))
    let g = index.get(id)
    if (g === undefined) {
      g = sizes.length
      index.set(id, g)
      sizes.push(0)
    } else if (g !== groupOf[i - 1]) sideBySide = false
    sizes[g]++
    groupOf[i] = g
  }
  const offsets = new Uint32Array(sizes.length + 1)
  for (let g = 0; g < sizes.length; g++) offsets[g + 1] = offsets[g] + sizes[g]
  if (sideBySide) return { count: sizes.length, offsets }
  const order = new Uint32Array(rows)
  const next = offsets.slice()
  for (let i = 0; i < rows; i++) order[next[groupOf[i]]++] = i
  return { count: sizes.length, offsets, order }
}

/** The slices over the rows that a mask kept, numbered among these; a group of which none is left stays, empty. */
export function keepInGroups(slices: GroupSlices, kept: Uint32Array | undefined): GroupSlices {
  if (!kept) return slices
  const { count, offsets, order } = slices
  const rows = order ? order.length : offsets[count]
  const numbers = new Int32Array(rows).fill(-1)
  kept.forEach((row, i) => (numbers[row] = i))
  const keptOffsets = new Uint32Array(count + 1)
  const keptOrder = new Uint32Array(kept.length)
  let at = 0
  for (let g = 0; g < count; g++) {
    for (let i = offsets[g]; i < offsets[g + 1]; i++) {
      const number = numbers[order ? order[i] : i]
      if (number >= 0) keptOrder[at++] = number
    }
    keptOffsets[g + 1] = at
  }
  return { count, offsets: keptOffsets, order: keptOrder }
}
