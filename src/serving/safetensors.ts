import { ModelFileError, show } from '../errors'
import { quoted } from './files'

/**
 * The safetensors layout: eight bytes of header length (little-endian), a JSON header that names each tensor with its
 * dtype, shape and byte range, and the numbers. Texts about the whole stand under `__metadata__`.
 */
export interface TensorEntry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** From the end of the header: first byte, and the one after the last. */
  readonly data_offsets: readonly [number, number]
}

/** Bytes a number of each dtype that can be read takes. */
export const bytesOfDtype = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const

export type Dtype = keyof typeof bytesOfDtype

export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Readers refuse a longer header, as it could be there to exhaust their memory. */
export const longestHeader = 100_000_000

/** Length and header of a file that holds `tensors` one after the other. */
export function safetensorsHeader(tensors: readonly NamedTensor[], metadata?: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  let offset = 0
  const entries = tensors.map(({ name, shape, values }): [string, TensorEntry] => [name, { dtype: 'F32', shape, data_offsets: [offset, (offset += values.byteLength)] }])
  return headerBytes({ ...(metadata !== undefined && { __metadata__: metadata }), ...Object.fromEntries(entries) })
}

/** A header as it is written: compact JSON, spaces up to a multiple of eight to keep the numbers aligned. */
export function headerBytes(header: object): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true)
  bytes.set(json, 8)
  return bytes
}

/** How long the header is, told by the file's first eight bytes. */
export function headerLength(file: string, start: Uint8Array, fileSize: number): number {
  const length = start.length < 8 ? NaN : Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true))
  if (!(length >= 2 && 8 + length <= fileSize))
    throw new ModelFileError(`feedrank/safetensors: ${quoted(file)} is cut short or is no safetensors file: its header cannot have ${length} of ${fileSize} bytes`)
  return length
}

/** A header as JSON. */
export function readHeader(file: string, json: Uint8Array): Readonly<Record<string, unknown>> {
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/safetensors: ${quoted(file)} ${what}`, { cause })
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch (cause) {
    throw wrong('has a header that is not JSON', cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw wrong(`has a header that is ${show(header)}, not an object`)
  return header as Record<string, unknown>
}

/** The tensors of a header, in the order of their bytes, which leave no gap; each checked against its shape and the size of the data. */
export function tensorEntries(file: string, header: Readonly<Record<string, unknown>>, dataSize: number, dtypes: readonly Dtype[]): ReadonlyMap<string, TensorEntry> {
  const wrong = (what: string) => new ModelFileError(`feedrank/safetensors: ${quoted(file)} ${what}`)
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, entry]): [string, TensorEntry] => {
    const { dtype, shape, data_offsets: range } = (entry ?? {}) as Partial<TensorEntry>
    if (!dtypes.includes(dtype!)) throw wrong(`holds tensor ${show(name)} as ${show(dtype)}; only ${dtypes.join(', ')} can be read`)
    const sizes = Array.isArray(shape) && shape.every((d) => Number.isSafeInteger(d) && d >= 0) ? (shape as readonly number[]) : undefined
    const bytes = sizes?.reduce((n, d) => n * d, bytesOfDtype[dtype!])
    const [from, to] = Array.isArray(range) ? (range as readonly number[]) : []
    if (sizes === undefined || !(Number.isSafeInteger(from) && from >= 0 && Number.isSafeInteger(to) && to - from === bytes && to <= dataSize))
      throw wrong(`holds tensor ${show(name)} of shape [${sizes?.join(', ')}] at bytes ${from} to ${to} of ${dataSize}, which do not fit one another`)
    return [name, { dtype: dtype!, shape: sizes, data_offsets: [from, to] }]
  })
  const inOrder = entries.toSorted(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])
  let end = 0
  for (const [name, { data_offsets: [from, to] }] of inOrder) {
    if (from !== end) throw wrong(`holds ${show(name)} from byte ${from} on; expected ${end}, where the tensor before it ends`)
    end = to
  }
  if (end !== dataSize) throw wrong(`holds ${dataSize - end} bytes that belong to no tensor`)
  return new Map(inOrder)
}
