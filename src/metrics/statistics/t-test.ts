import { ArgumentError, checkNumber, checkObject } from '../../errors'
import { checkFinite } from '../checks'
import type { Numbers } from '../checks'
import { checkAlternative, differencesOf, momentsOf, pValueOf } from './pairs'
import type { Alternative, PairedTest } from './pairs'
import { studentQuantile, studentUpperTail } from './student'

/** A mean and its interval. */
export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly standardError: number
  readonly level: number
}

/**
 * The t interval of a mean, `x̄ ± t_{(1+level)/2, n−1}·s/√n`.
 *
 * For one value per user: rows of one user are not independent, so average them first.
 *
 * @defaultValue `level` 0.95
 * @throws ArgumentError with fewer than two values, on values that are not finite, a `level` outside (0, 1).
 * @example
 * ```ts
 * import { meanInterval } from 'feedrank'
 *
 * const { low, high } = meanInterval([0.2, 0.4, 0.6, 0.8])
 * console.log(low.toFixed(4), high.toFixed(4)) // 0.0891 0.9109
 * ```
 */
export function meanInterval(values: Numbers, level = 0.95): MeanInterval {
  checkFinite('meanInterval', values, 'values')
  checkNumber('meanInterval', 'level', level, { above: 0, below: 1 })
  if (values.length < 2) throw new ArgumentError(`feedrank/meanInterval: expected at least 2 values, got ${values.length}`)
  return intervalOf(values, level)
}

export function intervalOf(values: Numbers, level: number): MeanInterval {
  const { mean, deviation } = momentsOf(values)
  const standardError = deviation / Math.sqrt(values.length)
  const reach = standardError * studentQuantile(0.5 + level / 2, values.length - 1)
  return { mean, low: mean - reach, high: mean + reach, standardError, level }
}

/** What {@link pairedTTest} says. */
export interface PairedTTest extends PairedTest {
  readonly degreesOfFreedom: number
  readonly standardError: number
}

/**
 * The paired t test: `t = d̄ / (s_d / √n)` with n − 1 degrees of freedom (SciPy's `ttest_rel`).
 *
 * The usual choice for metrics per user or per query: it holds its level well even where values are far from normal.
 * Where all differences are 0 the p-value is 1, where all are one other number it is 0.
 *
 * @param a one value per user or query, shape `[n]`; NaN on both sides leaves a pair out
 * @defaultValue `alternative` 'two-sided'
 * @throws ArgumentError on lengths that differ, values that are not finite, fewer than two pairs.
 * @example
 * ```ts
 * import { pairedTTest } from 'feedrank'
 *
 * console.log(pairedTTest([0.5, 0.7, 0.9, 0.6], [0.4, 0.5, 0.8, 0.6]).pValue.toFixed(4)) // 0.0917
 * ```
 */
export function pairedTTest(a: Numbers, b: Numbers, options: { readonly alternative?: Alternative | undefined } = {}): PairedTTest {
  const { alternative = 'two-sided' } = checkObject('pairedTTest', 'options', options)
  checkAlternative('pairedTTest', alternative)
  return tTestOf(differencesOf('pairedTTest', a, b), alternative)
}

export function tTestOf(differences: Float64Array, alternative: Alternative): PairedTTest {
  const { mean, deviation } = momentsOf(differences)
  const degreesOfFreedom = differences.length - 1
  const standardError = deviation / Math.sqrt(differences.length)
  const statistic = mean === 0 ? 0 : mean / standardError
  const pValue = pValueOf(alternative, studentUpperTail(statistic, degreesOfFreedom), studentUpperTail(-statistic, degreesOfFreedom))
  return { pairs: differences.length, difference: mean, statistic, pValue, degreesOfFreedom, standardError }
}
