import { BackendError } from '../../errors'
import { createHeap, type Heap } from './heap'
import type { ScratchSizes } from './node-words'

/** The compiled kernels with the memory they work in. */
export interface Kernels {
  readonly module: WebAssembly.Module
  readonly heap: Heap
  /** Runs the steps between two addresses; gives 0, or the address of the one that failed or waits. */
  readonly run: (start: number, end: number) => number
  /** Whether the last run ended waiting for other threads; `resume` goes on from the step it gave. */
  readonly waiting: () => boolean
  readonly resume: (step: number, end: number) => number
  /** The position of the row number that made a step fail. */
  readonly failedPosition: () => number
  readonly scratchSizes: ScratchSizes
}

interface Exports {
  readonly run: (start: number, end: number) => number
  readonly resume: (step: number, end: number) => number
  readonly waiting: WebAssembly.Global<'i32'>
  readonly setMaySleep: (may: number) => void
  readonly failedPosition: WebAssembly.Global<'i32'>
  readonly matmulScratch: (m: number, n: number, k: number) => number
  readonly quantizedScratch: (m: number, k: number) => number
  readonly heapBase: () => number
}

const pageBytes = 65536

/** The kernels ask for memory that threads may share, up to 65,536 pages; the flag says so in the entry of their import. */
const sharedImport = [...'memory'].map((letter) => letter.charCodeAt(0)).concat(0x02, 0x03)

/** The kernels' bytes, for memory that threads share or memory of one thread alone: the same code, another flag. */
export function kernelBytes(kernels: string, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(kernels), (c) => c.charCodeAt(0))
  const flag = bytes.findIndex((_, at) => sharedImport.every((byte, i) => bytes[at + i] === byte)) + sharedImport.length - 1
  if (!shared) bytes[flag] = 0x01
  return bytes
}

/**
 * Compiles the kernels and gives them memory of their own.
 *
 * @param memoryLimit bytes beyond which the memory does not grow
 * @param shared whether other threads work in the memory too
 * @throws BackendError where there is no WebAssembly, or none with SIMD, or not enough memory to begin with
 */
export async function instantiate(memoryLimit: number, shared: boolean): Promise<Kernels> {
  if (typeof WebAssembly === 'undefined') throw new BackendError('feedrank/wasm: there is no WebAssembly here; use the javascript backend')
  const { kernels } = await import('./kernels')
  const bytes = kernelBytes(kernels, shared)
  if (!WebAssembly.validate(bytes))
    throw new BackendError('feedrank/wasm: WebAssembly has no SIMD here (Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later have it); use the javascript backend')
  try {
    const maximum = Math.max(1, Math.floor(memoryLimit / pageBytes))
    const memory = new WebAssembly.Memory({ initial: 1, maximum, shared })
    const module = await WebAssembly.compile(bytes)
    const instance = await WebAssembly.instantiate(module, { env: { memory } })
    const exported = instance.exports as unknown as Exports
    exported.setMaySleep(Number(maySleep()))
    return {
      module,
      heap: createHeap(memory, exported.heapBase()),
      // An address above 2 GiB comes back with its sign.
      run: (start, end) => exported.run(start, end) >>> 0,
      waiting: () => exported.waiting.value !== 0,
      resume: (step, end) => exported.resume(step, end) >>> 0,
      failedPosition: () => exported.failedPosition.value,
      scratchSizes: { matmul: (m, n, k) => exported.matmulScratch(m, n, k) >>> 0, quantized: (m, k) => exported.quantizedScratch(m, k) >>> 0 },
    }
  } catch (cause) {
    throw new BackendError(`feedrank/wasm: the kernels cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** A browser lets its main thread wait for nobody. */
const maySleep = (): boolean => typeof document === 'undefined'
