import { ArgumentError, DataError, checkNumber, expected } from '../errors'
import type { Random } from '../random'

/** Candidates for every row of a batch, and how likely the sampler was to offer each. */
export interface SampledCandidates {
  /** Ids of the candidates: shape `[candidates]`. Every row of the batch is scored against all of them. */
  readonly ids: Int32Array
  /** ln Q of each candidate, Q being the expected share of the candidates that is this id: shape `[candidates]`, nats. */
  readonly logQ: Float32Array
  /** ln Q of each positive under the same sampler, for where positives get a column of their own: shape `[batch]`, nats. */
  readonly positiveLogQ: Float32Array
}

/**
 * Offers candidates to train against: a softmax over the whole catalogue is replaced by one over what was sampled.
 *
 * The logit s of a candidate is corrected to s − ln Q, or the model would learn to avoid what is sampled often. Yi et
 * al. 2019, "Sampling-bias-corrected neural modeling for large corpus item recommendations", section 3. Q is known up
 * to a factor that is the same for all candidates of a batch and that the softmax cancels: here it is normalised to sum
 * to 1 over the catalogue.
 */
export interface NegativeSampler {
  readonly name: string
  /**
   * Whether the first `[batch]` candidates are the positives themselves, so that the target of row i is column i.
   * Where it is false, the positives are no candidates and need a column of their own.
   */
  readonly includesPositives: boolean
  /**
   * Candidates for a batch.
   *
   * @param positives - The id each row clicked, bought, liked: shape `[batch]`.
   * @throws DataError when a positive is outside the catalogue, or one that the sampler can never offer.
   */
  readonly sample: (positives: Int32Array, random: Random) => SampledCandidates
}

/** The weights of a catalogue as probabilities: p_i = (w_i + smoothing)^alpha / Σ. */
export function probabilities(where: string, name: string, weights: ArrayLike<number>, smoothing = 0, alpha = 1): Float64Array {
  if (typeof weights !== 'object' || weights === null || typeof weights.length !== 'number')
    throw new ArgumentError(expected(where, name, 'an array of numbers', weights))
  checkNumber(where, 'smoothing', smoothing, { min: 0 })
  const shares = new Float64Array(weights.length)
  let total = 0
  for (let i = 0; i < shares.length; i++) {
    const weight = weights[i]
    if (!(Number.isFinite(weight) && weight >= 0)) throw new ArgumentError(expected(where, `${name}[${i}]`, 'a finite number >= 0', weight))
    // 0 ** 0 is 1, but what was never seen is never offered unless smoothing says so.
    shares[i] = weight + smoothing === 0 ? 0 : (weight + smoothing) ** alpha
    total += shares[i]
  }
  if (!(total > 0 && total < Infinity)) throw new ArgumentError(`feedrank/${where}: expected \`${name}\` to have a positive sum, got ${total} over ${shares.length}`)
  for (let i = 0; i < shares.length; i++) shares[i] /= total
  return shares
}

/** ln Q of each id, `share` giving the Q of those in `[0, catalogueSize)`. */
export function logOf(where: string, catalogueSize: number, share: (id: number) => number, ids: Int32Array): Float32Array {
  const out = new Float32Array(ids.length)
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]
    if (id >>> 0 >= catalogueSize)
      throw new DataError(`feedrank/${where}: expected positives to be in [0, ${catalogueSize}), got ${id} at row ${i}`)
    out[i] = Math.log(share(id))
    if (out[i] === -Infinity)
      throw new DataError(`feedrank/${where}: expected positives the sampler can offer, got id ${id} at row ${i} whose frequency is 0; \`smoothing\` gives it some`)
  }
  return out
}
