import { checkInteger } from '../errors'
import { logOf, probabilities } from './sampler'
import type { NegativeSampler } from './sampler'
import { drawUniform } from './uniform'

/** What {@link mixedSampler} needs to know. */
export interface MixedSamplerOptions {
  /** How often each id is a positive in training, as counts or shares: shape `[catalogue]`. */
  readonly frequencies: ArrayLike<number>
  /** How many ids of the catalogue follow the positives. */
  readonly count: number
}

/**
 * The positives of the batch, then `count` ids drawn uniformly: the tail, which in-batch negatives hardly show, is
 * learned too.
 *
 * With B positives and M = `count`, Q(i) = (B·p_i + M / catalogue) / (B + M), p_i being the training frequency. Yang et
 * al. 2020, "Mixed Negative Sampling for Learning Two-tower Neural Networks in Recommendations".
 *
 * @example
 * ```ts
 * import { mixedSampler, seededRandom } from 'feedrank'
 *
 * const sampler = mixedSampler({ frequencies: [1, 3], count: 2 })
 * const { ids, logQ } = sampler.sample(Int32Array.of(1, 0), seededRandom(7))
 * console.log(ids.length, Math.exp(logQ[0]).toFixed(3)) // 4 0.625
 * ```
 */
export function mixedSampler(options: MixedSamplerOptions): NegativeSampler {
  const shares = probabilities('mixedSampler', 'frequencies', options.frequencies)
  const count = checkInteger('mixedSampler', 'count', options.count)
  return {
    name: 'mixed',
    includesPositives: true,
    sample(positives, random) {
      const batch = positives.length
      const q = (id: number) => (batch * shares[id] + count / shares.length) / (batch + count)
      const positiveLogQ = logOf('mixedSampler', shares.length, q, positives)
      const ids = new Int32Array(batch + count)
      ids.set(positives)
      drawUniform(ids, batch, shares.length, random)
      return { ids, logQ: logOf('mixedSampler', shares.length, q, ids), positiveLogQ }
    },
  }
}
