import { DataError, expected } from '../errors'
import type { Column, NumberArray } from './table'
import { cell } from './values'

/**
 * The column of the given values, of the narrowest kind that holds all of them: text, number, boolean, bigint (within 64
 * bits), date or list; mixed where kinds differ, and where there is nothing but null. Typed arrays are kept as they are.
 *
 * @throws DataError when a date is invalid
 */
export function columnFrom(where: string, name: string, values: ArrayLike<unknown>): Column {
  if (ArrayBuffer.isView(values)) return typedColumn(where, name, values)
  const { length } = values
  let kind: Kind | undefined
  let valid: Uint8Array | undefined
  for (let r = 0; r < length; r++) {
    const value = values[r]
    if (value === null || value === undefined) {
      valid ??= new Uint8Array(length).fill(1)
      valid[r] = 0
      continue
    }
    const found = kindOf(value)
    kind ??= found
    if (kind !== found) kind = 'mixed'
  }
  const nulls = valid && { valid }
  const filled = <A extends { [index: number]: unknown }>(into: A, of: (value: unknown, r: number) => A[number]): A => {
    for (let r = 0; r < length; r++) if (valid?.[r] !== 0) into[r] = of(values[r], r)
    return into
  }
  switch (kind) {
    case 'number': return { kind, values: filled(new Float64Array(length), (value) => value as number), ...nulls }
    case 'boolean': return { kind, values: filled(new Uint8Array(length), (value) => (value === true ? 1 : 0)), ...nulls }
    case 'bigint': return { kind, values: filled(new BigInt64Array(length), (value) => value as bigint), ...nulls }
    case 'date': return { kind, values: filled(new Float64Array(length), (value, r) => momentOf(where, name, value, r)), ...nulls }
    case 'text': {
      const { codes, dictionary } = encodeText(length, (r) => (valid?.[r] === 0 ? undefined : values[r] as string))
      return { kind, codes, dictionary, ...nulls }
    }
    case 'list': return { ...listColumn(where, name, values as ArrayLike<ArrayLike<unknown> | null | undefined>), ...nulls }
    default: return { kind: 'mixed', values: Array.from(values), ...nulls }
  }
}

type Kind = Column['kind']

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string': return 'text'
    case 'number': return 'number'
    case 'boolean': return 'boolean'
    case 'bigint': return BigInt.asIntN(64, value) === value ? 'bigint' : 'mixed'
    default:
      if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) return 'list'
      return isDate(value) ? 'date' : 'mixed'
  }
}

const isDate = (value: unknown) => Object.prototype.toString.call(value) === '[object Date]'

function momentOf(where: string, name: string, value: unknown, r: number): number {
  const ms = Number(value)
  if (Number.isFinite(ms)) return ms
  throw new DataError(expected(where, cell(r, name), 'a valid date', value))
}

/** Codes and dictionary of texts, in the order in which they first come; what is undefined gets code 0. */
export function encodeText(length: number, textOf: (row: number) => string | undefined): { readonly codes: Int32Array; readonly dictionary: string[] } {
  const codes = new Int32Array(length)
  const known = new Map<string, number>()
  for (let r = 0; r < length; r++) {
    const text = textOf(r)
    if (text === undefined) continue
    let code = known.get(text)
    if (code === undefined) known.set(text, (code = known.size))
    codes[r] = code
  }
  return { codes, dictionary: [...known.keys()] }
}

function listColumn(where: string, name: string, lists: ArrayLike<ArrayLike<unknown> | null | undefined>): Column {
  const offsets = new Int32Array(lists.length + 1)
  for (let r = 0; r < lists.length; r++) offsets[r + 1] = offsets[r] + (lists[r]?.length ?? 0)
  const first = Array.from(lists).find((list) => list !== null && list !== undefined)
  const make = ArrayBuffer.isView(first) ? first.constructor as new (length: number) => { [index: number]: unknown; length: number } : undefined
  const alike = make !== undefined && Array.from(lists).every((list) => list === null || list === undefined || list.constructor === make)
  const all = alike ? new make(offsets[lists.length]) : Array.from<unknown>({ length: offsets[lists.length] })
  for (let r = 0, at = 0; r < lists.length; r++) {
    const list = lists[r]
    for (let i = 0; i < (list?.length ?? 0); i++) all[at++] = list?.[i]
  }
  return { kind: 'list', offsets, values: columnFrom(where, name, all) }
}

function typedColumn(where: string, name: string, values: ArrayBufferView): Column {
  const kind = Object.prototype.toString.call(values).slice(8, -1)
  if (kind === 'BigInt64Array') return { kind: 'bigint', values: values as BigInt64Array }
  if (numberArrays.has(kind)) return { kind: 'number', values: values as NumberArray }
  if (kind === 'DataView') throw new DataError(expected(where, name, 'an array of values', values))
  // The others are rare, and copied: clamped bytes, half floats and unsigned integers of 64 bits.
  return columnFrom(where, name, Array.from(values as unknown as ArrayLike<unknown>))
}

const numberArrays: ReadonlySet<string> = new Set([
  'Float64Array', 'Float32Array', 'Int32Array', 'Uint32Array', 'Int16Array', 'Uint16Array', 'Int8Array', 'Uint8Array',
])
