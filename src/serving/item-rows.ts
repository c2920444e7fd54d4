import { gatherRows } from '../embeddings'
import type { ItemColumn } from './compiler/partition'

/** How the numbers of items are kept: as they are, or as a byte each with a scale for each row (a quarter of the memory). */
export type RowPrecision = 'float32' | 'int8'

/** The rows of items, column by column, in memory that may be shared with worker threads. */
export interface ItemRows {
  readonly capacity: number
  readonly precision: RowPrecision
  /** `[capacity, width]` of each column; float32 rows. */
  readonly values: readonly Float32Array[]
  /** The same as bytes, with one scale a row: `value = byte · scale`; int8 rows. */
  readonly bytes: readonly { readonly values: Int8Array; readonly scales: Float32Array }[]
}

const memory = (bytes: number, shared: boolean): ArrayBufferLike => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))

export function itemRows(columns: readonly ItemColumn[], capacity: number, precision: RowPrecision, shared: boolean): ItemRows {
  return {
    capacity,
    precision,
    values: precision === 'float32' ? columns.map(({ width }) => new Float32Array(memory(capacity * width * 4, shared))) : [],
    bytes: precision === 'int8'
      ? columns.map(({ width }) => ({ values: new Int8Array(memory(capacity * width, shared)), scales: new Float32Array(memory(capacity * 4, shared)) }))
      : [],
  }
}

/** The first rows of `from`, in rows of another capacity. */
export function copyRows(from: ItemRows, to: ItemRows): void {
  from.values.forEach((values, c) => to.values[c].set(values))
  from.bytes.forEach(({ values, scales }, c) => {
    to.bytes[c].values.set(values)
    to.bytes[c].scales.set(scales)
  })
}

/** Writes row `slot` of column `c` from row `row` of `source`. */
export function writeRow({ precision, values, bytes }: ItemRows, c: number, slot: number, width: number, source: Float32Array, row: number): void {
  const from = row * width
  if (precision === 'float32') {
    values[c].set(source.subarray(from, from + width), slot * width)
    return
  }
  let largest = 0
  for (let i = 0; i < width; i++) largest = Math.max(largest, Math.abs(source[from + i]))
  const scale = largest / 127
  bytes[c].scales[slot] = scale
  const inverse = scale === 0 ? 0 : 1 / scale
  for (let i = 0, to = slot * width; i < width; i++) bytes[c].values[to++] = Math.round(source[from + i] * inverse)
}

/** The rows of column `c` at `slots`, one after another from place `at` of `out` on. */
export function readRows({ precision, values, bytes }: ItemRows, c: number, width: number, slots: Int32Array, out: Float32Array, at = 0): void {
  if (precision === 'float32') {
    const rows = values[c].length / width
    gatherRows({ name: `column ${c}`, rows, dim: width, values: values[c] }, slots, out.subarray(at * width, (at + slots.length) * width))
    return
  }
  const { values: held, scales } = bytes[c]
  for (let i = 0, to = at * width; i < slots.length; i++) {
    const scale = scales[slots[i]]
    for (let k = 0, from = slots[i] * width; k < width; k++) out[to++] = held[from++] * scale
  }
}
