import type { Cross } from './cross'
import type { Feature, Scope, Typed } from './feature'
import type { Label } from './label'

/** The declarations of a spec, by name; the part of a `FeatureSpec` that row types follow from. */
export interface SpecShape<
  F extends Readonly<Record<string, Feature>> = Readonly<Record<string, Feature>>,
  C extends Readonly<Record<string, Cross>> = Readonly<Record<string, Cross>>,
  L extends Readonly<Record<string, Label>> = Readonly<Record<string, Label>>,
> {
  readonly features: F
  readonly crosses: C
  readonly labels: L
}

/**
 * The type of the rows that a spec reads: its features of the scopes `S`, and its labels where `Labels` is true.
 *
 * @example
 * ```ts
 * import { categorical, defineFeatures, numeric } from 'feedrank'
 * import type { RowOf } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { userId: categorical({ scope: 'user' }), year: numeric({ scope: 'item' }) } })
 * const item: RowOf<typeof spec, 'item'> = { year: 1999 }
 * console.log(item.year) // 1999
 * ```
 */
export type RowOf<Spec extends SpecShape, S extends Scope = Scope, Labels extends boolean = false> =
  string extends keyof Spec['features'] ? object
    : RowFrom<FeatureColumns<Spec, S> | (true extends Labels ? LabelColumns<Spec['labels']> : never)>

/** Any object where a column is not known to the compiler. */
type RowFrom<T extends Typed<string, never>> = string extends T['column'] ? object : Optional<ColumnTypes<T>>

type Declared = { readonly column?: string; readonly '~value'?: unknown }
type ColumnName<Name extends string, D extends Declared> =
  [Exclude<D['column'], undefined>] extends [never] ? Name : Exclude<D['column'], undefined>
// Not Exclude<..., undefined>: a missing rule puts undefined into the value's own type.
type ValueType<D extends Declared> = Required<D>['~value']
type TypedColumn<Name extends string, D extends Declared> = Typed<ColumnName<Name, D>, ValueType<D>>

/** All columns that features of these scopes read. */
export type FeatureColumns<Spec extends SpecShape, S extends Scope = Scope> = {
  [K in keyof Spec['features'] & string]: Spec['features'][K]['scope'] extends S ? ColumnsOf<K, Spec['features'][K]>
    : K extends CrossedIn<Spec, S> ? ColumnsOf<K, Spec['features'][K]> : never
}[keyof Spec['features'] & string]

/** The column of a feature, and the others that it reads. */
type ColumnsOf<Name extends string, F extends Feature> = TypedColumn<Name, F> | Extract<F['~reads'], Typed<string, never>>

/** The features that are read for a cross whose own scope is among `S`. */
type CrossedIn<Spec extends SpecShape, S extends Scope> = {
  [K in keyof Spec['crosses']]: CrossScope<Spec['features'], Spec['crosses'][K]> extends S ? Spec['crosses'][K]['parts'][number] : never
}[keyof Spec['crosses']]

type CrossScope<F extends SpecShape['features'], C extends Cross> = Widest<F[C['parts'][number]]['scope']>
type Widest<S extends Scope> = [S] extends ['user'] ? 'user' : [S] extends ['item'] ? 'item' : [S] extends ['user' | 'context'] ? 'context' : 'pair'

/** All columns that labels read. */
export type LabelColumns<L extends SpecShape['labels']> = {
  [K in keyof L & string]: TypedColumn<K, L[K]> | ConditionColumn<L[K]['when']>
}[keyof L & string]

type ConditionColumn<W> = W extends { readonly column: infer C extends string } ? Typed<C, unknown> : never

type ColumnTypes<T extends Typed<string, never>> = {
  [C in T['column']]: Extract<T, { readonly column: C }>['accepts'] extends (value: infer V) => void ? V : never
}

/** Columns that may be undefined may be left out. */
type Optional<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { readonly [K in keyof T as undefined extends T[K] ? K : never]?: T[K] } extends infer R ? { [K in keyof R]: R[K] } : never
