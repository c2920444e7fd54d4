/*
 * The gradient of a table for the different rows a batch names: `rows` are their numbers, `sums` the addresses of their
 * gradients. The first gradient of a row serves as its sum where it lies, and later ones are added to it.
 *
 * `places` finds the position of a row in `rows`: open addressing over 2^(32 − shift) places with at most half of them
 * taken, −1 being free.
 */
import { addScaled, scale, squares } from './vectors'

@inline
function placeOf(row: u32, rows: usize, places: usize, shift: u32): usize {
  const mask = <u32>((1 << (32 - shift)) - 1)
  let place = (row * 0x9e3779b1) >> shift
  let address = places + (<usize>place << 2)
  for (let at = load<i32>(address); at >= 0 && load<u32>(rows + (<usize>at << 2)) != row; at = load<i32>(address)) {
    place = (place + 1) & mask
    address = places + (<usize>place << 2)
  }
  return address
}

/** Takes in the gradient [count, dim] of `ids`; gives how many different rows there are by now, `known` being those before. */
export function collectRows(ids: usize, count: u32, dim: u32, gradient: usize, rows: usize, sums: usize, known: u32, places: usize, shift: u32): u32 {
  const bytes = <usize>dim << 2
  for (let i: u32 = 0; i < count; i++, gradient += bytes) {
    const row = load<u32>(ids + (<usize>i << 2))
    const place = placeOf(row, rows, places, shift)
    const at = load<i32>(place)
    if (at >= 0) {
      addScaled(load<u32>(sums + (<usize>at << 2)), gradient, bytes, 1)
      continue
    }
    store<u32>(place, known)
    store<u32>(rows + (<usize>known << 2), row)
    store<u32>(sums + (<usize>known << 2), <u32>gradient)
    known++
  }
  return known
}

/** The same for the gradient [bags, dim] of bags, of which each id receives its coefficient's share; `room` is for [ids, dim]. */
export function collectBags(
  ids: usize, offsets: usize, coefficients: usize, bags: u32, dim: u32, gradient: usize, room: usize,
  rows: usize, sums: usize, known: u32, places: usize, shift: u32,
): u32 {
  const bytes = <usize>dim << 2
  for (let r: u32 = 0; r < bags; r++, gradient += bytes) {
    const end = load<u32>(offsets + (<usize>r << 2), 4)
    for (let i = load<u32>(offsets + (<usize>r << 2)); i < end; i++) {
      const row = load<u32>(ids + (<usize>i << 2))
      const coefficient = load<f32>(coefficients + (<usize>i << 2))
      const place = placeOf(row, rows, places, shift)
      const at = load<i32>(place)
      if (at >= 0) {
        addScaled(load<u32>(sums + (<usize>at << 2)), gradient, bytes, coefficient)
        continue
      }
      const sum = room + <usize>i * bytes
      scale(sum, gradient, bytes, coefficient)
      store<u32>(place, known)
      store<u32>(rows + (<usize>known << 2), row)
      store<u32>(sums + (<usize>known << 2), <u32>sum)
      known++
    }
  }
  return known
}

/** Σ g² over the gradients of `count` rows. */
export function squaresOfRows(sums: usize, count: u32, dim: u32): f64 {
  let total: f64 = 0
  for (let i: u32 = 0; i < count; i++) total += squares(load<u32>(sums + (<usize>i << 2)), <usize>dim << 2)
  return total
}
