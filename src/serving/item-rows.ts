import type { Backend, ResidentArray, TensorValue } from '../backends'
import { gatherRows } from '../embeddings'
import type { ItemColumn } from './compiler/partition'

/** How the numbers of items are kept: as they are, or as a byte each with a scale for each row (a quarter of the memory). */
export type RowPrecision = 'float32' | 'int8'

/** The rows of items, column by column, in memory that may be shared with worker threads or be a backend's own. */
export interface ItemRows {
  readonly capacity: number
  readonly precision: RowPrecision
  /** `[capacity, …shape]` of each column; float32 rows. */
  readonly values: readonly TensorValue<Float32Array>[]
  /** The same as bytes, with one scale a row: `value = byte · scale`; int8 rows. */
  readonly bytes: readonly { readonly values: Int8Array; readonly scales: Float32Array }[]
}

/** Whose memory rows lie in: any, memory that worker threads share, or that of a backend. */
export type RowMemory = 'own' | 'shared' | NonNullable<Backend['allocate']>

const bytesOf = (bytes: number, memory: RowMemory): ArrayBufferLike => (memory === 'shared' ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))

/** @throws where there is not as much memory */
export function itemRows(columns: readonly ItemColumn[], capacity: number, precision: RowPrecision, memory: RowMemory): ItemRows {
  if (precision === 'float32') return { capacity, precision, values: floatRows(columns, capacity, memory), bytes: [] }
  return {
    capacity,
    precision,
    values: [],
    bytes: columns.map(({ width }) => ({ values: new Int8Array(bytesOf(capacity * width, memory)), scales: new Float32Array(bytesOf(capacity * 4, memory)) })),
  }
}

function floatRows(columns: readonly ItemColumn[], capacity: number, memory: RowMemory): TensorValue<Float32Array>[] {
  if (typeof memory !== 'function') return columns.map(({ shape, width }) => ({ data: new Float32Array(bytesOf(capacity * width * 4, memory)), shape: [capacity, ...shape] }))
  const made: TensorValue<Float32Array>[] = []
  try {
    for (const { shape } of columns) made.push(memory([capacity, ...shape]))
    return made
  } catch (error) {
    made.forEach(free)
    throw error
  }
}

const free = (value: TensorValue<Float32Array> | ResidentArray<Float32Array>): void => {
  if ('free' in value) value.free()
}

/** Gives rows back that nobody reads any more. */
export const freeRows = ({ values }: ItemRows): void => values.forEach(free)

/** Whether a backend reads the rows where they lie. */
export const areResident = ({ values }: ItemRows): boolean => values.some((value) => 'free' in value)

/** The first rows of `from`, in rows of another capacity. */
export function copyRows(from: ItemRows, to: ItemRows): void {
  from.values.forEach(({ data }, c) => to.values[c].data.set(data))
  from.bytes.forEach(({ values, scales }, c) => {
    to.bytes[c].values.set(values)
    to.bytes[c].scales.set(scales)
  })
}

/** Writes row `slot` of column `c` from row `row` of `source`. */
export function writeRow({ precision, values, bytes }: ItemRows, c: number, slot: number, width: number, source: Float32Array, row: number): void {
  const from = row * width
  if (precision === 'float32') {
    values[c].data.set(source.subarray(from, from + width), slot * width)
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
    const { data } = values[c]
    gatherRows({ name: `column ${c}`, rows: data.length / width, dim: width, values: data }, slots, out.subarray(at * width, (at + slots.length) * width))
    return
  }
  const { values: held, scales } = bytes[c]
  for (let i = 0; i < slots.length; i++) widen(held, slots[i] * width, scales[slots[i]], out, (at + i) * width, width)
}

/** Bytes as numbers, eight at a time. */
function widen(held: Int8Array, start: number, scale: number, out: Float32Array, target: number, count: number): void {
  let [from, to] = [start, target]
  const end = from + count
  for (const eights = end - 7; from < eights; from += 8, to += 8) {
    out[to] = held[from] * scale
    out[to + 1] = held[from + 1] * scale
    out[to + 2] = held[from + 2] * scale
    out[to + 3] = held[from + 3] * scale
    out[to + 4] = held[from + 4] * scale
    out[to + 5] = held[from + 5] * scale
    out[to + 6] = held[from + 6] * scale
    out[to + 7] = held[from + 7] * scale
  }
  for (; from < end; from++, to++) out[to] = held[from] * scale
}
