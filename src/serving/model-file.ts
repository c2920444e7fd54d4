import { ArgumentError, DataError, FeedrankError, ModelFileError, expected, show } from '../errors'
import { fittedSpecFromJSON, type FeatureSchema, type FittedSpec } from '../features'
import { TwoTower, WideAndDeep, type Model } from '../models'
import { fileError, fileSystem, isMissing, quoted, sha256Of, writeAtomically } from './files'
import { findManifest, manifestName, manifestText, readManifest, weightsName, type Manifest } from './manifest'
import { safetensorsHeader } from './safetensors'
import { bytesOf, readWeights, tensorsOf } from './weights-file'

/** The models that files can hold, by kind. */
export interface ModelKinds {
  readonly WideAndDeep: WideAndDeep
  readonly TwoTower: TwoTower
}

/** A model from a file. Its `spec` encodes rows as the one it was trained with; their type the compiler cannot know. */
export type LoadedModel<Kind extends keyof ModelKinds = keyof ModelKinds> = { readonly [K in keyof ModelKinds]: ModelKinds[K] & { readonly spec: FittedSpec } }[Kind]

// A config is what the model wrote of itself; its constructor checks it again.
const makers: { readonly [Kind in keyof ModelKinds]: (spec: FeatureSchema, config: object) => ModelKinds[Kind] } = {
  WideAndDeep: (spec, config) => new WideAndDeep(spec, config),
  TwoTower: (spec, config) => new TwoTower(spec, config),
}

const isKind = (kind: string): kind is keyof ModelKinds => Object.hasOwn(makers, kind)

/**
 * Writes a model to a folder: `model.json` (kind, options, the fitted spec and its hash, the checksum of the weights)
 * and one safetensors file with all numbers. The model must not be trained meanwhile.
 *
 * The manifest is renamed into place last and names its weights by their checksum, so a reader sees the old model or
 * the new one, whatever happens in between; the weights of the model before it are removed after that.
 *
 * @throws DataError when a number of the model is not finite; ModelFileError when the folder cannot be written
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { WideAndDeep, binary, categorical, defineFeatures, loadModel, saveModel } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } })
 *   .fit([{ topic: 'cats', clicked: 1 }, { topic: 'tax', clicked: 0 }])
 * const folder = await mkdtemp(join(tmpdir(), 'ranker-'))
 * await saveModel(new WideAndDeep(spec, { hidden: [8] }), folder)
 * console.log((await loadModel(folder)).kind) // WideAndDeep
 * ```
 */
export async function saveModel(model: Model, folder: string): Promise<void> {
  checkFolder('saveModel', folder)
  if (typeof model?.kind !== 'string' || !isKind(model.kind))
    throw new ArgumentError(expected('saveModel', 'model', `a model of kind ${Object.keys(makers).join(' or ')}`, model?.kind ?? model))
  const tensors = tensorsOf(model)
  for (const { name, values } of tensors) {
    const at = values.findIndex((v) => !Number.isFinite(v))
    if (at >= 0) throw new DataError(`feedrank/saveModel: expected ${show(name)} to hold finite numbers, got ${values[at]} at position ${at}`)
  }
  const chunks = [safetensorsHeader(tensors), ...tensors.map(({ values }) => bytesOf(values))]
  const checksum = await sha256Of(chunks)
  const file = weightsName(checksum)
  const text = await manifestText({
    format: 'feedrank/model',
    version: 1,
    kind: model.kind,
    config: model.config,
    specHash: model.spec.hash,
    spec: model.spec.toJSON(),
    weights: { file, bytes: chunks.reduce((n, c) => n + c.byteLength, 0), sha256: checksum },
  })
  const { mkdir, rm } = await fileSystem()
  try {
    await mkdir(folder, { recursive: true })
    const before = await findManifest(folder)
    await writeAtomically(`${folder}/${file}`, chunks)
    await writeAtomically(`${folder}/${manifestName}`, [new TextEncoder().encode(text)])
    if (before !== undefined && before.weights.file !== file) await rm(`${folder}/${before.weights.file}`, { force: true })
  } catch (cause) {
    throw fileError('saveModel', 'write', folder, cause)
  }
}

export interface LoadModelOptions<Kind extends keyof ModelKinds> {
  /** The kind it must be. @defaultValue any */
  readonly kind?: Kind
  /** The spec it must have been trained with, compared by hash. @defaultValue any */
  readonly spec?: Pick<FeatureSchema, 'hash'>
}

/**
 * Reads a model that {@link saveModel} wrote. Loading runs no code from the file; sizes, shapes and checksums are
 * checked, so what loads is what was saved. Its `spec` is the fitted one, so a service needs nothing but the folder:
 * `model.spec.encode(rows)` encodes requests.
 *
 * @throws ModelFileError when a file is missing, cut short, altered, of another kind or version, or for another spec:
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
export async function loadModel<Kind extends keyof ModelKinds = keyof ModelKinds>(
  folder: string, options: LoadModelOptions<Kind> = {},
): Promise<LoadedModel<Kind>> {
  checkFolder('loadModel', folder)
  const { kind, spec } = options
  if (kind !== undefined && !(typeof kind === 'string' && isKind(kind)))
    throw new ArgumentError(expected('loadModel', 'kind', Object.keys(makers).join(' or '), kind))
  if (spec !== undefined && typeof spec?.hash !== 'string') throw new ArgumentError(expected('loadModel', 'spec', 'a fitted spec', spec))
  for (let manifest = await readManifest(folder); ;) {
    const model = modelOf(`${folder}/${manifestName}`, manifest, options)
    try {
      await readWeights(folder, manifest.weights, model)
      return model as LoadedModel<Kind>
    } catch (error) {
      // Whoever saved a new model since has removed the weights of the old one.
      const now = isMissing((error as Error).cause) ? await readManifest(folder) : manifest
      if (now.weights.file === manifest.weights.file) throw error
      manifest = now
    }
  }
}

/** The model a manifest describes, with its first numbers. */
function modelOf(path: string, { kind, config, spec: json, specHash }: Manifest, wanted: LoadModelOptions<keyof ModelKinds>): LoadedModel {
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`, { cause })
  if (!isKind(kind)) throw wrong(`holds a model of kind ${show(kind)}; this version knows ${Object.keys(makers).join(', ')}`)
  if (wanted.kind !== undefined && kind !== wanted.kind) throw wrong(`holds a ${kind}; expected a ${wanted.kind}`)
  if (wanted.spec !== undefined && specHash !== wanted.spec.hash)
    throw wrong(`was trained with another spec: expected hash ${wanted.spec.hash}, got ${specHash}`)
  try {
    const spec = fittedSpecFromJSON(json)
    if (spec.hash !== specHash) throw wrong(`holds a spec that was altered: expected hash ${specHash}, got ${spec.hash}`)
    // The spec once more, so that the compiler knows what it can do.
    return Object.assign(makers[kind](spec, config), { spec })
  } catch (cause) {
    if (FeedrankError.isInstance(cause) && cause.code === 'model-file') throw cause
    throw wrong(`cannot be made into a model: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

function checkFolder(where: string, folder: unknown): void {
  if (typeof folder !== 'string' || folder === '') throw new ArgumentError(expected(where, 'folder', 'the path of a folder', folder))
}
