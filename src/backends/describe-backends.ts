import type { Device } from './backend'
import { type InstalledVersion, installedVersions } from './installed-version'
import { backendNames, type BackendName, checkDevice, loadBackend, preference } from './load-backend'
import { messageOf } from '../optional-package'
import { engineRoutes, installCommand, type TfjsEngine } from './tfjs/engines'

export interface DescribeBackendsOptions {
  /** The device that `auto` is asked for. @defaultValue `'cpu'` */
  readonly device?: Device
  /** Loads each backend to see whether it works, native code included; otherwise packages are only looked up. @defaultValue `false` */
  readonly probe?: boolean
}

/** What is known of one backend. */
export interface BackendStatus {
  readonly name: BackendName
  /** `undefined` where packages cannot be looked up, as in a browser. */
  readonly installed: boolean | undefined
  /** The optional packages it would use, with the versions found; none for a part of feedrank itself. */
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  /** What it could compute on with these packages. */
  readonly devices: readonly Device[]
  /** Whether it loads on the device asked for; known after a probe only. */
  readonly loads?: boolean
  /** What is missing or broken, and what to do about it. */
  readonly problem?: string
}

export interface BackendReport {
  /** In the order in which `auto` tries them. */
  readonly backends: readonly BackendStatus[]
  /** What `loadBackend('auto')` takes, or `undefined` for nothing, and why. */
  readonly auto: { readonly takes: BackendName | undefined; readonly why: string }
  /** The same, to be printed. */
  readonly text: string
}

/**
 * Which backends are there, what is missing and how to get it, and which one `auto` takes.
 *
 * @throws ArgumentError for an unknown device
 * @example
 * ```ts
 * import { describeBackends } from 'feedrank'
 *
 * const { backends } = await describeBackends()
 * const wasm = backends.find(({ name }) => name === 'wasm')
 * console.log(wasm?.installed, wasm?.devices) // true [ 'cpu' ]
 * ```
 */
export async function describeBackends({ device = 'cpu', probe = false }: DescribeBackendsOptions = {}): Promise<BackendReport> {
  checkDevice('describeBackends', device)
  const versionOf = await installedVersions()
  const backends: BackendStatus[] = []
  for (const name of backendNames) backends.push(await describe(name, device, probe, versionOf))
  const auto = autoAmong(backends, device, probe)
  return { backends, auto, text: [...backends.map((status) => lineOf(status, device)), `auto takes ${auto.takes ?? 'nothing'}: ${auto.why}`].join('\n') }
}

async function describe(name: BackendName, device: Device, probe: boolean, versionOf: InstalledVersion | undefined): Promise<BackendStatus> {
  const status = { name, ...(versionOf === undefined ? unknown(name) : lookUp(name, device, versionOf)) }
  if (!preference[device].includes(name)) return { ...status, ...(probe && { loads: false }), problem: 'it computes on the CPU only' }
  if (!probe) return status
  try {
    await loadBackend(name, { device })
    return { ...status, loads: true }
  } catch (error) {
    return { ...status, loads: false, problem: messageOf(error) }
  }
}

type Found = Omit<BackendStatus, 'name'>

const own: Found = { installed: true, packages: [], devices: ['cpu'] }

const unknown = (name: BackendName): Found => (name === 'wasm' || name === 'javascript' ? own : { installed: undefined, packages: [], devices: [] })

function lookUp(name: BackendName, device: Device, versionOf: InstalledVersion): Found {
  if (name === 'onnxruntime') {
    const packages = withVersions(['onnxruntime-node'], versionOf)
    // Whether there is CUDA, only a probe can tell.
    return packages.length > 0 ? { installed: true, packages, devices: ['cpu', 'gpu'] } : missing('onnxruntime-node is not installed; run: npm install onnxruntime-node')
  }
  if (name !== 'tfjs') return own
  const routes = engineRoutes.filter(({ engine }) => hasInterface(engine)).flatMap((route) => {
    const chosen = [route.core, route.backend].map((names) => names.find((each) => versionOf(each) !== undefined))
    return chosen.every((each) => each !== undefined) ? [{ route, chosen }] : []
  })
  const usable = routes.filter(({ route }) => route.device === device)
  const wanted = engineRoutes.find((route) => route.device === device && route.engine === (device === 'cpu' ? 'wasm' : 'tensorflow'))
  const advice = wanted && `no engine of TensorFlow.js for the ${device} is installed; run: ${installCommand(wanted)}`
  return {
    installed: usable.length > 0,
    packages: withVersions([...new Set(routes.flatMap(({ chosen }) => chosen as string[]))], versionOf),
    devices: [...new Set(routes.map(({ route }) => route.device))],
    ...(usable.length === 0 && advice !== undefined && { problem: advice }),
  }
}

/** Whether this host has the graphics interface that an engine draws on; Node has none of its own. */
const hasInterface = (engine: TfjsEngine): boolean =>
  engine === 'webgl' ? typeof document !== 'undefined' : engine === 'webgpu' ? typeof navigator !== 'undefined' && 'gpu' in navigator : true

const missing = (problem: string): Found => ({ installed: false, packages: [], devices: [], problem })

const withVersions = (names: readonly string[], versionOf: InstalledVersion) =>
  names.flatMap((name) => {
    const version = versionOf(name)
    return version === undefined ? [] : [{ name, version }]
  })

function autoAmong(backends: readonly BackendStatus[], device: Device, probed: boolean): BackendReport['auto'] {
  const able = backends.filter(({ name }) => preference[device].includes(name))
  const chosen = able.find((status) => (probed ? status.loads : status.installed))
  const before = able.slice(0, chosen === undefined ? able.length : able.indexOf(chosen))
  const passed = before.map(({ name, installed }) => `${name} ${installed ? 'does not load' : 'is not installed'}`)
  if (chosen === undefined) return { takes: undefined, why: `for the ${device}, ${passed.join(' and ')}` }
  const reason = `the fastest for the ${device} that ${probed ? 'loads' : 'is installed (not loaded to see: pass { probe: true })'}`
  return { takes: chosen.name, why: [reason, ...passed].join('; ') }
}

function lineOf({ name, installed, packages, devices, loads, problem }: BackendStatus, device: Device): string {
  const able = preference[device].includes(name)
  const state = loads === true ? 'loads'
    : !able ? `not for the ${device}`
    : installed === undefined ? 'unknown'
    : !installed ? 'missing'
    : loads === false ? 'does not load'
    : 'installed'
  const source = packages.length > 0 ? packages.map((each) => `${each.name} ${each.version}`).join(', ') : installed ? 'part of feedrank' : ''
  const details = [source, devices.join(' and '), able && problem].filter(Boolean).join('; ')
  return `${name.padEnd(12)} ${state.padEnd(14)} ${details}`.trimEnd()
}
