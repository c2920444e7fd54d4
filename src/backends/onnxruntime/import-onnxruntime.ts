import { BackendError } from '../../errors'
import { type Importing, importOptional, namesOf } from '../../optional-package'

export type Onnxruntime = typeof import('onnxruntime-node')

/**
 * The optional package `onnxruntime-node`.
 *
 * @throws BackendError, with the cause, that says whether it is not installed or is installed and does not load
 */
export async function importOnnxruntime(importing?: Importing): Promise<Onnxruntime> {
  const found = namesOf(await importOptional('onnxruntime', 'onnxruntime-node', importing), 'InferenceSession') as Partial<Onnxruntime>
  if (typeof found.InferenceSession?.create !== 'function' || typeof found.Tensor !== 'function')
    throw new BackendError('feedrank/onnxruntime: the package onnxruntime-node is installed but does not load: it has no InferenceSession and Tensor')
  return found as Onnxruntime
}
