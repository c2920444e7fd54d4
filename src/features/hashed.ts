import type { Id } from '../data/values'
import { checkInteger, checkNumber } from '../errors'
import { murmur3 } from '../hash'
import type { IdMap } from './cells'
import { idsOf } from './cells'
import type { BagColumn } from './encoded'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkingFitter, embeddingSize } from './feature'

/** What becomes of a missing hashed id: an error, or a row of its own behind the buckets. */
export type MissingHash = 'error' | 'category'

/** A feature whose values are hashed into a fixed number of rows. Made by {@link hashed}. */
export interface HashedFeature<S extends Scope = Scope, Column extends string = string, M extends MissingHash = MissingHash>
  extends FeatureBase<S, Column, M extends 'error' ? Id : Id | null | undefined> {
  readonly kind: 'hashed'
  readonly buckets: number
  readonly seed: number
  /** Absent means one. */
  readonly hashes?: number
  readonly embeddingDim?: number
  readonly missing: M
}

export interface HashedOptions<S extends Scope, Column extends string, M extends MissingHash> extends FeatureOptions<S, Column> {
  /** The number of rows that values are spread over. */
  readonly buckets: number
  /** Two features with different seeds collide differently. @defaultValue 0 */
  readonly seed?: number
  /**
   * Each value has so many rows, by hashes of their own, and is the sum of them: two values that meet in one row are apart in
   * the others. @defaultValue 1
   */
  readonly hashes?: number
  /** @defaultValue by {@link embeddingSize} of the buckets */
  readonly embeddingDim?: number
  /** What `null` and `undefined` become; `'category'` is the row with id `buckets`. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A feature that needs no vocabulary: `id = murmur3(text of value, seed) mod buckets`.
 *
 * New values get a row at once, at the price of collisions: of `n` values about `n − b·(1 − (1 − 1/b)^n)` meet
 * another in `b` buckets. `1`, `1n` and `'1'` hash alike.
 *
 * With `hashes: k` a value is a bag of `k` rows, `murmur3(text, seed + i) mod buckets` for `i` below `k`, which are summed
 * (Serrà and Karatzoglou 2017, "Getting deep recommenders fit: Bloom embeddings for sparse binary input/output networks").
 * Two values are one only where all their rows are.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, hashed } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { word: hashed({ scope: 'item', buckets: 1000 }) } })
 * const { columns } = spec.fit([{ word: 'hello' }]).encode([{ word: 'hello' }])
 * console.log(columns.get('word')) // { kind: 'ids', ids: Int32Array(1) [ 351 ] }
 * ```
 */
export function hashed<const S extends Scope, const Column extends string = never, const M extends MissingHash = 'error'>(
  options: HashedOptions<S, Column, M>,
): HashedFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'hashed'
  const base = checkBase(where, options)
  const { buckets, seed = 0, hashes, embeddingDim, missing = 'error' } = options
  checkBuckets(where, buckets)
  checkInteger(where, 'seed', seed, 0)
  if (hashes !== undefined) checkInteger(where, 'hashes', hashes)
  if (embeddingDim !== undefined) checkInteger(where, 'embeddingDim', embeddingDim)
  checkChoice(where, 'missing', missing, ['error', 'category'])
  return Object.freeze({
    kind: where, ...base, buckets, seed, missing: missing as M,
    ...(hashes !== undefined && { hashes }), ...(embeddingDim !== undefined && { embeddingDim }),
  })
}

export const hashedKind: FeatureKind<HashedFeature> = {
  make: hashed,
  crossable: true,
  fitter: (feature, { cap }) => checkingFitter(hashedEncoder(feature, cap)),
  restore: (feature, { cap }) => hashedEncoder(feature, cap),
}

function hashedEncoder(feature: HashedFeature, cap: number): ColumnEncoder {
  const { buckets, seed, hashes = 1, missing } = feature
  const cardinality = buckets + (missing === 'category' ? 1 : 0)
  const embeddingDim = feature.embeddingDim ?? embeddingSize(cardinality, cap)
  const missingId = missing === 'category' ? buckets : null
  const maps = Array.from({ length: hashes }, (_, i) => hashMap(buckets, seed + i))
  const [map] = maps
  const shared = { state: Object.freeze({}), summary: `${buckets} buckets, seed ${seed}${hashes > 1 ? `, ${hashes} hashes` : ''}` }
  if (hashes > 1)
    return {
      ...shared,
      encoding: { kind: 'bags', cardinality, embeddingDim, combiner: 'sum' },
      encode: (cells) => bagsOf(maps.map((one) => idsOf(cells, one, missingId)), missingId),
    }
  return {
    ...shared,
    encoding: { kind: 'ids', cardinality, embeddingDim },
    encode: (cells) => ({ kind: 'ids', ids: idsOf(cells, map, missingId) }),
    vocabulary: { categories: [], first: cardinality, cardinality, map, embeddingDim, hashed: true, ...(missing === 'category' && { missing: buckets }) },
  }
}

/** The ids by each hash, side by side; a missing value has one. */
function bagsOf(byHash: readonly Int32Array[], missing: number | null): BagColumn {
  const [first] = byHash
  const offsets = new Int32Array(first.length + 1)
  for (let row = 0; row < first.length; row++) offsets[row + 1] = offsets[row] + (first[row] === missing ? 1 : byHash.length)
  const ids = new Int32Array(offsets[first.length])
  for (let row = 0; row < first.length; row++)
    for (let i = offsets[row]; i < offsets[row + 1]; i++) ids[i] = byHash[i - offsets[row]][row]
  return { kind: 'bags', ids, offsets }
}

/** The bucket of a name by its hash. */
function hashMap(buckets: number, seed: number): IdMap {
  const ofText = (text: string) => murmur3(text, seed) % buckets
  return { ofText, ofNumber: (value) => ofText(String(value)) }
}

/** `buckets` if its ids fit an `Int32Array`. */
export const checkBuckets = (where: string, buckets: unknown) =>
  checkNumber(where, 'buckets', checkInteger(where, 'buckets', buckets), { max: 2 ** 31 - 2 })
