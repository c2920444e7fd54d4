import { ModelFileError, show } from '../errors'
import { quoted } from './files'

/**
 * The safetensors layout: eight bytes of header length (little-endian), a JSON header that names each tensor with its
 * dtype, shape and byte range, and the numbers. Only float32 is written and read here.
 */
export interface TensorEntry {
  readonly dtype: 'F32'
  readonly shape: readonly number[]
  /** From the end of the header: first byte, and the one after the last. */
  readonly data_offsets: readonly [number, number]
}

export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Length and header of a file that holds `tensors` one after the other. */
export function safetensorsHeader(tensors: readonly NamedTensor[]): Uint8Array<ArrayBuffer> {
  let offset = 0
  const entries = tensors.map(({ name, shape, values }): [string, TensorEntry] => [name, { dtype: 'F32', shape, data_offsets: [offset, (offset += values.byteLength)] }])
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  // Spaces up to a multiple of eight keep the numbers aligned.
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true)
  header.set(json, 8)
  return header
}

/** How long the header is, told by the file's first eight bytes. */
export function headerLength(file: string, start: Uint8Array, fileSize: number): number {
  const length = start.length < 8 ? NaN : Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true))
  if (!(length >= 2 && 8 + length <= fileSize))
    throw new ModelFileError(`feedrank/safetensors: ${quoted(file)} is cut short or is no safetensors file: its header cannot have ${length} of ${fileSize} bytes`)
  return length
}

/** The entries of a header, each checked against its shape and the size of the file. */
export function parseHeader(file: string, json: Uint8Array, dataSize: number): ReadonlyMap<string, TensorEntry> {
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/safetensors: ${quoted(file)} ${what}`, { cause })
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch (cause) {
    throw wrong('has a header that is not JSON', cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw wrong(`has a header that is ${show(header)}, not an object`)
  const entries = Object.entries(header as Record<string, Partial<TensorEntry> | null>).filter(([name]) => name !== '__metadata__')
  return new Map(entries.map(([name, entry]) => {
    const { dtype, shape, data_offsets: range } = entry ?? {}
    if (dtype !== 'F32') throw wrong(`holds tensor ${show(name)} as ${show(dtype)}; only F32 can be read`)
    const sizes = Array.isArray(shape) && shape.every((d) => Number.isSafeInteger(d) && d >= 0) ? (shape as readonly number[]) : undefined
    const bytes = sizes?.reduce((n, d) => n * d, 4)
    const [from, to] = Array.isArray(range) ? (range as readonly number[]) : []
    if (sizes === undefined || !(Number.isSafeInteger(from) && from >= 0 && Number.isSafeInteger(to) && to - from === bytes && to <= dataSize))
      throw wrong(`holds tensor ${show(name)} of shape [${sizes?.join(', ')}] at bytes ${from} to ${to} of ${dataSize}, which do not fit one another`)
    return [name, { dtype, shape: sizes, data_offsets: [from, to] }]
  }))
}
