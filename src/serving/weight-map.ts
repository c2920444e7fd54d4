import { ArgumentError, expected, show } from '../errors'
import type { Model } from '../models'
import type { NamedTensor } from './safetensors'
import { tensorsOf } from './weights-file'

/** Where the numbers of one weight are in a foreign file. */
export interface ForeignWeight {
  /** The name there; of several, each holds an equal share of our last axis, such as one head each. */
  readonly name: string | readonly string[]
  /**
   * Whether rows there are columns here.
   *
   * @defaultValue true for kernels: `nn.Linear` holds `[out, in]`, a kernel here is `[in, out]`
   */
  readonly transpose?: boolean
}

/** From the names of a model's numbers ({@link weightNames}) to those of a file; a name that is not in it is the same there. */
export type WeightMap = Readonly<Record<string, string | readonly string[] | ForeignWeight>>

/** A model's numbers and where a file has them. */
export interface MappedWeight extends NamedTensor {
  readonly foreign: readonly string[]
  readonly transpose: boolean
  /** The shape of each of `foreign`. */
  readonly foreignShape: readonly number[]
}

/**
 * The names and shapes of a model's numbers, as a weight map names them: `weight:…` and `statistic:…` (the running mean and
 * variance of batch norm) and `table:…` (`[rows, dim]`).
 *
 * @example
 * ```ts
 * import { WideAndDeep, binary, defineFeatures, numeric, weightNames } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { price: numeric({ scope: 'item' }) }, labels: { bought: binary() } })
 *   .fit([{ price: 3, bought: 0 }, { price: 9, bought: 1 }])
 * console.log(weightNames(new WideAndDeep(spec, { hidden: [] }))) // { 'weight:head/kernel': [ 1, 1 ], 'weight:head/bias': [ 1 ] }
 * ```
 */
export const weightNames = (model: Model): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(tensorsOf(model).map(({ name, shape }) => [name, shape]))

/** All numbers of a model with their place in a file, whose shapes are told by `layoutOf`'s rules. */
export function mapped(where: string, model: Model, map: WeightMap): MappedWeight[] {
  if (typeof model?.weights?.trained?.keys !== 'function') throw new ArgumentError(expected(where, 'model', 'a model', model))
  if (typeof map !== 'object' || (map as unknown) === null || Array.isArray(map)) throw new ArgumentError(expected(where, 'map', 'names by name', map))
  const tensors = tensorsOf(model)
  const known = new Set(tensors.map(({ name }) => name))
  const strangers = Object.keys(map).filter((name) => !known.has(name))
  if (strangers.length > 0)
    throw new ArgumentError(`feedrank/${where}: expected \`map\` to name numbers of the model (${[...known].join(', ')}), got ${strangers.map(show).join(', ')}`)
  const all = tensors.map((tensor) => mappedTo(where, tensor, Object.hasOwn(map, tensor.name) ? map[tensor.name] : tensor.name))
  const users = new Map<string, string>()
  for (const { name, foreign } of all)
    for (const one of foreign) {
      if (users.has(one)) throw new ArgumentError(`feedrank/${where}: expected \`map\` to give every weight a name of its own, got ${show(one)} for ${show(users.get(one))} and ${show(name)}`)
      users.set(one, name)
    }
  return all
}

function mappedTo(where: string, tensor: NamedTensor, entry: WeightMap[string]): MappedWeight {
  const { name: names, transpose } = typeof entry === 'string' || Array.isArray(entry) ? { name: entry as string | readonly string[], transpose: undefined } : (entry ?? {}) as ForeignWeight
  const foreign = typeof names === 'string' ? [names] : names
  const at = `map[${JSON.stringify(tensor.name)}]`
  if (!Array.isArray(foreign) || foreign.length === 0 || !foreign.every((one) => typeof one === 'string' && one !== '' && one !== '__metadata__'))
    throw new ArgumentError(expected(where, at, 'a name, a list of names, or { name, transpose }', entry))
  if (transpose !== undefined && typeof transpose !== 'boolean') throw new ArgumentError(expected(where, `${at}.transpose`, 'true or false', transpose))
  const { shape } = tensor
  const turned = transpose ?? (shape.length === 2 && tensor.name.startsWith('weight:') && tensor.name.endsWith('/kernel'))
  if (turned && shape.length !== 2) throw new ArgumentError(`feedrank/${where}: expected \`${at}\` to be transposed only where it is a matrix, got shape [${shape.join(', ')}]`)
  const width = shape.at(-1) ?? 1
  if (width % foreign.length !== 0) throw new ArgumentError(`feedrank/${where}: expected \`${at}\` to share ${width} columns evenly, got ${foreign.length} names`)
  const share = [...shape.slice(0, -1), width / foreign.length]
  return { ...tensor, foreign, transpose: turned, foreignShape: turned ? share.toReversed() : share }
}

/** Copies a share's numbers between the layout of a file and the columns it has in ours. */
export function copyShare({ shape, foreign, transpose }: MappedWeight, share: number, ours: Float32Array, theirs: Float32Array, way: 'in' | 'out'): void {
  const width = shape.at(-1) ?? 1
  const columns = width / foreign.length
  const rows = ours.length / width
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const here = r * width + share * columns + c
      const there = transpose ? c * rows + r : r * columns + c
      if (way === 'in') ours[here] = theirs[there]
      else theirs[there] = ours[here]
    }
}
