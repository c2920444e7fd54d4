import type { Id } from '../data/values'
import { checkInteger } from '../errors'
import { idsOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, embeddingSize } from './feature'
import { readCategories, readObject } from './json'
import type { Vocabulary } from './vocabulary'
import { categoriesById, vocabularyCounter, vocabularyOf } from './vocabulary'

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

export const categoricalKind: FeatureKind<CategoricalFeature> = {
  make: categorical,
  crossable: true,
  fitter(feature, { cap }) {
    const counter = vocabularyCounter(feature, firstId(feature))
    return {
      observe: (cells) => counter.observe(cells, feature.missing !== 'error'),
      finish: () => categoricalEncoder(feature, cap, counter.finish()),
      counter,
    }
  },
  restore: (feature, { cap }, state, at) =>
    categoricalEncoder(feature, cap, vocabularyOf(readCategories(readObject(state, at)['categories'], `${at}.categories`), firstId(feature))),
}

const firstId = (feature: CategoricalFeature) => (feature.missing === 'category' ? 2 : 1)

function categoricalEncoder(feature: CategoricalFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { categories, cardinality, map } = vocabulary
  const missing = feature.missing === 'error' ? null : feature.missing === 'category' ? 1 : 0
  const seen = feature.minCount === 1 ? 'in training' : `${feature.minCount} times or more`
  return {
    encoding: { kind: 'ids', cardinality, embeddingDim: feature.embeddingDim ?? embeddingSize(cardinality, cap) },
    encode: (cells) => ({ kind: 'ids', ids: idsOf(cells, map, missing) }),
    state: Object.freeze({ categories }),
    summary: `${categories.length} ${categories.length === 1 ? 'category' : 'categories'} seen ${seen}`,
    vocabulary,
    categories: categoriesById(vocabulary),
  }
}
