import { ArgumentError, BackendError, checkInteger, expected } from '../../errors'
import type { Backend } from '../backend'
import { wasmExecutable } from './executable'
import { pageBytes } from './heap'
import { instantiate } from './instance'
import { residentArrays } from './resident'
import { createTeam } from './team'

export interface WasmOptions {
  /** Bytes that the wasm backend may hold at most, from 64 KiB to 4 GiB. @defaultValue 4 GiB */
  readonly memoryLimit?: number
  /** Threads that share the large products of a run; more than one needs SharedArrayBuffer. @defaultValue 1 */
  readonly threads?: number
  /**
   * Whether to multiply and add in one instruction where WebAssembly has relaxed SIMD (Node 22, Chrome 114 and later), which
   * is quicker and rounds once instead of twice. `false` gives the same bits on every host. @defaultValue true
   */
  readonly relaxedSimd?: boolean
}

/** More would wait for one another longer than they work. */
const mostThreads = 32

const fourGiB = 2 ** 32

/**
 * The backend of our own kernels: WebAssembly with SIMD, part of the package, nothing to install.
 *
 * Each compiled program and set of sizes has a block of wasm memory in which every value has its place; a run copies
 * feeds in, but for those that lie in wasm memory already, and outputs out, and allocates nothing between. With `threads`,
 * worker threads take their share of each large product; results are the same to the last bit. The workers are there while
 * an executable is.
 *
 * @throws BackendError when more than one thread is asked for where memory cannot be shared
 */
export async function loadWasmBackend({ memoryLimit = fourGiB, threads = 1, relaxedSimd = true }: WasmOptions): Promise<Backend> {
  checkInteger('wasm', 'memoryLimit', memoryLimit, pageBytes)
  checkInteger('wasm', 'threads', threads)
  if (typeof relaxedSimd !== 'boolean') throw new ArgumentError(expected('wasm', 'relaxedSimd', 'true or false', relaxedSimd))
  if (threads > 1 && typeof SharedArrayBuffer === 'undefined')
    throw new BackendError('feedrank/wasm: threads need SharedArrayBuffer, which a browser gives to pages isolated by COOP and COEP headers only; leave `threads` out')
  const limit = Math.min(memoryLimit, fourGiB)
  const kernels = await instantiate(limit, threads > 1, relaxedSimd)
  const team = threads > 1 ? createTeam(kernels, Math.min(threads, mostThreads)) : undefined
  return {
    name: 'wasm',
    device: 'cpu',
    allocate: residentArrays(kernels.heap, limit / 2),
    async compile(program) {
      await team?.join()
      return wasmExecutable(program, kernels, team)
    },
  }
}
