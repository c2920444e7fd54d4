import { adjustPValues, normalCdf } from '../metrics'
import { quantileOfSorted } from '../metrics/intervals'
import type { Better, Compared, Standing } from './result'

/** The two-sided p-value of an estimate by its standard error; 1 where both are 0. */
export function twoSided(estimate: number, standardError: number): number {
  if (estimate === 0) return 1
  return standardError > 0 ? 2 * normalCdf(-Math.abs(estimate) / standardError) : 0
}

/** Holm's correction of those p-values that there are; `null` is no comparison. */
function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const corrected = adjustPValues(pValues.filter((p) => p !== null), 'holm')
  let next = 0
  return pValues.map((p) => (p === null ? null : corrected[next++]))
}

/** The share of finite values a percentile interval is made of; null where more than half are missing. */
export function percentiles(values: Float64Array, level: number): { readonly low: number; readonly high: number; readonly standardError: number } | null {
  const kept = values.filter(Number.isFinite).sort()
  if (kept.length === 0 || kept.length * 2 < values.length) return null
  const mean = kept.reduce((sum, value) => sum + value / kept.length, 0)
  const standardError = Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2 / Math.max(kept.length - 1, 1), 0))
  const tail = (1 - level) / 2
  return { low: quantileOfSorted(kept, tail), high: quantileOfSorted(kept, 1 - tail), standardError }
}

/** Which way a difference points: for a ratio, which of the two is nearer to 1 was the difference already. */
function standingOf({ difference, low, high, corrected }: Omit<Compared, 'standing'>, better: Better, level: number): Standing {
  if (difference === null || low === null || high === null) return 'unmeasured'
  if ((low <= 0 && high >= 0) || corrected === null || corrected > 1 - level + 1e-12) return 'undecided'
  return difference > 0 === (better === 'higher') ? 'ahead' : 'behind'
}

/** Comparisons by one measure with their corrected p-values and what they settle. */
export function settled(family: readonly Omit<Compared, 'standing' | 'corrected'>[], better: Better, level: number): Compared[] {
  const corrected = holm(family.map(({ pValue }) => pValue))
  return family.map((one, i) => {
    const whole = { ...one, corrected: corrected[i] }
    return { ...whole, standing: standingOf(whole, better, level) }
  })
}
