import { ModelFileError, show } from '../errors'
import type { FittedSpecJson } from '../features'
import type { Json } from '../models'
import type { DataFingerprint } from './data-fingerprint'
import { fileError, fileSystem, quoted } from './files'
import { isRecord, unseal } from './sealed'

/** Everything about a model but its numbers, as its file holds it. */
export interface Manifest {
  readonly format: 'feedrank/model'
  readonly version: 1 | 2
  /** The version of this package that wrote it; absent from version 1 of the format. */
  readonly library?: string
  readonly kind: string
  readonly config: { readonly [key: string]: Json }
  readonly specHash: string
  readonly spec: FittedSpecJson
  /** Empty in version 1 of the format. */
  readonly heads: readonly HeadEntry[]
  readonly calibrators: Readonly<Record<string, object>>
  readonly metrics: Readonly<Record<string, number>>
  readonly trainingData?: DataFingerprint
  readonly weights: WeightsEntry
}

/** An output of one of the model's graphs. */
export interface HeadEntry {
  readonly graph: string
  readonly name: string
  readonly shape: readonly (number | string)[]
  /** The kind of the label of that name, where there is one. */
  readonly label?: 'binary' | 'regression'
}

/** The numbers that belong to a manifest. */
export interface WeightsEntry {
  /** The file beside it; absent where both are one file. */
  readonly file?: string
  /** Size and checksum of the numbers as a safetensors file of their own. */
  readonly bytes: number
  readonly sha256: string
}

export const manifestName = 'model.json'

/** The manifest in a folder, or nothing where there is none that can be read. */
export const findManifest = (folder: string): Promise<Manifest | undefined> => readManifest(folder, 'loadModel').catch(() => undefined)

/** Reads and checks the `model.json` of a folder. Line ends may have been changed, as tools for versions do; nothing else may. */
export async function readManifest(folder: string, where: string): Promise<Manifest> {
  const { readFile } = await fileSystem()
  const path = `${folder}/${manifestName}`
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError(where, 'read', path, cause)
  })
  const manifest = await parseManifest(where, path, bytes, 2)
  const { file } = manifest.weights
  if (file === undefined || !/^weights-[0-9a-f]{16}\.safetensors$/.test(file))
    throw new ModelFileError(`feedrank/${where}: ${quoted(path)} names weights in ${show(file)}; expected a file beside it`)
  return manifest
}

/**
 * The manifest that these bytes are the text of, byte for byte but for line ends.
 *
 * @throws ModelFileError
 */
export async function parseManifest(where: string, path: string, bytes: Uint8Array, indent: 0 | 2): Promise<Manifest> {
  const wrong = (what: string) => new ModelFileError(`feedrank/${where}: ${quoted(path)} ${what}`)
  const { record, check } = unseal(where, path, bytes, indent)
  const manifest: Partial<Manifest> = record
  checkVersion(manifest, wrong)
  const missing = missingFrom(manifest)
  if (missing.length > 0) throw wrong(`lacks ${missing.join(', ')}`)
  await check()
  return { heads: [], calibrators: {}, metrics: {}, ...manifest } as Manifest
}

function checkVersion({ format, version, library }: { readonly format?: unknown; readonly version?: unknown; readonly library?: unknown }, wrong: (what: string) => ModelFileError): void {
  if (format === 'feedrank/model' && (version === 1 || version === 2)) return
  const later = format === 'feedrank/model' && typeof version === 'number' && version > 2
  const by = typeof library === 'string' ? `feedrank ${library}` : 'a later version of feedrank'
  throw wrong(
    `is not a model file this version can read: expected feedrank/model version 1 or 2, got ${show(format)} version ${show(version)}` +
      (later ? `; ${by} wrote it: load it with that version or a later one, or save it again with this one` : ''),
  )
}

/** The fields a manifest of its version must have and does not. */
function missingFrom({ version, kind, config, spec, specHash, weights, library, heads, calibrators, metrics, trainingData }: Partial<Manifest>): string[] {
  const text = (value: unknown) => typeof value === 'string'
  const fields: readonly (readonly [string, boolean])[] = [
    ['kind', text(kind)], ['config', isRecord(config)], ['spec', isRecord(spec)], ['specHash', text(specHash)],
    ['weights', isRecord(weights) && (weights.file === undefined || text(weights.file)) && text(weights.sha256) && Number.isSafeInteger(weights.bytes)],
    ...(version === 1 ? [] : [
      ['library', text(library)], ['heads', Array.isArray(heads) && heads.every(isHead)],
      ['calibrators', isRecord(calibrators)], ['metrics', isRecord(metrics) && Object.values(metrics).every(Number.isFinite)],
      ['trainingData', trainingData === undefined || (isRecord(trainingData) && text(trainingData.sha256) && Number.isSafeInteger(trainingData.rows))],
    ] as const),
  ]
  return fields.filter(([, there]) => !there).map(([name]) => name)
}

const isHead = (head: Partial<HeadEntry> | null) => typeof head?.graph === 'string' && typeof head.name === 'string' && Array.isArray(head.shape)
