import { ArgumentError, DataError, expected, show } from '../errors'
import { columnFrom } from './columns'
import type { Column, NumberArray, Table } from './table'

/** A table of `apache-arrow`, as far as a reader needs it. */
export interface ArrowTable {
  readonly numRows: number
  readonly schema: { readonly fields: readonly { readonly name: string }[] }
  readonly getChildAt: (index: number) => ArrowVector | null
}

/** A vector of `apache-arrow`. */
export interface ArrowVector {
  readonly length: number
  readonly nullCount: number
  readonly type: { readonly typeId: number; readonly scale?: number }
  readonly data: readonly { readonly length: number; readonly offset: number; readonly values?: unknown; readonly type?: unknown; readonly dictionary?: ArrowVector }[]
  readonly get: (row: number) => unknown
}

/** Arrow's numbers for the types that are read otherwise than value by value. */
const types = { dictionary: -1, int: 2, float: 3, utf8: 5, bool: 6, decimal: 7, date: 8, timestamp: 10, list: 12, fixedSizeList: 16, largeUtf8: 20 } as const

/**
 * The table of a table of `apache-arrow`.
 *
 * Integers of 64 bits are numbers where all of them are below 2^53, and bigint elsewhere; dates and moments become dates in ms,
 * decimals numbers, lists lists. Structs, maps and what is rarer become mixed.
 *
 * @throws ArgumentError when it is no such table; DataError when two columns have one name, or an integer does not fit 64 bits with a sign
 */
export function fromArrow(arrow: ArrowTable): Table {
  if (typeof arrow?.numRows !== 'number' || !Array.isArray(arrow.schema?.fields) || typeof arrow.getChildAt !== 'function')
    throw new ArgumentError(expected('fromArrow', 'arrow', 'a table of apache-arrow', arrow))
  const columns = new Map<string, Column>()
  arrow.schema.fields.forEach(({ name }, i) => {
    const vector = arrow.getChildAt(i)
    if (columns.has(name)) throw new DataError(`feedrank/fromArrow: expected columns of different names, got ${show(name)} twice`)
    if (vector === null || vector.length !== arrow.numRows) throw new DataError(`feedrank/fromArrow: expected ${arrow.numRows} rows of column ${show(name)}, got ${vector?.length ?? 'none'}`)
    columns.set(name, columnOf(name, vector))
  })
  return { rows: arrow.numRows, columns }
}

function columnOf(name: string, vector: ArrowVector): Column {
  const { length, type } = vector
  const valid = vector.nullCount === 0 ? undefined : new Uint8Array(length)
  if (valid !== undefined) for (let r = 0; r < length; r++) valid[r] = vector.get(r) === null ? 0 : 1
  const nulls = valid && { valid }
  const there = (r: number) => valid?.[r] !== 0
  const numbers = (of: (value: unknown) => number) => Float64Array.from({ length }, (_, r) => (there(r) ? of(vector.get(r)) : 0))
  switch (type.typeId) {
    case types.bool: return { kind: 'boolean', values: Uint8Array.from({ length }, (_, r) => (vector.get(r) === true ? 1 : 0)), ...nulls }
    case types.date: case types.timestamp: return { kind: 'date', values: numbers(Number), ...nulls }
    case types.decimal: return { kind: 'number', values: numbers((value) => decimalNumber(value, type.scale ?? 0)), ...nulls }
    case types.int: case types.float: {
      const values = plainNumbers(vector)
      return values === undefined ? wideIntegers(name, vector, valid) : { kind: 'number', values, ...nulls }
    }
    case types.list: case types.fixedSizeList: {
      const lists = Array.from({ length }, (_, r) => (there(r) ? listOf(vector.get(r)) : null))
      const column = columnFrom('fromArrow', name, lists)
      return column.kind === 'list' ? column : { kind: 'list', offsets: new Int32Array(length + 1), values: { kind: 'mixed', values: [] }, ...nulls }
    }
    case types.utf8: case types.largeUtf8: case types.dictionary: {
      const column = columnFrom('fromArrow', name, Array.from({ length }, (_, r) => vector.get(r)))
      return column.kind === 'mixed' && type.typeId !== types.dictionary ? { kind: 'text', codes: new Int32Array(length), dictionary: [], valid: new Uint8Array(length) } : column
    }
    default: return { kind: 'mixed', values: Array.from({ length }, (_, r) => vector.get(r)), ...nulls }
  }
}

const halfFloat = 'Uint16Array'

/** Numbers of up to 32 bits and floats, copied; undefined where they are wider, or half floats. */
function plainNumbers({ data, length, type }: ArrowVector): NumberArray | undefined {
  const [first] = data
  const nameOf = (values: unknown) => Object.prototype.toString.call(values).slice(8, -1)
  if (first === undefined) return new Float64Array(0)
  const kind = nameOf(first.values)
  if (kind.startsWith('Big') || (type.typeId === types.float && kind === halfFloat) || data.some(({ values }) => nameOf(values) !== kind)) return undefined
  const out = new ((first.values as NumberArray).constructor as new (length: number) => NumberArray)(length)
  let at = 0
  for (const piece of data) {
    // Arrow's pieces are views that begin with their first value.
    out.set((piece.values as NumberArray).subarray(0, piece.length), at)
    at += piece.length
  }
  return out
}

function wideIntegers(name: string, vector: ArrowVector, valid: Uint8Array | undefined): Column {
  const nulls = valid && { valid }
  const all = Array.from({ length: vector.length }, (_, r) => vector.get(r) ?? 0)
  if (all.every((value) => typeof value === 'number' || Number.isSafeInteger(Number(value)))) return { kind: 'number', values: Float64Array.from(all, Number), ...nulls }
  const values = BigInt64Array.from(all, (value) => BigInt(value as bigint))
  const wrong = all.findIndex((value, r) => values[r] !== BigInt(value as bigint))
  if (wrong >= 0) throw new DataError(`feedrank/fromArrow: expected integers of 64 bits with a sign in column ${show(name)}, got ${show(all[wrong])} at row ${wrong}`)
  return { kind: 'bigint', values, ...nulls }
}

const listOf = (value: unknown): ArrayLike<unknown> => {
  const { toArray } = value as { readonly toArray?: () => ArrayLike<unknown> }
  const nullable = (value as { readonly nullCount?: number }).nullCount !== 0
  return typeof toArray === 'function' && !nullable ? toArray.call(value) : [...value as Iterable<unknown>]
}

/** A decimal as Arrow gives it: 32-bit words of an integer, the low ones first. */
function decimalNumber(value: unknown, scale: number): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) / 10 ** scale
  const words = value as Uint32Array
  let integer = 0n
  for (let i = words.length - 1; i >= 0; i--) integer = (integer << 32n) | BigInt(words[i])
  return Number(BigInt.asIntN(32 * words.length, integer)) / 10 ** scale
}
