import type { InferenceSession } from 'onnxruntime-node'
import { BackendError, checkInteger } from '../../errors'
import { input, program, type Program } from '../../tensor'
import type { Backend, Device } from '../backend'
import { checkProgram, planFeeds } from '../feeds'
import { type Importing, messageOf } from '../../optional-package'
import { onnxruntimeExecutable } from './executable'
import { importOnnxruntime, type Onnxruntime } from './import-onnxruntime'
import { bytesProbe, lowerToOnnx, type LoweringOptions } from './lower-to-onnx'
import { spinning } from './spinning'

export interface OnnxruntimeOptions {
  /**
   * Threads within an operation. Between the operations of a run they stay awake; before onnxruntime 1.26 they do not, and
   * short runs gain little from them. @defaultValue the number onnxruntime chooses (one per physical core)
   */
  readonly threads?: number
  /** `'gpu'` runs on CUDA, and fails to load where onnxruntime has none. @defaultValue `'cpu'` */
  readonly device?: Device
}

/** More would wait for one another longer than they work. */
const mostThreads = 256

/** The backend that lowers a program to ONNX and runs it as a session of the optional package `onnxruntime-node`. */
export async function loadOnnxruntimeBackend({ threads, device = 'cpu' }: OnnxruntimeOptions, importing?: Importing): Promise<Backend> {
  if (threads !== undefined) checkInteger('onnxruntime', 'threads', threads)
  const onnxruntime = await importOnnxruntime(importing)
  const options: InferenceSession.SessionOptions = {
    ...(threads !== undefined && { intraOpNumThreads: Math.min(threads, mostThreads) }),
    ...(device === 'gpu' && { executionProviders: ['cuda'] }),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: spinning(onnxruntime) } },
    // Fatal only: errors are thrown, with what onnxruntime says of them, and need not be printed as well.
    logSeverityLevel: 4,
  }
  await tryOut(onnxruntime, options, device)
  const { InferenceSession, Tensor } = onnxruntime

  let exact: Promise<boolean> | undefined
  const compile = async (compiled: Program, lowering?: LoweringOptions) => {
    const plan = planFeeds(compiled)
    const model = lowerToOnnx(compiled, lowering)
    const session = await InferenceSession.create(model, options).catch((cause: unknown) => {
      throw new BackendError(`feedrank/compile: onnxruntime does not take the program: ${messageOf(cause)}`, { cause })
    })
    return onnxruntimeExecutable(plan, session, (type, data, shape) => new Tensor(type, data, shape))
  }
  /** Asked of the processor once, by whoever first needs to know. */
  const sumsExactly = async () => {
    const { program: probe, feeds, expected } = bytesProbe()
    const executable = await compile(probe)
    const { y } = await executable.run(feeds)
    executable.dispose()
    return y.data.every((value) => value === expected)
  }

  return {
    name: 'onnxruntime',
    device,
    async compile(compiled) {
      checkProgram(compiled)
      const quantized = compiled.nodes.some(({ op }) => op === 'quantizedMatmul')
      return compile(compiled, { signedBytes: !quantized || (await (exact ??= sumsExactly())) })
    },
  }
}

/** Opens a session of next to nothing, so that what is broken or missing is known when the backend is loaded and not at its first program. */
async function tryOut({ InferenceSession }: Onnxruntime, options: InferenceSession.SessionOptions, device: Device): Promise<void> {
  try {
    const session = await InferenceSession.create(lowerToOnnx(program({ y: input('x', ['n']) })), options)
    await session.release()
  } catch (cause) {
    throw new BackendError(
      `feedrank/onnxruntime: onnxruntime ${device === 'gpu' ? 'has no CUDA here' : 'opens no session'}: ${messageOf(cause)}; ${remedies[device]}`,
      { cause },
    )
  }
}

const remedies: Readonly<Record<Device, string>> = {
  cpu: 'run: npm rebuild onnxruntime-node; or load another backend',
  gpu: "on linux-x64 with an NVIDIA GPU, CUDA 12 and cuDNN 9, run: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node; or load the backend with device 'cpu'",
}
