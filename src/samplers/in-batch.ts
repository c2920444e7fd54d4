import { logOf, probabilities } from './sampler'
import type { NegativeSampler } from './sampler'

/** What {@link inBatchSampler} needs to know. */
export interface InBatchSamplerOptions {
  /** How often each id is a positive in training, as counts or shares: shape `[catalogue]`. */
  readonly frequencies: ArrayLike<number>
  /** Added to every frequency, so that ids not seen in training have a Q too. @defaultValue 0 */
  readonly smoothing?: number
}

/**
 * The positives of the other rows as negatives: free, as their vectors are computed anyway, and biased towards what is
 * popular, which ln Q corrects.
 *
 * Q(i) = frequency of i in training. Two rows with the same positive are accidental hits: see `accidentalHits`.
 *
 * @example
 * ```ts
 * import { inBatchSampler, seededRandom } from 'feedrank'
 *
 * const sampler = inBatchSampler({ frequencies: [1, 3] })
 * const { ids, logQ } = sampler.sample(Int32Array.of(1, 0, 1), seededRandom(7))
 * console.log([...ids], [...logQ].map((value) => Math.exp(value).toFixed(2)).join(' ')) // [ 1, 0, 1 ] 0.75 0.25 0.75
 * ```
 */
export function inBatchSampler(options: InBatchSamplerOptions): NegativeSampler {
  const shares = probabilities('inBatchSampler', 'frequencies', options.frequencies, options.smoothing)
  return {
    name: 'inBatch',
    includesPositives: true,
    sample(positives) {
      const own = logOf('inBatchSampler', shares.length, (id) => shares[id], positives)
      return { ids: positives.slice(), logQ: own, positiveLogQ: own }
    },
  }
}
