import type { Id } from '../data/values'
import { ArgumentError, checkInteger, checkNumber, expected } from '../errors'
import type { Cells } from './cells'
import { idsOf, listsOf } from './cells'
import type { ColumnEncoder, Combiner, FeatureBase, FeatureKind, FeatureOptions, Reads, Scope } from './feature'
import { checkBase, checkChoice, checkCombiner } from './feature'
import type { VocabularyFeature, VocabularyOptions } from './learn-vocabulary'
import { checkVocabulary, restoreVocabulary, vocabularyLearner, vocabularyParts } from './learn-vocabulary'
import type { Moment } from './moments-of'
import { momentsOf } from './moments-of'
import type { MissingList, OrMissing } from './multi-hot'
import { parallelElements } from './parallel-list'
import type { Vocabulary } from './vocabulary'

/** A feature whose values are names in an order: what a user read last. Made by {@link sequence}. */
export interface SequenceFeature<
  S extends Scope = Scope, Column extends string = string, Times extends string = string, M extends MissingList = MissingList, Shared extends string = string,
> extends FeatureBase<S, Column, OrMissing<M, readonly Id[]>, Reads<Times, OrMissing<M, readonly Moment[]>>>, VocabularyFeature {
  readonly kind: 'sequence'
  readonly maxLength: number
  readonly keep: 'last' | 'first'
  readonly orderBy?: Times
  readonly decay?: number
  readonly combiner: Combiner
  readonly sharedWith?: Shared
  readonly missing: M
}

export interface SequenceOptions<S extends Scope, Column extends string, Times extends string, M extends MissingList, Shared extends string = string>
  extends FeatureOptions<S, Column>, VocabularyOptions<Shared> {
  /** At most so many elements are kept. */
  readonly maxLength: number
  /** Which end of a longer sequence is kept. @defaultValue 'last', the newest */
  readonly keep?: 'last' | 'first'
  /**
   * A column with the times of the elements (ms since 1970, Dates or ISO texts), as long as the list: elements are put in
   * their order, oldest first, equal times as they stand. @defaultValue the order of the list
   */
  readonly orderBy?: Times
  /**
   * In (0, 1): the last element weighs 1, the one before `decay`, then `decay²`, for models that pool the sequence.
   * @defaultValue all weigh the same
   */
  readonly decay?: number
  /** How models that know no order pool the elements. @defaultValue 'mean' */
  readonly combiner?: Combiner
  /** What `null` and `undefined` become; an empty list is a value, not missing. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature whose value is a list of ids in an order, oldest first, of at most `maxLength`.
 *
 * It is encoded as a bag whose ids keep their order, so that models without a notion of order pool it by `combiner` like
 * any {@link multiHot}; {@link padSequences} makes `[batch, maxLength]` ids and lengths of it for those that attend. The
 * rules of {@link categorical} hold for each element.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, padSequences, sequence } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3, orderBy: 'readAt' }) } })
 *   .fit([{ read: ['a', 'b', 'c', 'd'], readAt: [1, 2, 3, 4] }])
 * const read = spec.encode([{ read: ['d', 'a', 'c', 'b'], readAt: [9, 5, 7, 6] }, { read: ['b'], readAt: [1] }]).columns.get('read')
 * if (read?.kind === 'bags') console.log(padSequences(read, 3).ids) // Int32Array(6) [ 2, 3, 4, 2, 0, 0 ]
 * ```
 */
export function sequence<
  const S extends Scope, const Column extends string = never, const Times extends string = never, const M extends MissingList = 'error',
  const Shared extends string = never,
>(options: SequenceOptions<S, Column, Times, M, Shared>): SequenceFeature<S, NoInfer<Column>, NoInfer<Times>, NoInfer<M>, NoInfer<Shared>> {
  const where = 'sequence'
  const base = checkBase(where, options)
  const { maxLength, keep = 'last', orderBy, decay, combiner = 'mean', missing = 'error' } = options
  checkInteger(where, 'maxLength', maxLength)
  checkChoice(where, 'keep', keep, ['last', 'first'])
  if (orderBy !== undefined && typeof orderBy !== 'string') throw new ArgumentError(expected(where, 'orderBy', 'the name of a column', orderBy))
  if (decay !== undefined) checkNumber(where, 'decay', decay, { above: 0, below: 1 })
  checkCombiner(where, combiner)
  checkChoice(where, 'missing', missing, ['error', 'empty'])
  return Object.freeze({
    kind: where, ...base, ...checkVocabulary(where, options), maxLength, keep,
    ...(orderBy !== undefined && { orderBy }), ...(decay !== undefined && { decay }), combiner, missing: missing as M,
  }) as SequenceFeature<S, NoInfer<Column>, NoInfer<Times>, NoInfer<M>, NoInfer<Shared>>
}

export const sequenceKind: FeatureKind<SequenceFeature> = {
  make: sequence,
  crossable: true,
  reads: ({ orderBy }) => (orderBy === undefined ? [] : [orderBy]),
  fitter(feature, context) {
    const { observe, finish, counter } = vocabularyLearner(feature, context, false)
    return {
      observe(cells, times) {
        const lists = listsOf(cells, feature.missing === 'empty')
        observe(lists.elements, false)
        if (times !== undefined) momentsOf(parallelElements(times, lists, feature.missing === 'empty'), false)
      },
      finish: (shared) => sequenceEncoder(feature, context.cap, finish(shared)),
      ...(counter && { counter }),
    }
  },
  restore: (feature, context, state, at) => sequenceEncoder(feature, context.cap, restoreVocabulary(feature, context, state, at, false)),
}

function sequenceEncoder(feature: SequenceFeature, cap: number, vocabulary: Vocabulary): ColumnEncoder {
  const { cardinality, embeddingDim, summary, ...parts } = vocabularyParts(feature, cap, vocabulary)
  const { maxLength, keep, orderBy, combiner, decay } = feature
  return {
    ...parts,
    encoding: { kind: 'bags', cardinality, embeddingDim, combiner, maxLength },
    encode(cells, times) {
      const { ids, offsets } = cut(ordered(feature, vocabulary, cells, times), feature)
      return { kind: 'bags', ids, offsets, ...(decay !== undefined && { weights: decayed(offsets, decay) }) }
    },
    summary: `${summary}, the ${keep} ${maxLength}${orderBy === undefined ? '' : ` by ${orderBy}`}, bags by ${combiner}${decay === undefined ? '' : `, decay ${decay}`}`,
  }
}

interface Sequences {
  readonly ids: Int32Array
  readonly offsets: Int32Array
}

/** The ids of all lists, oldest first. */
function ordered({ missing }: SequenceFeature, { map }: Vocabulary, cells: Cells, times: Cells | undefined): Sequences {
  const lists = listsOf(cells, missing === 'empty')
  const { offsets } = lists
  const ids = idsOf(lists.elements, map, null)
  if (times === undefined) return { ids, offsets }
  const moments = momentsOf(parallelElements(times, lists, missing === 'empty'), false)
  const sorted = new Int32Array(ids.length)
  for (let row = 0; row < cells.length; row++) {
    const start = offsets[row]
    const order = Array.from({ length: offsets[row + 1] - start }, (_, i) => start + i).sort((a, b) => moments[a] - moments[b])
    order.forEach((from, i) => { sorted[start + i] = ids[from] })
  }
  return { ids: sorted, offsets }
}

/** At most `maxLength` of each. */
function cut({ ids, offsets }: Sequences, { maxLength, keep }: SequenceFeature): Sequences {
  const rows = offsets.length - 1
  const kept = new Int32Array(rows + 1)
  for (let row = 0; row < rows; row++) kept[row + 1] = kept[row] + Math.min(maxLength, offsets[row + 1] - offsets[row])
  if (kept[rows] === ids.length) return { ids, offsets }
  const short = new Int32Array(kept[rows])
  for (let row = 0; row < rows; row++) {
    const size = kept[row + 1] - kept[row]
    const start = keep === 'last' ? offsets[row + 1] - size : offsets[row]
    short.set(ids.subarray(start, start + size), kept[row])
  }
  return { ids: short, offsets: kept }
}

function decayed(offsets: Int32Array, decay: number): Float32Array {
  const weights = new Float32Array(offsets[offsets.length - 1])
  for (let row = 0; row + 1 < offsets.length; row++)
    for (let i = offsets[row + 1] - 1, weight = 1; i >= offsets[row]; i--, weight *= decay) weights[i] = weight
  return weights
}
