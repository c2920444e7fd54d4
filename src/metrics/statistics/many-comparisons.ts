import { ArgumentError, expected } from '../../errors'
import { checkProbabilities } from '../checks'
import type { Numbers } from '../checks'

/**
 * How p-values are corrected for being many: `'holm'` and `'bonferroni'` bound the chance of even one false finding,
 * `'benjamini-hochberg'` the share of false ones among the findings.
 */
export type Correction = 'holm' | 'bonferroni' | 'benjamini-hochberg'

/**
 * P-values corrected for many comparisons, to be held against the level as if there had been one.
 *
 * Holm (1979) steps down and is never worse than Bonferroni; Benjamini and Hochberg (1995) steps up. The figures of
 * statsmodels' `multipletests`.
 *
 * @defaultValue `correction` 'holm'
 * @throws ArgumentError on values outside [0, 1], a correction it does not know.
 * @example
 * ```ts
 * import { adjustPValues } from 'feedrank'
 *
 * console.log(adjustPValues([0.01, 0.04, 0.03]).join()) // 0.03,0.06,0.06
 * ```
 */
export function adjustPValues(pValues: Numbers, correction: Correction = 'holm'): Float64Array {
  checkProbabilities('adjustPValues', pValues, 'pValues')
  const m = pValues.length
  const order = Array.from({ length: m }, (_, i) => i).sort((i, j) => pValues[i] - pValues[j])
  const adjusted = new Float64Array(m)
  switch (correction) {
    case 'bonferroni':
      return adjusted.map((_, i) => Math.min(1, m * pValues[i]))
    case 'holm': {
      let most = 0
      order.forEach((at, rank) => (adjusted[at] = most = Math.max(most, Math.min(1, (m - rank) * pValues[at]))))
      return adjusted
    }
    case 'benjamini-hochberg': {
      let least = 1
      for (let rank = m; rank > 0; rank--) adjusted[order[rank - 1]] = least = Math.min(least, pValues[order[rank - 1]] / (rank / m))
      return adjusted
    }
    default:
      throw new ArgumentError(expected('adjustPValues', 'correction', "'holm', 'bonferroni' or 'benjamini-hochberg'", correction))
  }
}
