import { ArgumentError, checkInteger, checkNumber, checkObject, expected } from '../errors'
import { checkColumn, noValue } from './checks'
import type { Numbers, UndefinedRule } from './checks'
import type { ItemId } from './ranking'

/** Recommended ids, one list per user. */
export type RecommendedLists = readonly ArrayLike<ItemId>[]

/** How often each id was recommended. */
export function countItems(where: string, lists: RecommendedLists): { counts: Map<ItemId, number>; total: number } {
  if (!Array.isArray(lists)) throw new ArgumentError(expected(where, 'lists', 'an array of lists of ids', lists))
  const counts = new Map<ItemId, number>()
  let total = 0
  lists.forEach((list: ArrayLike<ItemId>, user) => {
    if (typeof list !== 'object' || list === null || !Number.isSafeInteger(list.length))
      throw new ArgumentError(expected(where, `lists[${user}]`, 'an array of ids', list))
    for (let i = 0; i < list.length; i++) counts.set(list[i], (counts.get(list[i]) ?? 0) + 1)
    total += list.length
  })
  return { counts, total }
}

/**
 * Catalogue coverage: the share of the catalogue that is recommended to anybody at all.
 *
 * @param catalogue every id that could have been recommended; others are not counted
 * @throws ArgumentError when the catalogue is empty, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { catalogueCoverage } from 'feedrank'
 *
 * console.log(catalogueCoverage([['a', 'b'], ['a']], ['a', 'b', 'c', 'd'])) // 0.5
 * ```
 */
export function catalogueCoverage(lists: RecommendedLists, catalogue: Iterable<ItemId>, options: UndefinedRule = {}): number {
  const { counts } = countItems('catalogueCoverage', lists)
  const all = new Set(catalogue)
  if (all.size === 0) return noValue('catalogueCoverage', 'for an empty catalogue', options)
  let covered = 0
  for (const id of all) if (counts.has(id)) covered++
  return covered / all.size
}

/**
 * User coverage: the share of users who got at least `least` recommendations.
 *
 * @defaultValue `least` 1
 * @throws ArgumentError on no users, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { userCoverage } from 'feedrank'
 *
 * console.log(userCoverage([['a', 'b'], []])) // 0.5
 * ```
 */
export function userCoverage(lists: RecommendedLists, options: { readonly least?: number | undefined } & UndefinedRule = {}): number {
  countItems('userCoverage', lists)
  const least = checkInteger('userCoverage', 'least', checkObject('userCoverage', 'options', options).least ?? 1)
  if (lists.length === 0) return noValue('userCoverage', 'without users', options)
  return lists.filter((list) => list.length >= least).length / lists.length
}

/**
 * Entropy of what is recommended, in bits: `−Σ_i p_i·log2 p_i` with `p_i` the share of recommendations that are item i.
 *
 * Distributional coverage (Shani and Gunawardana 2010, eq. 21): 0 where everybody gets one item, `log2 n` where n items
 * are shown equally often.
 *
 * @throws ArgumentError on no recommendations, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { exposureEntropy } from 'feedrank'
 *
 * console.log(exposureEntropy([['a', 'b'], ['c', 'd']])) // 2
 * ```
 */
export function exposureEntropy(lists: RecommendedLists, options: UndefinedRule = {}): number {
  const { counts, total } = countItems('exposureEntropy', lists)
  if (total === 0) return noValue('exposureEntropy', 'without a recommendation', options)
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / total) * Math.log2(count / total)
  return entropy
}

/**
 * Gini index of exposure or of any amounts: 0 where all are equal, towards 1 where one takes everything.
 *
 * `G = Σ_i (2i − n − 1)·x_i / (n·Σ x)` over ascending `x`. Include a zero for every item never shown.
 *
 * @throws ArgumentError on negative or non-finite amounts, and, unless `whenUndefined` says otherwise, where they sum to 0.
 * @example
 * ```ts
 * import { gini } from 'feedrank'
 *
 * console.log(gini([0, 0, 0, 8])) // 0.75
 * ```
 */
export function gini(amounts: Numbers, options: UndefinedRule = {}): number {
  checkColumn('gini', 'amounts', amounts)
  for (let i = 0; i < amounts.length; i++) checkNumber('gini', `amounts[${i}]`, amounts[i], { min: 0 })
  const sorted = Float64Array.from(amounts).sort()
  const n = sorted.length
  let weighted = 0
  let sum = 0
  for (let i = 0; i < n; i++) {
    weighted += (2 * i + 1 - n) * sorted[i]
    sum += sorted[i]
  }
  return sum > 0 ? weighted / (n * sum) : noValue('gini', 'where the amounts sum to 0', options)
}

/**
 * Novelty: the mean self-information of what is recommended, in bits.
 *
 * `−log2(interactions with the item / all interactions)`, averaged over recommendations (Castells, Vargas and Wang 2011,
 * section 5). An item without interactions counts as if it had one.
 *
 * @param interactions how often each item was interacted with
 * @throws ArgumentError on a count that is not a positive number, and, unless `whenUndefined` says otherwise, without
 * recommendations or interactions.
 * @example
 * ```ts
 * import { novelty } from 'feedrank'
 *
 * console.log(novelty([['rare', 'hit']], new Map([['rare', 1], ['hit', 7]])).toFixed(4)) // 1.5963
 * ```
 */
export function novelty(lists: RecommendedLists, interactions: ReadonlyMap<ItemId, number>, options: UndefinedRule = {}): number {
  const { counts, total } = countItems('novelty', lists)
  let all = 0
  for (const [id, count] of interactions) all += checkNumber('novelty', `the interactions of ${String(id)}`, count, { above: 0 })
  if (total === 0 || all === 0) return noValue('novelty', 'without recommendations or interactions', options)
  let bits = 0
  for (const [id, count] of counts) bits -= count * Math.log2((interactions.get(id) ?? 1) / all)
  // −0 where all there is is one item
  return bits / total + 0
}

/**
 * Personalisation: how little two users' lists have in common, `1 − mean cosine` of the lists as sets over all pairs.
 *
 * 0 where all get the same items, 1 where no two share one. Takes time in the number of recommendations, not of pairs.
 *
 * @throws ArgumentError with fewer than two users with a list, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { personalization } from 'feedrank'
 *
 * console.log(personalization([['a', 'b'], ['b', 'c']]).toFixed(4)) // 0.5000
 * ```
 */
export function personalization(lists: RecommendedLists, options: UndefinedRule = {}): number {
  countItems('personalization', lists)
  const sums = new Map<ItemId, number>()
  let users = 0
  for (const list of lists) {
    const items = new Set(Array.from(list))
    if (items.size === 0) continue
    users++
    // The cosines of all pairs add up to (‖sum of unit vectors‖² − users) / 2.
    for (const id of items) sums.set(id, (sums.get(id) ?? 0) + 1 / Math.sqrt(items.size))
  }
  if (users < 2) return noValue('personalization', 'with fewer than two lists', options)
  let square = 0
  for (const sum of sums.values()) square += sum * sum
  return 1 - (square - users) / (users * (users - 1))
}
