import { BackendError } from '../../errors'
import { createHeap, pageBytes, type Heap } from './heap'

/** The compiled kernels with the memory they work in. */
export interface Kernels {
  readonly modules: Modules
  readonly heap: Heap
  /** Runs the steps between two addresses; gives 0, or the address of the one that failed or waits. */
  readonly run: (start: number, end: number) => number
  /** Whether the last run ended waiting for other threads; `resume` goes on from the step it gave. */
  readonly waiting: () => boolean
  readonly resume: (step: number, end: number) => number
  /** The position of the row number that made a step fail. */
  readonly failedPosition: () => number
  readonly products: Products
  readonly quantizedScratch: (m: number, k: number) => number
}

/** The kernels, and the products of matrices that they call. */
export interface Modules {
  readonly kernels: WebAssembly.Module
  readonly products: WebAssembly.Module
}

/** What the layout of a product is made with. */
export interface Products {
  /** Rows that are computed at once. */
  readonly tileRows: number
  /** Bytes that a product needs beside its operands; less where its right one is packed. */
  readonly scratch: (m: number, n: number, k: number, packed: boolean) => number
  /** Whether a product of `m` rows reads its right operand where it lies, so that packing it would be for nothing. */
  readonly readsInPlace: (m: number) => boolean
  /** Bytes of a right operand in panels. */
  readonly packedBytes: (n: number, k: number) => number
  /** Puts a right operand at `b`, with its strides in bytes, in panels at `target`. */
  readonly pack: (b: number, column: number, step: number, n: number, k: number, target: number) => void
}

interface Exports {
  readonly run: (start: number, end: number) => number
  readonly resume: (step: number, end: number) => number
  readonly waiting: WebAssembly.Global<'i32'>
  readonly setMaySleep: (may: number) => void
  readonly failedPosition: WebAssembly.Global<'i32'>
  readonly quantizedScratch: (m: number, k: number) => number
  readonly heapBase: () => number
}

interface ProductExports {
  readonly matmul: (...words: readonly number[]) => void
  readonly matmulScratch: (m: number, n: number, k: number, packed: number) => number
  readonly readsInPlace: (m: number) => number
  readonly packedBytes: (n: number, k: number) => number
  readonly packRight: (b: number, column: number, step: number, n: number, k: number, target: number) => void
  readonly tileRows: WebAssembly.Global<'i32'>
}

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
 * @param relaxed whether to take relaxed SIMD where the host has it
 * @throws BackendError where there is no WebAssembly, or none with SIMD, or not enough memory to begin with
 */
export async function instantiate(memoryLimit: number, shared: boolean, relaxed = true): Promise<Kernels> {
  if (typeof WebAssembly === 'undefined') throw new BackendError('feedrank/wasm: there is no WebAssembly here; use the javascript backend')
  const bytes = kernelBytes((await import('./kernels')).kernels, shared)
  if (!WebAssembly.validate(bytes))
    throw new BackendError('feedrank/wasm: WebAssembly has no SIMD here (Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later have it); use the javascript backend')
  const fused = relaxed ? kernelBytes((await import('./products-relaxed')).kernels, shared) : undefined
  const takesFused = fused !== undefined && WebAssembly.validate(fused)
  try {
    const maximum = Math.floor(memoryLimit / pageBytes)
    const memory = new WebAssembly.Memory({ initial: 1, maximum, shared })
    const modules: Modules = {
      kernels: await WebAssembly.compile(bytes),
      products: await WebAssembly.compile(takesFused ? fused : kernelBytes((await import('./products')).kernels, shared)),
    }
    const products = (await WebAssembly.instantiate(modules.products, { env: { memory } })).exports as unknown as ProductExports
    const imports = { env: { memory }, products: { matmul: products.matmul } }
    const exported = (await WebAssembly.instantiate(modules.kernels, imports)).exports as unknown as Exports
    exported.setMaySleep(Number(maySleep()))
    return {
      modules,
      heap: createHeap(memory, exported.heapBase()),
      // An address above 2 GiB comes back with its sign.
      run: (start, end) => exported.run(start, end) >>> 0,
      waiting: () => exported.waiting.value !== 0,
      resume: (step, end) => exported.resume(step, end) >>> 0,
      failedPosition: () => exported.failedPosition.value,
      products: {
        tileRows: products.tileRows.value,
        scratch: (m, n, k, packed) => products.matmulScratch(m, n, k, Number(packed)) >>> 0,
        readsInPlace: (m) => products.readsInPlace(m) !== 0,
        packedBytes: (n, k) => products.packedBytes(n, k) >>> 0,
        pack: products.packRight,
      },
      quantizedScratch: (m, k) => exported.quantizedScratch(m, k) >>> 0,
    }
  } catch (cause) {
    throw new BackendError(`feedrank/wasm: the kernels cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** A browser lets its main thread wait for nobody. */
const maySleep = (): boolean => typeof document === 'undefined'
