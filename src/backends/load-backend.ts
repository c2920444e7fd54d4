import { ArgumentError, BackendError, expected } from '../errors'
import type { Backend } from './backend'
import { javascriptBackend } from './javascript'
import { loadOnnxruntimeBackend, type OnnxruntimeOptions } from './onnxruntime'
import { loadWasmBackend, type WasmOptions } from './wasm'

export type BackendName = 'javascript' | 'onnxruntime' | 'wasm'

export type BackendOptions = OnnxruntimeOptions & WasmOptions

const loaders: Readonly<Record<BackendName, (options: BackendOptions) => Promise<Backend>>> = {
  javascript: async () => javascriptBackend(),
  onnxruntime: loadOnnxruntimeBackend,
  wasm: loadWasmBackend,
}

/** From the fastest to the one that is always there. */
const preference: readonly BackendName[] = ['onnxruntime', 'wasm', 'javascript']

/**
 * A backend by name; `'auto'` takes the fastest that is installed and works.
 *
 * - `javascript`: plain typed arrays, always there; the reference the others are tested against.
 * - `wasm`: our own kernels in WebAssembly with SIMD, part of the package; runs anywhere, browsers included.
 * - `onnxruntime`: native speed on CPU; needs the optional package `onnxruntime-node`.
 *
 * @throws ArgumentError for a name that is none of these; BackendError when the named backend is not installed, or is
 * installed and does not load: the message says which, and what to do
 * @example
 * ```ts
 * import { loadBackend } from 'feedrank'
 *
 * const backend = await loadBackend('javascript')
 * console.log(backend.name, backend.device) // javascript cpu
 * ```
 */
export async function loadBackend(name: BackendName | 'auto' = 'auto', options: BackendOptions = {}): Promise<Backend> {
  if (name !== 'auto') {
    if (!Object.hasOwn(loaders, name))
      throw new ArgumentError(expected('loadBackend', 'name', `one of 'auto', ${preference.map((n) => `'${n}'`).join(', ')}`, name))
    return loaders[name](options)
  }
  const failures: unknown[] = []
  for (const candidate of preference) {
    try {
      return await loaders[candidate](options)
    } catch (error) {
      if (!BackendError.isInstance(error)) throw error
      failures.push(error)
    }
  }
  throw new BackendError('feedrank/loadBackend: no backend could be loaded', { cause: new AggregateError(failures) })
}
