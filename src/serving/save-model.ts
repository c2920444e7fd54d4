import { ArgumentError, ModelFileError, checkObject, expected } from '../errors'
import type { EncodedRows } from '../features'
import type { Calibrator } from '../metrics'
import type { Model } from '../models'
import { dataFingerprint, type DataFingerprint } from './data-fingerprint'
import { fileError, fileSystem, pathTools, quoted, sha256Of, sha256OfText, syncFolder, writeDurably } from './files'
import { libraryVersion } from './library-version'
import { findManifest, manifestName, type Manifest } from './manifest'
import { calibratorEntries, headsOf, metricEntries } from './model-info'
import { makersOf, type ModelMaker } from './model-kinds'
import { longestHeader, safetensorsHeader } from './safetensors'
import { sealedText } from './sealed'
import { openStaging, sweepStaging, writeAtomically } from './staging'
import { bytesOf, checkNumbers, tensorsOf } from './weights-file'

/** What {@link saveModel} writes beside the model. */
export interface SaveModelOptions {
  /** One folder, or one file. @defaultValue a file where the path ends in `.safetensors`, a folder otherwise */
  readonly form?: 'folder' | 'file'
  /** What turns heads' scores into probabilities that hold, by the head's name. @defaultValue none */
  readonly calibrators?: Readonly<Record<string, Calibrator>> | ReadonlyMap<string, Calibrator>
  /** What was measured of the model, by name: finite numbers. @defaultValue none */
  readonly metrics?: Readonly<Record<string, number>>
  /** The rows it was trained on, or their {@link dataFingerprint}; the fingerprint alone is written. @defaultValue none */
  readonly trainingData?: EncodedRows | DataFingerprint
  /** Makers of models of your own, by kind; {@link loadModel} is given the same. @defaultValue none */
  readonly kinds?: Readonly<Record<string, ModelMaker>>
}

const stagingPrefix = '.saving-'

/**
 * Writes a model with all that it takes to serve it: kind and options, the fitted spec and its hash, heads, calibrators,
 * what was measured of it, the fingerprint of its training data, and all numbers as safetensors, with checksums.
 *
 * As a folder: `model.json` for people, and one safetensors file. As one file: a safetensors file whose metadata hold the same.
 * Written beside its place, synced, and renamed there last, so a reader sees the old model or the new one, and a crash leaves
 * the old one whole; what it left behind is removed by the next save. The model must not be trained meanwhile.
 *
 * @throws ArgumentError when `model` is of no kind known here, or an option is not what it should be; DataError when a number
 * is not finite; ModelFileError when the path cannot be written
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { WideAndDeep, binary, categorical, defineFeatures, loadModel, saveModel } from 'feedrank'
 *
 * const rows = [{ topic: 'cats', clicked: 1 }, { topic: 'tax', clicked: 0 }]
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(rows)
 * const folder = await mkdtemp(join(tmpdir(), 'ranker-'))
 * const trainingData = spec.encode(rows, { labels: true })
 * await saveModel(new WideAndDeep(spec, { hidden: [8] }), join(folder, 'ranker.safetensors'), { metrics: { 'auc:clicked': 0.5 }, trainingData })
 * const { kind, saved } = await loadModel(join(folder, 'ranker.safetensors'))
 * console.log(kind, saved.metrics, saved.trainingData?.rows) // WideAndDeep { 'auc:clicked': 0.5 } 2
 * ```
 */
export async function saveModel(model: Model, path: string, options: SaveModelOptions = {}): Promise<void> {
  checkPath('saveModel', path)
  const { form = path.endsWith('.safetensors') ? 'file' : 'folder' } = checkObject('saveModel', 'options', options)
  if (form !== 'folder' && form !== 'file') throw new ArgumentError(expected('saveModel', 'form', "'folder' or 'file'", form))
  const makers = makersOf('saveModel', options.kinds)
  if (typeof model?.kind !== 'string' || !makers.has(model.kind))
    throw new ArgumentError(expected('saveModel', 'model', `a model of kind ${[...makers.keys()].join(', ')} (or one of \`kinds\`)`, model?.kind ?? model))
  const described = await describe(model, options)
  const tensors = tensorsOf(model)
  await checkNumbers('saveModel', tensors)
  const chunks = [safetensorsHeader(tensors), ...tensors.map(({ values }) => bytesOf(values))]
  const weights = { bytes: chunks.reduce((n, c) => n + c.byteLength, 0), sha256: await sha256Of(chunks) }
  try {
    if (form === 'folder') await writeFolder(path, { ...described, weights }, chunks)
    else await writeFile(path, [await wholeHeader(path, { ...described, weights }, tensors), ...chunks.slice(1)])
  } catch (cause) {
    throw ModelFileError.isInstance(cause) ? cause : fileError('saveModel', 'write', path, cause)
  }
}

async function describe(model: Model, { calibrators = {}, metrics = {}, trainingData }: SaveModelOptions): Promise<Omit<Manifest, 'weights'>> {
  const heads = headsOf(model)
  return {
    format: 'feedrank/model',
    version: 2,
    library: libraryVersion,
    kind: model.kind,
    config: model.config,
    specHash: model.spec.hash,
    spec: model.spec.toJSON(),
    heads,
    calibrators: calibratorEntries(checkObject('saveModel', 'calibrators', calibrators, 'calibrators by head'), heads),
    metrics: metricEntries(checkObject('saveModel', 'metrics', metrics, 'numbers by name')),
    ...(trainingData !== undefined && { trainingData: await fingerprintOf(trainingData) }),
  }
}

function fingerprintOf(data: EncodedRows | DataFingerprint): Promise<DataFingerprint> | DataFingerprint {
  const { rows, sha256 } = (data ?? {}) as Partial<DataFingerprint>
  return Number.isSafeInteger(rows) && /^[0-9a-f]{64}$/.test(sha256 ?? '') ? { rows: rows!, sha256: sha256! } : dataFingerprint(data as EncodedRows)
}

/** Weights and manifest into a folder, the manifest last; then what no manifest names any more is removed. */
async function writeFolder(folder: string, manifest: Manifest, chunks: readonly Uint8Array[]): Promise<void> {
  const { mkdir, rename, rm } = await fileSystem()
  await mkdir(folder, { recursive: true })
  const staging = await openStaging(folder, stagingPrefix)
  // A name nobody used yet: who sweeps at the same time knows it is not of a model before this one.
  const file = `weights-${(await sha256OfText(`${manifest.weights.sha256} ${staging.folder}`)).slice(0, 16)}.safetensors`
  try {
    const text = await sealedText({ ...manifest, weights: { file, ...manifest.weights } }, 2)
    await writeDurably(`${staging.folder}/${file}`, chunks)
    await writeDurably(`${staging.folder}/${manifestName}`, [new TextEncoder().encode(text)])
    await rename(`${staging.folder}/${file}`, `${folder}/${file}`)
    try {
      await rename(`${staging.folder}/${manifestName}`, `${folder}/${manifestName}`)
    } catch (cause) {
      await rm(`${folder}/${file}`, { force: true })
      throw cause
    }
    await syncFolder(folder)
  } finally {
    await staging.close()
  }
  // The model is there; whatever cannot be swept now is swept by the next save.
  await sweep(folder).catch(() => undefined)
}

/** Removes what crashed saves left, and weights that no manifest names, unless someone else is about to name them. */
async function sweep(folder: string): Promise<void> {
  const { readdir, rm } = await fileSystem()
  const names = await readdir(folder)
  for (const name of names) if (/^(model\.json|weights-[0-9a-f]{16}\.safetensors)\.tmp-/.test(name)) await rm(`${folder}/${name}`, { recursive: true, force: true })
  if (await sweepStaging(folder, stagingPrefix)) return
  // What was listed before the manifest is read, and is not in it, is of an earlier save.
  const current = await findManifest(folder)
  for (const name of names)
    if (/^weights-[0-9a-f]{16}\.safetensors$/.test(name) && current !== undefined && name !== current.weights.file) await rm(`${folder}/${name}`, { force: true })
}

async function writeFile(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const { dirname } = await pathTools()
  await (await fileSystem()).mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, chunks)
}

async function wholeHeader(path: string, manifest: Manifest, tensors: Parameters<typeof safetensorsHeader>[0]): Promise<Uint8Array> {
  const header = safetensorsHeader(tensors, { feedrank: await sealedText(manifest, 0) })
  if (header.length - 8 <= longestHeader) return header
  throw new ModelFileError(
    `feedrank/saveModel: cannot write ${quoted(path)}: its header of ${header.length} bytes (mostly vocabularies) is longer than readers of safetensors take, ${longestHeader}; save it as a folder`,
  )
}

export function checkPath(where: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') throw new ArgumentError(expected(where, 'folder', 'the path of a folder or file', path))
}
