import type { FileHandle } from 'node:fs/promises'
import { FeedrankError, ModelFileError, checkObject, show } from '../errors'
import type { Model } from '../models'
import { fileError, fileSystem, pieces } from './files'
import { bytesOfDtype, headerLength, readHeader, safetensorsHeader, tensorEntries, type Dtype, type NamedTensor, type TensorEntry } from './safetensors'
import { checkPath } from './save-model'
import { writeAtomically } from './staging'
import { floats, toFloat32 } from './torch-dtypes'
import { copyShare, mapped, type MappedWeight, type WeightMap } from './weight-map'
import { bytesOf, checkNumbers } from './weights-file'

export interface LoadWeightsOptions {
  /** Which weight has which name in the file. @defaultValue the same names */
  readonly map?: WeightMap
  /** Tensors of the file that are to be passed over. @defaultValue those whose name ends in `num_batches_tracked` */
  readonly ignore?: (name: string) => boolean
  /** Leave weights that the file does not hold as they are, such as all but pretrained embeddings. @defaultValue false */
  readonly partial?: boolean
}

export interface SaveWeightsOptions {
  /** As in {@link loadWeights}. @defaultValue the same names */
  readonly map?: WeightMap
  /** Texts about the file, by name. @defaultValue none */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * Reads numbers trained elsewhere, in PyTorch say, from a safetensors file into a model that was made already.
 *
 * `map` says which is which. Kernels are turned around, as `nn.Linear` holds `[out, in]`; embedding tables and biases are as
 * they are; the running statistics of `nn.BatchNorm1d`, `[n]`, become `[1, n]`. float16, bfloat16 and float64 become float32.
 * Every name that is missing, left over or of another shape is reported, all at once, and then nothing is loaded.
 *
 * @param source the path of a file, or its bytes
 * @throws ArgumentError when `map` names what the model does not have; ModelFileError when the file does not hold what it
 * names, is cut short, or holds a number that is not finite
 * @example
 * ```ts no-run
 * import { loadModel, loadWeights } from 'feedrank'
 *
 * const model = await loadModel('models/towers', { kind: 'TwoTower' })
 * await loadWeights(model, 'towers.safetensors', {
 *   map: {
 *     'table:user': 'user.embedding.weight', 'weight:user/embedding/kernel': 'user.out.weight', 'weight:user/embedding/bias': 'user.out.bias',
 *     'table:item': 'item.embedding.weight', 'weight:item/embedding/kernel': 'item.out.weight', 'weight:item/embedding/bias': 'item.out.bias',
 *   },
 * })
 * ```
 */
export async function loadWeights(model: Model, source: string | Uint8Array, options: LoadWeightsOptions = {}): Promise<void> {
  const { map = {}, ignore = isCounter, partial = false } = checkObject('loadWeights', 'options', options)
  const weights = mapped('loadWeights', model, map)
  if (!ArrayBuffer.isView(source)) checkPath('loadWeights', source)
  const path = typeof source === 'string' ? source : 'the given bytes'
  const loaded = await withSource(source, async (readAt, size) => {
    const start = await readAt(0, Math.min(8, size))
    const length = headerLength(path, start, size)
    const base = 8 + length
    const entries = tensorEntries(path, readHeader(path, await readAt(8, length)), size - base, Object.keys(bytesOfDtype) as Dtype[])
    report(path, weights, entries, ignore, partial)
    const numbers: NamedTensor[] = []
    for (const weight of weights) {
      if (!entries.has(weight.foreign[0])) continue
      const values = new Float32Array(weight.values.length)
      for (const [share, name] of weight.foreign.entries()) {
        const { dtype, data_offsets: [from, to] } = entries.get(name)!
        const count = (to - from) / bytesOfDtype[dtype]
        const theirs = toFloat32(await readAt(base + from, to - from), dtype, count)
        const at = theirs.findIndex((v) => !Number.isFinite(v))
        if (at >= 0) throw new ModelFileError(`feedrank/loadWeights: ${show(path)} holds ${theirs[at]} in ${show(name)} at position ${at}; expected finite float32 numbers`)
        copyShare(weight, share, values, theirs, 'in')
      }
      numbers.push({ ...weight, values })
    }
    return numbers
  })
  const own = new Map(weights.map(({ name, values }) => [name, values]))
  for (const { name, values } of loaded) own.get(name)!.set(values)
}

/**
 * Writes a model's numbers as a safetensors file that other tools read under names of their own: the way back of
 * {@link loadWeights}, with the same map. `safetensors.torch.load_file` and `load_state_dict` take it as it is.
 *
 * Float32, whole or not at all. Spec, options and calibrators are not in it: `saveModel` writes those.
 *
 * @throws ArgumentError when `map` names what the model does not have; DataError when a number is not finite; ModelFileError
 * when the file cannot be written
 */
export async function saveWeights(model: Model, path: string, options: SaveWeightsOptions = {}): Promise<void> {
  checkPath('saveWeights', path)
  const { map = {}, metadata } = checkObject('saveWeights', 'options', options)
  const weights = mapped('saveWeights', model, map)
  await checkNumbers('saveWeights', weights)
  const tensors = weights.flatMap((weight) => weight.foreign.map((name, share): NamedTensor => {
    if (!weight.transpose && weight.foreign.length === 1) return { name, shape: foreignShapes(weight)[0], values: weight.values }
    const values = new Float32Array(weight.values.length / weight.foreign.length)
    copyShare(weight, share, weight.values, values, 'out')
    return { name, shape: foreignShapes(weight)[0], values }
  }))
  await writeAtomically(path, [safetensorsHeader(tensors, metadata), ...tensors.map(({ values }) => bytesOf(values))])
    .catch((cause: unknown) => { throw FeedrankError.isInstance(cause) ? cause : fileError('saveWeights', 'write', path, cause) })
}

const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked')

/** The shapes a weight may have there, the usual one first: a statistic is a row here and a vector in PyTorch. */
const foreignShapes = ({ name, foreignShape }: MappedWeight): readonly (readonly number[])[] =>
  name.startsWith('statistic:') && foreignShape[0] === 1 ? [foreignShape.slice(1), foreignShape] : [foreignShape]

/** Throws with everything in which a file differs from what the map says. */
function report(path: string, weights: readonly MappedWeight[], entries: ReadonlyMap<string, TensorEntry>, ignore: (name: string) => boolean, partial: boolean): void {
  const problems: string[] = []
  const used = new Set(weights.flatMap(({ foreign }) => foreign))
  for (const weight of weights) {
    const absent = weight.foreign.filter((name) => !entries.has(name))
    const shapes = foreignShapes(weight)
    if (!partial || absent.length < weight.foreign.length) for (const name of absent) problems.push(`lacks ${show(name)} [${shapes[0].join(', ')}] for ${show(weight.name)}`)
    for (const name of weight.foreign) {
      const { shape, dtype } = entries.get(name) ?? {}
      if (shape === undefined) continue
      if (!shapes.some((one) => one.join() === shape.join()))
        problems.push(`holds ${show(name)} of shape [${shape.join(', ')}]; expected [${shapes[0].join(', ')}] for ${show(weight.name)}, [${weight.shape.join(', ')}] here${weight.transpose ? ', turned around' : ''}`)
      if (!floats.includes(dtype!)) problems.push(`holds ${show(name)} as ${dtype}; expected ${floats.join(', ')} for ${show(weight.name)}`)
    }
  }
  for (const [name, { shape }] of entries) if (!used.has(name) && !ignore(name)) problems.push(`holds ${show(name)} [${shape.join(', ')}], which \`map\` gives to no weight`)
  if (problems.length > 0) throw new ModelFileError(`feedrank/loadWeights: ${show(path)} does not fit the model: it ${problems.join('; it ')}`)
}

type ReadAt = (offset: number, length: number) => Promise<Uint8Array>

async function withSource<T>(source: string | Uint8Array, use: (readAt: ReadAt, size: number) => Promise<T>): Promise<T> {
  if (typeof source !== 'string') return use(async (offset, length) => source.subarray(offset, offset + length), source.byteLength)
  const { open } = await fileSystem()
  let handle: FileHandle | undefined
  try {
    const file = (handle = await open(source, 'r'))
    return await use(async (offset, length) => {
      const bytes = new Uint8Array(length)
      let position = offset
      for (const piece of pieces(bytes))
        for (let at = 0; at < piece.byteLength;) {
          const { bytesRead } = await file.read(piece, at, piece.byteLength - at, position)
          if (bytesRead === 0) throw new ModelFileError(`feedrank/loadWeights: ${JSON.stringify(source)} became shorter while it was read`)
          at += bytesRead
          position += bytesRead
        }
      return bytes
    }, (await file.stat()).size)
  } catch (cause) {
    throw FeedrankError.isInstance(cause) ? cause : fileError('loadWeights', 'read', source, cause)
  } finally {
    await handle?.close()
  }
}
