const encoder = new TextEncoder()
const scratch = new Uint8Array(1024)

/**
 * MurmurHash3 (x86, 32 bit) of the UTF-8 bytes of `key`: a 32-bit unsigned integer.
 *
 * @example
 * ```ts
 * import { murmur3 } from 'feedrank'
 *
 * console.log(murmur3('hello')) // 613153351
 * ```
 */
export function murmur3(key: string, seed = 0): number {
  let bytes = scratch
  let length = 0
  if (key.length * 3 <= scratch.length) length = encoder.encodeInto(key, scratch).written
  else length = (bytes = encoder.encode(key)).length
  let h = seed | 0
  const blocks = length & ~3
  let i = 0
  for (; i < blocks; i += 4) {
    const k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    h ^= scramble(k)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  const left = length & 3
  if (left > 0) {
    let tail = bytes[i]
    if (left > 1) tail |= bytes[i + 1] << 8
    if (left > 2) tail |= bytes[i + 2] << 16
    h ^= scramble(tail)
  }
  return mix32(h ^ length)
}

const scramble = (k: number) => {
  const a = Math.imul(k, 0xcc9e2d51)
  return Math.imul((a << 15) | (a >>> 17), 0x1b873593)
}

/** The finalizer of MurmurHash3: a bijection of 32-bit integers that spreads every input bit over all output bits. */
export function mix32(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** The CRC-32 of zip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}
