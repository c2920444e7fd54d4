import { BackendError } from '../../errors'
import type { Backend } from '../backend'

export interface OnnxruntimeOptions {
  /** Threads within an operation. @defaultValue the number onnxruntime chooses (one per physical core) */
  readonly threads?: number
}

/** Being written. */
export async function loadOnnxruntimeBackend(_options: OnnxruntimeOptions): Promise<Backend> {
  throw new BackendError('feedrank/onnxruntime: not there')
}
