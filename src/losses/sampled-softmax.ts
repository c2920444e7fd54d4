import { checkNumber } from '../errors'
import { divide, equal, logSoftmax, matmul, negate, reduceMean, reduceSum, reshape, subtract, where, type Tensor } from '../tensor'

/** What {@link sampledSoftmax} takes. `batch` and `candidates` are named sizes; ids and places are int32. */
export interface SampledSoftmaxInputs {
  /** Query vectors, `[batch, dim]`. */
  readonly queries: Tensor
  /** Candidate vectors, `[candidates, dim]`: the batch's positives, and whatever else was sampled. */
  readonly candidates: Tensor
  /** τ > 0: scores are divided by it. */
  readonly temperature: number
  /** `ln Q` of each candidate under the sampler, `[candidates]`; {@link neverNegative} for one that only its own row may see. */
  readonly logQ: Tensor
  /** `ln Q` of each row's positive, `[batch]`. */
  readonly positiveLogQ: Tensor
  /** The id of each row's positive, `[batch]`. */
  readonly positiveIds: Tensor
  /** The id of each candidate, `[candidates]`. */
  readonly candidateIds: Tensor
  /** Which candidate is the row's own positive, `[batch]`. */
  readonly positions: Tensor
  /** 0, 1, 2, …: the place of each candidate, `[candidates]`. */
  readonly places: Tensor
}

/** In place of `ln Q`: the candidate is no negative for anybody. Finite, so that gradients stay numbers. */
export const neverNegative = 1e9

/**
 * Sampled softmax with log-Q correction and accidental hits removed: the mean negative log-likelihood of each row's
 * positive among the candidates, a scalar, in nats.
 *
 * `sᵢⱼ = qᵢ·cⱼ / τ − ln Q(j)`, `loss = −mean_i log softmax(sᵢ)[positionᵢ]`
 *
 * The correction undoes that popular items are sampled as negatives more often (Yi et al. 2019, "Sampling-bias-corrected
 * neural modeling for large corpus item recommendations", section 3). A candidate with the id of a row's positive that
 * is not its own place (an accidental hit) is no negative, and takes no part in that row's sum.
 *
 * @throws ShapeError when the inputs' shapes do not fit one another; ArgumentError when `temperature` is not above 0
 */
export function sampledSoftmax(inputs: SampledSoftmaxInputs): Tensor {
  const { queries, candidates, temperature, logQ, positiveLogQ, positiveIds, candidateIds, positions, places } = inputs
  checkNumber('sampledSoftmax', 'temperature', temperature, { above: 0 })
  const own = equal(asRows(positions), asColumns(places))
  const hit = equal(asRows(positiveIds), asColumns(candidateIds))
  const scores = divide(matmul(queries, candidates, { transposeB: true }), temperature)
  const negatives = where(hit, -neverNegative, subtract(scores, asColumns(logQ)))
  const logits = where(own, subtract(scores, asRows(positiveLogQ)), negatives)
  return negate(reduceMean(reduceSum(where(own, logSoftmax(logits), 0), { axes: -1 })))
}

const asRows = (t: Tensor): Tensor => reshape(t, [t.shape[0], 1])
const asColumns = (t: Tensor): Tensor => reshape(t, [1, t.shape[0]])
