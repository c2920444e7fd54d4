/**
 * Numbers that look random and are the same in TypeScript and in Python (`benchmarks/peers/synthetic.py`).
 *
 * The `i`-th number of the stream `name` is 24 bits of MurmurHash3's finalizer over a counter:
 *
 *     bits(name, i)  = mix32(i * 0x9e3779b1 + fnv1a32(name)) >> 8          (32-bit unsigned arithmetic)
 *     signed(name, i) = bits / 2^23 - 1                                    in [-1, 1), exact in 32-bit floats
 *     id(name, i, n)  = floor(bits * n / 2^24)                             in [0, n), for n < 2^24
 *     chance(name, i, p) = bits < floor(p * 2^24)
 */

function mix32(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function fnv1a32(name: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

const bits = (stream: number, i: number) => mix32((Math.imul(i, 0x9e3779b1) + stream) | 0) >>> 8

/** `length` numbers in [-scale, scale), from the `from`-th of the stream on; each is the 32-bit product of `signed` and `scale`. */
export function signedNumbers(name: string, from: number, length: number, scale = 1): Float32Array {
  const stream = fnv1a32(name)
  const factor = Math.fround(scale)
  return Float32Array.from({ length }, (_, i) => (bits(stream, from + i) / 0x800000 - 1) * factor)
}

/** `length` uniform integers in [0, n), from the `from`-th of the stream on. */
export function ids(name: string, from: number, length: number, n: number): Int32Array {
  const stream = fnv1a32(name)
  return Int32Array.from({ length }, (_, i) => Math.floor((bits(stream, from + i) * n) / 0x1000000))
}

/** `length` numbers that are 1 with probability `p` and 0 otherwise, from the `from`-th of the stream on. */
export function chances(name: string, from: number, length: number, p: number): Float32Array {
  const stream = fnv1a32(name)
  const bound = Math.floor(p * 0x1000000)
  return Float32Array.from({ length }, (_, i) => (bits(stream, from + i) < bound ? 1 : 0))
}

/** The bucket in [0, n) of a pair of ids: `floor((mix32(a * 0x9e3779b1 + b + fnv1a32(name)) >> 8) * n / 2^24)`. */
export function crossed(name: string, a: Int32Array, b: Int32Array, n: number): Int32Array {
  const stream = fnv1a32(name)
  return a.map((id, i) => Math.floor(((mix32((Math.imul(id, 0x9e3779b1) + b[i] + stream) | 0) >>> 8) * n) / 0x1000000))
}
