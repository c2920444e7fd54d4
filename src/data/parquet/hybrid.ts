/**
 * Numbers of `width` bits in runs, some of one repeated value and some packed bit by bit (Parquet's RLE / bit-packing
 * hybrid), from `start` to before `end`; gives where they ended.
 *
 * @throws Error when the bytes end before `out` is full, or a run goes past it
 */
export function decodeHybrid(bytes: Uint8Array, start: number, end: number, width: number, out: Uint8Array | Int32Array): number {
  if (width > 32) throw new Error('numbers of more than 32 bits')
  let at = start
  const full = out.length
  for (let filled = 0; filled < full;) {
    let head = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new Error('runs that end too early')
      const part = bytes[at++]
      head += (part & 127) * 2 ** shift
      if (part < 128) break
    }
    const count = Math.floor(head / 2)
    if (head % 2 === 0) {
      const size = (width + 7) >> 3
      if (at + size > end) throw new Error('runs that end too early')
      if (count === 0) throw new Error('a run of nothing')
      if (count > full - filled) throw new Error('a run that goes past the page')
      let value = 0
      for (let i = 0; i < size; i++) value |= bytes[at++] << (8 * i)
      if (width < 32 && value >>> width !== 0) throw new Error('a number of more bits than were said')
      out.fill(value, filled, filled + count)
      filled += count
    } else {
      if (count === 0) throw new Error('a run of nothing')
      // A packed run has eights of values, of which the last may be filling; DuckDB fills up to 32 values.
      const wanted = Math.min(8 * count, full - filled)
      const stop = Math.min(end, at + count * width)
      if ((stop - at) * 8 < wanted * width) throw new Error('runs that end too early')
      unpack(bytes, at, width, out, filled, wanted)
      at = stop
      filled += wanted
    }
  }
  return at
}

function unpack(bytes: Uint8Array, start: number, width: number, out: Uint8Array | Int32Array, from: number, count: number): void {
  if (width === 0) {
    out.fill(0, from, from + count)
    return
  }
  if (width === 8) {
    for (let i = 0; i < count; i++) out[from + i] = bytes[start + i]
    return
  }
  if (width > 24) {
    unpackWide(bytes, start, width, out, from, count)
    return
  }
  const mask = 2 ** width - 1
  let at = start
  let held = 0
  let bits = 0
  for (let i = from; i < from + count; i++) {
    while (bits < width) {
      held |= bytes[at++] << bits
      bits += 8
    }
    out[i] = held & mask
    held >>>= width
    bits -= width
  }
}

/** More than 24 bits do not fit beside the eight of the next byte in 32. */
function unpackWide(bytes: Uint8Array, start: number, width: number, out: Uint8Array | Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    let value = 0
    for (let bit = 0, place = i * width; bit < width; bit++, place++) value += ((bytes[start + (place >> 3)] >> (place & 7)) & 1) * 2 ** bit
    out[from + i] = value
  }
}
