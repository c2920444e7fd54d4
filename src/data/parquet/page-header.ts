/** What stands before a page: how large it is, and how its values are written. */
export interface PageHeader {
  readonly type: 'data' | 'data-v2' | 'dictionary' | 'index'
  readonly uncompressedSize: number
  readonly compressedSize: number
  /** CRC-32 of the bytes of the page; writers may leave it out. */
  readonly crc: number | undefined
  readonly values: number
  readonly encoding: number
  /** Bytes of levels before the values, of a version 2 page; they are never compressed. */
  readonly repetitionBytes: number
  readonly definitionBytes: number
  /** Of a version 2 page. */
  readonly nulls: number | undefined
  readonly compressed: boolean
  /** How the levels of a version 1 page are written. */
  readonly levelEncodings: readonly [definition: number, repetition: number]
  /** Where the page begins. */
  readonly end: number
}

/** Encodings by their number in the format. */
export const encodings = { plain: 0, plainDictionary: 2, rle: 3, rleDictionary: 8 } as const

type Value = number | boolean | Map<number, Value> | undefined

interface Reader {
  readonly bytes: Uint8Array
  at: number
}

/**
 * The header of the page at `start`, in Thrift's compact form.
 *
 * @throws RangeError when the bytes end before it does: more of them may help; Error when it is no header
 */
export function readPageHeader(bytes: Uint8Array, start: number): PageHeader {
  const reader = { bytes, at: start }
  const fields = readStruct(reader, 0)
  const kind = (['data', 'index', 'dictionary', 'data-v2'] as const)[integer(fields, 1)]
  if (kind === undefined) throw new Error('an unknown kind of page')
  const inner = kind === 'index' ? new Map<number, Value>() : fields.get(kind === 'data' ? 5 : kind === 'dictionary' ? 7 : 8)
  if (!(inner instanceof Map)) throw new Error('a page without its header')
  const crc = fields.get(4)
  const isV2 = kind === 'data-v2'
  return {
    type: kind,
    uncompressedSize: integer(fields, 2),
    compressedSize: integer(fields, 3),
    crc: typeof crc === 'number' ? crc >>> 0 : undefined,
    values: kind === 'index' ? 0 : integer(inner, 1),
    encoding: kind === 'index' ? 0 : integer(inner, isV2 ? 4 : 2),
    definitionBytes: isV2 ? integer(inner, 5) : 0,
    repetitionBytes: isV2 ? integer(inner, 6) : 0,
    nulls: isV2 ? integer(inner, 2) : undefined,
    compressed: inner.get(7) !== false || !isV2,
    levelEncodings: kind === 'data' ? [integer(inner, 3), integer(inner, 4)] : [encodings.rle, encodings.rle],
    end: reader.at,
  }
}

function integer(fields: Map<number, Value>, id: number): number {
  const value = fields.get(id)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value
  throw new Error(`a page header whose field ${id} is no size`)
}

function byte(reader: Reader): number {
  if (reader.at >= reader.bytes.length) throw new RangeError('the bytes end within a page header')
  return reader.bytes[reader.at++]
}

function varint(reader: Reader): number {
  let value = 0
  for (let shift = 0; shift < 70; shift += 7) {
    const part = byte(reader)
    value += (part & 127) * 2 ** shift
    if (part < 128) return value
  }
  throw new Error('a number of more than 64 bits')
}

const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

function readStruct(reader: Reader, depth: number): Map<number, Value> {
  if (depth > 8) throw new Error('a page header nested too deep')
  const fields = new Map<number, Value>()
  for (let last = 0; ;) {
    const head = byte(reader)
    if (head === 0) return fields
    const step = head >> 4
    last = step === 0 ? zigzag(varint(reader)) : last + step
    fields.set(last, readValue(reader, head & 15, depth))
  }
}

function readValue(reader: Reader, type: number, depth: number): Value {
  switch (type) {
    case 1: return true
    case 2: return false
    case 3: return byte(reader)
    case 4: case 5: case 6: return zigzag(varint(reader))
    case 7: return skip(reader, 8)
    case 8: return skip(reader, varint(reader))
    case 9: case 10: {
      const head = byte(reader)
      const size = head >> 4 === 15 ? varint(reader) : head >> 4
      for (let i = 0; i < size; i++) readValue(reader, (head & 15) === 1 ? 3 : head & 15, depth + 1)
      return undefined
    }
    case 12: return readStruct(reader, depth + 1)
    default: throw new Error('a page header that is no such thing')
  }
}

function skip(reader: Reader, length: number): undefined {
  if (reader.at + length > reader.bytes.length) throw new RangeError('the bytes end within a page header')
  reader.at += length
  return undefined
}
