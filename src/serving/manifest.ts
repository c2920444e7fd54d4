import { ModelFileError, show } from '../errors'
import type { FittedSpecJson } from '../features'
import type { Json } from '../models'
import { fileError, fileSystem, quoted, sha256Of } from './files'

/** What `model.json` holds: everything about a model but its numbers. */
export interface Manifest {
  readonly format: 'feedrank/model'
  readonly version: 1
  readonly kind: string
  readonly config: { readonly [key: string]: Json }
  readonly specHash: string
  readonly spec: FittedSpecJson
  readonly weights: WeightsEntry
}

/** The file of numbers that belongs to a manifest. */
export interface WeightsEntry {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

export const manifestName = 'model.json'

export const weightsName = (checksum: string): string => `weights-${checksum.slice(0, 16)}.safetensors`

/** The text of `model.json`: the manifest with its own checksum. */
export async function manifestText(manifest: Manifest): Promise<string> {
  return `${JSON.stringify({ ...manifest, sha256: await checksumOf(manifest) }, null, 2)}\n`
}

/** The manifest in a folder, or nothing where there is none that can be read. */
export const findManifest = (folder: string): Promise<Manifest | undefined> => readManifest(folder).catch(() => undefined)

/**
 * Reads and checks `model.json`. White space is free, so that a tool may lay it out anew or change its line ends;
 * anything else that differs from what was written is found.
 *
 * @throws ModelFileError
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const { readFile } = await fileSystem()
  const path = `${folder}/${manifestName}`
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`, { cause })
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError('loadModel', 'read', path, cause)
  })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw wrong('is cut short or is not JSON', cause)
  }
  const { sha256, ...manifest } = (isObject(json) ? json : {}) as Partial<Manifest> & { readonly sha256?: unknown }
  if (manifest.format !== 'feedrank/model' || manifest.version !== 1)
    throw wrong(`is not a model file this version can read: expected feedrank/model version 1, got ${show(manifest.format)} version ${show(manifest.version)}`)
  const { kind, config, spec, specHash, weights } = manifest
  const complete = typeof kind === 'string' && isObject(config) && isObject(spec) && typeof specHash === 'string'
    && isObject(weights) && typeof weights.file === 'string' && typeof weights.sha256 === 'string' && Number.isSafeInteger(weights.bytes)
  if (!complete) throw wrong('lacks one of kind, config, spec, specHash, weights')
  if (!/^weights-[0-9a-f]{16}\.safetensors$/.test(weights.file)) throw wrong(`names weights in ${show(weights.file)}; expected a file beside it`)
  const checksum = await checksumOf(manifest as Manifest)
  if (checksum !== sha256) throw wrong(`was altered: expected SHA-256 ${show(sha256)}, got ${show(checksum)}`)
  return manifest as Manifest
}

const checksumOf = (manifest: Manifest): Promise<string> => sha256Of([new TextEncoder().encode(JSON.stringify(manifest))])

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
