import { cellReader } from '../data/table'
import { isMissing } from '../data/values'
import { ArgumentError, checkInteger, expected } from '../errors'
import { murmur3 } from '../hash'
import type { Cells } from './cells'
import { badCell } from './cells'
import type { ColumnEncoder, Combiner, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkCombiner, checkingFitter, embeddingSize } from './feature'
import { checkBuckets } from './hashed'
import type { Analyzer } from './ngrams'
import { ngramsOf } from './ngrams'

/** What a missing text becomes: an error, or an empty bag. */
export type MissingText = 'error' | 'empty'

/** A text as the bag of its n-grams, hashed. Made by {@link text}. */
export interface TextFeature<S extends Scope = Scope, Column extends string = string, M extends MissingText = MissingText>
  extends FeatureBase<S, Column, M extends 'error' ? string : string | null | undefined> {
  readonly kind: 'text'
  readonly analyzer: Analyzer
  readonly ngrams: readonly [shortest: number, longest: number]
  readonly minWordLength: number
  readonly lowercase: boolean
  readonly nfkc: boolean
  readonly buckets: number
  readonly seed: number
  readonly combiner: Combiner
  readonly embeddingDim?: number
  readonly missing: M
}

export interface TextOptions<S extends Scope, Column extends string, M extends MissingText> extends FeatureOptions<S, Column> {
  /** The number of rows that n-grams are spread over. */
  readonly buckets: number
  /** N-grams of words, of all characters, or of the characters within words. @defaultValue 'word' */
  readonly analyzer?: Analyzer
  /** The shortest and the longest n-gram. @defaultValue [1, 1] */
  readonly ngrams?: readonly [shortest: number, longest: number]
  /** Words of fewer characters are left out, for `word` alone; scikit-learn has 2. @defaultValue 1 */
  readonly minWordLength?: number
  /** @defaultValue true */
  readonly lowercase?: boolean
  /** Whether Unicode's NFKC is taken first, so that texts that mean the same are the same. @defaultValue true */
  readonly nfkc?: boolean
  /** @defaultValue 0 */
  readonly seed?: number
  /** @defaultValue 'mean' */
  readonly combiner?: Combiner
  /** @defaultValue by {@link embeddingSize} of the buckets */
  readonly embeddingDim?: number
  /** What `null` and `undefined` become; an empty text is a value, not missing. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A text as the bag of its n-grams: `id = murmur3(n-gram, seed) mod buckets` for each, repetitions included.
 *
 * The text is normalised (NFKC) and made lower case first. Words are runs of letters, marks, numbers and underscores; the
 * words of an n-gram are joined by a space. `char` takes n-grams of all characters (code points, white space as one space),
 * `char_wb` those within words, with a space at either end. N-grams are those of scikit-learn's `HashingVectorizer` with
 * the same `analyzer`, `ngram_range` and, with `minWordLength: 2`, its words; hashes are unsigned and have no sign. There is
 * no vocabulary: new words have rows at once. For a language without spaces between words take `char`.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, text } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { title: text({ scope: 'item', buckets: 1000, ngrams: [1, 2] }) } }).fit([{ title: 'Hello' }])
 * const title = spec.encode([{ title: 'hello, WORLD' }]).columns.get('title')
 * if (title?.kind === 'bags') console.log(title.ids) // Int32Array(3) [ 351, 227, 183 ]
 * ```
 */
export function text<const S extends Scope, const Column extends string = never, const M extends MissingText = 'error'>(
  options: TextOptions<S, Column, M>,
): TextFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'text'
  const base = checkBase(where, options)
  const {
    buckets, analyzer = 'word', ngrams = [1, 1], minWordLength = 1, lowercase = true, nfkc = true, seed = 0, combiner = 'mean', embeddingDim, missing = 'error',
  } = options
  checkBuckets(where, buckets)
  checkChoice(where, 'analyzer', analyzer, ['word', 'char', 'char_wb'])
  if (!Array.isArray(ngrams) || ngrams.length !== 2) throw new ArgumentError(expected(where, 'ngrams', '[shortest, longest]', ngrams))
  checkInteger(where, 'ngrams[0]', ngrams[0])
  checkInteger(where, 'ngrams[1]', ngrams[1], ngrams[0])
  checkInteger(where, 'minWordLength', minWordLength)
  for (const [name, flag] of Object.entries({ lowercase, nfkc }))
    if (typeof flag !== 'boolean') throw new ArgumentError(expected(where, name, 'true or false', flag))
  checkInteger(where, 'seed', seed, 0)
  if (embeddingDim !== undefined) checkInteger(where, 'embeddingDim', embeddingDim)
  checkCombiner(where, combiner)
  checkChoice(where, 'missing', missing, ['error', 'empty'])
  return Object.freeze({
    kind: where, ...base, analyzer, ngrams: Object.freeze([ngrams[0], ngrams[1]] as const), minWordLength, lowercase, nfkc, buckets, seed, combiner,
    missing: missing as M, ...(embeddingDim !== undefined && { embeddingDim }),
  })
}

export const textKind: FeatureKind<TextFeature> = {
  make: text,
  crossable: true,
  fitter: (feature, { cap }) => checkingFitter(textEncoder(feature, cap)),
  restore: (feature, { cap }) => textEncoder(feature, cap),
}

function textEncoder(feature: TextFeature, cap: number): ColumnEncoder {
  const { buckets, seed, combiner, analyzer, ngrams: [shortest, longest] } = feature
  const idsOf = (value: string) => ngramsOf(value, feature).map((gram) => murmur3(gram, seed) % buckets)
  const range = shortest === longest ? String(shortest) : `${shortest} to ${longest}`
  return {
    encoding: { kind: 'bags', cardinality: buckets, embeddingDim: feature.embeddingDim ?? embeddingSize(buckets, cap), combiner },
    encode(cells) {
      const bags = bagsOf(cells, idsOf, feature.missing === 'empty')
      const offsets = new Int32Array(cells.length + 1)
      bags.forEach((bag, row) => { offsets[row + 1] = offsets[row] + bag.length })
      const ids = new Int32Array(offsets[cells.length])
      bags.forEach((bag, row) => ids.set(bag, offsets[row]))
      return { kind: 'bags', ids, offsets }
    },
    state: Object.freeze({}),
    summary: `n-grams of ${range} ${analyzer === 'word' ? 'words' : analyzer === 'char' ? 'characters' : 'characters within words'}, ${buckets} buckets, seed ${seed}`,
  }
}

/** The bag of each cell; a text that comes again is not taken apart again. */
function bagsOf(cells: Cells, idsOf: (value: string) => number[], optional: boolean): readonly (readonly number[])[] {
  const read = cellReader(cells.column)
  const known = new Map<string, number[]>()
  return Array.from({ length: cells.length }, (_, cell) => {
    const value = read(cell)
    if (optional && isMissing(value)) return []
    if (typeof value !== 'string') throw badCell(cells, cell, 'a text', value)
    let bag = known.get(value)
    if (bag === undefined) known.set(value, (bag = idsOf(value)))
    return bag
  })
}
