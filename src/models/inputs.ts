import { createEmbeddingTable, type EmbeddingTable, type Initializer } from '../embeddings'
import { ArgumentError, SpecError, show } from '../errors'
import type { FeatureInfo, FeatureSchema } from '../features'
import type { Seed } from '../random'
import { concat, input, type Tensor } from '../tensor'
import type { ModelInput } from './model'

/** The features of a spec that `keep` takes, and of those the ones `names` asks for; a name it does not take is an error. */
export function selectFeatures(
  where: string, spec: FeatureSchema, names: readonly string[] | undefined, keep: (feature: FeatureInfo) => boolean,
): FeatureInfo[] {
  const usable = spec.features.filter(keep)
  if (names === undefined) return usable
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
    return { tensor: input(at, [axis, encoding.width], { rate }), input: { kind: 'dense', input: at, feature: name, axis } }
  }
  const at = `${prefix}:${name}`
  const combiner = encoding.kind === 'bags' ? { combiner: encoding.combiner } : {}
  return { tensor: input(at, [axis, dim], { rate }), input: { kind: 'rows', input: at, feature: name, table: tableName(prefix, name), axis, ...combiner } }
}

export const tableName = (prefix: string, feature: string): string => (prefix === 'rows' ? feature : `${prefix}:${feature}`)

/** The table of an embedded feature, with rows for all its ids. */
export function featureTable(feature: FeatureInfo, dim: number, seed: Seed, options: { readonly prefix?: string; readonly initializer?: Initializer } = {}): EmbeddingTable {
  const { encoding, name } = feature
  if (encoding.kind === 'dense') throw new SpecError(`feedrank/model: expected feature ${show(name)} to have ids, got ${encoding.width} numbers`)
  const initializer = options.initializer ?? { kind: 'normal', deviation: 0.1 / Math.sqrt(dim) }
  const table = tableName(options.prefix ?? 'rows', name)
  return createEmbeddingTable({ name: table, rows: encoding.cardinality, dim, initializer, seed: `${seed}/table ${table}` })
}

export const embeddingDimOf = ({ encoding }: FeatureInfo): number => (encoding.kind === 'dense' ? 0 : encoding.embeddingDim)

/** All features side by side: `[axis, total width]`. */
export function sideBySide(where: string, features: readonly FeatureTensor[], what: string): Tensor {
  if (features.length === 0) throw new SpecError(`feedrank/${where}: expected the spec to have at least one ${what} feature, got none`)
  return concat(features.map((f) => f.tensor), 1)
}
