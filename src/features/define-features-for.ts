import type { Cross } from './cross'
import type { Typed } from './feature'
import type { Crossable, Declarations, FeatureSpec, Nothing } from './feature-spec'
import { defineFeatures } from './feature-spec'
import type { FeatureColumns, LabelColumns, SpecShape } from './row-types'

/** The columns among `T` that `Row` lacks, or has with a type that is not taken. */
type Wrong<Row, T> = T extends Typed<infer C, never>
  ? C extends keyof Row ? (T['accepts'] extends (value: infer V) => void ? (Row[C] extends V ? never : C) : never) : C
  : never

/** Nothing where a declaration reads columns of `Row` alone; otherwise what it asks for in vain. */
type Reading<Row, T> = [Wrong<Row, T>] extends [never] ? unknown : { readonly column: `a column of the row with a type that is taken, unlike ${Wrong<Row, T> & string}` }

type Imposed<Row, F extends SpecShape['features'], L extends SpecShape['labels']> = {
  readonly features: { readonly [K in keyof F & string]: Reading<Row, FeatureColumns<SpecShape<Pick<F, K>, Nothing, Nothing>>> }
  readonly labels?: { readonly [K in keyof L & string]: Reading<Row, LabelColumns<Pick<L, K>>> }
}

/**
 * {@link defineFeatures} for rows of a type that is given, such as that of a database's table: a feature or label of a
 * column that such rows lack, or of another type, does not compile where it is declared.
 *
 * @example
 * ```ts
 * import { binary, categorical, defineFeaturesFor, numeric } from 'feedrank'
 *
 * interface Impression { readonly userId: number; readonly country: string | null; readonly likes: number; readonly clicked: boolean }
 *
 * const declared = defineFeaturesFor<Impression>()({
 *   features: {
 *     userId: categorical({ scope: 'user' }),
 *     country: categorical({ scope: 'user', missing: 'category' }), // without the rule it does not compile
 *     likes: numeric({ scope: 'item' }),
 *   },
 *   labels: { clicked: binary() },
 * })
 * const log: Impression[] = [{ userId: 7, country: null, likes: 3, clicked: true }]
 * console.log(declared.fit(log).encode(log).rows) // 1
 * ```
 */
export const defineFeaturesFor = <Row extends object>() => <
  const F extends SpecShape['features'],
  const C extends Readonly<Record<string, Cross<Crossable<F>>>> = Nothing,
  const L extends SpecShape['labels'] = Nothing,
>(declarations: Declarations<F, C, L> & Imposed<Row, F, L>): FeatureSpec<F, C, L> => defineFeatures<F, C, L>(declarations)
