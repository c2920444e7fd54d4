import { checkInteger } from '../../errors'
import type { Backend } from '../backend'
import { wasmExecutable } from './executable'
import { instantiate } from './instance'

export interface WasmOptions {
  /** Bytes that the wasm backend may hold at most; up to 4 GiB. @defaultValue 4 GiB */
  readonly memoryLimit?: number
}

const fourGiB = 2 ** 32

/**
 * The backend of our own kernels: WebAssembly with SIMD, part of the package, nothing to install.
 *
 * Each compiled program and set of sizes has a block of wasm memory in which every value has its place; a run copies
 * feeds in and outputs out and allocates nothing between. One thread.
 */
export async function loadWasmBackend({ memoryLimit = fourGiB }: WasmOptions): Promise<Backend> {
  checkInteger('wasm', 'memoryLimit', memoryLimit)
  const kernels = await instantiate(Math.min(memoryLimit, fourGiB))
  return { name: 'wasm', device: 'cpu', compile: async (program) => wasmExecutable(program, kernels) }
}
