import { ArgumentError, DataError, ShapeError, checkInteger, checkNumber, checkObject, checkSameLength, expected } from '../errors'
import { normalizeRows, similarityOfRows } from '../retrieval/similarity'

/** What {@link maximalMarginalRelevance} takes: either `vectors` or `similarity` says how alike two items are. */
export type MaximalMarginalRelevanceOptions = {
  /** How relevant each item is, finite, on the scale of the similarities: shape `[items]`. */
  readonly relevance: ArrayLike<number>
  /** λ in [0, 1]: 1 is relevance alone, 0 is difference alone. */
  readonly lambda: number
  /** How many items to pick. @defaultValue all of them */
  readonly k?: number | undefined
} & (
  | {
      /** A vector for each item, all of the same length; alike means cosine. Without one, or all zeros, it is 0 to all. */
      readonly vectors: readonly (ArrayLike<number> | undefined)[]
      readonly similarity?: undefined
    }
  | { readonly similarity: (i: number, j: number) => number; readonly vectors?: undefined }
)

/**
 * The order in which items are relevant and yet unlike those before them: indices of `min(k, items)` items.
 *
 * Each place goes to the i not yet picked with the largest λ·rel(i) − (1 − λ)·maxⱼ sim(i, j) over the j picked before;
 * the first place goes by relevance. Equal ones go by relevance, then by input order. Carbonell & Goldstein 1998, "The
 * use of MMR, diversity-based reranking for reordering documents and producing summaries". Time is items × k × the
 * length of the vectors.
 *
 * @throws DataError when a relevance, a vector or a similarity is not finite.
 * @throws ShapeError when the vectors differ in length.
 * @throws ArgumentError when there is not one vector per item, or `lambda` or `k` is outside its range.
 * @example
 * ```ts
 * import { maximalMarginalRelevance } from 'feedrank'
 *
 * const order = maximalMarginalRelevance({
 *   relevance: [0.9, 0.8, 0.5],
 *   vectors: [[1, 0], [1, 0.1], [0, 1]],
 *   lambda: 0.5,
 * })
 * console.log(order) // [ 0, 2, 1 ]
 * ```
 */
export function maximalMarginalRelevance(options: MaximalMarginalRelevanceOptions): number[] {
  const where = 'maximalMarginalRelevance'
  checkObject(where, 'options', options, 'an object with `relevance`, and `vectors` or `similarity`')
  const { relevance, vectors, similarity } = options
  const lambda = checkNumber(where, 'lambda', options.lambda, { min: 0, max: 1 })
  const n = relevance.length
  const k = Math.min(n, options.k === undefined ? n : checkInteger(where, 'k', options.k, 0))
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(relevance[i])) throw new DataError(`feedrank/${where}: expected \`relevance[${i}]\` to be finite, got ${relevance[i]}`)
  const likeness = vectors === undefined ? bySimilarity(where, n, similarity) : byCosine(where, n, vectors)

  // The largest similarity of each item to those picked so far, brought up to date once per pick.
  const closest = new Float64Array(n)
  const open = Array.from({ length: n }, (_, i) => i)
  const picked: number[] = []
  while (picked.length < k) {
    let best = 0
    let bestValue = -Infinity
    for (let at = 0; at < open.length; at++) {
      const i = open[at]
      const value = lambda * relevance[i] - (1 - lambda) * closest[i]
      if (value > bestValue || (value === bestValue && relevance[i] > relevance[open[best]])) {
        best = at
        bestValue = value
      }
    }
    const [last] = open.splice(best, 1)
    picked.push(last)
    // At λ = 1 nobody asks how alike they are.
    if (lambda === 1 || picked.length === k) continue
    const alike = likeness(last, open)
    for (const i of open) closest[i] = picked.length === 1 ? alike[i] : Math.max(closest[i], alike[i])
  }
  return picked
}

/** How alike each item of `open` is to item `last`, by item. */
type Likeness = (last: number, open: readonly number[]) => Float64Array

function bySimilarity(where: string, n: number, similarity: unknown): Likeness {
  if (typeof similarity !== 'function') throw new ArgumentError(expected(where, 'similarity', 'a function, where there are no `vectors`', similarity))
  const out = new Float64Array(n)
  return (last, open) => {
    for (const i of open) {
      const value: unknown = similarity(i, last)
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw new DataError(`feedrank/${where}: expected the similarity of ${i} and ${last} to be a finite number, got ${String(value)}`)
      out[i] = value
    }
    return out
  }
}

function byCosine(where: string, n: number, vectors: readonly (ArrayLike<number> | undefined)[]): Likeness {
  checkSameLength(where, 'relevance', n, 'vectors', vectors.length)
  const dim = vectors.find((vector) => vector !== undefined)?.length ?? 0
  const values = new Float32Array(n * dim)
  for (let i = 0; i < n; i++) {
    const vector = vectors[i]
    if (vector === undefined) continue
    if (vector.length !== dim) throw new ShapeError(`feedrank/${where}: expected \`vectors[${i}]\` to have ${dim} values like the others, got ${vector.length}`)
    // Through the largest value, as 32 bits hold less than the numbers that may come.
    let largest = 0
    for (let j = 0; j < dim; j++) {
      if (!Number.isFinite(vector[j])) throw new DataError(`feedrank/${where}: expected \`vectors[${i}]\` to be finite, got ${vector[j]} at position ${j}`)
      largest = Math.max(largest, Math.abs(vector[j]))
    }
    if (largest > 0) for (let j = 0; j < dim; j++) values[i * dim + j] = vector[j] / largest
  }
  normalizeRows(values, dim)
  const out = new Float64Array(n)
  return (last) => {
    similarityOfRows('cosine', values, dim, 0, n, new Float64Array(values.subarray(last * dim, (last + 1) * dim)), out)
    return out
  }
}
