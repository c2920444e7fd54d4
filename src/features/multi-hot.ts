import type { Id } from '../data/values'
import { idsOf, listsOf } from './cells'
import type { ColumnEncoder, Combiner, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkCombiner } from './feature'
import type { VocabularyFeature, VocabularyOptions } from './learn-vocabulary'
import { checkVocabulary, restoreVocabulary, vocabularyLearner, vocabularyParts } from './learn-vocabulary'
import type { Vocabulary } from './vocabulary'

/** What a missing list becomes: an error, or an empty bag. */
export type MissingList = 'error' | 'empty'

/** The type of a value by its rule for missing ones. */
export type OrMissing<M extends MissingList, Value> = M extends 'error' ? Value : Value | null | undefined

/** A feature whose values are lists of names: genres, tags, topics. Made by {@link multiHot}. */
export interface MultiHotFeature<
  S extends Scope = Scope, Column extends string = string, M extends MissingList = MissingList, Shared extends string = string,
> extends FeatureBase<S, Column, OrMissing<M, readonly Id[]>>, VocabularyFeature {
  readonly kind: 'multi-hot'
  readonly combiner: Combiner
  readonly sharedWith?: Shared
  readonly missing: M
}

export interface MultiHotOptions<S extends Scope, Column extends string, M extends MissingList, Shared extends string = string>
  extends FeatureOptions<S, Column>, VocabularyOptions<Shared> {
  /** @defaultValue 'mean' */
  readonly combiner?: Combiner
  /** What `null` and `undefined` become; an empty list is a value, not missing. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature whose value is a list of ids, encoded as a bag over a vocabulary that is learnt in `fit`.
 *
 * The rules of {@link categorical} hold for each element; id 0 is the out-of-vocabulary row, so a bag keeps its length.
 * A list is taken as it stands: an element that is there twice counts twice. With `sharedWith` the elements are told in
 * the vectors of another feature: a user's history in those of the items.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, multiHot } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { genres: multiHot({ scope: 'item' }) } })
 * const fitted = spec.fit([{ genres: ['Drama', 'War'] }, { genres: ['Drama'] }])
 * const { columns } = fitted.encode([{ genres: ['War', 'Opera'] }, { genres: [] }])
 * console.log(columns.get('genres')) // { kind: 'bags', ids: Int32Array(2) [ 2, 0 ], offsets: Int32Array(3) [ 0, 2, 2 ] }
 * ```
 */
export function multiHot<
  const S extends Scope, const Column extends string = never, const M extends MissingList = 'error', const Shared extends string = never,
>(options: MultiHotOptions<S, Column, M, Shared>): MultiHotFeature<S, NoInfer<Column>, NoInfer<M>, NoInfer<Shared>> {
  const where = 'multiHot'
  const base = checkBase(where, options)
  const { combiner = 'mean', missing = 'error' } = options
  checkCombiner(where, combiner)
  checkChoice(where, 'missing', missing, ['error', 'empty'])
  return Object.freeze({ kind: 'multi-hot', ...base, ...checkVocabulary(where, options), combiner, missing: missing as M }) as
    MultiHotFeature<S, NoInfer<Column>, NoInfer<M>, NoInfer<Shared>>
}

export const multiHotKind: FeatureKind<MultiHotFeature> = {
  make: multiHot,
  crossable: true,
  fitter(feature, context) {
    const { observe, finish, counter } = vocabularyLearner(feature, context, false)
    return {
      observe: (cells) => observe(listsOf(cells, feature.missing === 'empty').elements, false),
      finish: (shared) => multiHotEncoder(feature, context.cap, finish(shared)),
      ...(counter && { counter }),
    }
  },
  restore: (feature, context, state, at) => multiHotEncoder(feature, context.cap, restoreVocabulary(feature, context, state, at, false)),
}

function multiHotEncoder(feature: MultiHotFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { cardinality, embeddingDim, summary, ...parts } = vocabularyParts(feature, cap, vocabulary)
  return {
    ...parts,
    encoding: { kind: 'bags', cardinality, embeddingDim, combiner: feature.combiner },
    encode(cells) {
      const { offsets, elements } = listsOf(cells, feature.missing === 'empty')
      return { kind: 'bags', ids: idsOf(elements, vocabulary.map, null), offsets }
    },
    summary: `${summary}, bags by ${feature.combiner}`,
  }
}
