/*
 * A nest of loops over several strided arrays, as the planner writes it into memory: the number of loops, then for each
 * loop, outermost first, its size and one stride an array, in elements. `walk` steps through all but the innermost.
 */
export const maxLoops: u32 = 16

/** Places of the outer loops. */
const places = memory.data(64, 16)
/** Offsets of the arrays, in elements, as the walk goes. */
const offsets = memory.data(16, 16)

@inline export function offset(array: u32): u32 {
  return load<u32>(offsets + array * 4)
}

@inline export function innerSize(nest: usize, arrays: u32): u32 {
  return load<u32>(nest + 4 + (load<u32>(nest) - 1) * (1 + arrays) * 4)
}

@inline export function innerStride(nest: usize, arrays: u32, array: u32): u32 {
  return load<u32>(nest + 8 + (load<u32>(nest) - 1) * (1 + arrays) * 4 + array * 4)
}

export function beginWalk(): void {
  memory.fill(places, 0, 64)
  memory.fill(offsets, 0, 16)
}

/** The next start of the innermost loop; false after the last. */
export function advance(nest: usize, arrays: u32): bool {
  for (let axis = <i32>load<u32>(nest) - 2; axis >= 0; axis--) {
    const entry = nest + 4 + axis * (1 + arrays) * 4
    const size = load<u32>(entry)
    const place = load<u32>(places + axis * 4) + 1
    const done = place == size
    for (let array: u32 = 0; array < arrays; array++) {
      const stride = load<u32>(entry + 4 + array * 4)
      const at = offsets + array * 4
      store<u32>(at, done ? load<u32>(at) - stride * (size - 1) : load<u32>(at) + stride)
    }
    store<u32>(places + axis * 4, done ? 0 : place)
    if (!done) return true
  }
  return false
}
