import { ArgumentError, BackendError, expected } from '../../errors'
import type { Program } from '../../tensor'
import type { Backend, Device } from '../backend'
import { planFeeds } from '../feeds'
import type { Importing } from '../../optional-package'
import { whenStarted } from './current-backend'
import { engineNames, engineRoutes, type TfjsEngine } from './engines'
import { tfjsExecutable } from './executable'
import { saysNotInstalled, type StartedEngine, startEngine, startRoute, type Tfjs } from './start-engine'

export type { TfjsEngine } from './engines'

export interface TfjsOptions {
  /** @defaultValue that of `engine`, or `'cpu'` */
  readonly device?: Device
  /**
   * Which of TensorFlow.js's own backends computes.
   *
   * @defaultValue the first that works: on the CPU `tensorflow` (of `@tensorflow/tfjs-node`), `wasm`, `cpu`; on the GPU
   * `tensorflow` (of `@tensorflow/tfjs-node-gpu`), `webgpu`, `webgl`
   */
  readonly engine?: TfjsEngine
  /**
   * TensorFlow.js itself, with the engine's package already imported: for browsers, where no package is found by its
   * name at run time. Without `engine`, the backend it is on is taken.
   */
  readonly tf?: object
}

/**
 * The backend that runs a program eagerly on TensorFlow.js, operation by operation, each value freed after its last reader.
 *
 * tfjs has one current backend in a process; a run sets its own and sets the former one back.
 */
export async function loadTfjsBackend(options: TfjsOptions, importing?: Importing): Promise<Backend> {
  const { device, engine, tf } = options
  if (engine !== undefined && !engineNames.includes(engine))
    throw new ArgumentError(expected('tfjs', 'engine', `one of ${engineNames.map((name) => `'${name}'`).join(', ')}`, engine))
  const started = tf === undefined ? await startInstalled(device, engine, importing) : await startGiven(tf, device, engine)
  return {
    name: 'tfjs',
    device: started.device,
    async compile(program) {
      const plan = planFeeds(program)
      checkAxes(program, started.engine)
      await whenStarted(started.tf)
      return tfjsExecutable(plan, started)
    },
  }
}

/** The graphics engines have no kernels beyond this, and fail in the middle of a run. */
const mostAxes = 6

function checkAxes({ nodes }: Program, engine: TfjsEngine): void {
  const wide = engine === 'webgl' || engine === 'webgpu' ? nodes.find(({ shape }) => shape.length > mostAxes) : undefined
  if (wide !== undefined)
    throw new BackendError(`feedrank/compile: the engine '${engine}' takes at most ${mostAxes} axes, and ${wide.op} has ${wide.shape.length}`)
}

async function startInstalled(device: Device | undefined, engine: TfjsEngine | undefined, importing?: Importing): Promise<StartedEngine> {
  const fits = engineRoutes.filter((route) => engine === undefined || route.engine === engine)
  const on = device ?? (fits.some((route) => route.device === 'cpu') ? 'cpu' : 'gpu')
  const routes = fits.filter((route) => route.device === on)
  if (routes.length === 0) throw new ArgumentError(expected('tfjs', 'device', `'${fits[0].device}' for the engine '${engine}'`, device))
  const failures: unknown[] = []
  for (const route of routes) {
    try {
      return await startRoute(route, importing)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  const broken = failures.filter((error) => !saysNotInstalled(error))
  const cause = new AggregateError(failures)
  if (broken.length > 0) throw new BackendError((broken[0] as Error).message, { cause })
  throw new BackendError(`feedrank/tfjs: TensorFlow.js is not installed for the ${on}; run: ${suggestion[on]}`, { cause })
}

const suggestion: Readonly<Record<Device, string>> = {
  cpu: 'npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
  gpu: 'npm install @tensorflow/tfjs-node-gpu',
}

async function startGiven(given: object, device: Device | undefined, engine: TfjsEngine | undefined): Promise<StartedEngine> {
  if (!['tidy', 'setBackend', 'matMul'].every((name) => typeof (given as Record<string, unknown>)[name] === 'function'))
    throw new ArgumentError(expected('tfjs', 'tf', 'the module @tensorflow/tfjs or @tensorflow/tfjs-core', given))
  const tf = given as Tfjs
  const asked = engine ?? tf.getBackend()
  const chosen = engineNames.find((name) => name === asked)
  if (chosen === undefined)
    throw new ArgumentError(expected('tfjs', 'engine', `given, as tfjs is on none of the backends ${engineNames.join(', ')}`, asked))
  const devices = engineRoutes.filter((route) => route.engine === chosen).map((route) => route.device)
  const on = device ?? devices[0]
  if (!devices.includes(on)) throw new ArgumentError(expected('tfjs', 'device', `'${devices[0]}' for the engine '${chosen}'`, device))
  await startEngine(tf, chosen, on)
  return { tf, engine: chosen, device: on }
}
