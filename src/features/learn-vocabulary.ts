import { ArgumentError, SpecError, checkInteger, expected } from '../errors'
import type { Cells } from './cells'
import { idsOf } from './cells'
import type { FitContext, RestoreContext } from './feature'
import { embeddingSize } from './feature'
import { readCategories, readInteger, readObject } from './json'
import type { Vocabulary, VocabularyCounter, VocabularyLayout } from './vocabulary'
import { categoriesById, countingSummary, vocabularyCounter, vocabularyOf } from './vocabulary'

/** What a feature with a vocabulary says of it. */
export interface VocabularyFeature {
  readonly minCount: number
  readonly capacity?: number
  /** Rows for values out of the vocabulary; absent means one. */
  readonly outOfVocabulary?: number
  readonly embeddingDim?: number
  readonly sharedWith?: string
}

/** The options of every feature with a vocabulary. */
export interface VocabularyOptions<Shared extends string> {
  /** Rarer values share the out-of-vocabulary row, which is thereby trained. @defaultValue 1 */
  readonly minCount?: number
  /**
   * At most this many values are kept, the most frequent. Without it all are, up to a million different ones: beyond, those
   * that came least are forgotten while counting (what stays came often, as `describe()` says), and memory stays bounded.
   * A capacity above half a million counts twice as many at once.
   * @defaultValue no limit
   */
  readonly capacity?: number
  /** Values out of the vocabulary are spread by hash over so many rows, the first ones. @defaultValue 1 */
  readonly outOfVocabulary?: number
  /** @defaultValue by {@link embeddingSize} */
  readonly embeddingDim?: number
  /**
   * The feature whose vocabulary and embedding table this one takes: a user's history of movies is told in the same
   * vectors as the movie. Counts of all that share add up, and `minCount`, `capacity`, `outOfVocabulary` and
   * `embeddingDim` are those of the feature named. That may be a `hashed` one too.
   * @defaultValue its own
   */
  readonly sharedWith?: Shared
}

/** The checked options, ready to spread. */
export function checkVocabulary(where: string, options: VocabularyOptions<string>): VocabularyFeature {
  const { minCount = 1, capacity, outOfVocabulary, embeddingDim, sharedWith } = options
  checkInteger(where, 'minCount', minCount)
  for (const [name, value] of Object.entries({ capacity, outOfVocabulary, embeddingDim })) if (value !== undefined) checkInteger(where, name, value)
  if (sharedWith !== undefined) {
    if (typeof sharedWith !== 'string') throw new ArgumentError(expected(where, 'sharedWith', 'the name of a feature', sharedWith))
    const own = Object.entries({ minCount: minCount === 1 ? undefined : minCount, capacity, outOfVocabulary, embeddingDim }).find(([, value]) => value !== undefined)
    if (own !== undefined) throw new ArgumentError(expected(where, own[0], `left to the feature that \`sharedWith\` names, ${sharedWith}`, own[1]))
  }
  return {
    minCount,
    ...(capacity !== undefined && { capacity }),
    ...(outOfVocabulary !== undefined && { outOfVocabulary }),
    ...(embeddingDim !== undefined && { embeddingDim }),
    ...(sharedWith !== undefined && { sharedWith }),
  }
}

/** Learns a vocabulary of its own, or takes part in that of another. */
export interface VocabularyLearner {
  readonly observe: (cells: Cells, optional: boolean) => void
  /** The vocabulary, own or `shared`. */
  readonly finish: (shared?: Vocabulary) => Vocabulary
  readonly counter?: VocabularyCounter
}

export function vocabularyLearner(feature: VocabularyFeature, context: FitContext, missing: boolean): VocabularyLearner {
  if (feature.sharedWith === undefined) {
    const counter = vocabularyCounter(feature, layoutOf(feature, missing))
    return { counter, observe: counter.observe, finish: () => sized(counter.finish(), feature) }
  }
  const { shared } = context
  return {
    // Whoever counts nothing, such as hashes, leaves the values to be checked.
    observe: shared?.observe ?? ((cells, optional) => void idsOf(cells, nowhere, optional ? 0 : null)),
    finish: (vocabulary) => borrowed('fit', feature, context.column, vocabulary, missing),
  }
}

const nowhere = { ofText: () => 0, ofNumber: () => 0 }

/** The vocabulary of a feature that was saved: from its own state, or shared. */
export function restoreVocabulary(feature: VocabularyFeature, context: RestoreContext, state: unknown, at: string, missing: boolean): Vocabulary {
  if (feature.sharedWith !== undefined) return borrowed('fittedSpecFromJSON', feature, context.column, context.shared, missing)
  const { categories, uncounted } = readObject(state, at)
  const low = uncounted === undefined ? 0 : readInteger(uncounted, `${at}.uncounted`)
  return sized(vocabularyOf(readCategories(categories, `${at}.categories`), layoutOf(feature, missing), low), feature)
}

const layoutOf = ({ outOfVocabulary = 1 }: VocabularyFeature, missing: boolean): VocabularyLayout => ({ outOfVocabulary, missing })

const sized = (vocabulary: Vocabulary, { embeddingDim }: VocabularyFeature): Vocabulary =>
  (embeddingDim === undefined ? vocabulary : { ...vocabulary, embeddingDim })

function borrowed(where: string, { sharedWith }: VocabularyFeature, column: string, vocabulary: Vocabulary | undefined, missing: boolean): Vocabulary {
  if (vocabulary === undefined) throw new SpecError(expected(where, `${column}: sharedWith`, 'a feature with a vocabulary or hashed ids', sharedWith))
  if (missing && vocabulary.missing === undefined)
    throw new SpecError(`feedrank/${where}: ${column}: expected \`missing: 'category'\` to be a rule of the feature that \`sharedWith\` names too, ${sharedWith}, which has no row for it`)
  return vocabulary
}

/** What an encoder over a vocabulary tells of itself. */
export function vocabularyParts(feature: VocabularyFeature, cap: number, vocabulary: Vocabulary) {
  const { categories, cardinality, uncounted, embeddingDim = embeddingSize(cardinality, cap) } = vocabulary
  const shared = feature.sharedWith !== undefined
  const hashed = vocabulary.hashed === true
  const seen = feature.minCount === 1 ? 'in training' : `${feature.minCount} times or more`
  return {
    cardinality, embeddingDim,
    state: Object.freeze(shared ? {} : { categories, ...(uncounted !== undefined && { uncounted }) }),
    summary: shared ? `as ${feature.sharedWith}` : `${categories.length} ${categories.length === 1 ? 'category' : 'categories'} seen ${seen}${countingSummary(vocabulary)}`,
    vocabulary,
    ...(!hashed && { categories: categoriesById(vocabulary) }),
  }
}
