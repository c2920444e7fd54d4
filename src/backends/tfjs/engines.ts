import type { Device } from '../backend'

/** Which of TensorFlow.js's own backends computes: `tensorflow` is the native one of `@tensorflow/tfjs-node`. */
export type TfjsEngine = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu'

/** A way to an engine: the packages of which one of each group has to be there, the first that is being taken. */
export interface EngineRoute {
  readonly engine: TfjsEngine
  readonly device: Device
  /** The package with `tensor`, `tidy` and the other names. */
  readonly core: readonly string[]
  /** The package that registers the engine. */
  readonly backend: readonly string[]
}

const scoped = (...names: string[]) => names.map((name) => `@tensorflow/${name}`)

/** The core alone is smaller and loads faster than the union package, which holds it too. */
const core = scoped('tfjs-core', 'tfjs')

/** For each device, from the fastest to the slowest. */
export const engineRoutes: readonly EngineRoute[] = [
  { engine: 'tensorflow', device: 'cpu', core: scoped('tfjs-node'), backend: scoped('tfjs-node') },
  { engine: 'wasm', device: 'cpu', core, backend: scoped('tfjs-backend-wasm') },
  { engine: 'cpu', device: 'cpu', core, backend: scoped('tfjs-backend-cpu', 'tfjs') },
  { engine: 'tensorflow', device: 'gpu', core: scoped('tfjs-node-gpu'), backend: scoped('tfjs-node-gpu') },
  { engine: 'webgpu', device: 'gpu', core, backend: scoped('tfjs-backend-webgpu') },
  { engine: 'webgl', device: 'gpu', core, backend: scoped('tfjs-backend-webgl', 'tfjs') },
]

export const engineNames: readonly TfjsEngine[] = [...new Set(engineRoutes.map(({ engine }) => engine))]

/** What to install for a route, as a command. */
export const installCommand = ({ core: [main], backend: [backend] }: EngineRoute): string =>
  `npm install ${[...new Set([main, backend])].join(' ')}`
