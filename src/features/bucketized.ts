import { ArgumentError, DataError, checkInteger, checkNumber, expected } from '../errors'
import { numbersOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkingFitter, embeddingSize } from './feature'
import { readIncreasing, readObject } from './json'
import { quantileSketch } from './quantile-sketch'

/** What a missing number becomes: an error, or the row behind the last bucket. */
export type MissingBucket = 'error' | 'category'

/** A number cut into intervals, each with its own row. Made by {@link bucketized}. */
export interface BucketizedFeature<S extends Scope = Scope, Column extends string = string, M extends MissingBucket = MissingBucket>
  extends FeatureBase<S, Column, M extends 'error' ? number : number | null | undefined> {
  readonly kind: 'bucketized'
  readonly boundaries?: readonly number[]
  readonly quantiles?: number
  readonly embeddingDim?: number
  readonly missing: M
}

export interface BucketizedOptions<S extends Scope, Column extends string, M extends MissingBucket> extends FeatureOptions<S, Column> {
  /** Where one bucket ends and the next begins, ascending: `n` boundaries make `n + 1` buckets. */
  readonly boundaries?: readonly number[]
  /** In place of boundaries: so many buckets of about equal numbers of training rows; equal boundaries merge. */
  readonly quantiles?: number
  /** @defaultValue by {@link embeddingSize} of the buckets */
  readonly embeddingDim?: number
  /** @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A number as the interval it lies in: the id is the number of boundaries ≤ x, as `numpy.digitize` has it.
 *
 * With `quantiles: n` the boundaries are the 1/n, 2/n, … quantiles of the training rows (NumPy's linear method): exact up
 * to 65,536 rows, and from then on by a {@link quantileSketch}, whose ranks are off by 0.01% at most at ten million.
 *
 * @throws ArgumentError when neither or both of `boundaries` and `quantiles` are given, or one is out of range.
 * @example
 * ```ts
 * import { bucketized, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { age: bucketized({ scope: 'user', boundaries: [18, 30, 50] }) } })
 * const { columns } = spec.fit([{ age: 20 }]).encode([{ age: 17 }, { age: 18 }, { age: 99 }])
 * console.log(columns.get('age')) // { kind: 'ids', ids: Int32Array(3) [ 0, 1, 3 ] }
 * ```
 */
export function bucketized<const S extends Scope, const Column extends string = never, const M extends MissingBucket = 'error'>(
  options: BucketizedOptions<S, Column, M>,
): BucketizedFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'bucketized'
  const base = checkBase(where, options)
  const { boundaries, quantiles, embeddingDim, missing = 'error' } = options
  if ((boundaries === undefined) === (quantiles === undefined))
    throw new ArgumentError(expected(where, 'options', 'an object with either boundaries or quantiles', options))
  if (quantiles !== undefined) checkInteger(where, 'quantiles', quantiles, 2)
  if (embeddingDim !== undefined) checkInteger(where, 'embeddingDim', embeddingDim)
  checkChoice(where, 'missing', missing, ['error', 'category'])
  return Object.freeze({
    kind: where, ...base, missing: missing as M,
    ...(boundaries !== undefined && { boundaries: checkBoundaries(boundaries) }),
    ...(quantiles !== undefined && { quantiles }), ...(embeddingDim !== undefined && { embeddingDim }),
  })
}

function checkBoundaries(boundaries: readonly number[]): readonly number[] {
  if (!Array.isArray(boundaries) || boundaries.length === 0)
    throw new ArgumentError(expected('bucketized', 'boundaries', 'ascending numbers, at least one', boundaries))
  return Object.freeze(boundaries.map((boundary: unknown, i) =>
    checkNumber('bucketized', `boundaries[${i}]`, boundary, i > 0 ? { above: boundaries[i - 1] as number } : {})))
}

export const bucketizedKind: FeatureKind<BucketizedFeature> = {
  make: bucketized,
  crossable: true,
  fitter(feature, { column, cap }) {
    const { boundaries, quantiles = 0, missing } = feature
    if (boundaries) return checkingFitter(bucketizedEncoder(feature, cap, boundaries))
    const all = quantileSketch()
    return {
      observe: (cells) => all.addAll(numbersOf(cells, missing !== 'error')),
      finish() {
        if (all.count() === 0) throw new DataError(`feedrank/fit: expected column \`${column}\` to have a value in some row, got none`)
        const cuts = Array.from({ length: quantiles - 1 }, (_, i) => all.quantile((i + 1) / quantiles))
        return bucketizedEncoder(feature, cap, [...new Set(cuts)])
      },
    }
  },
  restore: (feature, { cap }, state, at) => bucketizedEncoder(feature, cap, readIncreasing(readObject(state, at)['boundaries'], `${at}.boundaries`)),
}

function bucketizedEncoder(feature: BucketizedFeature, cap: number, boundaries: readonly number[]): ColumnEncoder {
  const cuts = Float64Array.from(boundaries)
  const buckets = cuts.length + 1
  const cardinality = buckets + (feature.missing === 'category' ? 1 : 0)
  const shown = boundaries.slice(0, 4).map((cut) => Number(cut.toPrecision(4))).join(', ')
  return {
    encoding: { kind: 'ids', cardinality, embeddingDim: feature.embeddingDim ?? embeddingSize(cardinality, cap) },
    encode(cells) {
      const numbers = numbersOf(cells, feature.missing === 'category')
      const ids = new Int32Array(numbers.length)
      for (let row = 0; row < ids.length; row++) ids[row] = numbers[row] !== numbers[row] ? buckets : atOrBelow(cuts, numbers[row])
      return { kind: 'ids', ids }
    },
    state: Object.freeze({ boundaries: Object.freeze([...boundaries]) }),
    summary: `${buckets} buckets cut at ${shown}${boundaries.length > 4 ? ', ...' : ''}`,
  }
}

/** How many of the ascending `cuts` are at most `value`. */
function atOrBelow(cuts: Float64Array, value: number): number {
  if (cuts.length <= 16) {
    // No step depends on the outcome of another, so a processor need not guess.
    let count = 0
    for (let i = 0; i < cuts.length; i++) count += Number(cuts[i] <= value)
    return count
  }
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (cuts[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}
