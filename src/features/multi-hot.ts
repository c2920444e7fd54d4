import type { Id } from '../data/values'
import { checkInteger } from '../errors'
import { idsOf, listsOf } from './cells'
import type { ColumnEncoder, Combiner, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, embeddingSize } from './feature'
import { readCategories, readObject } from './json'
import type { Vocabulary } from './vocabulary'
import { categoriesById, vocabularyCounter, vocabularyOf } from './vocabulary'

/** What a missing list becomes: an error, or an empty bag. */
export type MissingList = 'error' | 'empty'

/** A feature whose values are lists of names: genres, tags, topics. Made by {@link multiHot}. */
export interface MultiHotFeature<S extends Scope = Scope, Column extends string = string, M extends MissingList = MissingList>
  extends FeatureBase<S, Column, M extends 'error' ? readonly Id[] : readonly Id[] | null | undefined> {
  readonly kind: 'multi-hot'
  readonly minCount: number
  readonly capacity?: number
  readonly combiner: Combiner
  readonly embeddingDim?: number
  readonly missing: M
}

export interface MultiHotOptions<S extends Scope, Column extends string, M extends MissingList> extends FeatureOptions<S, Column> {
  /** Values in fewer places share the out-of-vocabulary row. @defaultValue 1 */
  readonly minCount?: number
  /** At most this many values are kept, the most frequent. @defaultValue no limit */
  readonly capacity?: number
  /** @defaultValue 'mean' */
  readonly combiner?: Combiner
  /** @defaultValue by {@link embeddingSize} */
  readonly embeddingDim?: number
  /** What `null` and `undefined` become; an empty list is a value, not missing. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature whose value is a list of ids, encoded as a bag over a vocabulary that is learnt in `fit`.
 *
 * The rules of {@link categorical} hold for each element; id 0 is the out-of-vocabulary row, so a bag keeps its length.
 * A list is taken as it stands: an element that is there twice counts twice.
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
export function multiHot<const S extends Scope, const Column extends string = never, const M extends MissingList = 'error'>(
  options: MultiHotOptions<S, Column, M>,
): MultiHotFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'multiHot'
  const base = checkBase(where, options)
  const { minCount = 1, capacity, combiner = 'mean', embeddingDim, missing = 'error' } = options
  checkInteger(where, 'minCount', minCount)
  if (capacity !== undefined) checkInteger(where, 'capacity', capacity)
  if (embeddingDim !== undefined) checkInteger(where, 'embeddingDim', embeddingDim)
  checkChoice(where, 'combiner', combiner, ['mean', 'sum', 'sqrtn'])
  checkChoice(where, 'missing', missing, ['error', 'empty'])
  return Object.freeze({
    kind: 'multi-hot', ...base, minCount, combiner, missing: missing as M,
    ...(capacity !== undefined && { capacity }), ...(embeddingDim !== undefined && { embeddingDim }),
  })
}

export const multiHotKind: FeatureKind<MultiHotFeature> = {
  make: multiHot,
  crossable: true,
  fitter(feature, { cap }) {
    const counter = vocabularyCounter(feature, 1)
    return {
      observe: (cells) => counter.observe(listsOf(cells, feature.missing === 'empty').elements, false),
      finish: () => multiHotEncoder(feature, cap, counter.finish()),
      counter,
    }
  },
  restore: (feature, { cap }, state, at) =>
    multiHotEncoder(feature, cap, vocabularyOf(readCategories(readObject(state, at)['categories'], `${at}.categories`), 1)),
}

function multiHotEncoder(feature: MultiHotFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { categories, cardinality, map } = vocabulary
  const embeddingDim = feature.embeddingDim ?? embeddingSize(cardinality, cap)
  return {
    encoding: { kind: 'bags', cardinality, embeddingDim, combiner: feature.combiner },
    encode(cells) {
      const { offsets, elements } = listsOf(cells, feature.missing === 'empty')
      return { kind: 'bags', ids: idsOf(elements, map, null), offsets }
    },
    state: Object.freeze({ categories }),
    summary: `${categories.length} ${categories.length === 1 ? 'category' : 'categories'}, bags by ${feature.combiner}`,
    vocabulary,
    categories: categoriesById(vocabulary),
  }
}
