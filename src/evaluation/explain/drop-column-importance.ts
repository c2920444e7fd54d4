import { ArgumentError, checkInteger, checkObject, expected } from '../../errors'
import { seededRandom } from '../../random'
import type { Seed } from '../../random'
import { checkTable } from '../columns'
import { stepper } from '../progress'
import type { LongRun } from '../progress'
import { checkResampling, drawUnits, weighed } from '../resampling'
import { percentiles } from '../significance'
import { checkedScores } from './model-function'
import type { ScoreFunction } from './model-function'
import { checkFeatures } from './permutation-importance'
import type { FeatureGroup, FeatureImportance, Importance } from './permutation-importance'
import { boundMeasure } from './scored-measure'
import type { MeasuredBy } from './scored-measure'

/** What {@link dropColumnImportance} takes. */
export interface DropColumnImportanceOptions<Row extends object> extends MeasuredBy<Row>, LongRun {
  /** The test part. */
  readonly rows: readonly Row[]
  readonly features: readonly FeatureGroup[]
  /** Trains a model without these columns, from the same seed, and gives its score function; with `[]` the whole model. */
  readonly refit: (without: readonly string[]) => ScoreFunction<Row> | PromiseLike<ScoreFunction<Row>>
  /** At least 20. @defaultValue 1000 */
  readonly resamples?: number | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
  /** @defaultValue 0 */
  readonly seed?: Seed | undefined
}

/**
 * By how much a measure gets worse when a model is trained without a feature, with the bootstrap interval of that difference:
 * users are resampled whole where `user` is given.
 *
 * It costs one training a feature, and answers what shuffling cannot: whether the model needs the feature at all.
 *
 * @throws ArgumentError on an option that makes no sense; DataError and ContractError on rows or scores that are none.
 * @example
 * ```ts
 * import { dropColumnImportance } from 'feedrank'
 *
 * const rows = Array.from({ length: 60 }, (_, i) => ({ a: i / 60, b: i % 7, liked: i >= 30 }))
 * const { features } = await dropColumnImportance({
 *   rows, label: 'liked', measure: 'auc', features: ['a', 'b'], resamples: 100,
 *   refit: (without) => (some) => some.map(({ a }) => (without.includes('a') ? 0 : a)),
 * })
 * console.log(features.map(({ name, importance }) => `${name} ${importance}`)) // ['a 0.5', 'b 0']
 * ```
 */
export async function dropColumnImportance<Row extends object>(options: DropColumnImportanceOptions<Row>): Promise<Importance> {
  const where = 'dropColumnImportance'
  const { rows, refit, seed = 0 } = checkObject(where, 'options', options)
  checkTable(where, 'rows', rows, 2)
  if (typeof refit !== 'function') throw new ArgumentError(expected(where, 'refit', 'a function from columns to a score function', refit))
  const { resamples, level } = checkResampling(where, options)
  // An importance without its interval would be taken for a sure one.
  checkInteger(where, 'resamples', resamples, 20)
  const groups = checkFeatures(where, rows, options.features)
  const step = stepper(where, options)
  const bound = boundMeasure(where, rows, options)
  const scoresWithout = async (columns: readonly string[]) => checkedScores(where, await refit(columns), rows)
  await step('training', 'all features', 0, groups.length + 1)
  const whole = await scoresWithout([])
  const base = bound.value(whole)
  const weigh = (scores: Float64Array) => weighed(bound.measure, bound.rowsWith(scores), bound.units)
  const features: FeatureImportance[] = []
  for (const [f, { name, columns }] of groups.entries()) {
    await step('training', `without ${name}`, f + 1, groups.length + 1)
    const scores = await scoresWithout(columns)
    const importance = bound.loss(base, bound.value(scores))
    const [one, other] = [weigh(whole), weigh(scores)]
    const draw = drawUnits(bound.units, seededRandom(seed).next)
    const drawn = Float64Array.from({ length: resamples }, () => {
      const weights = draw()
      return bound.loss(one(weights), other(weights))
    })
    const { low, high } = percentiles(drawn, level) ?? { low: importance, high: importance }
    features.push({ name, columns, importance, low, high })
  }
  await step('done', '', groups.length + 1, groups.length + 1)
  return { measure: bound.info, base, level, intervalOf: options.user === undefined ? 'rows' : 'users', features: features.sort((a, b) => b.importance - a.importance) }
}
