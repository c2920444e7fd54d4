import { ArgumentError, checkObject, expected } from '../errors'
import { noValue } from './checks'
import type { Numbers, RowOptions, WeightOptions } from './checks'
import { aucInOrder } from './auc'
import { keepInGroups, sliceGroups } from './groups'
import type { Groups } from './groups'
import { checkedRows, gather } from './rows'
import { argsort, settleTies } from './sort'
import { addTo, emptySum, totalOf } from './sum'
import type { ExactSum } from './sum'

/** Options of {@link gauc}. */
export interface GaucOptions extends RowOptions {
  /**
   * `rows` weights each group by its rows (by their weights where given), `groups` counts every group once.
   * @defaultValue 'rows'
   */
  readonly weighting?: 'rows' | 'groups' | undefined
}

/**
 * Grouped AUC: the AUC within each user or session, averaged.
 *
 * `Σ_g n_g·AUC_g / Σ_g n_g` over the groups that hold both a positive and a negative; the others say nothing about order
 * and are left out (Zhou et al. 2018, Deep Interest Network, with impressions as `n_g`).
 *
 * @throws ArgumentError as {@link auc}; where no group holds both classes, unless `whenUndefined` says otherwise.
 * @example
 * ```ts
 * import { gauc } from 'feedrank'
 *
 * const labels = [1, 0, 0, 1]
 * const scores = [0.9, 0.8, 0.2, 0.1]
 * console.log(gauc(labels, scores, { ids: ['ann', 'ann', 'bob', 'bob'] })) // 0.5
 * ```
 */
export function gauc(labels: Numbers, scores: Numbers, groups: Groups, options: GaucOptions = {}): number {
  const { sum, total, groupCount } = gaucSums(labels, scores, groups, options)
  return totalOf(total) > 0
    ? totalOf(sum) / totalOf(total)
    : noValue('gauc', `without a group that holds both a positive and a negative, among ${groupCount} groups`, options)
}

/**
 * The AUC within each group, in the order of the groups (of their first row, for ids): what a paired test of two models takes.
 *
 * NaN marks a group without both classes, and nothing else.
 *
 * @throws ArgumentError as {@link auc}, and on groups that do not fit the rows.
 * @example
 * ```ts
 * import { aucPerGroup } from 'feedrank'
 *
 * const ids = ['ann', 'ann', 'bob', 'bob', 'cyd']
 * console.log(aucPerGroup([1, 0, 0, 1, 1], [0.9, 0.8, 0.2, 0.1, 0.5], { ids }).join()) // 1,0,NaN
 * ```
 */
export function aucPerGroup(labels: Numbers, scores: Numbers, groups: Groups, options: WeightOptions = {}): Float64Array {
  return aucsIn('aucPerGroup', labels, scores, groups, options).values
}

/** The sums whose quotient is the {@link gauc}: AUCs by their share, and the shares. */
export function gaucSums(labels: Numbers, scores: Numbers, groups: Groups, options: GaucOptions): { sum: ExactSum; total: ExactSum; groupCount: number } {
  const { weighting = 'rows' } = checkObject('gauc', 'options', options)
  if (weighting !== 'rows' && weighting !== 'groups') throw new ArgumentError(expected('gauc', 'weighting', "'rows' or 'groups'", weighting))
  const { values, shareOf } = aucsIn('gauc', labels, scores, groups, options)
  const sum = emptySum()
  const total = emptySum()
  values.forEach((value, group) => {
    if (Number.isNaN(value)) return
    const share = weighting === 'groups' ? 1 : shareOf(group)
    addTo(sum, share * value)
    addTo(total, share)
  })
  return { sum, total, groupCount: values.length }
}

/** The AUC of each group, and how to weigh a group by its rows. */
function aucsIn(where: string, labels: Numbers, scores: Numbers, groups: Groups, options: WeightOptions) {
  const rows = checkedRows(where, labels, scores, options)
  const { count, offsets, order } = keepInGroups(sliceGroups(where, groups, labels.length), rows.kept)
  const label = gather(rows.labels, order)
  const score = gather(rows.scores, order)
  const weight = rows.weights ? gather(rows.weights, order) : new Float64Array(label.length).fill(1)
  const values = Float64Array.from({ length: count }, (_, g) => {
    const inOrder = argsort(score, false, offsets[g], offsets[g + 1])
    for (let i = 0; i < inOrder.length; i++) inOrder[i] += offsets[g]
    return aucInOrder(label, score, weight, rows.weights ? settleTies(inOrder, label, score, weight) : inOrder) ?? NaN
  })
  const shareOf = (g: number) => (rows.weights ? weightOf(weight, offsets[g], offsets[g + 1]) : offsets[g + 1] - offsets[g])
  return { values, shareOf }
}

function weightOf(weights: Numbers, start: number, end: number): number {
  const total = emptySum()
  for (let i = start; i < end; i++) addTo(total, weights[i])
  return totalOf(total)
}
