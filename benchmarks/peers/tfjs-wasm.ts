import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Missing } from '../harness/benchmark'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the benchmarks use of `@tensorflow/tfjs`. */
export interface Tfjs {
  readonly tensor2d: (values: Float32Array, shape: readonly [number, number]) => TfjsTensor
  readonly tensor1d: (values: Float32Array) => TfjsTensor
  readonly tensor: (values: Float32Array, shape: readonly number[]) => TfjsTensor
  readonly variable: (initial: TfjsTensor) => TfjsVariable
  readonly matMul: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor
  readonly add: (a: TfjsTensor, b: TfjsTensor | number) => TfjsTensor
  readonly sub: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor
  readonly mul: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor
  readonly squaredDifference: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor
  readonly relu: (x: TfjsTensor) => TfjsTensor
  readonly rsqrt: (x: TfjsTensor) => TfjsTensor
  readonly softplus: (x: TfjsTensor) => TfjsTensor
  readonly mean: (x: TfjsTensor) => TfjsTensor
  readonly moments: (x: TfjsTensor, axis: number) => { readonly mean: TfjsTensor; readonly variance: TfjsTensor }
  readonly concat: (parts: readonly TfjsTensor[], axis: number) => TfjsTensor
  readonly slice: (x: TfjsTensor, begin: readonly number[], size: readonly number[]) => TfjsTensor
  readonly reshape: (x: TfjsTensor, shape: readonly number[]) => TfjsTensor
  readonly keep: (x: TfjsTensor) => TfjsTensor
  readonly variableGrads: (f: () => TfjsTensor, variables: readonly TfjsVariable[]) => { readonly value: TfjsTensor; readonly grads: Readonly<Record<string, TfjsTensor>> }
  readonly train: { readonly adam: (learningRate: number) => { readonly applyGradients: (gradients: Readonly<Record<string, TfjsTensor>>) => void } }
  readonly setBackend: (name: string) => Promise<boolean>
  readonly enableProdMode: () => void
}

export interface TfjsTensor {
  readonly dataSync: () => Float32Array
  readonly dispose: () => void
}

export interface TfjsVariable extends TfjsTensor {
  readonly name: string
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
