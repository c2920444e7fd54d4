import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Missing } from '../harness/benchmark'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the benchmarks use of `@tensorflow/tfjs`. */
export interface Tfjs {
  readonly tensor2d: (values: Float32Array, shape: readonly [number, number]) => TfjsTensor
  readonly matMul: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor
  readonly setBackend: (name: string) => Promise<boolean>
  readonly enableProdMode: () => void
}

export interface TfjsTensor {
  readonly dataSync: () => Float32Array
  readonly dispose: () => void
}

/**
 * `@tensorflow/tfjs` on its wasm backend, which has one thread in Node. It is no dependency: `npm install --no-save
 * @tensorflow/tfjs @tensorflow/tfjs-backend-wasm`, or the folder that has them in `FEEDRANK_TFJS`.
 *
 * @throws {@link Missing} when it is not installed
 */
export async function loadTfjsWasm(): Promise<Tfjs> {
  const load = createRequire(`${process.env.FEEDRANK_TFJS || root}/`)
  try {
    const tf: Tfjs = load('@tensorflow/tfjs')
    load('@tensorflow/tfjs-backend-wasm')
    tf.enableProdMode()
    await tf.setBackend('wasm')
    return tf
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') throw new Missing('@tensorflow/tfjs and @tensorflow/tfjs-backend-wasm are not installed')
    throw error
  }
}
