import { ArgumentError, checkInteger, checkNumber, checkObject, expected, show } from '../../errors'
import { meanInterval } from '../../metrics'
import { seededRandom } from '../../random'
import type { Seed } from '../../random'
import { columnReader } from '../../data/rows'
import { checkTable } from '../columns'
import { stepper } from '../progress'
import type { LongRun } from '../progress'
import type { MeasureInfo } from '../result'
import { changed, checkedScores } from './model-function'
import type { ScoreFunction } from './model-function'
import { boundMeasure } from './scored-measure'
import type { MeasuredBy } from './scored-measure'

/** A column, or several that are shuffled together under one name. */
export type FeatureGroup = string | { readonly name: string; readonly columns: readonly string[] }

/** What one feature is worth to a model. */
export interface FeatureImportance {
  readonly name: string
  readonly columns: readonly string[]
  /** By how much the measure gets worse without it, on average; below 0 it gets better. */
  readonly importance: number
  /** The interval; both equal to `importance` where there is one repeat. */
  readonly low: number
  readonly high: number
}

/** The features of a model by what they are worth, most first. */
export interface Importance {
  readonly measure: MeasureInfo
  /** The measure with all features. */
  readonly base: number
  readonly level: number
  /** What the intervals are intervals of. */
  readonly intervalOf: 'shuffles' | 'users' | 'rows'
  readonly features: readonly FeatureImportance[]
}

/** What {@link permutationImportance} takes. */
export interface PermutationImportanceOptions<Row extends object> extends MeasuredBy<Row>, LongRun {
  readonly rows: readonly Row[]
  readonly score: ScoreFunction<Row>
  readonly features: readonly FeatureGroup[]
  /** Shuffles of each feature. @defaultValue 5 */
  readonly repeats?: number | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
  /** @defaultValue 0 */
  readonly seed?: Seed | undefined
  /** The shuffles, instead of seeded ones: row `i` takes the value of row `permutation[i]`. */
  readonly permutation?: ((feature: string, repeat: number) => ArrayLike<number>) | undefined
}

/**
 * By how much a measure gets worse when one feature is shuffled among the rows (Breiman 2001; Fisher et al. 2019): the mean over
 * `repeats`, with Student's interval over the shuffles.
 *
 * `importance = mean_r(loss(shuffled_r) − loss(as it is))`. Columns that tell the same stand in for each other, so each alone
 * looks worthless: group them, and they are shuffled together. The interval is of the shuffling; how much the figure depends
 * on the rows, `dropColumnImportance` tells.
 *
 * @throws ArgumentError on an option that makes no sense; DataError and ContractError on rows or scores that are none.
 * @example
 * ```ts
 * import { permutationImportance } from 'feedrank'
 *
 * const rows = Array.from({ length: 50 }, (_, i) => ({ a: i / 50, b: i % 7, liked: i >= 25 }))
 * const { base, features } = await permutationImportance({
 *   rows, label: 'liked', measure: 'auc', features: ['a', 'b'], score: (some) => some.map(({ a }) => a),
 * })
 * console.log(base, features[0].name, features[0].low > 0.2, features[1].importance) // 1 a true 0
 * ```
 */
export async function permutationImportance<Row extends object>(options: PermutationImportanceOptions<Row>): Promise<Importance> {
  const where = 'permutationImportance'
  const { rows, score, repeats = 5, level = 0.95, seed = 0, permutation } = checkObject(where, 'options', options)
  checkTable(where, 'rows', rows, 2)
  checkInteger(where, 'repeats', repeats)
  checkNumber(where, 'level', level, { above: 0, below: 1 })
  const groups = checkFeatures(where, rows, options.features)
  const step = stepper(where, options)
  const bound = boundMeasure(where, rows, options)
  const base = bound.value(await checkedScores(where, score, rows))
  const random = seededRandom(seed)
  const features: FeatureImportance[] = []
  for (const [f, { name, columns }] of groups.entries()) {
    await step('shuffling', name, f, groups.length)
    const losses: number[] = []
    for (let r = 0; r < repeats; r++) {
      const order = permutation?.(name, r) ?? random.fork(`${name}/${r}`).shuffle(Uint32Array.from(rows, (_, i) => i))
      checkPermutation(where, order, rows.length)
      const readers = columns.map((column) => [column, columnReader(column)] as const)
      const shuffled = rows.map((row, i) => changed(row, readers.map(([column, read]) => [column, read(rows[order[i]])] as const)))
      losses.push(bound.loss(base, bound.value(await checkedScores(where, score, shuffled))))
    }
    const importance = losses.reduce((sum, loss) => sum + loss, 0) / repeats
    const { low, high } = repeats > 1 ? meanInterval(losses, level) : { low: importance, high: importance }
    features.push({ name, columns, importance, low, high })
  }
  await step('done', '', groups.length, groups.length)
  return { measure: bound.info, base, level, intervalOf: 'shuffles', features: features.sort((a, b) => b.importance - a.importance) }
}

/** Features with a name each, of columns that the rows have. */
export function checkFeatures(where: string, rows: readonly object[], features: readonly FeatureGroup[]) {
  if (!Array.isArray(features) || features.length === 0) throw new ArgumentError(expected(where, 'features', 'an array with at least one column', features))
  const names = new Set<string>()
  return features.map((feature: FeatureGroup, f) => {
    const { name, columns } = typeof feature === 'string' ? { name: feature, columns: [feature] } : checkObject(where, `features[${f}]`, feature, 'a column or a group of columns')
    if (typeof name !== 'string' || names.has(name)) throw new ArgumentError(expected(where, `features[${f}]`, 'a name no other feature has', name))
    names.add(name)
    if (!Array.isArray(columns) || columns.length === 0) throw new ArgumentError(expected(where, `features[${f}].columns`, 'an array of columns', columns))
    for (const column of columns)
      if (!rows.some((row) => columnReader(column)(row) !== undefined)) throw new ArgumentError(`feedrank/${where}: expected some row to have the column ${show(column)} of \`features[${f}]\``)
    return { name, columns: columns as readonly string[] }
  })
}

function checkPermutation(where: string, order: ArrayLike<number>, rows: number): void {
  const seen = new Uint8Array(rows)
  for (let i = 0; i < order.length; i++) if (order[i] in seen) seen[order[i]] = 1
  if (order.length !== rows || seen.includes(0)) throw new ArgumentError(expected(where, 'permutation(…)', `the numbers from 0 to ${rows - 1}, each once`, order))
}
