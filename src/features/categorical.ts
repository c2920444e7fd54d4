import type { Id } from '../data/values'
import { idsOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice } from './feature'
import type { VocabularyFeature, VocabularyOptions } from './learn-vocabulary'
import { checkVocabulary, restoreVocabulary, vocabularyLearner, vocabularyParts } from './learn-vocabulary'
import type { Vocabulary } from './vocabulary'

/** What becomes of a missing id: an error, the out-of-vocabulary row, or a row of its own. */
export type MissingId = 'error' | 'out-of-vocabulary' | 'category'

/** A feature whose values are names: user ids, genres, countries. Made by {@link categorical}. */
export interface CategoricalFeature<
  S extends Scope = Scope, Column extends string = string, M extends MissingId = MissingId, Shared extends string = string,
> extends FeatureBase<S, Column, M extends 'error' ? Id : Id | null | undefined>, VocabularyFeature {
  readonly kind: 'categorical'
  readonly sharedWith?: Shared
  readonly missing: M
}

export interface CategoricalOptions<S extends Scope, Column extends string, M extends MissingId, Shared extends string = string>
  extends FeatureOptions<S, Column>, VocabularyOptions<Shared> {
  /** What `null` and `undefined` become. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature over a vocabulary that is learnt in `fit`.
 *
 * Id 0 is the out-of-vocabulary row: values never seen in training, or seen fewer than `minCount` times, or beyond
 * `capacity`. With `outOfVocabulary: n` there are n such rows, and a value has that of its hash, `murmur3(text) mod n`.
 * With `missing: 'category'` the next id is the missing value. The others follow, most frequent first, equally
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
export function categorical<
  const S extends Scope, const Column extends string = never, const M extends MissingId = 'error', const Shared extends string = never,
>(options: CategoricalOptions<S, Column, M, Shared>): CategoricalFeature<S, NoInfer<Column>, NoInfer<M>, NoInfer<Shared>> {
  const where = 'categorical'
  const base = checkBase(where, options)
  const { missing = 'error' } = options
  checkChoice(where, 'missing', missing, ['error', 'out-of-vocabulary', 'category'])
  return Object.freeze({ kind: where, ...base, ...checkVocabulary(where, options), missing: missing as M }) as
    CategoricalFeature<S, NoInfer<Column>, NoInfer<M>, NoInfer<Shared>>
}

export const categoricalKind: FeatureKind<CategoricalFeature> = {
  make: categorical,
  crossable: true,
  fitter(feature, context) {
    const { observe, finish, counter } = vocabularyLearner(feature, context, feature.missing === 'category')
    return {
      observe: (cells) => observe(cells, feature.missing !== 'error'),
      finish: (shared) => categoricalEncoder(feature, context.cap, finish(shared)),
      ...(counter && { counter }),
    }
  },
  restore: (feature, context, state, at) =>
    categoricalEncoder(feature, context.cap, restoreVocabulary(feature, context, state, at, feature.missing === 'category')),
}

function categoricalEncoder(feature: CategoricalFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { cardinality, embeddingDim, ...parts } = vocabularyParts(feature, cap, vocabulary)
  const missing = feature.missing === 'error' ? null : feature.missing === 'category' ? vocabulary.missing! : 0
  return {
    ...parts,
    encoding: { kind: 'ids', cardinality, embeddingDim },
    encode: (cells) => ({ kind: 'ids', ids: idsOf(cells, vocabulary.map, missing) }),
  }
}
