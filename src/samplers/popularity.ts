import { checkInteger, checkNumber } from '../errors'
import { aliasTable } from './alias-table'
import { logOf, probabilities } from './sampler'
import type { NegativeSampler } from './sampler'

/** What {@link popularitySampler} needs to know. */
export interface PopularitySamplerOptions {
  /** How often each id occurs: shape `[catalogue]`. */
  readonly counts: ArrayLike<number>
  /** How many candidates a batch gets. */
  readonly count: number
  /** Flattens the counts: 1 samples by popularity as it is, 0 uniformly among what was seen. @defaultValue 0.75 */
  readonly alpha?: number
  /** Added to every count, so that ids not seen in training are offered too. @defaultValue 0 */
  readonly smoothing?: number
}

/**
 * `count` ids drawn by flattened popularity, with replacement: Q(i) = counts_i^alpha / Σⱼ counts_j^alpha.
 *
 * The exponent 0.75 is that of Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their
 * Compositionality", section 2.2. A draw costs the same for any catalogue.
 *
 * @example
 * ```ts
 * import { popularitySampler, seededRandom } from 'feedrank'
 *
 * const sampler = popularitySampler({ counts: [1, 0, 99], alpha: 1, count: 1000 })
 * const { ids } = sampler.sample(new Int32Array(0), seededRandom(7))
 * console.log(ids.includes(1), ids.filter((id) => id === 2).length > 970) // false true
 * ```
 */
export function popularitySampler(options: PopularitySamplerOptions): NegativeSampler {
  const alpha = checkNumber('popularitySampler', 'alpha', options.alpha ?? 0.75, { min: 0 })
  const shares = probabilities('popularitySampler', 'counts', options.counts, options.smoothing, alpha)
  const count = checkInteger('popularitySampler', 'count', options.count)
  const draw = aliasTable(shares)
  return {
    name: 'popularity',
    includesPositives: false,
    sample(positives, random) {
      const logsOf = (ids: Int32Array) => logOf('popularitySampler', shares.length, (id) => shares[id], ids)
      const positiveLogQ = logsOf(positives)
      const ids = new Int32Array(count)
      for (let i = 0; i < count; i++) ids[i] = draw(random)
      return { ids, logQ: logsOf(ids), positiveLogQ }
    },
  }
}
