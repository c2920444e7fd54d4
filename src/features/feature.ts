import { ArgumentError, checkInteger, expected } from '../errors'
import type { CategoricalFeature } from './categorical'
import type { HashedFeature } from './hashed'
import type { NumericFeature } from './numeric'
import type { CyclicalFeature } from './cyclical'
import type { BooleanFeature } from './boolean'
import type { BucketizedFeature } from './bucketized'
import type { MultiHotFeature } from './multi-hot'
import type { EncodedColumn } from './encoded'

/** Whose property a feature is: the user's, the item's, the request's context, or the (user, item) pair's. */
export type Scope = 'user' | 'item' | 'context' | 'pair'

/** How often a feature changes while one feed is ranked: once per request, once per item, or for every pair. */
export type Rate = 'request' | 'item' | 'pair'

/** How the embeddings of a bag become one vector: their sum divided by 1 (`sum`), n (`mean`) or √n (`sqrtn`). */
export type Combiner = 'mean' | 'sum' | 'sqrtn'

/** Any feature that reads a column of the row; a {@link Cross} reads other features instead. */
export type Feature =
  | CategoricalFeature | HashedFeature | NumericFeature | CyclicalFeature | BooleanFeature | BucketizedFeature | MultiHotFeature

/** What every feature that reads a column says. */
export interface FeatureBase<S extends Scope, Column extends string, Value> {
  readonly scope: S
  /** The column it reads, where that is not the feature's own name. */
  readonly column?: Column
  /** The type of the value in a row; it exists for the compiler alone. */
  readonly '~value'?: Value
}

/** The options of every feature that reads a column. */
export interface FeatureOptions<S extends Scope, Column extends string> {
  /** Whose property it is; the rate follows: user and context `request`, item `item`, pair `pair`. */
  readonly scope: S
  /** The column to read. @defaultValue the feature's own name */
  readonly column?: Column
}

/** The shape of an encoded feature, which is all that a model needs to know of it. */
export type Encoding =
  | { readonly kind: 'ids'; readonly cardinality: number; readonly embeddingDim: number }
  /** `maxLength` is that of a sequence: its bags are in order and at most so long. */
  | { readonly kind: 'bags'; readonly cardinality: number; readonly embeddingDim: number; readonly combiner: Combiner; readonly maxLength?: number }
  | { readonly kind: 'dense'; readonly width: number }

/** Gathers what a feature has to learn, value by value. */
export interface ColumnFitter {
  readonly observe: (value: unknown, row: number) => void
  readonly finish: () => ColumnEncoder
}

/** A fitted feature: values in, an encoded column out. `state` is what was learnt, as JSON. */
export interface ColumnEncoder {
  readonly encoding: Encoding
  readonly encode: (values: ArrayLike<unknown>) => EncodedColumn
  readonly state: object
  /** One short phrase for `describe()`. */
  readonly summary: string
  /** The value behind each id, where there is a vocabulary. */
  readonly categories?: readonly (string | number | null)[]
}

/** A fitter for features with nothing to learn: it looks at every value, so that bad ones are found in `fit`. */
export const checkingFitter = (check: (value: unknown, row: number) => void, encoder: ColumnEncoder): ColumnFitter => ({
  observe: check,
  finish: () => encoder,
})

/** The embedding sizes of a spec: by the rule {@link embeddingSize} under a cap, unless a feature sets its own. */
export interface Sizing {
  readonly cap: number
}

/**
 * The embedding size by rule of thumb: `min(cap, round(1.6 · cardinality^0.25))`, and at least 1.
 *
 * @throws ArgumentError when `cardinality` or `cap` is not a positive integer.
 * @example
 * ```ts
 * import { embeddingSize } from 'feedrank'
 *
 * console.log(embeddingSize(10_000)) // 16
 * ```
 */
export function embeddingSize(cardinality: number, cap = 64): number {
  checkInteger('embeddingSize', 'cardinality', cardinality)
  checkInteger('embeddingSize', 'cap', cap)
  return Math.max(1, Math.min(cap, Math.round(1.6 * cardinality ** 0.25)))
}

const scopes: ReadonlySet<unknown> = new Set<Scope>(['user', 'item', 'context', 'pair'])

/** `value` if it is a scope; otherwise an {@link ArgumentError}. */
export function checkScope(where: string, name: string, value: unknown): Scope {
  if (scopes.has(value)) return value as Scope
  throw new ArgumentError(expected(where, name, "'user', 'item', 'context' or 'pair'", value))
}

/** `value` if it is one of `allowed`; otherwise an {@link ArgumentError}. */
export function checkChoice<T extends string>(where: string, name: string, value: unknown, allowed: readonly T[]): T {
  if ((allowed as readonly unknown[]).includes(value)) return value as T
  throw new ArgumentError(expected(where, name, allowed.map((choice) => `'${choice}'`).join(' or '), value))
}

/** The checked `scope` and `column` of a feature, ready to spread: an absent column stays absent. */
export function checkBase<S extends Scope, Column extends string>(where: string, options: FeatureOptions<S, Column>) {
  if (typeof options !== 'object' || options === null) throw new ArgumentError(expected(where, 'options', 'an object with a scope', options))
  const { scope, column } = options
  checkScope(where, 'scope', scope)
  if (column !== undefined && typeof column !== 'string') throw new ArgumentError(expected(where, 'column', 'a string', column))
  return { scope, ...(column !== undefined && { column }) }
}

/** The rate that follows from a scope. */
export function rateOf(scope: Scope): Rate {
  return scope === 'item' ? 'item' : scope === 'pair' ? 'pair' : 'request'
}
