import { BackendError, checkInteger } from '../../errors'
import type { Backend } from '../backend'
import { planFeeds } from '../feeds'
import { onnxruntimeExecutable } from './executable'
import { importOnnxruntime, messageOf } from './import-onnxruntime'
import { lowerToOnnx } from './lower-to-onnx'

export interface OnnxruntimeOptions {
  /** Threads within an operation. @defaultValue the number onnxruntime chooses (one per physical core) */
  readonly threads?: number
}

/** The backend that lowers a program to ONNX and runs it as a session of the optional package `onnxruntime-node`. */
export async function loadOnnxruntimeBackend({ threads }: OnnxruntimeOptions): Promise<Backend> {
  if (threads !== undefined) checkInteger('onnxruntime', 'threads', threads)
  const { InferenceSession, Tensor } = await importOnnxruntime()
  const options = {
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Fatal only: errors are thrown, with what onnxruntime says of them, and need not be printed as well.
    logSeverityLevel: 4,
  } as const

  return {
    name: 'onnxruntime',
    device: 'cpu',
    async compile(program) {
      const plan = planFeeds(program)
      const model = lowerToOnnx(program)
      const session = await InferenceSession.create(model, options).catch((cause: unknown) => {
        throw new BackendError(`feedrank/compile: onnxruntime does not take the program: ${messageOf(cause)}`, { cause })
      })
      return onnxruntimeExecutable(plan, session, (type, data, shape) => new Tensor(type, data, shape))
    },
  }
}
