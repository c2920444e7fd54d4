import type { Table } from '../data/table'
import { ArgumentError, expected } from '../errors'
import type { BinaryLabel } from './binary'
import type { AgeFeature } from './age'
import type { BooleanFeature } from './boolean'
import type { CalendarFeature } from './calendar'
import type { Cross } from './cross'
import type { CyclicalFeature } from './cyclical'
import type { Scope } from './feature'
import type { Learnt } from './fit'
import { fit, fitAsync } from './fit'
import type { FittedSpec } from './fitted-spec'
import { fittedSpec } from './fitted-spec'
import type { LabelBase, MissingLabel, When } from './label'
import type { NumericFeature } from './numeric'
import { planOf } from './plan'
import type { RowOf, SpecShape } from './row-types'
import type { VectorFeature } from './vector'
import type { WeightedBagFeature } from './weighted-bag'

/**
 * One description of the features and labels of a model, which training, batch jobs and requests all read.
 *
 * It is immutable; {@link defineFeatures} makes one, `fit` learns vocabularies and statistics.
 */
export interface FeatureSpec<
  F extends SpecShape['features'] = SpecShape['features'],
  C extends SpecShape['crosses'] = SpecShape['crosses'],
  L extends SpecShape['labels'] = SpecShape['labels'],
> extends SpecShape<F, C, L> {
  /** The cap of the embedding sizes that follow from the rule. */
  readonly maxEmbeddingDim: number
  /**
   * Learns what there is to learn from these rows, in one pass, and from nothing else: give it training rows only.
   *
   * Rows are objects or tables of columns, all at once or as an iterable of pieces; from an async iterable, such as a file
   * that is being read, it gives a promise. Memory is bounded however many come: quantiles are exact up to 65,536 rows and
   * within the bound of a {@link quantileSketch} beyond, and vocabularies count up to a million names at once.
   *
   * @throws DataError when there is no row, or a row does not fit: the message names row and column.
   */
  readonly fit: Fit<RowOf<SpecShape<F, C, L>, Scope, true>, FittedSpec<SpecShape<F, C, L>>>
  /** The same as a promise, whatever the rows come in. */
  readonly fitAsync: (rows: FitRows<RowOf<SpecShape<F, C, L>, Scope, true>> | FitStream<RowOf<SpecShape<F, C, L>, Scope, true>>) =>
    Promise<FittedSpec<SpecShape<F, C, L>>>
}

/** Rows to learn from: objects, or tables of columns, or pieces of either. */
export type FitRows<Row> = Table | Iterable<Row> | Iterable<Table> | Iterable<readonly Row[]>

/** The same as they come. */
export type FitStream<Row> = AsyncIterable<Row> | AsyncIterable<Table> | AsyncIterable<readonly Row[]>

/** Learns at once from what is there, or in time from what is to come. */
export interface Fit<Row, Fitted> {
  (rows: FitRows<Row>): Fitted
  (rows: FitStream<Row>): Promise<Fitted>
  // Again: rows of type any take the first form, and ReturnType takes the last.
  (rows: FitRows<Row>): Fitted
}

/** Features of numbers, and bags whose weights a cross would lose. */
type Uncrossable = NumericFeature | CyclicalFeature | CalendarFeature | AgeFeature | VectorFeature | WeightedBagFeature

/** Features that can be crossed: those with ids. */
export type Crossable<F extends SpecShape['features']> =
  { [K in keyof F & string]: F[K] extends Uncrossable ? never : K }[keyof F & string]

/** What a `when` may name: binary labels and boolean features. */
type Conditions<F extends SpecShape['features'], L extends SpecShape['labels']> =
  | { [K in keyof L & string]: L[K] extends BinaryLabel ? K : never }[keyof L & string]
  | { [K in keyof F & string]: F[K] extends BooleanFeature ? K : never }[keyof F & string]

type CheckedLabels<F extends SpecShape['features'], L extends SpecShape['labels']> = {
  readonly [K in keyof L]: Extract<L[K]['when'], string> extends Exclude<Conditions<F, L>, K> ? unknown
    : LabelBase<string, Exclude<When, string> | Exclude<Conditions<F, L>, K>, MissingLabel, unknown>
}

/** Who shares an embedding must name another feature. */
type CheckedSharing<F extends SpecShape['features']> = {
  readonly [K in keyof F]: string extends F[K]['sharedWith'] ? unknown
    : Extract<F[K]['sharedWith'], string> extends Exclude<keyof F, K> ? unknown : { readonly sharedWith: Exclude<keyof F & string, K> }
}

type Given = AsyncIterable<unknown> | Iterable<unknown> | Table

export type Nothing = Readonly<Record<never, never>>

/** What {@link defineFeatures} takes. */
export interface Declarations<F extends SpecShape['features'], C extends SpecShape['crosses'], L extends SpecShape['labels']> {
  /** By name; the name is also the column that is read, unless the feature says otherwise. */
  readonly features: F & CheckedSharing<F>
  /** Combinations of features by name, for the wide part. @defaultValue none */
  readonly crosses?: C
  /** What is to be predicted, by name. @defaultValue none */
  readonly labels?: L & CheckedLabels<F, L>
  /** The cap of the embedding sizes that follow from the rule. @defaultValue 64 */
  readonly maxEmbeddingDim?: number
}

/**
 * A {@link FeatureSpec}: one description of features and labels for training, batch jobs and requests.
 *
 * The type of a row follows from it ({@link RowOf}), so a misspelt column, a value of the wrong type, a cross of an
 * unknown feature or a `when` that names nothing does not compile. Names may be any string.
 *
 * @throws SpecError when declarations contradict each other: a name used twice, a label that is also a feature, a
 * cross of a feature that is not there; the message names the declaration.
 * @example
 * ```ts
 * import { binary, categorical, cross, defineFeatures, multiHot, numeric, regression } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: {
 *     userId: categorical({ scope: 'user' }),
 *     genres: multiHot({ scope: 'item' }),
 *     year: numeric({ scope: 'item', scale: 'none' }),
 *   },
 *   crosses: { user_genre: cross(['userId', 'genres'], { buckets: 1 << 16 }) },
 *   labels: { liked: binary(), rating: regression({ min: 0.5, max: 5 }) },
 * })
 * const fitted = spec.fit([{ userId: 7, genres: ['Drama'], year: 1999, liked: true, rating: 4 }])
 * const { columns } = fitted.encode([{ userId: 7, genres: ['Drama', 'War'], year: 2001 }])
 * console.log(columns.get('userId')) // { kind: 'ids', ids: Int32Array(1) [ 1 ] }
 * ```
 */
export function defineFeatures<
  const F extends SpecShape['features'],
  const C extends Readonly<Record<string, Cross<Crossable<F>>>> = Nothing,
  const L extends SpecShape['labels'] = Nothing,
>(declarations: Declarations<F, C, L>): FeatureSpec<F, C, L> {
  if (typeof declarations !== 'object' || declarations === null)
    throw new ArgumentError(expected('defineFeatures', 'declarations', 'an object with features', declarations))
  const { features, crosses = {} as C, labels = {} as L, maxEmbeddingDim = 64 } = declarations
  const plan = planOf('defineFeatures', { features, crosses, labels }, maxEmbeddingDim)
  const now = (learnt: Learnt) => fittedSpec<SpecShape<F, C, L>>(plan, learnt)
  const later = async (rows: Given) => now(await fitAsync(plan, rows))
  return Object.freeze({
    features: Object.freeze({ ...features }),
    crosses: Object.freeze({ ...crosses }),
    labels: Object.freeze({ ...labels }),
    maxEmbeddingDim,
    fit: ((rows: Given) => (isStream(rows) ? later(rows) : now(fit(plan, rows)))) as FeatureSpec<F, C, L>['fit'],
    fitAsync: later,
  })
}

/** Whether rows come in time only. */
const isStream = (rows: Given): rows is AsyncIterable<unknown> =>
  typeof rows === 'object' && rows !== null && Symbol.asyncIterator in rows && !(Symbol.iterator in rows)
