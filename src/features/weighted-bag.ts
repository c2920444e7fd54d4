import type { Id } from '../data/values'
import { ArgumentError, expected } from '../errors'
import type { Cells } from './cells'
import { badCell, idsOf, listsOf, numbersOf } from './cells'
import type { ColumnEncoder, Combiner, FeatureBase, FeatureKind, FeatureOptions, Reads, Scope } from './feature'
import { checkBase, checkChoice, checkCombiner } from './feature'
import type { VocabularyFeature, VocabularyOptions } from './learn-vocabulary'
import { checkVocabulary, restoreVocabulary, vocabularyLearner, vocabularyParts } from './learn-vocabulary'
import type { MissingList, OrMissing } from './multi-hot'
import { parallelElements } from './parallel-list'
import type { Vocabulary } from './vocabulary'

/** A feature whose values are lists of names with weights: topics by probability, a history by age. Made by {@link weightedBag}. */
export interface WeightedBagFeature<
  S extends Scope = Scope, Column extends string = string, Weights extends string = string, M extends MissingList = MissingList, Shared extends string = string,
> extends FeatureBase<S, Column, OrMissing<M, readonly Id[]>, Reads<Weights, OrMissing<M, readonly number[]>>>, VocabularyFeature {
  readonly kind: 'weighted-bag'
  readonly weights: Weights
  readonly combiner: Combiner
  readonly sharedWith?: Shared
  readonly missing: M
}

export interface WeightedBagOptions<S extends Scope, Column extends string, Weights extends string, M extends MissingList, Shared extends string = string>
  extends FeatureOptions<S, Column>, VocabularyOptions<Shared> {
  /** The column that holds the weights: a list of numbers, 0 or above, as long as the list of ids. */
  readonly weights: Weights
  /** @defaultValue 'mean' */
  readonly combiner?: Combiner
  /** What `null` and `undefined` become, in both columns at once. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature whose value is a list of ids, with their weights in a second column.
 *
 * Its embedding is `Σ wᵢ·vᵢ` (`sum`), `Σ wᵢ·vᵢ / Σ wᵢ` (`mean`) or `Σ wᵢ·vᵢ / √(Σ wᵢ²)` (`sqrtn`), as
 * `tf.nn.embedding_lookup_sparse` has it; `sum` is PyTorch's `EmbeddingBag` with `per_sample_weights`. A bag that is empty,
 * or whose weights are all 0, is zeros. The rules of {@link multiHot} hold for the ids.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, weightedBag } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topics: weightedBag({ scope: 'item', weights: 'shares' }) } })
 *   .fit([{ topics: ['sea', 'sun'], shares: [0.75, 0.25] }])
 * const { columns } = spec.encode([{ topics: ['sun', 'sea'], shares: [1, 0.5] }])
 * const topics = columns.get('topics')
 * console.log(topics?.kind === 'bags' && topics.weights) // Float32Array(2) [ 1, 0.5 ]
 * ```
 */
export function weightedBag<
  const S extends Scope, const Weights extends string, const Column extends string = never, const M extends MissingList = 'error',
  const Shared extends string = never,
>(options: WeightedBagOptions<S, Column, Weights, M, Shared>): WeightedBagFeature<S, NoInfer<Column>, NoInfer<Weights>, NoInfer<M>, NoInfer<Shared>> {
  const where = 'weightedBag'
  const base = checkBase(where, options)
  const { weights, combiner = 'mean', missing = 'error' } = options
  if (typeof weights !== 'string') throw new ArgumentError(expected(where, 'weights', 'the name of a column', weights))
  checkCombiner(where, combiner)
  checkChoice(where, 'missing', missing, ['error', 'empty'])
  return Object.freeze({ kind: 'weighted-bag', ...base, ...checkVocabulary(where, options), weights, combiner, missing: missing as M }) as
    WeightedBagFeature<S, NoInfer<Column>, NoInfer<Weights>, NoInfer<M>, NoInfer<Shared>>
}

export const weightedBagKind: FeatureKind<WeightedBagFeature> = {
  make: weightedBag,
  // A cross has no place for weights.
  crossable: false,
  reads: ({ weights }) => [weights],
  fitter(feature, context) {
    const { observe, finish, counter } = vocabularyLearner(feature, context, false)
    return {
      observe(cells, weights) {
        const { lists } = readBags(feature, cells, weights)
        observe(lists.elements, false)
      },
      finish: (shared) => weightedBagEncoder(feature, context.cap, finish(shared)),
      ...(counter && { counter }),
    }
  },
  restore: (feature, context, state, at) => weightedBagEncoder(feature, context.cap, restoreVocabulary(feature, context, state, at, false)),
}

function weightedBagEncoder(feature: WeightedBagFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { cardinality, embeddingDim, summary, ...parts } = vocabularyParts(feature, cap, vocabulary)
  return {
    ...parts,
    encoding: { kind: 'bags', cardinality, embeddingDim, combiner: feature.combiner },
    encode(cells, weightCells) {
      const { lists, weights } = readBags(feature, cells, weightCells)
      return { kind: 'bags', ids: idsOf(lists.elements, vocabulary.map, null), offsets: lists.offsets, weights }
    },
    summary: `${summary}, bags by ${feature.combiner}, weighted by ${feature.weights}`,
  }
}

/** The ids and their weights. */
function readBags({ missing }: WeightedBagFeature, cells: Cells, weightCells: Cells) {
  const lists = listsOf(cells, missing === 'empty')
  const elements = parallelElements(weightCells, lists, missing === 'empty')
  const numbers = numbersOf(elements, false)
  const weights = new Float32Array(numbers)
  for (let i = 0; i < weights.length; i++)
    if (!(weights[i] >= 0 && weights[i] < Infinity)) throw badCell(elements, i, 'a weight, 0 or above', numbers[i])
  return { lists, weights }
}
