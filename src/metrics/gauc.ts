import { ArgumentError, expected } from '../errors'
import { noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
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

/** The sums whose quotient is the {@link gauc}: AUCs by their share, and the shares. */
export function gaucSums(labels: Numbers, scores: Numbers, groups: Groups, options: GaucOptions): { sum: ExactSum; total: ExactSum; groupCount: number } {
  const rows = checkedRows('gauc', labels, scores, options)
  const { weighting = 'rows' } = options
  if (weighting !== 'rows' && weighting !== 'groups') throw new ArgumentError(expected('gauc', 'weighting', "'rows' or 'groups'", weighting))
  const { count, offsets, order } = keepInGroups(sliceGroups('gauc', groups, labels.length), rows.kept)
  const label = gather(rows.labels, order)
  const score = gather(rows.scores, order)
  const weight = rows.weights ? gather(rows.weights, order) : new Float64Array(label.length).fill(1)
  const sum = emptySum()
  const total = emptySum()
  for (let g = 0; g < count; g++) {
    const start = offsets[g]
    const end = offsets[g + 1]
    const inOrder = argsort(score, false, start, end)
    for (let i = 0; i < inOrder.length; i++) inOrder[i] += start
    const value = aucInOrder(label, score, weight, rows.weights ? settleTies(inOrder, label, score, weight) : inOrder)
    if (value === undefined) continue
    const share = weighting === 'groups' ? 1 : rows.weights ? weightOf(weight, start, end) : end - start
    addTo(sum, share * value)
    addTo(total, share)
  }
  return { sum, total, groupCount: count }
}

function weightOf(weights: Numbers, start: number, end: number): number {
  const total = emptySum()
  for (let i = start; i < end; i++) addTo(total, weights[i])
  return totalOf(total)
}
