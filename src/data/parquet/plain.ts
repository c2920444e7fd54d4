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
  if (physical === 'text') return decodeTexts(bytes, start, count)
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

function decodeTexts(bytes: Uint8Array, start: number, count: number): string[] {
  const texts: string[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new Error('texts that end too early')
    const length = bytes[at] + bytes[at + 1] * 256 + bytes[at + 2] * 65536 + bytes[at + 3] * 16777216
    at += 4
    if (at + length > bytes.length) throw new Error('texts that end too early')
    texts.push(textOf(bytes, at, at + length))
    at += length
  }
  if (at !== bytes.length) throw new Error('bytes after the last text')
  return texts
}

/** Short ASCII is read here, as the decoder takes its time to begin. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return decoder.decode(bytes.subarray(start, end))
  let text = ''
  for (let i = start; i < end; i++) {
    if (bytes[i] > 127) return decoder.decode(bytes.subarray(start, end))
    text += String.fromCharCode(bytes[i])
  }
  return text
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
