import type { CompressionCodec, Compressors } from 'hyparquet'
import { crc32 } from '../../hash'
import { decodeHybrid } from './hybrid'
import type { PageHeader } from './page-header'
import { encodings } from './page-header'
import { decodePlain, decodeRunsOfBooleans, decodeTexts, sizedEnd, type Dense } from './plain'
import type { ColumnPlan } from './plan'

/** Values that are there: laid down one by one, or as places in a dictionary. */
export interface Decoded {
  readonly codes?: Int32Array
  readonly values: Dense
}

/** A page: its levels (absent where all are the highest, or there is but one) and the values that are there. */
export interface DataPage {
  /** How many entries, nulls and empty lists included. */
  readonly entries: number
  readonly definitions: Uint8Array | undefined
  readonly repetitions: Uint8Array | undefined
  readonly decoded: Decoded
}

/** Opens the packed bytes of a page. */
export interface Unpacker {
  readonly codec: CompressionCodec
  readonly compressors: Compressors
}

function unpack({ codec, compressors }: Unpacker, bytes: Uint8Array, size: number): Uint8Array {
  if (codec === 'UNCOMPRESSED') {
    if (bytes.length !== size) throw new Error(`${bytes.length} bytes of a page where ${size} were to come`)
    return bytes
  }
  const open = compressors[codec]
  if (open === undefined) throw new Error(`compression ${codec} is not supported`)
  const opened = open(bytes, size)
  if (opened?.length !== size) throw new Error(`${opened?.length ?? 0} bytes of a page where ${size} were to come`)
  return opened
}

export function checkSum(header: PageHeader, bytes: Uint8Array): void {
  if (header.crc !== undefined && crc32(bytes) !== header.crc) throw new Error('a page whose bytes do not fit its checksum: the file was altered')
}

/** The values of a dictionary page. */
export function readDictionary(plan: ColumnPlan, header: PageHeader, bytes: Uint8Array, unpacker: Unpacker): Dense {
  if (header.encoding !== encodings.plain && header.encoding !== encodings.plainDictionary) throw new Error(`a dictionary in encoding ${header.encoding}`)
  return scaled(plan, decodePlain(plan.physical!, unpack(unpacker, bytes, header.uncompressedSize), 0, header.values))
}

export function readDataPage(plan: ColumnPlan, header: PageHeader, bytes: Uint8Array, unpacker: Unpacker, dictionary: Dense | undefined): DataPage {
  const { maxDefinition, maxRepetition } = plan
  const entries = header.values
  const v2 = header.type === 'data-v2'
  const packedFrom = header.repetitionBytes + header.definitionBytes
  if (v2 && (packedFrom > bytes.length || packedFrom > header.uncompressedSize)) throw new Error('levels past the end of their page')
  if (!v2 && ((maxDefinition > 0 && header.levelEncodings[0] !== encodings.rle) || (maxRepetition > 0 && header.levelEncodings[1] !== encodings.rle)))
    throw new Error('levels in an encoding that is not supported')
  const page = v2
    ? unpack(header.compressed ? unpacker : { ...unpacker, codec: 'UNCOMPRESSED' }, bytes.subarray(packedFrom), header.uncompressedSize - packedFrom)
    : unpack(unpacker, bytes, header.uncompressedSize)

  let at = 0
  const levels = (highest: number, from: number, size: number): Uint8Array | undefined => {
    if (highest === 0) return undefined
    const out = new Uint8Array(entries)
    if (v2) {
      decodeHybrid(bytes, from, from + size, widthOf(highest), out)
    } else {
      const end = sizedEnd(page, at, page.length)
      decodeHybrid(page, at + 4, end, widthOf(highest), out)
      at = end
    }
    for (let i = 0; i < entries; i++) if (out[i] > highest) throw new Error(`a level of ${out[i]}, above ${highest}`)
    return out
  }
  const repetitions = levels(maxRepetition, 0, header.repetitionBytes)
  const levelled = levels(maxDefinition, header.repetitionBytes, header.definitionBytes)
  let there = entries
  if (levelled !== undefined) for (let i = 0; i < entries; i++) if (levelled[i] !== maxDefinition) there--
  if (header.nulls !== undefined && header.nulls !== entries - there) throw new Error(`${entries - there} nulls where ${header.nulls} were to come`)
  const definitions = there === entries && !plan.list ? undefined : levelled
  return { entries, definitions, repetitions, decoded: readValues(plan, header.encoding, page, at, there, dictionary) }
}

const widthOf = (highest: number): number => 32 - Math.clz32(highest)

function readValues(plan: ColumnPlan, encoding: number, page: Uint8Array, at: number, count: number, dictionary: Dense | undefined): Decoded {
  if (encoding === encodings.plain && plan.physical === 'text') return decodeTexts(page, at, count)
  if (encoding === encodings.plain) return { values: scaled(plan, decodePlain(plan.physical!, page, at, count)) }
  if (encoding === encodings.rle && plan.physical === 'boolean') return { values: decodeRunsOfBooleans(page, at, count) }
  if (encoding !== encodings.rleDictionary && encoding !== encodings.plainDictionary) throw new Error(`a page in encoding ${encoding}`)
  const codes = new Int32Array(count)
  if (count === 0) return { codes, values: dictionary ?? [] }
  if (dictionary === undefined) throw new Error('a page that needs a dictionary which is not there')
  if (at >= page.length) throw new Error('codes that end too early')
  decodeHybrid(page, at + 1, page.length, page[at], codes)
  const size = dictionary.length
  for (let i = 0; i < count; i++) if (codes[i] >= size || codes[i] < 0) throw new Error(`code ${codes[i]} in a dictionary of ${size}`)
  return { codes, values: dictionary }
}

/** Numbers in their unit: of a moment ms, of a decimal its value. */
function scaled({ factor }: ColumnPlan, values: Dense): Dense {
  if (factor === 1) return values
  // Division by a whole number rounds once, where multiplication by its inverse would twice.
  const divisor = Math.round(1 / factor)
  return factor < 1 ? Float64Array.from(values as ArrayLike<number>, (value) => value / divisor) : Float64Array.from(values as ArrayLike<number>, (value) => value * factor)
}
