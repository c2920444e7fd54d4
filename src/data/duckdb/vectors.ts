import { columnFrom } from '../columns'
import type { Column, NumberArray } from '../table'

/** A vector of DuckDB's, as far as a reader needs it. */
export interface DuckDbVector {
  readonly itemCount: number
  readonly getItem: (row: number) => unknown
  readonly items?: ArrayLike<number | bigint>
  readonly validity?: { readonly itemValid: (row: number) => boolean; readonly data?: BigUint64Array | null; readonly offset?: number }
}

/** What becomes of the integers of 64 bits. */
export type DuckDbIntegers = 'number' | 'bigint'

/** DuckDB's numbers for its types, as far as they are read here. */
export const typeIds = {
  boolean: 1, bigint: 5, ubigint: 9, timestamp: 12, date: 13, hugeint: 16, varchar: 17, decimal: 19, timestampS: 20, timestampMs: 21,
  timestampNs: 22, enumeration: 23, list: 24, uuid: 27, timestampTz: 31, uhugeint: 32, array: 33, sqlNull: 36,
} as const

/** Integers of up to 32 bits and floats, which lie as typed arrays. */
const plainNumbers: ReadonlySet<number> = new Set([2, 3, 4, 6, 7, 8, 10, 11])

/** How a column is read from its vectors. `convert` gives values of the types that are read one by one. */
export type VectorReader = (vector: DuckDbVector, convert: () => readonly unknown[]) => Column

/** The reader of columns of a type; `valueType` is that of a list's values. */
export function vectorReader(name: string, typeId: number, integers: DuckDbIntegers): VectorReader {
  if (plainNumbers.has(typeId)) return (vector) => ({ kind: 'number', values: (vector.items as NumberArray).slice(), ...nullsOf(vector) })
  switch (typeId) {
    case typeIds.boolean: return (vector) => {
      const nulls = nullsOf(vector)
      return { kind: 'boolean', values: Uint8Array.from({ length: vector.itemCount }, (_, r) => (nulls.valid?.[r] !== 0 && vector.getItem(r) === true ? 1 : 0)), ...nulls }
    }
    case typeIds.varchar: case typeIds.enumeration: case typeIds.uuid: return (vector) => textColumn(vector, typeId === typeIds.uuid)
    case typeIds.date: return moments((days) => Number(days) * 86_400_000)
    case typeIds.timestampS: return moments((seconds) => Number(seconds) * 1000)
    case typeIds.timestampMs: return moments(Number)
    case typeIds.timestamp: case typeIds.timestampTz: return moments((micros) => Number(micros) / 1000)
    // Nanoseconds are past 2^53: their whole ms are taken off before they are a number.
    case typeIds.timestampNs: return moments((nanos) => Number(BigInt(nanos) / 1_000_000n) + Number(BigInt(nanos) % 1_000_000n) / 1e6)
    case typeIds.bigint: case typeIds.ubigint: case typeIds.hugeint: case typeIds.uhugeint: return (vector) => wideIntegers(name, vector, integers)
    case typeIds.decimal: return (vector) => ofValues(vector, 'number', (value) => decimalNumber(value as { readonly value: bigint; readonly scale: number }))
    case typeIds.sqlNull: return (vector) => ({ kind: 'mixed', values: Array.from({ length: vector.itemCount }, () => null) })
    default: return (vector, convert) => {
      const values = convert()
      return typeId === typeIds.list || typeId === typeIds.array ? listColumn(name, values, integers) : { kind: 'mixed', values: [...values], ...nullsOf(vector) }
    }
  }
}

function nullsOf({ itemCount, validity }: DuckDbVector): { readonly valid?: Uint8Array } {
  if (validity === undefined || validity.data === null) return {}
  const valid = new Uint8Array(itemCount)
  // Bits of 64-bit words; its own `itemValid` computes with bigints, ten times as slowly.
  const bits = validity.data !== undefined && validity.offset === 0 ? new Uint8Array(validity.data.buffer, validity.data.byteOffset, validity.data.byteLength) : undefined
  let nulls = 0
  for (let r = 0; r < itemCount; r++) {
    valid[r] = bits === undefined ? Number(validity.itemValid(r)) : (bits[r >> 3] >> (r & 7)) & 1
    if (valid[r] === 0) nulls++
  }
  return nulls === 0 ? {} : { valid }
}

function textColumn(vector: DuckDbVector, asString: boolean): Column {
  const { valid } = nullsOf(vector)
  const codes = new Int32Array(vector.itemCount)
  const known = new Map<string, number>()
  for (let r = 0; r < codes.length; r++) {
    if (valid?.[r] === 0) continue
    const item = vector.getItem(r)
    const text = asString ? String(item) : item as string
    let code = known.get(text)
    if (code === undefined) known.set(text, (code = known.size))
    codes[r] = code
  }
  return { kind: 'text', codes, dictionary: [...known.keys()], ...(valid && { valid }) }
}

const moments = (msOf: (item: number | bigint) => number): VectorReader => (vector) => {
  const nulls = nullsOf(vector)
  const values = Float64Array.from(vector.items ?? [], (item, r) => (nulls.valid?.[r] === 0 ? 0 : msOf(item)))
  return { kind: 'date', values, ...nulls }
}

function ofValues(vector: DuckDbVector, kind: 'number' | 'date', numberOf: (value: unknown) => number): Column {
  const nulls = nullsOf(vector)
  return { kind, values: Float64Array.from({ length: vector.itemCount }, (_, r) => (nulls.valid?.[r] === 0 ? 0 : numberOf(vector.getItem(r)))), ...nulls }
}

const decimalNumber = ({ value, scale }: { readonly value: bigint; readonly scale: number }) => Number(value) / 10 ** scale

function wideIntegers(name: string, vector: DuckDbVector, integers: DuckDbIntegers): Column {
  const nulls = nullsOf(vector)
  const values = integers === 'number' ? new Float64Array(vector.itemCount) : new BigInt64Array(vector.itemCount)
  for (let r = 0; r < values.length; r++) {
    if (nulls.valid?.[r] === 0) continue
    const value = (vector.items?.[r] ?? vector.getItem(r)) as bigint
    if (integers === 'number') {
      values[r] = safeNumber(name, value)
    } else {
      values[r] = value
      if (BigInt.asIntN(64, value) !== value) throw new Error(`an integer past 64 bits in column ${name}, ${value}; cast it`)
    }
  }
  return { kind: integers, values, ...nulls } as Column
}

function safeNumber(name: string, value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new Error(`an integer past 2^53 in column ${name}, ${value}, which a number cannot hold; read with { int64: 'bigint' }, or cast it`)
}

function listColumn(name: string, lists: readonly unknown[], integers: DuckDbIntegers): Column {
  const held = (value: unknown) => (typeof value === 'bigint' && integers === 'number' ? safeNumber(name, value) : value)
  const column = columnFrom('readDuckDb', name, lists.map((list) => (Array.isArray(list) ? list.map(held) : list)))
  if (column.kind === 'list') return column
  return { kind: 'list', offsets: new Int32Array(lists.length + 1), values: { kind: 'mixed', values: [] }, valid: new Uint8Array(lists.length) }
}
