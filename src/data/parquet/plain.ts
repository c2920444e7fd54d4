import type { NumberArray } from '../table'
import { decodeHybrid } from './hybrid'
import type { Physical } from './plan'

/** Values without nulls, one after another. */
export type Dense = NumberArray | BigInt64Array | readonly string[]

/** How many bytes a number takes. */
const widths: Readonly<Record<Exclude<Physical, 'text' | 'boolean'>, number>> =
  { int32: 4, uint32: 4, int64: 8, uint64: 8, bigint: 8, ubigint: 8, moment: 8, nanos: 8, int96: 12, float: 4, double: 8 }

/**
 * `count` values written plainly from `start` to the end of `bytes`.
 *
 * @throws Error when they do not fit the bytes exactly, a text is not UTF-8, or an integer is outside of what can be held
 */
export function decodePlain(physical: Physical, bytes: Uint8Array, start: number, count: number): Dense {
  if (physical === 'text') {
    const { codes, values } = decodeTexts(bytes, start, count)
    return Array.from(codes, (code) => values[code])
  }
  const size = physical === 'boolean' ? Math.ceil(count / 8) : count * widths[physical]
  if (bytes.length - start !== size) throw new Error(`${bytes.length - start} bytes of values where ${size} were to come`)
  if (physical === 'boolean') return Uint8Array.from({ length: count }, (_, i) => (bytes[start + (i >> 3)] >> (i & 7)) & 1)
  // A copy: views of numbers need an even start, and what was read is reused.
  const { buffer } = bytes.slice(start)
  switch (physical) {
    case 'int32': return new Int32Array(buffer)
    case 'uint32': return new Uint32Array(buffer)
    case 'float': return new Float32Array(buffer)
    case 'double': return new Float64Array(buffer)
    case 'bigint': return new BigInt64Array(buffer)
    case 'ubigint': {
      const values = new BigInt64Array(buffer)
      if (values.some((value) => value < 0n)) throw new Error('an unsigned integer past 2^63, which no column can hold')
      return values
    }
    case 'int64': return wideIntegers(new Int32Array(buffer), true)
    case 'uint64': return wideIntegers(new Uint32Array(buffer), true)
    case 'moment': return wideIntegers(new Int32Array(buffer), false)
    case 'nanos': return msOfNanos(new Int32Array(buffer))
    case 'int96': return int96(new DataView(buffer), count)
  }
}

/** Integers of 64 bits as numbers; `words` are their halves, the low ones first. */
function wideIntegers(words: Int32Array | Uint32Array, exact: boolean): Float64Array {
  const values = new Float64Array(words.length / 2)
  for (let i = 0; i < values.length; i++) {
    const value = words[2 * i + 1] * 4294967296 + (words[2 * i] >>> 0)
    if (exact && !Number.isSafeInteger(value)) throw new Error("an integer past 2^53, which a number cannot hold; read with { int64: 'bigint' }")
    values[i] = value
  }
  return values
}

/** Nanoseconds, of which a number holds but every 256th, in ms: 2^32 ns are 4294 ms and 967296 ns, and their sums are exact. */
function msOfNanos(words: Int32Array): Float64Array {
  return Float64Array.from({ length: words.length / 2 }, (_, i) => words[2 * i + 1] * 4294 + (words[2 * i + 1] * 967296 + (words[2 * i] >>> 0)) / 1e6)
}

/** Moments as nanoseconds of a Julian day, in ms since 1970. */
function int96(view: DataView, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (view.getInt32(12 * i + 8, true) - 2440588) * 86_400_000 + Number(view.getBigInt64(12 * i, true)) / 1e6)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * `count` texts, each different one once: they are told apart by their bytes, so that a text that comes again costs no string.
 *
 * @throws Error when they do not fit the bytes exactly, or one is not UTF-8
 */
export function decodeTexts(bytes: Uint8Array, start: number, count: number): { readonly codes: Int32Array; readonly values: readonly string[] } {
  if (count > bytes.length / 4) throw new Error('texts that end too early')
  const codes = new Int32Array(count)
  const starts = new Int32Array(count)
  const lengths = new Int32Array(count)
  let distinct = 0
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1
  const slots = new Int32Array(mask + 1).fill(-1)
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new Error('texts that end too early')
    const length = bytes[at] + bytes[at + 1] * 256 + bytes[at + 2] * 65536 + bytes[at + 3] * 16777216
    at += 4
    if (at + length > bytes.length) throw new Error('texts that end too early')
    let hash = length
    for (let k = at; k < at + length; k++) hash = Math.imul(hash ^ bytes[k], 0x01000193)
    let slot = (hash ^ (hash >>> 15)) & mask
    let code = slots[slot]
    while (code >= 0 && !(lengths[code] === length && sameBytes(bytes, starts[code], at, length))) {
      slot = (slot + 1) & mask
      code = slots[slot]
    }
    if (code < 0) {
      code = distinct++
      slots[slot] = code
      starts[code] = at
      lengths[code] = length
    }
    codes[i] = code
    at += length
  }
  if (at !== bytes.length) throw new Error('bytes after the last text')
  return { codes, values: textsOf(bytes, starts.subarray(0, distinct), lengths.subarray(0, distinct)) }
}

/** The longest text that V8 copies when it is cut from another; one that is longer would keep all of that other alive. */
const copied = 12

/** Texts at their places. The short ones, where they are ASCII, are decoded in one: the decoder takes its time to begin. */
function textsOf(bytes: Uint8Array, starts: Int32Array, lengths: Int32Array): string[] {
  const short = lengths.filter((length) => length <= copied)
  const joined = new Uint8Array(short.reduce((sum, length) => sum + length, 0))
  for (let i = 0, to = 0; i < starts.length; i++) {
    if (lengths[i] > copied) continue
    for (let from = starts[i]; from < starts[i] + lengths[i]; from++) joined[to++] = bytes[from]
  }
  const isAscii = joined.every((byte) => byte < 128)
  const text = isAscii ? decoder.decode(joined) : ''
  let place = 0
  return Array.from(starts, (start, i) => {
    if (!isAscii || lengths[i] > copied) return decoder.decode(bytes.subarray(start, start + lengths[i]))
    return text.slice(place, (place += lengths[i]))
  })
}

function sameBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}

/** Booleans in runs; four bytes before them say how long they are, in pages of version 1 and 2 alike. */
export function decodeRunsOfBooleans(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const end = sizedEnd(bytes, start, bytes.length)
  const values = new Uint8Array(count)
  decodeHybrid(bytes, start + 4, end, 1, values)
  return values
}

/** Where the bytes end whose length the four at `start` say. */
export function sizedEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 > end) throw new Error('levels that end too early')
  const size = bytes[start] + bytes[start + 1] * 256 + bytes[start + 2] * 65536 + bytes[start + 3] * 16777216
  if (start + 4 + size > end) throw new Error('levels that end too early')
  return start + 4 + size
}
