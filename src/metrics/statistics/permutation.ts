import { checkInteger, checkObject } from '../../errors'
import { seededRandom } from '../../random'
import type { Seed } from '../../random'
import type { Numbers } from '../checks'
import { checkAlternative, differencesOf, momentsOf, pValueOf } from './pairs'
import type { Alternative, PairedTest } from './pairs'

/** Options of {@link permutationTest} and {@link pairedBootstrapTest}. */
export interface ResamplingTestOptions {
  /** @defaultValue 'two-sided' */
  readonly alternative?: Alternative | undefined
  /** Random draws; a permutation test counts all `2^pairs` signs where those are no more. @defaultValue 9999 */
  readonly resamples?: number | undefined
  /** Equal seeds give equal p-values. @defaultValue 0 */
  readonly seed?: Seed | undefined
}

/** What {@link permutationTest} says. */
export interface PermutationTest extends PairedTest {
  /** Whether every sign was counted. */
  readonly exact: boolean
  /** Signs counted or drawn. */
  readonly resamples: number
}

/**
 * The paired permutation test (Fisher's randomisation test): were `a` and `b` exchangeable, every difference could as well
 * have the other sign; how often is the mean then as far out?
 *
 * Exact where `2^pairs ≤ resamples` (SciPy's `permutation_test`, 'samples'), else by seeded draws, with
 * `p = (1 + draws as far out) / (1 + draws)`, which is never 0. Two-sided, twice the smaller side.
 *
 * @param a one value per user or query, shape `[n]`; NaN on both sides leaves a pair out
 * @throws ArgumentError on lengths that differ, values that are not finite, no pairs, a bad option.
 * @example
 * ```ts
 * import { permutationTest } from 'feedrank'
 *
 * console.log(permutationTest([0.5, 0.7, 0.9, 0.6], [0.4, 0.5, 0.8, 0.3]).pValue) // 0.125
 * ```
 */
export function permutationTest(a: Numbers, b: Numbers, options: ResamplingTestOptions = {}): PermutationTest {
  const where = 'permutationTest'
  const { alternative, resamples, seed } = resamplingOptions(where, options)
  return permutationTestOf(differencesOf(where, a, b, 1), alternative, resamples, seed)
}

function resamplingOptions(where: string, options: ResamplingTestOptions) {
  const { alternative = 'two-sided', resamples = 9999, seed = 0 } = checkObject(where, 'options', options)
  checkAlternative(where, alternative)
  checkInteger(where, 'resamples', resamples)
  return { alternative, resamples, seed }
}

export function permutationTestOf(differences: Float64Array, alternative: Alternative, resamples: number, seed: Seed): PermutationTest {
  const n = differences.length
  const { mean } = momentsOf(differences)
  const observed = differences.reduce((sum, value) => sum + value, 0)
  // Signs that give the same mean must count as such, whatever the order their sum was rounded in.
  const slack = 1e-12 * differences.reduce((sum, value) => sum + Math.abs(value), 0)
  const exact = n < 31 && 2 ** n <= resamples
  let atLeast = 0
  let atMost = 0
  const count = (sum: number) => {
    if (sum >= observed - slack) atLeast++
    if (sum <= observed + slack) atMost++
  }
  if (exact) {
    for (let signs = 0; signs < 2 ** n; signs++) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (signs >>> i) & 1 ? differences[i] : -differences[i]
      count(sum)
    }
    const pValue = pValueOf(alternative, atLeast / 2 ** n, atMost / 2 ** n)
    return { pairs: n, difference: mean, statistic: mean, pValue, exact, resamples: 2 ** n }
  }
  const { next } = seededRandom(seed)
  for (let draw = 0; draw < resamples; draw++) {
    let sum = 0
    for (let i = 0; i < n; i += 30) {
      let bits = Math.floor(next() * 0x40000000)
      for (let j = i; j < n && j < i + 30; j++, bits >>>= 1) sum += bits & 1 ? differences[j] : -differences[j]
    }
    count(sum)
  }
  const pValue = pValueOf(alternative, (1 + atLeast) / (1 + resamples), (1 + atMost) / (1 + resamples))
  return { pairs: n, difference: mean, statistic: mean, pValue, exact, resamples }
}

/**
 * The paired bootstrap test: differences drawn with replacement from those observed, moved to a mean of 0; how often is the
 * mean of a draw as far out as the one observed? (Efron and Tibshirani 1993, section 16.4, without studentising.)
 *
 * @param a one value per user or query, shape `[n]`; NaN on both sides leaves a pair out
 * @throws ArgumentError as {@link permutationTest}, and with fewer than two pairs.
 * @example
 * ```ts
 * import { pairedBootstrapTest } from 'feedrank'
 *
 * const a = [0.5, 0.7, 0.9, 0.6, 0.8, 0.7]
 * console.log(pairedBootstrapTest(a, a.map((value) => value - 0.1 - value / 10)).pValue < 0.05) // true
 * ```
 */
export function pairedBootstrapTest(a: Numbers, b: Numbers, options: ResamplingTestOptions = {}): PairedTest {
  const where = 'pairedBootstrapTest'
  const { alternative, resamples, seed } = resamplingOptions(where, options)
  return bootstrapTestOf(differencesOf(where, a, b), alternative, resamples, seed)
}

export function bootstrapTestOf(differences: Float64Array, alternative: Alternative, resamples: number, seed: Seed): PairedTest {
  const n = differences.length
  const { mean } = momentsOf(differences)
  const centred = differences.map((value) => value - mean)
  const slack = 1e-12 * centred.reduce((sum, value) => sum + Math.abs(value), 0)
  const { next } = seededRandom(seed)
  let atLeast = 0
  let atMost = 0
  for (let draw = 0; draw < resamples; draw++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += centred[Math.floor(next() * n)]
    if (sum >= n * mean - slack) atLeast++
    if (sum <= n * mean + slack) atMost++
  }
  const pValue = pValueOf(alternative, (1 + atLeast) / (1 + resamples), (1 + atMost) / (1 + resamples))
  return { pairs: n, difference: mean, statistic: mean, pValue }
}
