import { DataError, FeedrankError, ModelFileError, show } from '../errors'
import { fittedSpecFromJSON, type FeatureSchema, type FittedSpecJson } from '../features'
import { TwoTower, WideAndDeep, type Json, type Model } from '../models'
import { fileError, fileSystem, sha256, writeAtomically } from './files'
import { headerLength, parseHeader, safetensorsHeader, type NamedTensor } from './safetensors'

/** The models that files can hold, by kind. */
export interface ModelKinds {
  readonly WideAndDeep: WideAndDeep
  readonly TwoTower: TwoTower
}

// A config is what the model wrote of itself; its constructor checks it again.
const makers: { readonly [Kind in keyof ModelKinds]: (spec: FeatureSchema, config: object) => ModelKinds[Kind] } = {
  WideAndDeep: (spec, config) => new WideAndDeep(spec, config),
  TwoTower: (spec, config) => new TwoTower(spec, config),
}

interface Manifest {
  readonly format: 'feedrank/model'
  readonly version: 1
  readonly kind: keyof ModelKinds
  readonly config: { readonly [key: string]: Json }
  readonly specHash: string
  readonly spec: FittedSpecJson
  readonly weights: { readonly file: string; readonly bytes: number; readonly sha256: string }
}

const manifestName = 'model.json'

/**
 * Writes a model to a folder: `model.json` (kind, options, the fitted spec and its hash, the checksum of the weights)
 * and one safetensors file with all numbers.
 *
 * The manifest is renamed into place last and names its weights by their checksum, so a reader sees the old model or
 * the new one, whatever happens in between; the weights of the model before it are removed after that.
 *
 * @throws DataError when a number of the model is not finite
 */
export async function saveModel(model: Model, folder: string): Promise<void> {
  const { mkdir, readdir, rm } = await fileSystem()
  const tensors = tensorsOf(model)
  for (const { name, values } of tensors) {
    const at = values.findIndex((v) => !Number.isFinite(v))
    if (at >= 0) throw new DataError(`feedrank/saveModel: expected ${show(name)} to hold finite numbers, got ${values[at]} at position ${at}`)
  }
  const chunks = [safetensorsHeader(tensors), ...tensors.map(({ values }) => bytesOf(values))]
  const checksum = await sha256(chunks)
  const file = `weights-${checksum.slice(0, 16)}.safetensors`
  const manifest: Manifest = {
    format: 'feedrank/model',
    version: 1,
    kind: model.kind as keyof ModelKinds,
    config: model.config,
    specHash: model.spec.hash,
    spec: model.spec.toJSON(),
    weights: { file, bytes: chunks.reduce((n, c) => n + c.byteLength, 0), sha256: checksum },
  }
  await mkdir(folder, { recursive: true })
  await writeAtomically(`${folder}/${file}`, chunks)
  await writeAtomically(`${folder}/${manifestName}`, [new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`)])
  for (const old of await readdir(folder)) if (/^weights-[0-9a-f]{16}\.safetensors$/.test(old) && old !== file) await rm(`${folder}/${old}`, { force: true })
}

export interface LoadModelOptions<Kind extends keyof ModelKinds> {
  /** The kind it must be. @defaultValue any */
  readonly kind?: Kind
  /** The spec it must have been trained with, compared by hash. @defaultValue any */
  readonly spec?: Pick<FeatureSchema, 'hash'>
}

/**
 * Reads a model that {@link saveModel} wrote. Loading runs no code from the file; sizes, shapes and the checksum of the
 * weights are checked before anything is used.
 *
 * @throws ModelFileError when a file is missing, cut short, altered, of another kind or version, or for another spec:
 * the message names the file, what was expected and what came
 */
export async function loadModel<Kind extends keyof ModelKinds = keyof ModelKinds>(
  folder: string, options: LoadModelOptions<Kind> = {},
): Promise<ModelKinds[Kind]> {
  const path = `${folder}/${manifestName}`
  const manifest = await readManifest(path)
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/loadModel: ${show(path)} ${what}`, { cause })
  if (options.kind !== undefined && manifest.kind !== options.kind) throw wrong(`holds a ${manifest.kind}; expected a ${options.kind}`)
  if (options.spec !== undefined && manifest.specHash !== options.spec.hash)
    throw wrong(`was trained with another spec: expected hash ${options.spec.hash}, got ${manifest.specHash}`)

  let model: Model
  try {
    const spec = fittedSpecFromJSON(manifest.spec)
    if (spec.hash !== manifest.specHash) throw wrong(`holds a spec that was altered: expected hash ${manifest.specHash}, got ${spec.hash}`)
    model = makers[manifest.kind](spec, manifest.config)
  } catch (cause) {
    if (!FeedrankError.isInstance(cause) || cause.code === 'model-file') throw cause
    throw wrong(`cannot be made into a model: ${cause.message}`, cause)
  }
  await readWeights(`${folder}/${manifest.weights.file}`, manifest.weights, model)
  return model as ModelKinds[Kind]
}

async function readManifest(path: string): Promise<Manifest> {
  const { readFile } = await fileSystem()
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/loadModel: ${show(path)} ${what}`, { cause })
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fileError('loadModel', path, cause)
  })
  let manifest: Partial<Manifest> | null
  try {
    manifest = JSON.parse(text) as Partial<Manifest> | null
  } catch (cause) {
    throw wrong('is cut short or is not JSON', cause)
  }
  if (manifest?.format !== 'feedrank/model' || manifest.version !== 1)
    throw wrong(`is not a model file this version can read: expected feedrank/model 1, got ${manifest?.format} ${manifest?.version}`)
  const { kind, config, spec, specHash, weights } = manifest
  if (kind === undefined || !Object.hasOwn(makers, kind)) throw wrong(`holds a model of kind ${show(kind)}; this version knows ${Object.keys(makers).join(', ')}`)
  const complete = isObject(config) && isObject(spec) && typeof specHash === 'string' && isObject(weights)
    && typeof weights.sha256 === 'string' && Number.isSafeInteger(weights.bytes)
  if (!complete) throw wrong('lacks one of config, spec, specHash, weights')
  if (!/^weights-[0-9a-f]{16}\.safetensors$/.test(weights.file)) throw wrong(`names weights in ${show(weights.file)}; expected a file beside it`)
  return manifest as Manifest
}

/** Fills the model's arrays from the file; throws before anything was filled if the file is not exactly what it should be. */
async function readWeights(path: string, { bytes, sha256: wanted }: Manifest['weights'], model: Model): Promise<void> {
  const { readFile } = await fileSystem()
  const wrong = (what: string) => new ModelFileError(`feedrank/loadModel: ${show(path)} ${what}`)
  const data = await readFile(path).catch((cause: unknown) => {
    throw fileError('loadModel', path, cause)
  })
  if (data.byteLength !== bytes) throw wrong(`is cut short or was altered: expected ${bytes} bytes, got ${data.byteLength}`)
  const checksum = await sha256([data])
  if (checksum !== wanted) throw wrong(`was altered: expected SHA-256 ${wanted}, got ${checksum}`)

  const length = headerLength(path, data, data.byteLength)
  const entries = parseHeader(path, data.subarray(8, 8 + length), data.byteLength - 8 - length)
  const tensors = tensorsOf(model)
  for (const name of entries.keys()) if (!tensors.some((t) => t.name === name)) throw wrong(`holds ${show(name)}, which the model does not have`)
  for (const { name, shape } of tensors) {
    const got = entries.get(name)?.shape
    if (got?.join() !== shape.join()) throw wrong(`holds ${show(name)} of shape [${got?.join(', ') ?? 'absent'}]; expected [${shape.join(', ')}]`)
  }
  for (const { name, values } of tensors) {
    const [from, to] = entries.get(name)!.data_offsets
    bytesOf(values).set(data.subarray(8 + length + from, 8 + length + to))
  }
}

/** Every number of a model, named: `weight:…`, `statistic:…`, `table:…`. */
function tensorsOf({ weights, tables }: Model): NamedTensor[] {
  return [
    ...[...weights.trained].map(([name, { shape, values }]) => ({ name: `weight:${name}`, shape, values })),
    ...[...weights.statistics].map(([name, { shape, values }]) => ({ name: `statistic:${name}`, shape, values })),
    ...[...tables].map(([name, { rows, dim, values }]) => ({ name: `table:${name}`, shape: [rows, dim], values })),
  ]
}

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
