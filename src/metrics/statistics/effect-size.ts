import type { Numbers } from '../checks'
import { differencesOf, momentsOf } from './pairs'
import { wilcoxonSignedRank } from './wilcoxon'

/** How large a paired difference is, free of its unit. */
export interface EffectSize {
  /** Cohen's d of paired values, `d̄ / s_d`: 0.2 is small, 0.8 large. 0 where nothing differs, infinite where all differ alike. */
  readonly cohensD: number
  /** Matched-pairs rank-biserial correlation, `(R₊ − R₋) / (R₊ + R₋)`: from −1 to 1 (Kerby 2014). */
  readonly rankBiserial: number
  /** Shares of the pairs in which `a` is above, equal to and below `b`. */
  readonly wins: number
  readonly ties: number
  readonly losses: number
}

/**
 * How large the difference of paired values is, as effect sizes and as wins and losses.
 *
 * @param a one value per user or query, shape `[n]`; NaN on both sides leaves a pair out
 * @throws ArgumentError on lengths that differ, values that are not finite, fewer than two pairs.
 * @example
 * ```ts
 * import { effectSize } from 'feedrank'
 *
 * const { wins, losses } = effectSize([0.5, 0.7, 0.9, 0.6], [0.4, 0.5, 0.8, 0.6])
 * console.log(wins, losses) // 0.75 0
 * ```
 */
export function effectSize(a: Numbers, b: Numbers): EffectSize {
  const differences = differencesOf('effectSize', a, b)
  const { mean, deviation } = momentsOf(differences)
  const { positiveRanks, negativeRanks } = wilcoxonSignedRank(differences, new Float64Array(differences.length), { method: 'normal' })
  const all = positiveRanks + negativeRanks
  const share = (holds: (difference: number) => boolean) => differences.filter(holds).length / differences.length
  return {
    cohensD: mean === 0 ? 0 : mean / deviation,
    rankBiserial: all > 0 ? (positiveRanks - negativeRanks) / all : 0,
    wins: share((value) => value > 0),
    ties: share((value) => value === 0),
    losses: share((value) => value < 0),
  }
}
