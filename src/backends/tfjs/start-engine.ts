import { BackendError } from '../../errors'
import type { Device } from '../backend'
import { type Importing, importOptional, isNotInstalled, messageOf, namesOf } from '../../optional-package'
import { initialize, withEngine } from './current-backend'
import { type EngineRoute, installCommand, type TfjsEngine } from './engines'

export type Tfjs = typeof import('@tensorflow/tfjs-core')

/** An engine that is ready to run. */
export interface StartedEngine {
  readonly tf: Tfjs
  readonly engine: TfjsEngine
  readonly device: Device
}

/**
 * Imports the packages of a route and starts its engine.
 *
 * @throws BackendError that says whether a package is not installed, or is installed and does not load or work
 */
export async function startRoute(route: EngineRoute, importing?: Importing): Promise<StartedEngine> {
  const { engine, device } = route
  const tf = namesOf(await importFirst(route, route.core, importing), 'tidy') as Tfjs
  await importFirst(route, route.backend, importing)
  await startEngine(tf, engine, device)
  return { tf, engine, device }
}

/** Whether an error of {@link startRoute} says that a package is not installed. */
export const saysNotInstalled = (error: unknown): boolean => /is not installed/.test(messageOf(error))

async function importFirst(route: EngineRoute, names: readonly string[], importing?: Importing): Promise<object> {
  for (const name of names) {
    try {
      return await importOptional('tfjs', name, importing)
    } catch (error) {
      if (!isNotInstalled((error as Error).cause, name)) throw error
    }
  }
  const missing = `the package ${names.join(' (or ')}${')'.repeat(names.length - 1)} is not installed`
  throw new BackendError(`feedrank/tfjs: ${missing}, which the engine '${route.engine}' needs; run: ${installCommand(route)}`)
}

/**
 * Starts `engine` within `tf` and tries it.
 *
 * @throws BackendError when it does not start, or gives wrong numbers
 */
export async function startEngine(tf: Tfjs, engine: TfjsEngine, device: Device): Promise<void> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new BackendError(`feedrank/tfjs: the engine '${engine}' does not work here: ${reason}`, { cause })
  }
  const started = await initialize(tf, engine).catch((cause: unknown) => fail(`${messageOf(cause)}${needs(engine)}`, cause))
  if (!started) fail(`tfjs could not start it${needs(engine)}`)
  if (engine === 'tensorflow' && device === 'gpu' && !withEngine(tf, engine, () => isOnGpu(tf)))
    fail('tfjs-node-gpu loads but sees no GPU; it needs an NVIDIA driver and the CUDA libraries its TensorFlow was built for')
  const got = await tryOut(tf, engine).catch((cause: unknown) => fail(reasonOf(cause), cause))
  if (got[0] !== probe) fail(`it holds ${probe} as ${got[0]}, so not in 32 bits`)
  if (got.slice(1).some((value, i) => value !== expectedSums[i])) fail('it gives wrong sums of largest values')
}

const isOnGpu = (tf: Tfjs): boolean => (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true

/** A number that 16 bits do not hold. */
const probe = 1 + 2 ** -20

/** Sizes of a second probe: enough elements that no engine computes them in plain JavaScript on the side. */
const [outer, middle, inner] = [40, 2, 30]
const column = (length: number) => Float32Array.from({ length }, (_, i) => (i * 7) % 31)
const expectedSums = Array.from({ length: inner }, (_, k) => {
  const values = column(outer * middle * inner)
  let sum = 0
  for (let i = 0; i < outer; i++) sum += Math.max(...Array.from({ length: middle }, (_, j) => values[(i * middle + j) * inner + k])) * ((i * inner + k) % 3)
  return sum
})

/**
 * The first probe through a product, then `Σᵢ wᵢₖ · maxⱼ xᵢⱼₖ`, which webgpu of tfjs 4.22 has been seen to get wrong. The
 * `cpu` engine greets with a banner at its first number, which is left unsaid.
 */
async function tryOut(tf: Tfjs, engine: TfjsEngine): Promise<readonly number[]> {
  const quiet = engine === 'cpu' && tf.env().get('PROD') === false
  if (quiet) tf.env().set('PROD', true)
  try {
    const results = withEngine(tf, engine, () => tf.tidy(() => {
      const product = tf.matMul(tf.tensor2d([probe, 1], [1, 2]), tf.tensor2d([1, 0], [2, 1]))
      const largest = tf.max(tf.tensor(column(outer * middle * inner), [outer, middle, inner]), 1)
      const weights = tf.tensor(Float32Array.from({ length: outer * inner }, (_, i) => i % 3), [outer, inner])
      return [product, tf.sum(tf.mul(largest, weights), 0)]
    }))
    const read = await Promise.all(results.map((x) => x.data())).finally(() => results.forEach((x) => x.dispose()))
    return read.flatMap((values) => [...(values as Float32Array)])
  } finally {
    if (quiet) tf.env().set('PROD', false)
  }
}

const needs = (engine: TfjsEngine) => (engine === 'webgl' || engine === 'webgpu' ? `; it needs a browser with ${engine === 'webgl' ? 'WebGL' : 'WebGPU'}` : '')

/** tfjs-node 4.22 calls functions that Node 23 took out of `util`. */
const reasonOf = (cause: unknown): string =>
  /\b(isNullOrUndefined|isArray)\b.* is not a function/.test(messageOf(cause))
    ? `${messageOf(cause)}: tfjs-node calls functions that Node 23 removed; run it on Node 22 or older, or take the engine 'wasm'`
    : messageOf(cause)
