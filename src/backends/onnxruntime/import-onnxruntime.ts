import { BackendError } from '../../errors'

type Onnxruntime = typeof import('onnxruntime-node')

// Named through a variable, so that a bundler leaves the optional package to be found, or not, at run time.
const packageName: string = 'onnxruntime-node'
const importPackage = (): Promise<object> => import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)

/**
 * The optional package `onnxruntime-node`.
 *
 * @throws BackendError, with the cause, that says whether it is not installed or is installed and does not load
 */
export async function importOnnxruntime(importing: () => Promise<object> = importPackage): Promise<Onnxruntime> {
  let found: object
  try {
    found = await importing()
  } catch (cause) {
    throw isNotInstalled(cause)
      ? new BackendError(`feedrank/onnxruntime: the package ${packageName} is not installed; run: npm install ${packageName}`, { cause })
      : new BackendError(`feedrank/onnxruntime: the package ${packageName} is installed but does not load: ${messageOf(cause)}`, { cause })
  }
  // It is a CommonJS package, whose names a loader may or may not have found.
  return ('InferenceSession' in found ? found : (found as { readonly default: object }).default) as Onnxruntime
}

/** True when the package itself was not found; not when a file or a package it needs was not. */
function isNotInstalled(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const named = new RegExp(`Cannot find (package|module) '${packageName}'`).test(messageOf(error))
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && named
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]
