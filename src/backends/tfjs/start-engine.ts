import { BackendError } from '../../errors'
import type { Device } from '../backend'
import { type Importing, importOptional, isNotInstalled, messageOf, namesOf } from '../optional-package'
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
  if (got !== probe) fail(`it holds ${probe} as ${got}, so not in 32 bits`)
}

const isOnGpu = (tf: Tfjs): boolean => (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true

/** A number that 16 bits do not hold. */
const probe = 1 + 2 ** -20

/** The probe through a product; the `cpu` engine greets with a banner at its first number, which is left unsaid. */
async function tryOut(tf: Tfjs, engine: TfjsEngine): Promise<number> {
  const quiet = engine === 'cpu' && tf.env().get('PROD') === false
  if (quiet) tf.env().set('PROD', true)
  try {
    const product = withEngine(tf, engine, () => tf.tidy(() => tf.matMul(tf.tensor2d([probe, 1], [1, 2]), tf.tensor2d([1, 0], [2, 1]))))
    return (await product.data().finally(() => product.dispose()))[0]
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
