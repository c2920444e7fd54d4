import { BackendError } from '../errors'

/** What is used of the package `usearch`, so that its types are not needed where it is not installed. */
export interface NativeIndex {
  readonly add: (keys: BigUint64Array, vectors: Float32Array, threads: number) => void
  readonly search: (query: Float32Array, k: number, threads: number) => { readonly keys: BigUint64Array }
}

export interface NativeConfig {
  readonly dimensions: number
  readonly metric: 'ip' | 'cos' | 'l2sq'
  readonly quantization: 'f32' | 'f16' | 'i8'
  readonly connectivity: number
  readonly expansion_add: number
  readonly expansion_search: number
  readonly multi: boolean
}

export type NativeIndexClass = new (config: NativeConfig) => NativeIndex

// Named through a variable, so that a bundler leaves the optional package to be found, or not, at run time.
const packageName: string = 'usearch'
const importPackage = (): Promise<unknown> => import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)

/**
 * The index class of the optional package `usearch`.
 *
 * @throws BackendError that says what to install when the package is missing, and that keeps the cause when it is there
 *   but does not load.
 */
export async function loadUsearch(load: () => Promise<unknown> = importPackage): Promise<NativeIndexClass> {
  let module: unknown
  try {
    module = await load()
  } catch (cause) {
    if (isMissing(cause))
      throw new BackendError('feedrank/usearchIndex: the package `usearch` is not installed; `npm install usearch@2.25.3` or use exactIndex', { cause })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new BackendError(`feedrank/usearchIndex: the package \`usearch\` is installed but does not load on this machine: ${reason}`, { cause })
  }
  const { Index, default: inner } = module as { readonly Index?: unknown; readonly default?: { readonly Index?: unknown } }
  const found = Index ?? inner?.Index
  if (typeof found !== 'function')
    throw new BackendError('feedrank/usearchIndex: expected the package `usearch` to export the class Index; tested with version 2.25.3')
  return found as NativeIndexClass
}

/** Whether it is `usearch` itself that was not found, and not something it needs. */
function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && /(package|module) '?usearch'?/i.test(String(message))
}
