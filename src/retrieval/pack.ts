import { ModelFileError, show } from '../errors'
import { crc32 } from '../hash'
import type { VectorKey, VectorMetric } from './vector-index'

/** The contents of a vector file. */
export interface PackedVectors {
  readonly dim: number
  readonly metric: VectorMetric
  readonly keys: readonly VectorKey[]
  /** Row-major, shape `[keys, dim]`. */
  readonly values: Float32Array
}

// Layout, little-endian: magic (8 bytes), header length (u32), CRC-32 of all that follows (u32), header (JSON, padded
// with spaces to a multiple of 4), values (f32).
const MAGIC = 'FRVECS01'
const PREFIX = 16

export function packVectors({ dim, metric, keys, values }: PackedVectors): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify({ dim, metric, keys }))
  const headerLength = Math.ceil(json.length / 4) * 4
  const bytes = new Uint8Array(PREFIX + headerLength + values.length * 4)
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i)
  bytes.fill(0x20, PREFIX, PREFIX + headerLength).set(json, PREFIX)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), PREFIX + headerLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(8, headerLength, true)
  view.setUint32(12, crc32(bytes.subarray(PREFIX)), true)
  return bytes
}

/** @throws ModelFileError when the bytes are not what {@link packVectors} wrote. */
export function unpackVectors(where: string, bytes: Uint8Array): PackedVectors {
  const fail = (expectation: string, got: string) => new ModelFileError(`feedrank/${where}: expected ${expectation}, got ${got}`)
  const magic = String.fromCharCode(...bytes.subarray(0, 8))
  if (magic !== MAGIC) throw fail(`a vector file that begins with ${MAGIC}`, show(magic))
  if (bytes.length < PREFIX) throw fail('a header', `a file cut short at ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const checksum = crc32(bytes.subarray(PREFIX))
  if (checksum !== view.getUint32(12, true))
    throw fail(`a checksum of ${view.getUint32(12, true)}`, `${checksum}: the file of ${bytes.length} bytes was cut short or altered`)
  const headerLength = view.getUint32(8, true)
  if (headerLength > bytes.length - PREFIX) throw fail('a header within the file', `one of ${headerLength} bytes in a file of ${bytes.length}`)
  let header: Partial<PackedVectors> | null
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + headerLength))) as Partial<PackedVectors> | null
  } catch (cause) {
    throw new ModelFileError(`feedrank/${where}: expected a header of JSON`, { cause })
  }
  const { dim, metric, keys } = header ?? {}
  if (typeof dim !== 'number' || !Number.isSafeInteger(dim) || dim < 1) throw fail('a positive integer for dim', show(dim))
  if (metric !== 'dot' && metric !== 'cosine' && metric !== 'euclidean') throw fail('a known metric', show(metric))
  if (!Array.isArray(keys)) throw fail('a list of keys', show(keys))
  const body = bytes.slice(PREFIX + headerLength)
  if (body.length !== keys.length * dim * 4) throw fail(`${keys.length} vectors of ${dim} numbers`, `${body.length} bytes`)
  return { dim, metric, keys, values: new Float32Array(body.buffer) }
}
