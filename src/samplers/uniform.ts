import { checkInteger } from '../errors'
import type { Random } from '../random'
import { logOf } from './sampler'
import type { NegativeSampler } from './sampler'

/** What {@link uniformSampler} needs to know. */
export interface UniformSamplerOptions {
  /** Candidates are ids in `[0, catalogueSize)`. */
  readonly catalogueSize: number
  /** How many candidates a batch gets. */
  readonly count: number
}

/**
 * `count` ids of the catalogue, each as likely as any other, with replacement: Q(i) = 1 / catalogueSize.
 *
 * @example
 * ```ts
 * import { seededRandom, uniformSampler } from 'feedrank'
 *
 * const { ids } = uniformSampler({ catalogueSize: 1000, count: 5 }).sample(Int32Array.of(3), seededRandom(7))
 * console.log(ids.length, ids.every((id) => id < 1000)) // 5 true
 * ```
 */
export function uniformSampler(options: UniformSamplerOptions): NegativeSampler {
  const catalogueSize = checkInteger('uniformSampler', 'catalogueSize', options.catalogueSize)
  const count = checkInteger('uniformSampler', 'count', options.count)
  return {
    name: 'uniform',
    includesPositives: false,
    sample(positives, random) {
      const logsOf = (ids: Int32Array) => logOf('uniformSampler', catalogueSize, () => 1 / catalogueSize, ids)
      const positiveLogQ = logsOf(positives)
      const ids = drawUniform(new Int32Array(count), 0, catalogueSize, random)
      return { ids, logQ: logsOf(ids), positiveLogQ }
    },
  }
}

/** Fills `ids` from `start` on with ids in `[0, catalogueSize)`. */
export function drawUniform(ids: Int32Array, start: number, catalogueSize: number, random: Random): Int32Array {
  for (let i = start; i < ids.length; i++) ids[i] = Math.floor(random.next() * catalogueSize)
  return ids
}
