/* Rows by their numbers, from records of `stride` bytes that begin with the row. Each gives the position of the first number outside the table, or −1. */
import { addScaled, ahead, copy, touch } from './vectors'

/** out [count, dim] = the rows that `ids` name. */
export function gatherRows(table: usize, stride: usize, rows: u32, dim: u32, ids: usize, count: u32, out: usize): i32 {
  const bytes = <usize>dim << 2
  for (let start: u32 = 0; start < count; start += ahead) {
    const end = min(start + ahead, count)
    for (let i = start; i < end; i++) {
      const row = load<u32>(ids + (<usize>i << 2))
      // A negative number is a large one without its sign.
      if (row >= rows) return i
      touch(table + <usize>row * stride, bytes)
    }
    for (let i = start; i < end; i++, out += bytes) copy(out, table + <usize>load<u32>(ids + (<usize>i << 2)) * stride, bytes)
  }
  return -1
}

/** out [bags, dim]: the rows of each bag `ids[offsets[r] .. offsets[r + 1])`, each times its coefficient, summed. */
export function gatherBags(table: usize, stride: usize, rows: u32, dim: u32, ids: usize, offsets: usize, coefficients: usize, bags: u32, out: usize): i32 {
  const bytes = <usize>dim << 2
  memory.fill(out, 0, bytes * bags)
  for (let r: u32 = 0; r < bags; r++, out += bytes) {
    const end = load<u32>(offsets + (<usize>r << 2), 4)
    for (let i = load<u32>(offsets + (<usize>r << 2)); i < end; i++) {
      const row = load<u32>(ids + (<usize>i << 2))
      if (row >= rows) return i
      addScaled(out, table + <usize>row * stride, bytes, load<f32>(coefficients + (<usize>i << 2)))
    }
  }
  return -1
}
