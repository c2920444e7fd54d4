import { createEmbeddingTable, type EmbeddingTable, type Initializer } from '../embeddings'
import { ArgumentError, SpecError, checkInteger, checkNumber, expected, show } from '../errors'
import type { FeatureInfo, FeatureSchema } from '../features'
import type { Seed } from '../random'
import { concat, input, type Tensor } from '../tensor'
import type { MlpOptions } from './layers/mlp'
import type { ModelInput } from './model'

/** Throws unless the options of hidden layers are ones. */
export function checkLayers(where: string, { hidden, dropout, batchNorm }: MlpOptions): void {
  if (!Array.isArray(hidden)) throw new ArgumentError(expected(where, 'hidden', 'an array of layer sizes', hidden))
  hidden.forEach((units, i) => checkInteger(where, `hidden[${i}]`, units))
  checkNumber(where, 'dropout', dropout, { min: 0, below: 1 })
  checkFlag(where, 'batchNorm', batchNorm)
}

export function checkFlag(where: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new ArgumentError(expected(where, name, 'true or false', value))
}

/** The features of a spec that `keep` takes, and of those the ones `names` asks for; a name it does not take is an error. */
export function selectFeatures(
  where: string, spec: FeatureSchema, names: readonly string[] | undefined, keep: (feature: FeatureInfo) => boolean,
): FeatureInfo[] {
  if (!Array.isArray(spec?.features) || !Array.isArray(spec.labels))
    throw new ArgumentError(expected(where, 'spec', 'a fitted spec, as `defineFeatures(…).fit(rows)` returns it', spec))
  const usable = spec.features.filter(keep)
  if (names === undefined) return usable
  if (!Array.isArray(names)) throw new ArgumentError(expected(where, 'features', 'an array of names', names))
  const known = new Set(usable.map((f) => f.name))
  for (const name of names)
    if (!known.has(name))
      throw new SpecError(`feedrank/${where}: expected \`features\` to name features it can use (${[...known].join(', ')}), got ${show(name)}`)
  if (new Set(names).size !== names.length) throw new ArgumentError(`feedrank/${where}: expected \`features\` to name each feature once`)
  return usable.filter((f) => names.includes(f.name))
}

/** A feature as an input of a graph, with the tensor that stands for it. */
export interface FeatureTensor {
  readonly input: ModelInput
  readonly tensor: Tensor
}

/** `dim` is the width of embedding rows; dense features have the width they were encoded with. */
export function featureTensor(feature: FeatureInfo, axis: string, dim: number, prefix = 'rows'): FeatureTensor {
  const { name, rate, encoding } = feature
  if (encoding.kind === 'dense') {
    const at = `dense:${name}`
    return { tensor: input(at, [axis, encoding.width], { rate }), input: { kind: 'dense', input: at, feature: name, width: encoding.width, axis } }
  }
  const at = `${prefix}:${name}`
  const combiner = encoding.kind === 'bags' ? { combiner: encoding.combiner } : {}
  return { tensor: input(at, [axis, dim], { rate }), input: { kind: 'rows', input: at, feature: name, table: tableName(prefix, feature), axis, ...combiner } }
}

/** The table a feature's rows come from: its own, or that of the feature it shares one with. */
const tableName = (prefix: string, { name, sharedWith = name }: Pick<FeatureInfo, 'name' | 'sharedWith'>): string =>
  (prefix === 'rows' ? sharedWith : `${prefix}:${sharedWith}`)

/** `prefix` tells apart several tables of one feature; absent means `'rows'`, the embeddings. */
interface TableOptions {
  readonly prefix?: string
  readonly initializer?: Initializer
}

/** The tables of embedded features, one for all that share it; features of numbers have none. */
export function featureTables(features: readonly FeatureInfo[], dimOf: (feature: FeatureInfo) => number, seed: Seed, options: TableOptions = {}): EmbeddingTable[] {
  const tables = new Map<string, EmbeddingTable>()
  for (const feature of features) {
    if (feature.encoding.kind === 'dense') continue
    const { cardinality } = feature.encoding
    const name = tableName(options.prefix ?? 'rows', feature)
    const dim = dimOf(feature)
    const shared = tables.get(name)
    if (shared === undefined) tables.set(name, featureTable(feature, dim, seed, options))
    else if (shared.rows !== cardinality || shared.dim !== dim)
      throw new SpecError(`feedrank/model: expected feature ${show(feature.name)} to have the shape of table ${show(name)} it shares, ${shared.rows} x ${shared.dim}, got ${cardinality} x ${dim}`)
  }
  return [...tables.values()]
}

/** The table of an embedded feature, with rows for all its ids. */
function featureTable(feature: FeatureInfo, dim: number, seed: Seed, options: TableOptions = {}): EmbeddingTable {
  const { encoding, name } = feature
  if (encoding.kind === 'dense') throw new SpecError(`feedrank/model: expected feature ${show(name)} to have ids, got ${encoding.width} numbers`)
  const initializer = options.initializer ?? { kind: 'normal', deviation: 0.1 / Math.sqrt(dim) }
  const table = tableName(options.prefix ?? 'rows', feature)
  return createEmbeddingTable({ name: table, rows: encoding.cardinality, dim, initializer, seed: `${seed}/table ${table}` })
}

export const embeddingDimOf = ({ encoding }: FeatureInfo): number => (encoding.kind === 'dense' ? 0 : encoding.embeddingDim)

/** Tables by name. Names of features are free, so that of a deep feature may meet that of a cross's table. */
export function tablesByName(where: string, tables: readonly EmbeddingTable[]): ReadonlyMap<string, EmbeddingTable> {
  const named = new Map<string, EmbeddingTable>()
  for (const table of tables) {
    if (named.has(table.name)) throw new SpecError(`feedrank/${where}: expected tables with names of their own, got ${show(table.name)} twice; rename the feature`)
    named.set(table.name, table)
  }
  return named
}

/** All features side by side: `[axis, total width]`. */
export function sideBySide(where: string, features: readonly FeatureTensor[], what: string): Tensor {
  if (features.length === 0) throw new SpecError(`feedrank/${where}: expected the spec to have at least one ${what} feature, got none`)
  return concat(features.map((f) => f.tensor), 1)
}
