import type { Table } from '../data/table'
import { SpecError, expected } from '../errors'
import { murmur3 } from '../hash'
import { describe } from './describe'
import type { EncodedRows } from './encoded'
import type { EncodeOptions } from './encode'
import { encodeRows } from './encode'
import type { ColumnEncoder, Encoding, Rate, Scope } from './feature'
import { rateOf } from './feature'
import type { Learnt } from './fit'
import type { Plan } from './plan'
import type { RowOf, SpecShape } from './row-types'

/** What a model has to know of one feature or cross. */
export interface FeatureInfo {
  readonly name: string
  /** Its factory: `categorical`, `numeric`, `cross`, … */
  readonly kind: string
  readonly scope: Scope
  readonly rate: Rate
  /** Crosses are for the wide (linear) part, all else for the deep part. */
  readonly part: 'deep' | 'wide'
  readonly encoding: Encoding
  /** The feature whose vocabulary and embedding table it shares; absent where it has its own. */
  readonly sharedWith?: string
}

/** A label as it was in the training rows where it counted. */
export interface LabelStatistics {
  readonly mean: number
  /** The population's standard deviation. */
  readonly deviation: number
  /** How many training rows it counted in. */
  readonly count: number
}

/** What a model has to know of one label. */
export interface LabelInfo extends LabelStatistics {
  readonly name: string
  readonly kind: 'binary' | 'regression'
  readonly min?: number
  readonly max?: number
}

/** The part of a fitted spec that does not depend on the type of rows: what models are built on and remember. */
export interface FeatureSchema {
  /** Features in the order of their declaration, then crosses. */
  readonly features: readonly FeatureInfo[]
  readonly labels: readonly LabelInfo[]
  /** 32 hexadecimal digits of the JSON form: equal for specs that encode alike. */
  readonly hash: string
  /** Everything, declarations and what was learnt; {@link fittedSpecFromJSON} reads it back. */
  readonly toJSON: () => FittedSpecJson
  /**
   * The value behind each id of a categorical or multi-hot feature; `null` for the out-of-vocabulary and missing rows.
   *
   * @throws SpecError when there is no such feature, or it has no vocabulary.
   */
  readonly categories: (name: string) => readonly (string | number | null)[]
  /** A table for people: each feature, its shape, and what it learnt. */
  readonly describe: () => string
}

/** A spec that has learnt its vocabularies and statistics: rows in, columns of numbers out. It is immutable. */
export interface FittedSpec<Spec extends SpecShape = SpecShape> extends FeatureSchema {
  /**
   * Encodes rows, one or a million alike: a row's encoding does not depend on the rows beside it.
   *
   * Labels are read only with `labels: true`, as rows to be ranked have none. With `scopes` only features of those
   * scopes are read and returned, and rows need hold no other: `['item']` encodes items by themselves. A cross has the
   * widest scope of its parts and needs the columns of them all.
   *
   * @throws DataError when a value is not what its column takes: the message names row and column.
   */
  readonly encode: <S extends Scope = Scope, Labels extends boolean = false>(
    rows: readonly RowOf<Spec, S, Labels>[] | Table, options?: EncodeOptions<S, Labels>,
  ) => EncodedRows
}

/** The JSON form of a fitted spec. */
export interface FittedSpecJson {
  readonly format: 'feedrank/features'
  readonly version: 1
  readonly maxEmbeddingDim: number
  readonly features: readonly object[]
  readonly crosses: readonly object[]
  readonly labels: readonly object[]
}

/** A fitted spec from its parts. `Spec` is the caller's word for what the plan was made of. */
export function fittedSpec<Spec extends SpecShape>(plan: Plan, { encoders, labels }: Learnt): FittedSpec<Spec> {
  const info = Object.freeze([
    ...plan.features.map(({ name, feature }, i): FeatureInfo => Object.freeze({
      name, kind: feature.kind, scope: feature.scope, rate: rateOf(feature.scope), part: 'deep', encoding: Object.freeze(encoders[i].encoding),
      ...(feature.sharedWith !== undefined && { sharedWith: feature.sharedWith }),
    })),
    ...plan.crosses.map((planned): FeatureInfo => Object.freeze({
      name: planned.name, kind: 'cross', scope: planned.scope, rate: rateOf(planned.scope), part: 'wide',
      encoding: Object.freeze(crossEncoding(planned, encoders)),
    })),
  ])
  const labelInfo = Object.freeze(plan.labels.map(({ name, label }, i): LabelInfo => Object.freeze({
    name, kind: label.kind, ...labels[i],
    ...(label.kind === 'regression' && label.min !== undefined && { min: label.min }),
    ...(label.kind === 'regression' && label.max !== undefined && { max: label.max }),
  })))
  const toJSON = (): FittedSpecJson => ({
    format: 'feedrank/features',
    version: 1,
    maxEmbeddingDim: plan.maxEmbeddingDim,
    features: plan.features.map(({ name, feature }, i) => ({ name, ...feature, state: encoders[i].state })),
    crosses: plan.crosses.map(({ name, cross }) => ({ name, ...cross })),
    labels: plan.labels.map(({ name, label }, i) => ({ name, ...label, statistics: labels[i] })),
  })
  let hash: string | undefined
  const hashed = () => (hash ??= fingerprint(JSON.stringify(toJSON())))
  return Object.freeze({
    features: info,
    labels: labelInfo,
    get hash() {
      return hashed()
    },
    toJSON,
    categories(name: string) {
      const index = plan.features.findIndex((feature) => feature.name === name)
      const categories = encoders[index]?.categories
      if (categories) return categories
      const known = plan.features.filter((_, i) => encoders[i].categories).map((feature) => feature.name)
      throw new SpecError(expected('categories', 'name', `a feature with a vocabulary (${known.join(', ') || 'there is none'})`, name))
    },
    describe: () => describe({ plan, hash: hashed(), features: info, learnt: encoders.map((encoder) => encoder.summary), labels: labelInfo }),
    encode: (rows: readonly object[] | Table, options?: EncodeOptions) => ({ ...encodeRows(plan, encoders, rows, options), specHash: hashed() }),
  })
}

function crossEncoding({ cross, parts }: Plan['crosses'][number], encoders: readonly ColumnEncoder[]): Encoding {
  const { buckets: cardinality, combiner } = cross
  const bag = parts.some((part) => encoders[part].encoding.kind === 'bags')
  return bag ? { kind: 'bags', cardinality, embeddingDim: 1, combiner } : { kind: 'ids', cardinality, embeddingDim: 1 }
}

const fingerprint = (text: string) => [0, 1, 2, 3].map((seed) => murmur3(text, seed).toString(16).padStart(8, '0')).join('')
