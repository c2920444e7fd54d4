import { ArgumentError, checkSameLength, expected } from '../errors'
import { checkBinary, checkScores, checkWeights, noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { aucInOrder } from './auc'
import { gather, sliceGroups } from './groups'
import type { Groups } from './groups'
import { argsort } from './sort'

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
  checkBinary('gauc', labels)
  checkScores('gauc', scores)
  checkSameLength('gauc', 'labels', labels.length, 'scores', scores.length)
  const { weighting = 'rows' } = options
  if (weighting !== 'rows' && weighting !== 'groups') throw new ArgumentError(expected('gauc', 'weighting', "'rows' or 'groups'", weighting))
  if (options.weights) checkWeights('gauc', options.weights, labels.length)
  const { count, offsets, order } = sliceGroups('gauc', groups, labels.length)
  const label = gather(labels, order)
  const score = gather(scores, order)
  const weight = options.weights ? gather(options.weights, order) : new Float64Array(labels.length).fill(1)
  let sum = 0
  let total = 0
  for (let g = 0; g < count; g++) {
    const start = offsets[g]
    const end = offsets[g + 1]
    let size = 0
    let positive = 0
    for (let i = start; i < end; i++) {
      size += weight[i]
      positive += weight[i] * label[i]
    }
    if (positive === 0 || positive === size) continue
    const rows = argsort(score, false, start, end)
    for (let i = 0; i < rows.length; i++) rows[i] += start
    const value = aucInOrder(label, score, weight, rows)
    if (value === undefined) continue
    const share = weighting === 'rows' ? size : 1
    sum += share * value
    total += share
  }
  return total > 0 ? sum / total : noValue('gauc', `without a group that holds both a positive and a negative, among ${count} groups`, options)
}
