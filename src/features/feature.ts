import { ArgumentError, checkInteger, expected } from '../errors'
import type { AgeFeature } from './age'
import type { CalendarFeature } from './calendar'
import type { CategoricalFeature } from './categorical'
import type { HashedFeature } from './hashed'
import type { NumericFeature } from './numeric'
import type { CyclicalFeature } from './cyclical'
import type { BooleanFeature } from './boolean'
import type { BucketizedFeature } from './bucketized'
import type { MultiHotFeature } from './multi-hot'
import type { SequenceFeature } from './sequence'
import type { TextFeature } from './text'
import type { VectorFeature } from './vector'
import type { WeightedBagFeature } from './weighted-bag'
import type { Cells } from './cells'
import type { EncodedColumn } from './encoded'
import type { Vocabulary, VocabularyCounter } from './vocabulary'

/** Whose property a feature is: the user's, the item's, the request's context, or the (user, item) pair's. */
export type Scope = 'user' | 'item' | 'context' | 'pair'

/** How often a feature changes while one feed is ranked: once per request, once per item, or for every pair. */
export type Rate = 'request' | 'item' | 'pair'

/** How the embeddings of a bag become one vector: their sum divided by 1 (`sum`), n (`mean`) or √n (`sqrtn`). */
export type Combiner = 'mean' | 'sum' | 'sqrtn'

/** Any feature that reads a column of the row; a {@link Cross} reads other features instead. */
export type Feature =
  | CategoricalFeature | HashedFeature | NumericFeature | CyclicalFeature | BooleanFeature | BucketizedFeature | MultiHotFeature
  | WeightedBagFeature | SequenceFeature | TextFeature | VectorFeature | AgeFeature | CalendarFeature

/** What every feature that reads a column says. */
export interface FeatureBase<S extends Scope, Column extends string, Value, Reads extends Typed<string, never> = never> {
  readonly scope: S
  /** The column it reads, where that is not the feature's own name. */
  readonly column?: Column
  /** What becomes of `null` and `undefined`; `'error'` also asks that every row has the column. */
  readonly missing: unknown
  /** The feature whose vocabulary and embedding table it takes, for kinds that can. */
  readonly sharedWith?: string
  /** The type of the value in a row; it exists for the compiler alone. */
  readonly '~value'?: Value
  /** The other columns it reads and their types; it exists for the compiler alone. */
  readonly '~reads'?: Reads
}

/** A column of a row and the type of its values; several may speak of one column, and then all of them must agree. */
export interface Typed<Column extends string, Value> {
  readonly column: Column
  readonly accepts: (value: Value) => void
}

/** A further column that is read, where there is one. */
export type Reads<Column extends string, Value> = [Column] extends [never] ? never : Typed<Column, Value>

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

/**
 * What a kind of feature implements; `kinds.ts` lists one for each `kind`.
 *
 * Values come as {@link Cells}: a column of a batch, be it one row or a million, objects or a table. A kind reads them
 * with `numbersOf`, `idsOf`, `booleansOf`, `listsOf` or `cellReader`, which know all forms of a column and throw errors
 * with row and column, so that it needs one loop over plain arrays. What a row encodes to must depend on nothing but
 * that row. After its own column come those that `reads` names.
 */
export interface FeatureKind<F extends FeatureBase<Scope, string, unknown, Typed<string, never>>> {
  /** Its factory, which checks every option: a feature from JSON or written by hand goes through it. */
  readonly make: (feature: F) => F
  /** Whether it can be part of a cross: it encodes as ids, bags or zeros and ones. */
  readonly crossable: boolean
  /** Columns it reads beside its own; the row type has them by `'~reads'`. @defaultValue none */
  readonly reads?: (feature: F) => readonly string[]
  readonly fitter: (feature: F, context: FitContext) => ColumnFitter
  /** The encoder from the `state` of one that was saved; `at` is where it stands in the JSON. */
  readonly restore: (feature: F, context: RestoreContext, state: unknown, at: string) => ColumnEncoder
}

/** What a kind is told of its place in a spec. */
export interface KindContext {
  /** The column's name, for messages. */
  readonly column: string
  /** The cap of embedding sizes by the rule {@link embeddingSize}. */
  readonly cap: number
}

export interface FitContext extends KindContext {
  /** The counter of the feature that `sharedWith` names: observe into it, and take its vocabulary in `finish`. */
  readonly shared?: VocabularyCounter
}

export interface RestoreContext extends KindContext {
  /** The vocabulary of the feature that `sharedWith` names. */
  readonly shared?: Vocabulary
}

/** Gathers what a feature has to learn, batch by batch, in bounded memory. */
export interface ColumnFitter {
  readonly observe: (cells: Cells, ...others: readonly Cells[]) => void
  /** The encoder of what was learnt. Given `shared`, the vocabulary of the feature that `sharedWith` names. */
  readonly finish: (shared?: Vocabulary) => ColumnEncoder
  /** What counts the ids, where other features may share the vocabulary. */
  readonly counter?: VocabularyCounter
}

/** A fitted feature: cells in, an encoded column out. `state` is what was learnt, as JSON. */
export interface ColumnEncoder {
  readonly encoding: Encoding
  readonly encode: (cells: Cells, ...others: readonly Cells[]) => EncodedColumn
  readonly state: object
  /** One short phrase for `describe()`. */
  readonly summary: string
  /** Where there is one. */
  readonly vocabulary?: Vocabulary
  /** The value behind each id, where there is a vocabulary. */
  readonly categories?: readonly (string | number | null)[]
}

/** A fitter for features with nothing to learn: encoding every batch finds the bad values in `fit` already. */
export const checkingFitter = (encoder: ColumnEncoder): ColumnFitter => ({
  observe: (cells, ...others) => void encoder.encode(cells, ...others),
  finish: () => encoder,
})

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

/** `combiner` if it is one; otherwise an {@link ArgumentError}. */
export const checkCombiner = (where: string, combiner: unknown): Combiner => checkChoice(where, 'combiner', combiner, ['mean', 'sum', 'sqrtn'])

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
