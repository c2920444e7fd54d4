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
  const picked: number[] = []
  const likeness = vectors === undefined ? bySimilarity(where, picked, similarity) : byCosine(where, n, k, vectors)

  // What each item was worth when it was last set against the picks, the first `seen` of them; −∞ once it is one. From the
  // first pick on a further one can only take from it, so what was worth less than the best of a round is not looked at.
  const worth = Float64Array.from({ length: n }, (_, i) => lambda * relevance[i])
  const closest = new Float64Array(n).fill(-Infinity)
  const seen = new Int32Array(n)
  while (picked.length < k) {
    const picks = picked.length
    let best = -1
    let most = -Infinity
    for (let i = 0; i < n; i++) {
      if (worth[i] < most && picks !== 1) continue
      // At λ = 1 nobody asks how alike they are.
      if (lambda < 1 && seen[i] < picks && worth[i] > -Infinity) {
        closest[i] = Math.max(closest[i], likeness.closest(i, seen[i], picks))
        seen[i] = picks
        worth[i] = lambda * relevance[i] - (1 - lambda) * closest[i]
      }
      if (worth[i] > most || (worth[i] === most && best >= 0 && relevance[i] > relevance[best])) {
        best = i
        most = worth[i]
      }
    }
    picked.push(best)
    worth[best] = -Infinity
    likeness.pick?.(best)
  }
  return picked
}

interface Likeness {
  /** How alike an item is to that of the picks `from` to `to` which is most like it. */
  readonly closest: (i: number, from: number, to: number) => number
  readonly pick?: (i: number) => void
}

function bySimilarity(where: string, picked: readonly number[], similarity: unknown): Likeness {
  if (typeof similarity !== 'function') throw new ArgumentError(expected(where, 'similarity', 'a function, where there are no `vectors`', similarity))
  return {
    closest(i, from, to) {
      let most = -Infinity
      for (let p = from; p < to; p++) {
        const value: unknown = similarity(i, picked[p])
        if (typeof value !== 'number' || !Number.isFinite(value))
          throw new DataError(`feedrank/${where}: expected the similarity of ${i} and ${picked[p]} to be a finite number, got ${String(value)}`)
        most = Math.max(most, value)
      }
      return most
    },
  }
}

function byCosine(where: string, n: number, k: number, vectors: readonly (ArrayLike<number> | undefined)[]): Likeness {
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
      const size = Math.abs(vector[j])
      if (!(size < Infinity)) throw new DataError(`feedrank/${where}: expected \`vectors[${i}]\` to be finite, got ${vector[j]} at position ${j}`)
      if (size > largest) largest = size
    }
    if (largest > 0) for (let j = 0; j < dim; j++) values[i * dim + j] = vector[j] / largest
  }
  normalizeRows(values, dim)
  // The picks' vectors one after another, in order.
  const chosen = new Float32Array(k * dim)
  const query = new Float64Array(dim)
  const alike = new Float64Array(k)
  let picks = 0
  return {
    pick: (i) => chosen.set(values.subarray(i * dim, (i + 1) * dim), picks++ * dim),
    closest(i, from, to) {
      for (let j = 0; j < dim; j++) query[j] = values[i * dim + j]
      similarityOfRows('cosine', chosen, dim, from, to - from, query, alike)
      let most = alike[0]
      for (let p = 1; p < to - from; p++) most = Math.max(most, alike[p])
      return most
    },
  }
}
