import { createHeap } from '../backends/wasm/heap'

/** What `assembly/training` exports; addresses and strides in bytes, sizes in elements. */
export interface Kernels {
  readonly heapBase: () => number
  readonly gatherRows: (table: number, stride: number, rows: number, dim: number, ids: number, count: number, out: number) => number
  readonly gatherBags: (
    table: number, stride: number, rows: number, dim: number, ids: number, offsets: number, coefficients: number, bags: number, out: number,
  ) => number
  readonly collectRows: (
    ids: number, count: number, dim: number, gradient: number, rows: number, sums: number, known: number, places: number, shift: number,
  ) => number
  readonly collectBags: (
    ids: number, offsets: number, coefficients: number, bags: number, dim: number, gradient: number, room: number,
    rows: number, sums: number, known: number, places: number, shift: number,
  ) => number
  readonly squaresOf: (gradient: number, size: number) => number
  readonly squaresOfRows: (sums: number, count: number, dim: number) => number
  readonly sgd: (weights: number, gradient: number, size: number, rate: number, by: number) => void
  readonly momentum: (weights: number, gradient: number, velocity: number, size: number, mu: number, rate: number, by: number) => void
  readonly adam: (
    weights: number, gradient: number, mean: number, square: number, size: number,
    share1: number, share2: number, epsilon: number, keep: number, rate: number, correction: number, by: number,
  ) => void
  readonly rowSgd: (
    table: number, stride: number, dim: number, rows: number, sums: number, count: number, keep: number, rate: number, by: number,
  ) => void
  readonly rowAdagrad: (
    table: number, stride: number, dim: number, rows: number, sums: number, count: number,
    l2: number, epsilon: number, initial: number, rate: number, by: number,
  ) => void
  readonly lazyAdam: (
    table: number, stride: number, dim: number, rows: number, sums: number, count: number,
    share1: number, share2: number, l2: number, epsilon: number, rate: number, by: number,
  ) => void
}

/** A piece of an arena that may move, and lose what it held, when it is asked to hold more. */
export interface Block {
  readonly address: () => number
  /** Room for at least `bytes`; true where the block is a new one. */
  readonly reserve: (bytes: number) => boolean
}

/**
 * The memory of one training, on which its kernels work. Arrays over it are ordinary ones, which any backend reads and
 * writes, but hold only until memory grows: so addresses are kept, and arrays made when they are needed.
 */
export interface Arena {
  readonly kernels: Kernels
  /** The address of `bytes` zeros, kept to the end; to be asked for before any block is. */
  readonly take: (bytes: number) => number
  readonly block: () => Block
  readonly floats: (address: number, length: number) => Float32Array
  readonly integers: (address: number, length: number) => Int32Array
}

/** The most that addresses of 32 bits reach. */
const mostPages = 65536

/** An arena, or nothing where there is no WebAssembly with SIMD, or it is not allowed. */
export async function createArena(): Promise<Arena | undefined> {
  if (typeof WebAssembly === 'undefined') return undefined
  const { kernels: text } = await import('./kernels')
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  let memory: WebAssembly.Memory
  let kernels: Kernels
  try {
    if (!WebAssembly.validate(bytes)) return undefined
    memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages })
    kernels = (await WebAssembly.instantiate(await WebAssembly.compile(bytes), { env: { memory } })).exports as unknown as Kernels
  } catch {
    return undefined
  }
  const heap = createHeap(memory, kernels.heapBase())
  return {
    kernels,
    take: heap.take,
    block() {
      let address = 0
      let held = 0
      return {
        address: () => address,
        reserve(asked) {
          if (asked <= held && held > 0) return false
          if (held > 0) heap.give(address)
          // Half as much again as before spares the batch that is a little larger than the last.
          held = Math.max(asked, Math.ceil(held * 1.5), 64)
          address = heap.take(held)
          return true
        },
      }
    },
    floats: (address, length) => new Float32Array(memory.buffer, address, length),
    integers: (address, length) => new Int32Array(memory.buffer, address, length),
  }
}
