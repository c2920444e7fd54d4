import { ArgumentError, checkObject, expected } from '../../errors'
import type { Numbers } from '../checks'
import { averageRanks } from '../correlation'
import { normalCdf } from './normal'
import { checkAlternative, differencesOf, momentsOf, pValueOf } from './pairs'
import type { Alternative, PairedTest } from './pairs'

/** Options of {@link wilcoxonSignedRank}. */
export interface WilcoxonOptions {
  /** @defaultValue 'two-sided' */
  readonly alternative?: Alternative | undefined
  /**
   * Differences of zero: `'wilcox'` drops them, `'pratt'` ranks them with the others and then drops their ranks.
   * @defaultValue 'wilcox'
   */
  readonly zeros?: 'wilcox' | 'pratt' | undefined
  /**
   * `'exact'` counts all signs (ties included), `'normal'` approximates, `'auto'` is exact up to 50 pairs, or up to 13
   * where there are ties or zeros: the rule of SciPy.
   * @defaultValue 'auto'
   */
  readonly method?: 'auto' | 'exact' | 'normal' | undefined
  /** Moves the statistic half a rank towards its mean, in the normal approximation. @defaultValue false, as in SciPy */
  readonly continuity?: boolean | undefined
}

/** What {@link wilcoxonSignedRank} says; `statistic` is the smaller sum of ranks, or `positiveRanks` when one-sided. */
export interface WilcoxonTest extends PairedTest {
  readonly positiveRanks: number
  readonly negativeRanks: number
  readonly method: 'exact' | 'normal'
}

/**
 * Wilcoxon's signed-rank test: do the ranks of the differences above 0 outweigh those below?
 *
 * The normal approximation corrects its variance for ties (SciPy's `wilcoxon`). Where all differences are 0 the p-value is 1.
 *
 * @param a one value per user or query, shape `[n]`; NaN on both sides leaves a pair out
 * @throws ArgumentError on lengths that differ, values that are not finite, no pairs, a bad option, and on `'exact'` with
 * more than 1000 pairs.
 * @example
 * ```ts
 * import { wilcoxonSignedRank } from 'feedrank'
 *
 * console.log(wilcoxonSignedRank([5, 7, 9, 6, 8], [4.5, 5, 6, 2, 3]).pValue) // 0.0625
 * ```
 */
export function wilcoxonSignedRank(a: Numbers, b: Numbers, options: WilcoxonOptions = {}): WilcoxonTest {
  const where = 'wilcoxonSignedRank'
  const { alternative = 'two-sided', zeros = 'wilcox', method = 'auto', continuity = false } = checkObject(where, 'options', options)
  checkAlternative(where, alternative)
  if (zeros !== 'wilcox' && zeros !== 'pratt') throw new ArgumentError(expected(where, 'zeros', "'wilcox' or 'pratt'", zeros))
  if (method !== 'auto' && method !== 'exact' && method !== 'normal')
    throw new ArgumentError(expected(where, 'method', "'auto', 'exact' or 'normal'", method))
  const differences = differencesOf(where, a, b, 1)
  const { mean } = momentsOf(differences)
  const ranked = zeros === 'pratt' ? differences : differences.filter((value) => value !== 0)
  const ranks = averageRanks(ranked.map(Math.abs))
  let positiveRanks = 0
  let negativeRanks = 0
  let zeroCount = 0
  ranked.forEach((value, i) => {
    if (value > 0) positiveRanks += ranks[i]
    else if (value < 0) negativeRanks += ranks[i]
    else zeroCount++
  })
  const counted = ranks.filter((_, i) => ranked[i] !== 0)
  const tied = counted.length < differences.length || new Set(counted).size < counted.length
  const exact = method === 'exact' || (method === 'auto' && differences.length <= (tied ? 13 : 50))
  if (exact && counted.length > 1000)
    throw new ArgumentError(`feedrank/${where}: expected at most 1000 pairs for method 'exact', got ${counted.length}`)
  const pValue =
    counted.length === 0 ? 1
    : exact ? exactPValue(counted, positiveRanks, alternative)
    : normalPValue(ranked.length, zeroCount, counted, positiveRanks, alternative, continuity)
  const statistic = alternative === 'two-sided' ? Math.min(positiveRanks, negativeRanks) : positiveRanks
  return { pairs: differences.length, difference: mean, statistic, pValue, positiveRanks, negativeRanks, method: exact ? 'exact' : 'normal' }
}

/** Counts the signs by their sum of ranks; twice a rank is a whole number, ties or not. */
function exactPValue(ranks: Float64Array, positive: number, alternative: Alternative): number {
  const top = ranks.reduce((sum, rank) => sum + 2 * rank, 0)
  const chance = new Float64Array(top + 1)
  chance[0] = 1
  let reached = 0
  for (const rank of ranks) {
    const step = 2 * rank
    reached += step
    for (let sum = reached; sum >= 0; sum--) chance[sum] = (chance[sum] + (sum >= step ? chance[sum - step] : 0)) / 2
  }
  const at = 2 * positive
  let atLeast = 0
  let atMost = 0
  for (let sum = top; sum >= at; sum--) atLeast += chance[sum]
  for (let sum = 0; sum <= at; sum++) atMost += chance[sum]
  return pValueOf(alternative, atLeast, atMost)
}

function normalPValue(n: number, zeros: number, ranks: Float64Array, positive: number, alternative: Alternative, continuity: boolean): number {
  const mean = (n * (n + 1) - zeros * (zeros + 1)) / 4
  const sizes = new Map<number, number>()
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1)
  let ties = 0
  for (const size of sizes.values()) ties += size ** 3 - size
  const variance = (n * (n + 1) * (2 * n + 1) - zeros * (zeros + 1) * (2 * zeros + 1) - ties / 2) / 24
  const error = Math.sqrt(variance)
  const plain = (positive - mean) / error
  const towards = alternative === 'two-sided' ? Math.sign(plain) : alternative === 'greater' ? 1 : -1
  const z = continuity ? plain - (towards * 0.5) / error : plain
  return pValueOf(alternative, normalCdf(-z), normalCdf(z))
}
