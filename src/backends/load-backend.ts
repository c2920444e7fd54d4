import { ArgumentError, BackendError, checkInteger, expected } from '../errors'
import type { Backend, Device } from './backend'
import { javascriptBackend } from './javascript'
import { loadOnnxruntimeBackend, type OnnxruntimeOptions } from './onnxruntime'
import { messageOf } from '../optional-package'
import { loadTfjsBackend, type TfjsOptions } from './tfjs'
import { loadWasmBackend, type WasmOptions } from './wasm'

export type BackendName = 'javascript' | 'onnxruntime' | 'tfjs' | 'wasm'

/** What may be asked of a backend; each takes what concerns it. */
export interface BackendOptions extends OnnxruntimeOptions, TfjsOptions, WasmOptions {
  /** Where to compute; a GPU is taken only when asked for. @defaultValue `'cpu'` */
  readonly device?: Device
  /** Threads to use at most; a backend that has but one uses one. @defaultValue as many as the backend chooses; one on `wasm` */
  readonly threads?: number
}

/** A backend by name, with its options. */
export interface BackendChoice extends BackendOptions {
  /** @defaultValue `'auto'` */
  readonly name?: BackendName | 'auto'
}

const loaders: Readonly<Record<BackendName, (options: BackendOptions) => Promise<Backend>>> = {
  javascript: async () => javascriptBackend(),
  onnxruntime: loadOnnxruntimeBackend,
  tfjs: loadTfjsBackend,
  wasm: loadWasmBackend,
}

/** What `auto` tries on each device: from the fastest to the one that is always there. */
export const preference: Readonly<Record<Device, readonly BackendName[]>> = {
  cpu: ['onnxruntime', 'wasm', 'tfjs', 'javascript'],
  gpu: ['onnxruntime', 'tfjs'],
}

export const backendNames: readonly BackendName[] = preference.cpu

/**
 * A backend by name; `'auto'` takes the fastest that is installed and works.
 *
 * - `javascript`: plain typed arrays, always there; the reference the others are tested against.
 * - `wasm`: our own kernels in WebAssembly with SIMD, part of the package; runs anywhere, browsers included.
 * - `onnxruntime`: native speed on CPU, and CUDA; needs the optional package `onnxruntime-node`.
 * - `tfjs`: WebGPU, WebGL and the native TensorFlow; needs optional packages, which `describeBackends` names.
 *
 * A choice may carry the options, as in `loadBackend({ name: 'onnxruntime', threads: 2 })`; `loadBackend({ device: 'gpu' })`
 * takes the first that works on a GPU and fails where none does.
 *
 * @throws ArgumentError for a name, device or number of threads that is none; BackendError when the backend is not
 * installed, or is installed and does not load: the message says which, and what to do
 * @example
 * ```ts
 * import { loadBackend } from 'feedrank'
 *
 * const backend = await loadBackend({ name: 'wasm', threads: 1 })
 * console.log(backend.name, backend.device) // wasm cpu
 * ```
 */
export async function loadBackend(choice: BackendName | 'auto' | BackendChoice = 'auto', options: BackendOptions = {}): Promise<Backend> {
  const { name, ...asked } = readChoice(choice, options)
  const load = async (which: BackendName) => {
    const backend = await loaders[which](asked)
    choices.set(backend, { ...asked, name: which })
    return backend
  }
  if (name !== 'auto') return load(name)
  const failures: unknown[] = []
  for (const candidate of preference[asked.device ?? 'cpu']) {
    try {
      return await load(candidate)
    } catch (error) {
      if (!BackendError.isInstance(error)) throw error
      failures.push(error)
    }
  }
  const reasons = failures.map((error) => `\n- ${messageOf(error)}`).join('')
  throw new BackendError(`feedrank/loadBackend: no backend could be loaded${asked.device === 'gpu' ? ' on a GPU' : ''}:${reasons}`, { cause: new AggregateError(failures) })
}

const choices = new WeakMap<Backend, BackendChoice & { readonly name: BackendName }>()

/** How a backend was asked for, to load it again in another thread: what cannot be sent there is left out. */
export function choiceOf(backend: Backend): BackendChoice {
  const { tf: _, ...choice } = choices.get(backend) ?? { name: backend.name as BackendName, device: backend.device }
  return choice
}

function readChoice(choice: unknown, options: BackendOptions): BackendOptions & { readonly name: BackendName | 'auto' } {
  if (typeof choice !== 'string' && (typeof choice !== 'object' || choice === null))
    throw new ArgumentError(expected('loadBackend', 'choice', 'a name or an object with `name` and options', choice))
  const { name = 'auto', ...asked }: BackendChoice = typeof choice === 'string' ? { ...options, name: choice as BackendName } : { ...options, ...choice }
  if (name !== 'auto' && !Object.hasOwn(loaders, name))
    throw new ArgumentError(expected('loadBackend', 'name', `one of 'auto', ${backendNames.map((n) => `'${n}'`).join(', ')}`, name))
  checkDevice('loadBackend', asked.device)
  if (asked.threads !== undefined) checkInteger('loadBackend', 'threads', asked.threads)
  if (asked.device === 'gpu' && name !== 'auto' && !preference.gpu.includes(name))
    throw new ArgumentError(expected('loadBackend', 'device', `'cpu' for the backend '${name}', which knows no other`, asked.device))
  return { ...asked, name }
}

export function checkDevice(where: string, device: unknown): void {
  if (device !== undefined && device !== 'cpu' && device !== 'gpu') throw new ArgumentError(expected(where, 'device', "'cpu' or 'gpu'", device))
}
