import { BackendError } from '../../errors'
import { createHeap, type Heap } from './heap'

/** The compiled kernels with the memory they work in. */
export interface Kernels {
  readonly heap: Heap
  /** Runs the steps between two addresses; gives 0, or the address of the one that failed. */
  readonly run: (start: number, end: number) => number
  /** The position of the row number that made a step fail. */
  readonly failedPosition: () => number
  /** Bytes that a product of these sizes needs beside its operands. */
  readonly matmulScratch: (m: number, n: number, k: number) => number
}

interface Exports {
  readonly run: (start: number, end: number) => number
  readonly failedPosition: WebAssembly.Global<'i32'>
  readonly matmulScratch: (m: number, n: number, k: number) => number
  readonly heapBase: () => number
}

const pageBytes = 65536

/**
 * Compiles the kernels and gives them memory of their own.
 *
 * @param memoryLimit bytes beyond which the memory does not grow
 * @throws BackendError where there is no WebAssembly, or none with SIMD, or not enough memory to begin with
 */
export async function instantiate(memoryLimit: number): Promise<Kernels> {
  if (typeof WebAssembly === 'undefined') throw new BackendError('feedrank/wasm: there is no WebAssembly here; use the javascript backend')
  const { kernels } = await import('./kernels')
  const bytes = Uint8Array.from(atob(kernels), (c) => c.charCodeAt(0))
  if (!WebAssembly.validate(bytes))
    throw new BackendError('feedrank/wasm: WebAssembly has no SIMD here (Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later have it); use the javascript backend')
  try {
    const maximum = Math.max(1, Math.floor(memoryLimit / pageBytes))
    const memory = new WebAssembly.Memory({ initial: 1, maximum })
    const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), { env: { memory } })
    const exported = instance.exports as unknown as Exports
    return {
      heap: createHeap(memory, exported.heapBase()),
      // An address above 2 GiB comes back with its sign.
      run: (start, end) => exported.run(start, end) >>> 0,
      failedPosition: () => exported.failedPosition.value,
      matmulScratch: (m, n, k) => exported.matmulScratch(m, n, k) >>> 0,
    }
  } catch (cause) {
    throw new BackendError(`feedrank/wasm: the kernels cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
