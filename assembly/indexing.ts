/* Rows by their numbers. Each function gives the position of the first number that lies outside, or −1. */

/** out [count, width] = table[indices]. */
export function gatherRows(table: usize, indices: usize, out: usize, count: u32, rows: u32, width: u32): i32 {
  const bytes = <usize>width << 2
  for (let i: u32 = 0; i < count; i++, out += bytes) {
    const row = load<u32>(indices + (i << 2))
    // A negative number is a large one without its sign.
    if (row >= rows) return i
    const from = table + <usize>row * bytes
    if (width == 1) store<f32>(out, load<f32>(from))
    else memory.copy(out, from, bytes)
  }
  return -1
}

/** out [rows, width]: each of `values [count, width]` added, in double precision, to the row its index names. */
export function sumSegments(values: usize, indices: usize, out: usize, totals: usize, count: u32, rows: u32, width: u32): i32 {
  const all = rows * width
  memory.fill(totals, 0, <usize>all << 3)
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(indices + (i << 2))
    if (row >= rows) return i
    let total = totals + <usize>row * width * 8
    let column: u32 = 0
    for (; column + 4 <= width; column += 4, values += 16, total += 32) {
      const x = v128.load(values)
      v128.store(total, f64x2.add(v128.load(total), f64x2.promote_low_f32x4(x)))
      v128.store(total, f64x2.add(v128.load(total, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))), 16)
    }
    for (; column < width; column++, values += 4, total += 8) store<f64>(total, load<f64>(total) + <f64>load<f32>(values))
  }
  for (let i: u32 = 0; i < all; i++) store<f32>(out + (<usize>i << 2), <f32>load<f64>(totals + (<usize>i << 3)))
  return -1
}
