import { ArgumentError, ShapeError, expected } from '../errors'

/** What {@link accidentalHits} can be told. */
export interface AccidentalHitsOptions {
  /**
   * Whether column i is row i's own positive, which is then no hit: the sampler's `includesPositives`.
   *
   * @defaultValue true
   */
  readonly ownColumn?: boolean
  /** Where to write, of shape `[batch, candidates]`; absent means a new array. */
  readonly out?: Float32Array
}

/** Far below any logit, yet finite: infinities turn into NaN where two of them meet. */
const PENALTY = -1e9

/**
 * What to add to the logits so that no row is pushed away from its own positive: shape `[batch, candidates]`.
 *
 * −10⁹ where the candidate of column j equals the positive of row i without being row i's own column, else 0.
 *
 * @throws ShapeError when there are fewer candidates than rows although each row has its own column, or `out` has
 *   another size.
 * @example
 * ```ts
 * import { accidentalHits } from 'feedrank'
 *
 * const ids = Int32Array.of(5, 8, 5)
 * console.log([...accidentalHits(ids, ids)].map((mask) => mask < 0)) // [ false, false, true, false, false, false, true, false, false ]
 * ```
 */
export function accidentalHits(positives: Int32Array, candidates: Int32Array, options: AccidentalHitsOptions = {}): Float32Array {
  const { ownColumn = true, out = new Float32Array(positives.length * candidates.length) } = options
  if (ownColumn && candidates.length < positives.length)
    throw new ShapeError(`feedrank/accidentalHits: expected at least one candidate per row, got ${candidates.length} for ${positives.length}`)
  if (out.length !== positives.length * candidates.length)
    throw new ShapeError(`feedrank/accidentalHits: expected \`out\` to have shape [${positives.length}, ${candidates.length}], got ${out.length} values`)
  out.fill(0)
  // Columns with the same id are chained, so that the cost is that of the hits and not of all pairs.
  const first = new Map<number, number>()
  const next = new Int32Array(candidates.length)
  for (let j = candidates.length - 1; j >= 0; j--) {
    next[j] = first.get(candidates[j]) ?? -1
    first.set(candidates[j], j)
  }
  for (let i = 0; i < positives.length; i++) {
    if (ownColumn && candidates[i] !== positives[i])
      throw new ArgumentError(expected('accidentalHits', `candidates[${i}]`, `the positive ${positives[i]} of its row`, candidates[i]))
    for (let j = first.get(positives[i]) ?? -1; j !== -1; j = next[j]) if (!ownColumn || j !== i) out[i * candidates.length + j] = PENALTY
  }
  return out
}
