import { type Importing, importOptional, namesOf } from '../../optional-package'

export type Onnxruntime = typeof import('onnxruntime-node')

/**
 * The optional package `onnxruntime-node`.
 *
 * @throws BackendError, with the cause, that says whether it is not installed or is installed and does not load
 */
export async function importOnnxruntime(importing?: Importing): Promise<Onnxruntime> {
  return namesOf(await importOptional('onnxruntime', 'onnxruntime-node', importing), 'InferenceSession') as Onnxruntime
}
