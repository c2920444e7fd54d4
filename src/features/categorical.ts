import type { Id } from '../data/values'
import { isMissing } from '../data/values'
import { checkInteger } from '../errors'
import type { ColumnEncoder, ColumnFitter, FeatureBase, FeatureOptions, Scope, Sizing } from './feature'
import { checkBase, checkChoice, embeddingSize } from './feature'
import { readCategories, readObject } from './json'
import { badValue } from './values'
import { lookupOf, vocabularyCounter } from './vocabulary'

/** What becomes of a missing id: an error, the out-of-vocabulary row, or a row of its own. */
export type MissingId = 'error' | 'out-of-vocabulary' | 'category'

/** A feature whose values are names: user ids, genres, countries. Made by {@link categorical}. */
export interface CategoricalFeature<S extends Scope = Scope, Column extends string = string, M extends MissingId = MissingId>
  extends FeatureBase<S, Column, M extends 'error' ? Id : Id | null | undefined> {
  readonly kind: 'categorical'
  readonly minCount: number
  readonly capacity?: number
  readonly embeddingDim?: number
  readonly missing: M
}

export interface CategoricalOptions<S extends Scope, Column extends string, M extends MissingId> extends FeatureOptions<S, Column> {
  /** Rarer values share the out-of-vocabulary row, which is thereby trained. @defaultValue 1 */
  readonly minCount?: number
  /** At most this many values are kept, the most frequent. @defaultValue no limit */
  readonly capacity?: number
  /** @defaultValue by {@link embeddingSize} */
  readonly embeddingDim?: number
  /** What `null` and `undefined` become. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature over a vocabulary that is learnt in `fit`.
 *
 * Id 0 is the out-of-vocabulary row: values never seen in training, or seen fewer than `minCount` times, or beyond
 * `capacity`. With `missing: 'category'` id 1 is the missing value. The others follow, most frequent first, equally
 * frequent ones in the order of their text. A number and its decimal string are one category: `1`, `1n` and `'1'`
 * share a row, so ids may pass through CSV or JSON keys. An empty string is a category like any other; there is no
 * trimming and no folding of case.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { categorical, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { country: categorical({ scope: 'user', minCount: 2 }) } })
 * const fitted = spec.fit([{ country: 'PT' }, { country: 'PT' }, { country: 'NO' }])
 * console.log(fitted.categories('country')) // [null, 'PT']
 * ```
 */
export function categorical<const S extends Scope, const Column extends string = never, const M extends MissingId = 'error'>(
  options: CategoricalOptions<S, Column, M>,
): CategoricalFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'categorical'
  const base = checkBase(where, options)
  const { minCount = 1, capacity, embeddingDim, missing = 'error' } = options
  checkInteger(where, 'minCount', minCount)
  if (capacity !== undefined) checkInteger(where, 'capacity', capacity)
  if (embeddingDim !== undefined) checkInteger(where, 'embeddingDim', embeddingDim)
  checkChoice(where, 'missing', missing, ['error', 'out-of-vocabulary', 'category'])
  return Object.freeze({
    kind: where, ...base, minCount, missing: missing as M,
    ...(capacity !== undefined && { capacity }), ...(embeddingDim !== undefined && { embeddingDim }),
  })
}

export function fitCategorical(column: string, feature: CategoricalFeature, sizing: Sizing): ColumnFitter {
  const counter = vocabularyCounter(column, feature)
  return {
    observe(value, row) {
      if (!isMissing(value)) counter.observe(value, row)
      else if (feature.missing === 'error') throw badValue('fit', column, row, 'a string or a number', value)
    },
    finish: () => categoricalEncoder(column, feature, sizing, counter.finish()),
  }
}

export function restoreCategorical(column: string, feature: CategoricalFeature, sizing: Sizing, state: unknown, at: string): ColumnEncoder {
  return categoricalEncoder(column, feature, sizing, readCategories(readObject(state, at)['categories'], `${at}.categories`))
}

function categoricalEncoder(column: string, feature: CategoricalFeature, sizing: Sizing, categories: (string | number)[]): ColumnEncoder {
  const first = feature.missing === 'category' ? 2 : 1
  const missingId = feature.missing === 'category' ? 1 : 0
  const cardinality = first + categories.length
  const lookup = lookupOf(column, categories, first)
  const seen = feature.minCount === 1 ? 'in training' : `${feature.minCount} times or more`
  return {
    encoding: { kind: 'ids', cardinality, embeddingDim: feature.embeddingDim ?? embeddingSize(cardinality, sizing.cap) },
    encode(values) {
      const ids = new Int32Array(values.length)
      for (let row = 0; row < ids.length; row++) {
        const value = values[row]
        if (!isMissing(value)) ids[row] = lookup(value, row)
        else if (feature.missing === 'error') throw badValue('encode', column, row, 'a string or a number', value)
        else ids[row] = missingId
      }
      return { kind: 'ids', ids }
    },
    state: Object.freeze({ categories: Object.freeze(categories) }),
    summary: `${categories.length} ${categories.length === 1 ? 'category' : 'categories'} seen ${seen}`,
    categories: Object.freeze([...Array<null>(first).fill(null), ...categories]),
  }
}
