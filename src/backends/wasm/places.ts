import { align } from './heap'

/** A stretch of memory that is needed from one step of a plan to another, both included. */
export interface Place {
  readonly bytes: number
  readonly from: number
  until: number
  /** From the start of the plan's block; set by {@link arrange}. */
  offset: number
}

/** Numbers outside the plan's block: constants, and feeds that are read where they lie, which may be elsewhere at the next run. */
export interface Elsewhere {
  address: number
}

export const place = (bytes: number, from: number, until = from): Place => ({ bytes: align(bytes), from, until, offset: 0 })

/**
 * Gives each place its offset within one block, so that no two that are needed at once overlap: the largest first, each at
 * the smallest gap it fits in. Gives the size of the block.
 */
export function arrange(places: readonly Place[]): number {
  const done: Place[] = []
  let total = 0
  for (const one of places.toSorted((a, b) => b.bytes - a.bytes)) {
    const neighbours = done.filter((other) => other.from <= one.until && one.from <= other.until).sort((a, b) => a.offset - b.offset)
    let best = -1
    let smallest = Infinity
    let end = 0
    for (const { offset, bytes } of neighbours) {
      const gap = offset - end
      if (gap >= one.bytes && gap < smallest) {
        best = end
        smallest = gap
      }
      end = Math.max(end, offset + bytes)
    }
    one.offset = best >= 0 ? best : end
    total = Math.max(total, one.offset + one.bytes)
    done.push(one)
  }
  return total
}
