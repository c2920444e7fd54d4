import { ArgumentError, checkInteger, checkNumber, checkObject, expected } from '../../errors'
import { seededRandom } from '../../random'
import type { Seed } from '../../random'
import { quantileOfSorted } from '../intervals'
import { bcaShift, intervalEnds } from './bca'
import { effectSize } from './effect-size'
import type { EffectSize } from './effect-size'
import { adjustPValues } from './many-comparisons'
import type { Correction } from './many-comparisons'
import { differencesOf, momentsOf } from './pairs'
import { bootstrapTestOf, permutationTestOf } from './permutation'
import { pairRuns } from './run'
import type { CandidateSet, Run, SampledNegatives, SampledRun } from './run'
import { studentQuantile } from './student'
import { intervalOf, tTestOf } from './t-test'
import { metricWords, overallWords } from './verdict'
import type { Verdict } from './verdict'
import { wilcoxonSignedRank } from './wilcoxon'

/** Options of {@link compare}. */
export interface CompareOptions {
  /** @defaultValue 't' */
  readonly test?: 't' | 'wilcoxon' | 'permutation' | 'bootstrap' | undefined
  /** The interval of the difference: Student's, or of the bootstrap by user. @defaultValue 't' beside the t test, else 'bca' */
  readonly interval?: 't' | 'percentile' | 'bca' | undefined
  /** How p-values are corrected for the number of metrics. @defaultValue 'holm' */
  readonly correction?: Correction | 'none' | undefined
  /** Confidence of the intervals; a corrected p-value below `1 − level` settles a metric. @defaultValue 0.95 */
  readonly level?: number | undefined
  /**
   * Metrics of which less is better; absent, those named after a loss or an error of this library (`logLoss`, `brierScore`,
   * `meanAbsoluteError@…`).
   */
  readonly lowerIsBetter?: readonly string[] | undefined
  /** A difference too small to matter: an interval that lies within ± this much is `'equivalent'`. @defaultValue 0, none */
  readonly margin?: number | undefined
  /** Draws of the permutation and bootstrap tests and intervals. @defaultValue 9999 */
  readonly resamples?: number | undefined
  /** @defaultValue 0 */
  readonly seed?: Seed | undefined
  /** What one value is of, for the words. @defaultValue 'user' */
  readonly unit?: string | undefined
  /** What happens to units of one run alone. @defaultValue 'error' */
  readonly unmatched?: 'error' | 'drop' | undefined
}

/** Two runs by one metric. */
export interface MetricComparison {
  readonly metric: string
  /** Means over the pairs. */
  readonly a: number
  readonly b: number
  /** `a − b`. */
  readonly difference: number
  /** `(a − b) / |b|`; absent where b is 0. */
  readonly relative: number | undefined
  readonly low: number
  readonly high: number
  readonly standardError: number
  readonly pValue: number
  /** Corrected for the number of metrics. */
  readonly adjustedPValue: number
  readonly effect: EffectSize
  readonly pairs: number
  /** Pairs in which neither side has a value. */
  readonly leftOut: number
  /** The difference that this many pairs would show four times out of five, at this level and correction. */
  readonly detectable: number
  readonly verdict: Verdict
  readonly words: string
}

/** What {@link compare} says; `candidates` names sampled negatives where the figures rest on them. */
export interface Comparison<Candidates extends CandidateSet = CandidateSet> {
  readonly a: string
  readonly b: string
  readonly candidates: Candidates
  readonly test: 't' | 'wilcoxon' | 'permutation' | 'bootstrap'
  readonly correction: Correction | 'none'
  readonly level: number
  readonly metrics: readonly MetricComparison[]
  /** Units of one run alone, dropped. */
  readonly unmatched: number
  /** The whole comparison in a few sentences. */
  readonly words: string
}

const losses = ['logLoss', 'brierScore', 'normalizedEntropy', 'meanAbsoluteError', 'rootMeanSquaredError', 'expectedCalibrationError', 'maximumCalibrationError', 'mae', 'rmse']
const isLoss = (metric: string) => losses.includes(/^\w*/.exec(metric)?.[0] ?? '')

/**
 * Is one run better than another, by how much, and is that to be believed?
 *
 * Both give one value per user (or query) and metric, as `valuesPerList` makes them. Each metric gets the paired
 * difference, its interval, a test whose p-value is corrected for the number of metrics, and a verdict. Runs on sampled
 * negatives compare only with runs on as many, and the result says so.
 *
 * @throws ArgumentError on runs that do not fit each other, fewer than two pairs, values that are not finite, a bad option.
 * @example
 * ```ts
 * import { compare } from 'feedrank'
 *
 * const ours = { name: 'ours', values: { 'ndcg@10': [0.61, 0.72, 0.55, 0.8, 0.67, 0.71] } }
 * const popularity = { name: 'popularity', values: { 'ndcg@10': [0.5, 0.66, 0.41, 0.77, 0.6, 0.59] } }
 * const { metrics } = compare(ours, popularity)
 * console.log(metrics[0].verdict, metrics[0].difference.toFixed(3)) // better 0.088
 * ```
 */
export function compare(a: Run, b: Run, options?: CompareOptions): Comparison<'all'>
export function compare(a: SampledRun, b: SampledRun, options?: CompareOptions): Comparison<SampledNegatives>
export function compare(a: Run | SampledRun, b: Run | SampledRun, options: CompareOptions = {}): Comparison {
  const settings = checkedOptions(options)
  const { candidates, metrics, unmatched } = pairRuns(a, b, settings.unmatched)
  const measured = metrics.map((values) => ({ ...values, differences: differencesOf(`compare: ${values.metric}`, values.a, values.b) }))
  const pValues = measured.map(({ differences }) => testOf(differences, settings))
  const adjusted = settings.correction === 'none' ? pValues : adjustPValues(pValues, settings.correction)
  const compared = measured.map((values, i) => {
    const numbers = numbersOf(values, pValues[i], adjusted[i], measured.length, settings)
    const lowerIsBetter = settings.lowerIsBetter ? settings.lowerIsBetter.includes(values.metric) : isLoss(values.metric)
    return { ...numbers, ...metricWords(numbers, { ...settings, a: a.name, b: b.name, lowerIsBetter, comparisons: measured.length }) }
  })
  const names = { a: a.name, b: b.name, candidates, unmatched }
  const { test, correction, level } = settings
  return { ...names, test, correction, level, metrics: compared, words: overallWords(compared, { ...names, unit: settings.unit }) }
}

type Settings = ReturnType<typeof checkedOptions>

function checkedOptions(options: CompareOptions) {
  const where = 'compare'
  checkObject(where, 'options', options)
  const { test = 't', interval = test === 't' ? 't' : 'bca', correction = 'holm', level = 0.95, margin = 0, resamples = 9999, seed = 0 } = options
  const { unit = 'user', unmatched = 'error', lowerIsBetter } = options
  const oneOf = (name: string, value: string, names: readonly string[]) => {
    if (!names.includes(value)) throw new ArgumentError(expected(where, name, `one of ${names.join(', ')}`, value))
  }
  oneOf('test', test, ['t', 'wilcoxon', 'permutation', 'bootstrap'])
  oneOf('interval', interval, ['t', 'percentile', 'bca'])
  oneOf('correction', correction, ['none', 'holm', 'bonferroni', 'benjamini-hochberg'])
  oneOf('unmatched', unmatched, ['error', 'drop'])
  checkNumber(where, 'level', level, { above: 0, below: 1 })
  checkNumber(where, 'margin', margin, { min: 0 })
  checkInteger(where, 'resamples', resamples)
  if (lowerIsBetter !== undefined && !Array.isArray(lowerIsBetter))
    throw new ArgumentError(expected(where, 'lowerIsBetter', 'an array of metrics', lowerIsBetter))
  return { test, interval, correction, level, margin, resamples, seed, unit, unmatched, lowerIsBetter }
}

function testOf(differences: Float64Array, { test, resamples, seed }: Settings): number {
  switch (test) {
    case 't':
      return tTestOf(differences, 'two-sided').pValue
    case 'wilcoxon':
      return wilcoxonSignedRank(differences, new Float64Array(differences.length)).pValue
    case 'permutation':
      return permutationTestOf(differences, 'two-sided', resamples, seed).pValue
    case 'bootstrap':
      return bootstrapTestOf(differences, 'two-sided', resamples, seed).pValue
  }
}

interface Measured {
  readonly metric: string
  readonly a: Float64Array
  readonly b: Float64Array
  readonly differences: Float64Array
}

function numbersOf({ metric, a, b, differences }: Measured, pValue: number, adjustedPValue: number, comparisons: number, settings: Settings) {
  const { level, interval, correction } = settings
  const pairs = differences.length
  const counted = (values: Float64Array) => momentsOf(values.filter((value) => !Number.isNaN(value))).mean
  const [meanA, meanB] = [counted(a), counted(b)]
  const student = intervalOf(differences, level)
  const { low, high } = interval === 't' ? student : bootstrapOf(differences, settings)
  const shared = correction === 'holm' || correction === 'bonferroni' ? comparisons : 1
  const detectable = student.standardError * (studentQuantile(1 - (1 - level) / shared / 2, pairs - 1) + studentQuantile(0.8, pairs - 1))
  return {
    metric, a: meanA, b: meanB, difference: student.mean, relative: meanB === 0 ? undefined : student.mean / Math.abs(meanB), low, high,
    standardError: student.standardError, pValue, adjustedPValue, effect: effectSize(a, b), pairs, leftOut: a.length - pairs, detectable,
  }
}

function bootstrapOf(differences: Float64Array, { interval, level, resamples, seed }: Settings): { low: number; high: number } {
  const n = differences.length
  const { next } = seededRandom(seed)
  const drawn = Float64Array.from({ length: resamples }, () => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += differences[Math.floor(next() * n)]
    return sum / n
  }).sort()
  const { mean } = momentsOf(differences)
  const ends = intervalEnds(level, interval === 'bca' ? bcaShift(drawn, mean, differences.map((value) => (n * mean - value) / (n - 1))) : undefined)
  return { low: quantileOfSorted(drawn, ends.low), high: quantileOfSorted(drawn, ends.high) }
}
