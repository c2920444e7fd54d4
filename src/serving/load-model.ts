import type { FileHandle } from 'node:fs/promises'
import { ArgumentError, FeedrankError, ModelFileError, checkObject, expected, show } from '../errors'
import { fittedSpecFromJSON, type FeatureSchema, type FittedSpec } from '../features'
import type { Model } from '../models'
import { fileError, fileSystem, isMissing, quoted } from './files'
import { manifestName, parseManifest, readManifest, type Manifest } from './manifest'
import { checkHeads, infoOf, type ModelInfo } from './model-info'
import { makersOf, type ModelKinds, type ModelMaker } from './model-kinds'
import { headerBytes, readHeader } from './safetensors'
import { checkPath } from './save-model'
import { readerOf, readNumbers, readStart, type ReadInto } from './weights-file'

/** What a model from a file has beside what its kind has. */
export interface FromFile {
  /** Encodes rows as the one it was trained with; their type the compiler cannot know. */
  readonly spec: FittedSpec
  /** What its file said of it: calibrators, metrics, what it was trained on. */
  readonly saved: ModelInfo
}

/** A model from a file. */
export type LoadedModel<Kind extends keyof ModelKinds = keyof ModelKinds> = { readonly [K in keyof ModelKinds]: ModelKinds[K] & FromFile }[Kind]

export interface LoadModelOptions<Kind extends string = string> {
  /** The kind it must be. @defaultValue any */
  readonly kind?: Kind
  /** The spec it must have been trained with, compared by hash. @defaultValue any */
  readonly spec?: Pick<FeatureSchema, 'hash'>
}

/** The same, with makers of models that this package does not have. */
export interface LoadOwnModelOptions<M extends Model> extends LoadModelOptions {
  /** Makers by kind, as they were given to `saveModel`. */
  readonly kinds: Readonly<Record<string, ModelMaker<M>>>
}

/**
 * Reads a model that `saveModel` wrote, from a folder or a file. Loading runs no code from the file; sizes, shapes and
 * checksums are checked, so what loads is what was saved. Its `spec` is the fitted one, so a service needs nothing but the
 * path: `model.spec.encode(rows)` encodes requests; `model.saved` holds calibrators, metrics and where it comes from.
 *
 * @throws ModelFileError when a file is missing, cut short, altered, of another kind or a later version, or for another spec:
 * the message names the file, what was expected and what came
 * @example
 * ```ts no-run
 * import { createPredictor, loadBackend, loadModel } from 'feedrank'
 *
 * const model = await loadModel('models/ranker', { kind: 'WideAndDeep' })
 * const predictor = await createPredictor(model, 'score', await loadBackend())
 * const scores = await predictor.predict(model.spec.encode([{ topic: 'cats' }]))
 * console.log(scores.get('clicked')?.[0])
 * ```
 */
export function loadModel<M extends Model>(path: string, options: LoadOwnModelOptions<M>): Promise<(M & FromFile) | LoadedModel>
export function loadModel<Kind extends keyof ModelKinds = keyof ModelKinds>(path: string, options?: LoadModelOptions<Kind>): Promise<LoadedModel<Kind>>
export async function loadModel(path: string, options: LoadModelOptions & { readonly kinds?: Readonly<Record<string, ModelMaker>> } = {}): Promise<Model & FromFile> {
  checkPath('loadModel', path)
  const { kind, spec } = checkObject('loadModel', 'options', options)
  const makers = makersOf('loadModel', options.kinds)
  if (kind !== undefined && !makers.has(kind)) throw new ArgumentError(expected('loadModel', 'kind', `one of ${[...makers.keys()].join(', ')}`, kind))
  if (spec !== undefined && typeof spec?.hash !== 'string') throw new ArgumentError(expected('loadModel', 'spec', 'a fitted spec', spec))
  const make = (at: string, manifest: Manifest) => modelOf(at, manifest, options, makers)
  return (await isFile(path)) ? fromFile(path, make) : fromFolder(path, make)
}

/**
 * What a model file says of its model, without reading its numbers.
 *
 * @throws ModelFileError when there is none, or it was altered
 * @example
 * ```ts no-run
 * import { readModelInfo } from 'feedrank'
 *
 * const { kind, metrics, trainingData } = await readModelInfo('models/ranker')
 * console.log(kind, metrics['auc:clicked'], trainingData?.rows)
 * ```
 */
export async function readModelInfo(path: string): Promise<ModelInfo> {
  checkPath('readModelInfo', path)
  if (await isFile(path)) return withFile(path, 'readModelInfo', async (read, size) => infoOf((await readWhole(path, 'readModelInfo', read, size)).manifest))
  return infoOf(await readManifest(path, 'readModelInfo'))
}

type Make = (at: string, manifest: Manifest) => Model & FromFile

async function fromFolder(folder: string, make: Make): Promise<Model & FromFile> {
  for (let manifest = await readManifest(folder, 'loadModel'); ;) {
    const model = make(`${folder}/${manifestName}`, manifest)
    const { file, bytes } = manifest.weights
    const path = `${folder}/${file}`
    try {
      await withFile(path, 'loadModel', async (read, size) => {
        if (size !== bytes) throw cutShort(path, bytes, size)
        const { start, header } = await readStart(read, path, size)
        await readChecked(path, Buffer.concat([start, header]), size, read, model, manifest)
      })
      return model
    } catch (error) {
      // Whoever saved a new model since has removed the weights of the old one.
      const now = isMissing((error as Error).cause) ? await readManifest(folder, 'loadModel') : manifest
      if (now.weights.file === file) throw error
      manifest = now
    }
  }
}

const fromFile = (path: string, make: Make): Promise<Model & FromFile> =>
  withFile(path, 'loadModel', async (read, size) => {
    const { manifest, header } = await readWhole(path, 'loadModel', read, size)
    const model = make(path, manifest)
    await readChecked(path, header, manifest.weights.bytes, read, model, manifest)
    return model
  })

/** The manifest within a file, and the header it would have without it. */
async function readWhole(path: string, where: string, read: ReadInto, size: number): Promise<{ readonly manifest: Manifest; readonly header: Uint8Array }> {
  const { start, header } = await readStart(read, path, size)
  const json = readHeader(path, header)
  const { __metadata__: metadata, ...tensors } = json
  const text = (metadata as { readonly feedrank?: unknown } | null | undefined)?.feedrank
  if (typeof text !== 'string')
    throw new ModelFileError(`feedrank/${where}: ${quoted(path)} holds no model but numbers alone; \`loadWeights\` reads those into a model that was made already`)
  if (Buffer.compare(headerBytes(json), Buffer.concat([start, header])) !== 0)
    throw new ModelFileError(`feedrank/${where}: ${quoted(path)} was altered: its header is laid out otherwise than it was written`)
  const manifest = await parseManifest(where, path, new TextEncoder().encode(text), 0)
  const plain = headerBytes(tensors)
  const whole = size - start.length - header.length + plain.length
  if (manifest.weights.file !== undefined || manifest.weights.bytes !== whole) throw cutShort(path, manifest.weights.bytes, whole)
  return { manifest, header: plain }
}

async function readChecked(path: string, header: Uint8Array, size: number, read: ReadInto, model: Model, { weights }: Manifest): Promise<void> {
  const checksum = await readNumbers(path, header, size - header.length, read, model)
  if (checksum !== weights.sha256) throw new ModelFileError(`feedrank/loadModel: ${quoted(path)} was altered: expected SHA-256 ${weights.sha256}, got ${checksum}`)
}

const cutShort = (path: string, expectedBytes: number, got: number) =>
  new ModelFileError(`feedrank/loadModel: ${quoted(path)} is cut short or was altered: expected ${expectedBytes} bytes, got ${got}`)

async function withFile<T>(path: string, where: string, use: (read: ReadInto, size: number) => Promise<T>): Promise<T> {
  const { open } = await fileSystem()
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    return await use(readerOf(handle, path), (await handle.stat()).size)
  } catch (cause) {
    throw FeedrankError.isInstance(cause) ? cause : fileError(where, 'read', path, cause)
  } finally {
    await handle?.close()
  }
}

const isFile = async (path: string): Promise<boolean> =>
  (await (await fileSystem()).stat(path).catch(() => undefined))?.isFile() ?? path.endsWith('.safetensors')

/** The model a manifest describes, with its first numbers. */
function modelOf(path: string, manifest: Manifest, wanted: LoadModelOptions, makers: ReadonlyMap<string, ModelMaker>): Model & FromFile {
  const { kind, config, spec: json, heads, version, library } = manifest
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`, { cause })
  const maker = makers.get(kind)
  if (maker === undefined) throw wrong(`holds a model of kind ${show(kind)}; this version knows ${[...makers.keys()].join(', ')}`)
  if (wanted.kind !== undefined && kind !== wanted.kind) throw wrong(`holds a ${kind}; expected a ${wanted.kind}`)
  try {
    // Its hash is taken anew: what the hash of a spec covers may have grown since the file was written.
    const spec = fittedSpecFromJSON(json)
    if (wanted.spec !== undefined && spec.hash !== wanted.spec.hash)
      throw wrong(`was trained with another spec: expected hash ${wanted.spec.hash}, got ${spec.hash}`)
    const model = maker(spec, config)
    if (version > 1) checkHeads(path, heads, model, library)
    // The spec once more, so that the compiler knows what it can do.
    return Object.assign(model, { spec, saved: infoOf(manifest) })
  } catch (cause) {
    if (FeedrankError.isInstance(cause) && cause.code === 'model-file') throw cause
    throw wrong(`cannot be made into a model: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}
