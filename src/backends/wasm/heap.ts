import { BackendError } from '../../errors'

/** Wasm memory handed out in blocks: the first free place that is large enough, neighbours joined when given back. */
export interface Heap {
  readonly memory: WebAssembly.Memory
  /**
   * The address of a block of `bytes`, aligned to 64; memory grows when no free place is large enough.
   *
   * @throws BackendError when it cannot grow
   */
  readonly take: (bytes: number) => number
  /** Gives a block back; its address must have come from {@link Heap.take}. */
  readonly give: (address: number) => void
  /** From this address on, memory was never handed out, and is all zeros. */
  readonly untouched: () => number
  /** Bytes in blocks that were taken and not given back. */
  readonly used: () => number
}

interface Free {
  readonly start: number
  readonly end: number
}

/** What wasm memory grows by. */
export const pageBytes = 65536
const alignment = 64

export const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** A heap over `memory` from the address `base` on. */
export function createHeap(memory: WebAssembly.Memory, base: number): Heap {
  const taken = new Map<number, number>()
  let untouched = align(base)
  /** In order of addresses, no two adjacent. */
  let free: Free[] = [{ start: align(base), end: memory.buffer.byteLength }]

  const grow = (bytes: number): void => {
    const last = free.at(-1)
    const end = memory.buffer.byteLength
    const start = last?.end === end ? last.start : end
    const pages = Math.ceil((start + bytes - end) / pageBytes)
    try {
      memory.grow(pages)
    } catch (cause) {
      throw new BackendError(`feedrank/wasm: memory cannot grow by ${(pages * pageBytes) / 2 ** 20} MiB beyond its ${end / 2 ** 20} MiB`, { cause })
    }
    free = [...(start === end ? free : free.slice(0, -1)), { start, end: memory.buffer.byteLength }]
  }

  const takeFree = (bytes: number): number | undefined => {
    const at = free.findIndex(({ start, end }) => end - start >= bytes)
    if (at < 0) return undefined
    const { start, end } = free[at]
    free = [...free.slice(0, at), ...(end - start === bytes ? [] : [{ start: start + bytes, end }]), ...free.slice(at + 1)]
    return start
  }

  return {
    memory,
    take(asked) {
      const bytes = align(Math.max(asked, 1))
      let address = takeFree(bytes)
      if (address === undefined) {
        grow(bytes)
        address = takeFree(bytes)!
      }
      taken.set(address, bytes)
      untouched = Math.max(untouched, address + bytes)
      return address
    },
    give(address) {
      const bytes = taken.get(address)
      if (bytes === undefined) return
      taken.delete(address)
      const joined: Free[] = []
      for (const one of [...free, { start: address, end: address + bytes }].sort((a, b) => a.start - b.start)) {
        const last = joined.at(-1)
        if (last?.end === one.start) joined[joined.length - 1] = { start: last.start, end: one.end }
        else joined.push(one)
      }
      free = joined
    },
    untouched: () => untouched,
    used: () => [...taken.values()].reduce((sum, bytes) => sum + bytes, 0),
  }
}
