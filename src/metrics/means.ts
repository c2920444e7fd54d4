import { ArgumentError, checkNumber, checkObject, checkSameLength, expected } from '../errors'
import { checkColumn, noValue } from './checks'
import type { Mask, Numbers, UndefinedRule, WeightOptions } from './checks'
import { keepInGroups, sliceGroups } from './groups'
import type { Groups } from './groups'
import type { ListMetric, ListOptions, NothingRelevant } from './list-metric'
import { listAveragePrecision, reciprocalRank } from './list-metrics'
import type { ListAveragePrecisionOptions } from './list-metrics'
import { ndcg } from './ndcg'
import type { NdcgOptions } from './ndcg'
import type { JudgedRanking } from './ranking'
import { checkedRows, gather } from './rows'
import { weightedMean } from './sum'

/**
 * One value of a list metric for each group of rows, in the order of the groups (of their first row, for ids).
 *
 * NaN marks a list left out, under `noRelevant: 'skip'` or because `mask` leaves none of its rows, and nothing else. This is
 * what a paired test takes.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, groups that do not fit the rows.
 * @example
 * ```ts
 * import { ndcg, valuesPerList } from 'feedrank'
 *
 * console.log(valuesPerList(ndcg, [1, 0, 0, 0], [0.9, 0.1, 0.3, 0.2], { sizes: [2, 2] }, { noRelevant: 'skip' }).join()) // 1,NaN
 * ```
 */
export function valuesPerList<Options extends NothingRelevant>(
  metric: ListMetric<Options>, labels: Numbers, scores: Numbers, groups: Groups, options: Options & Pick<WeightOptions, 'mask'> = {} as Options,
): Float64Array {
  checkListMetric('valuesPerList', metric)
  const rows = checkedRows(metric.label, labels, scores, { mask: checkObject(metric.label, 'options', options).mask }, { labels: 'grades' })
  metric.check(options)
  const { count, offsets, order } = keepInGroups(sliceGroups(metric.label, groups, labels.length), rows.kept)
  const label = gather(rows.labels, order)
  const score = gather(rows.scores, order)
  const values = new Float64Array(count)
  for (let g = 0; g < count; g++) values[g] = offsets[g] < offsets[g + 1] ? metric.ofRows(label, score, offsets[g], offsets[g + 1], options) : NaN
  return values
}

function checkListMetric(where: string, metric: ListMetric<never>): void {
  if (typeof metric !== 'function' || typeof metric.ofRows !== 'function')
    throw new ArgumentError(expected(where, 'metric', 'a list metric, such as ndcg', metric))
}

/** Options of the means over groups of rows. */
export interface ListMeanOptions extends UndefinedRule {
  /** Rows that are false or 0 here are as if they had not been given; a list of which no row is left is left out. */
  readonly mask?: Mask | undefined
  /** One non-negative weight per list, in the order of the groups. Absent, each list counts once. */
  readonly listWeights?: Numbers | undefined
}

/**
 * The mean of a list metric over groups of rows, each list counting once, or by its weight.
 *
 * @throws ArgumentError as {@link valuesPerList}; where no list counts, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { hitRate, meanOverLists } from 'feedrank'
 *
 * console.log(meanOverLists(hitRate, [1, 0, 0, 1], [0.9, 0.1, 0.3, 0.2], { sizes: [2, 2] }, { k: 1 })) // 0.5
 * ```
 */
export function meanOverLists<Options extends NothingRelevant>(
  metric: ListMetric<Options>, labels: Numbers, scores: Numbers, groups: Groups, options: Options & ListMeanOptions = {} as Options,
): number {
  return meanOf(metric.label, valuesPerList(metric, labels, scores, groups, options), options, options.listWeights)
}

/**
 * The mean of a list metric over judged rankings, each counting once: the form of trec_eval's and ranx's averages.
 *
 * trec_eval averages over the queries that are in both run and qrels; to count queries without results as well (its `-c`),
 * give them an empty ranking.
 *
 * @throws ArgumentError where no ranking counts, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { judgeRanking, meanOverRankings, reciprocalRank } from 'feedrank'
 *
 * const rankings = [judgeRanking(['a', 'b'], ['b']), judgeRanking(['c', 'd'], ['c'])]
 * console.log(meanOverRankings(reciprocalRank, rankings)) // 0.75
 * ```
 */
export function meanOverRankings<Options extends NothingRelevant>(
  metric: ListMetric<Options>, rankings: Iterable<JudgedRanking>, options: Options & UndefinedRule = {} as Options,
): number {
  checkListMetric('meanOverRankings', metric)
  if (typeof rankings !== 'object' || rankings === null || !(Symbol.iterator in rankings))
    throw new ArgumentError(expected(metric.label, 'rankings', 'judged rankings', rankings))
  return meanOf(metric.label, Array.from(rankings, (ranking) => metric(ranking, options)), options)
}

/**
 * The geometric mean of values per query, each at least `floor`, so that one query at 0 does not decide all.
 *
 * trec_eval's `gm_map` is this of average precisions. NaN marks a list left out.
 *
 * @defaultValue `floor` 1e-5, as in trec_eval
 * @throws ArgumentError on negative values, a floor that is not above 0, and, unless `whenUndefined` says otherwise, no values.
 * @example
 * ```ts
 * import { geometricMean } from 'feedrank'
 *
 * console.log(geometricMean([0.5, 0.125])) // 0.25
 * ```
 */
export function geometricMean(values: Numbers, options: { readonly floor?: number | undefined } & UndefinedRule = {}): number {
  const where = 'geometricMean'
  checkColumn(where, 'values', values)
  checkObject(where, 'options', options)
  const floor = checkNumber(where, 'floor', options.floor ?? 1e-5, { above: 0 })
  const logarithms = Float64Array.from(values, (value, i) => (Number.isNaN(value) ? NaN : Math.log(Math.max(checkNumber(where, `values[${i}]`, value, { min: 0 }), floor))))
  const counted = logarithms.filter((value) => !Number.isNaN(value))
  const { mean } = weightedMean(counted.length, (i) => counted[i])
  return counted.length > 0 ? Math.exp(mean) : noValue(where, 'without a value', options)
}

/** The mean of values per list without those that are NaN. */
function meanOf(where: string, values: Numbers, rule: UndefinedRule, weights?: Numbers): number {
  if (weights !== undefined) checkListWeights(where, weights, values.length)
  const counted = Float64Array.from(values, (value, i) => (value !== value ? 0 : weights ? weights[i] : 1))
  const { mean, weight } = weightedMean(values.length, (i) => values[i], counted)
  return weight > 0 ? mean : noValue(where, `without a list that counts, among ${values.length}`, rule)
}

export function checkListWeights(where: string, weights: Numbers, lists: number): void {
  checkColumn(where, 'listWeights', weights)
  checkSameLength(where, 'listWeights', weights.length, 'the lists', lists)
  for (let i = 0; i < lists; i++) checkNumber(where, `listWeights[${i}]`, weights[i], { min: 0 })
}

/**
 * Mean NDCG over groups of rows (users, sessions, queries).
 *
 * LightGBM's figure is `{ gain: 'exponential', noRelevant: 1 }`.
 *
 * @throws ArgumentError as {@link meanOverLists}.
 * @example
 * ```ts
 * import { meanNdcg } from 'feedrank'
 *
 * console.log(meanNdcg([1, 0, 0, 1], [0.9, 0.1, 0.3, 0.2], { sizes: [2, 2] }, { k: 10 }).toFixed(4)) // 0.8155
 * ```
 */
export function meanNdcg(labels: Numbers, scores: Numbers, groups: Groups, options: NdcgOptions & ListMeanOptions = {}): number {
  return meanOverLists(ndcg, labels, scores, groups, options)
}

/**
 * Mean reciprocal rank over groups of rows.
 *
 * @throws ArgumentError as {@link meanOverLists}.
 * @example
 * ```ts
 * import { meanReciprocalRank } from 'feedrank'
 *
 * console.log(meanReciprocalRank([1, 0, 0, 1], [0.9, 0.1, 0.3, 0.2], { sizes: [2, 2] })) // 0.75
 * ```
 */
export function meanReciprocalRank(labels: Numbers, scores: Numbers, groups: Groups, options: ListOptions & ListMeanOptions = {}): number {
  return meanOverLists(reciprocalRank, labels, scores, groups, options)
}

/**
 * Mean average precision over groups of rows.
 *
 * @throws ArgumentError as {@link meanOverLists}.
 * @example
 * ```ts
 * import { meanAveragePrecision } from 'feedrank'
 *
 * console.log(meanAveragePrecision([1, 0, 0, 1], [0.9, 0.1, 0.3, 0.2], { sizes: [2, 2] })) // 0.75
 * ```
 */
export function meanAveragePrecision(
  labels: Numbers, scores: Numbers, groups: Groups, options: ListAveragePrecisionOptions & ListMeanOptions = {},
): number {
  return meanOverLists(listAveragePrecision, labels, scores, groups, options)
}
