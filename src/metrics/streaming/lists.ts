import { ArgumentError, expected } from '../../errors'
import { noValue } from '../checks'
import type { ListMetric, NothingRelevant } from '../list-metric'
import { checkListWeights, valuesPerList } from '../means'
import type { Metric, ScoredRows } from '../metric'
import { addTo, emptySum, mergeSums, totalOf } from '../sum'
import type { ExactSum } from '../sum'

/** The state of a mean over lists. */
export interface ListMeanState {
  value: ExactSum
  weight: ExactSum
}

/**
 * The mean of a list metric, batch by batch; every list must lie whole within one batch.
 *
 * @example
 * ```ts
 * import { listMeanMetric, ndcg } from 'feedrank'
 *
 * const metric = listMeanMetric(ndcg, { k: 10 })
 * const state = metric.update(metric.init(), { labels: [1, 0], scores: [0.9, 0.1], groups: { sizes: [2] } })
 * console.log(metric.result(state)) // 1
 * ```
 */
export function listMeanMetric<Options extends NothingRelevant>(
  metric: ListMetric<Options>, options: Options = {} as Options,
): Metric<ListMeanState> {
  metric.check(options)
  return {
    label: metric.label,
    init: () => ({ value: emptySum(), weight: emptySum() }),
    update(state, { labels, scores, weights, groups, mask, listWeights }: ScoredRows) {
      if (weights) throw new ArgumentError(expected(metric.label, 'weights', 'absent: a list counts as a whole, see listWeights', weights))
      if (!groups) throw new ArgumentError(expected(metric.label, 'groups', 'given: a list metric needs its lists', groups))
      const values = valuesPerList(metric, labels, scores, groups, { ...options, mask })
      if (listWeights !== undefined) checkListWeights(metric.label, listWeights, values.length)
      values.forEach((value, list) => {
        const weight = listWeights ? listWeights[list] : 1
        if (Number.isNaN(value) || weight === 0) return
        addTo(state.value, weight * value)
        addTo(state.weight, weight)
      })
      return state
    },
    merge: (a, b) => ({ value: mergeSums(a.value, b.value), weight: mergeSums(a.weight, b.weight) }),
    result(state, rule = {}) {
      const weight = totalOf(state.weight)
      return weight > 0 ? totalOf(state.value) / weight : noValue(metric.label, 'without a list that counts', rule)
    },
  }
}
