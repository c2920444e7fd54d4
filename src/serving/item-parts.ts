import type { EncodedColumn, EncodedRows } from '../features'
import { columnOf } from '../models'
import { rowsOfColumn } from './check-columns'

/** Features of items that are kept as they were encoded, and as what. */
export type ItemParts = ReadonlyMap<string, EncodedColumn['kind']>

/** Encoded features of items, by slot: what crosses of request and item are made of. */
export interface KeptParts {
  /** The first feature of which `columns` does not hold `rows` rows of the kind that is kept. */
  readonly misfit: (columns: EncodedRows['columns'], rows: number) => string | undefined
  readonly write: (slot: number, encoded: EncodedRows, row: number) => void
  /** The feature of the items in `slots`, in that order; `undefined` for a feature that is not kept. */
  readonly read: (feature: string, slots: Int32Array) => EncodedColumn | undefined
}

type Kept =
  | { readonly kind: 'ids'; ids: Int32Array }
  | { readonly kind: 'dense'; readonly width: number; values: Float32Array }
  | { readonly kind: 'bags'; readonly bags: { readonly ids: Int32Array; readonly weights: Float32Array | undefined }[] }

export function keptParts(features: ItemParts): KeptParts {
  const kept = new Map<string, Kept>()
  return {
    misfit: (columns, rows) => [...features].find(([feature, kind]) => {
      const column = columns.get(feature)
      return column?.kind !== kind || rowsOfColumn(column) !== rows
    })?.[0],
    write(slot, { columns }, row) {
      for (const [feature, kind] of features) {
        const column = columnOf(columns, feature, kind)
        const held = kept.get(feature) ?? begin(column)
        kept.set(feature, held)
        if (column.kind === 'ids' && held.kind === 'ids') {
          held.ids = widened(held.ids, slot + 1)
          held.ids[slot] = column.ids[row]
        } else if (column.kind === 'dense' && held.kind === 'dense') {
          held.values = widened(held.values, (slot + 1) * held.width)
          held.values.set(column.values.subarray(row * held.width, (row + 1) * held.width), slot * held.width)
        } else if (column.kind === 'bags' && held.kind === 'bags') {
          const [from, to] = [column.offsets[row], column.offsets[row + 1]]
          held.bags[slot] = { ids: column.ids.slice(from, to), weights: column.weights?.slice(from, to) }
        }
      }
    },
    read(feature, slots) {
      const held = kept.get(feature)
      if (held === undefined) return slots.length === 0 ? emptyOf(features.get(feature)) : undefined
      if (held.kind === 'ids') {
        const ids = new Int32Array(slots.length)
        for (let i = 0; i < ids.length; i++) ids[i] = held.ids[slots[i]]
        return { kind: 'ids', ids }
      }
      if (held.kind === 'dense') {
        const { width, values } = held
        const out = new Float32Array(slots.length * width)
        for (let i = 0, to = 0; i < slots.length; i++) for (let from = slots[i] * width, end = from + width; from < end; from++) out[to++] = values[from]
        return { kind: 'dense', values: out, width }
      }
      const bags = Array.from(slots, (slot) => held.bags[slot])
      const offsets = new Int32Array(slots.length + 1)
      bags.forEach(({ ids }, i) => (offsets[i + 1] = offsets[i] + ids.length))
      const ids = new Int32Array(offsets[slots.length])
      const weights = bags.some((bag) => bag.weights) ? new Float32Array(ids.length).fill(1) : undefined
      bags.forEach((bag, i) => {
        ids.set(bag.ids, offsets[i])
        if (weights && bag.weights) weights.set(bag.weights, offsets[i])
      })
      return { kind: 'bags', ids, offsets, ...(weights && { weights }) }
    },
  }
}

/** A column of no rows; its width nobody can see. */
const emptyOf = (kind: EncodedColumn['kind'] | undefined): EncodedColumn | undefined =>
  kind === 'ids' ? { kind, ids: new Int32Array(0) }
  : kind === 'dense' ? { kind, values: new Float32Array(0), width: 1 }
  : kind && { kind, ids: new Int32Array(0), offsets: new Int32Array(1) }

const begin = (column: EncodedColumn): Kept =>
  column.kind === 'ids' ? { kind: 'ids', ids: new Int32Array(1024) }
  : column.kind === 'dense' ? { kind: 'dense', width: column.width, values: new Float32Array(1024 * column.width) }
  : { kind: 'bags', bags: [] }

/** An array with room for `length`, the same one where it has it. */
function widened<T extends Int32Array | Float32Array>(held: T, length: number): T {
  if (held.length >= length) return held
  const wider = new (held.constructor as new (length: number) => T)(Math.max(length, held.length * 2))
  wider.set(held as never)
  return wider
}
