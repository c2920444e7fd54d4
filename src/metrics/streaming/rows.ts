import { ArgumentError, expected } from '../../errors'
import { auc } from '../auc'
import { noValue } from '../checks'
import type { Numbers, RowOptions } from '../checks'
import { gaucSums } from '../gauc'
import type { GaucOptions } from '../gauc'
import type { Metric, ScoredRows } from '../metric'
import { averagePrecision } from '../precision-recall'
import { checkedRows } from '../rows'
import type { Columns } from '../rows'
import { emptySum, mergeSums, totalOf } from '../sum'
import type { ExactSum } from '../sum'

/** The rows a {@link rowsMetric} has seen, batch by batch. */
export interface RowsState {
  labels: Float64Array[]
  scores: Float64Array[]
  /** Absent where a batch came without weights. */
  weights: (Float64Array | undefined)[]
}

const emptyRows = (): RowsState => ({ labels: [], scores: [], weights: [] })

function keep(state: RowsState, label: string, batch: ScoredRows, columns: Columns) {
  const rows = checkedRows(label, batch.labels, batch.scores, batch, columns)
  state.labels.push(Float64Array.from(rows.labels))
  state.scores.push(Float64Array.from(rows.scores))
  state.weights.push(rows.weights && Float64Array.from(rows.weights))
  return rows
}

const joinRows = (a: RowsState, b: RowsState): RowsState => ({
  labels: [...a.labels, ...b.labels], scores: [...a.scores, ...b.scores], weights: [...a.weights, ...b.weights],
})

function joined({ labels, scores, weights }: RowsState): { labels: Float64Array; scores: Float64Array; weights: Float64Array | undefined } {
  const join = (parts: readonly (Float64Array | undefined)[]) => {
    const all = new Float64Array(labels.reduce((length, part) => length + part.length, 0)).fill(1)
    let at = 0
    parts.forEach((part, i) => {
      if (part) all.set(part, at)
      at += labels[i].length
    })
    return all
  }
  return { labels: join(labels), scores: join(scores), weights: weights.some((part) => part !== undefined) ? join(weights) : undefined }
}

/**
 * Any metric over rows, batch by batch: for those that need all rows at once, such as whatever sorts them.
 *
 * It keeps every row (16 bytes, 24 with weights) and computes at the end, so it is exact. The result does not depend on how
 * rows were split or merged where the metric does not depend on their order.
 *
 * @param columns what the metric takes; absent, labels of 0 and 1 and scores of any scale
 * @example
 * ```ts
 * import { kolmogorovSmirnov, rowsMetric } from 'feedrank'
 *
 * const metric = rowsMetric('ks', kolmogorovSmirnov)
 * const a = metric.update(metric.init(), { labels: [0, 1], scores: [0.1, 0.35] })
 * const b = metric.update(metric.init(), { labels: [0, 1], scores: [0.4, 0.8] })
 * console.log(metric.result(metric.merge(a, b))) // 0.5
 * ```
 */
export function rowsMetric(
  label: string, metric: (labels: Numbers, scores: Numbers, options: RowOptions) => number, columns: Columns = {},
): Metric<RowsState> {
  if (typeof metric !== 'function') throw new ArgumentError(expected('rowsMetric', 'metric', 'a metric over rows, such as auc', metric))
  return {
    label,
    init: emptyRows,
    update(state, batch) {
      keep(state, label, batch, columns)
      return state
    },
    merge: joinRows,
    result(state, rule = {}) {
      const { labels, scores, weights } = joined(state)
      return metric(labels, scores, { ...rule, weights })
    },
  }
}

/** {@link auc} batch by batch: exact, so it keeps every row and sorts at the end. */
export const aucMetric = (): Metric<RowsState> => rowsMetric('auc', auc)

/** {@link averagePrecision} batch by batch: exact, so it keeps every row and sorts at the end. */
export const averagePrecisionMetric = (): Metric<RowsState> => rowsMetric('averagePrecision', averagePrecision)

/** The state of a {@link gaucMetric}: sums over the groups that were given whole, rows of those that are known by an id. */
export interface GaucState extends RowsState {
  sum: ExactSum
  total: ExactSum
  ids: (number | string | bigint)[][]
}

/**
 * {@link gauc} batch by batch. Groups given as `{ sizes }` must lie whole within a batch and are summed at once; rows of
 * groups given as `{ ids }` are kept, so that a user's rows may come in many batches and from many shards.
 */
export function gaucMetric(options: Pick<GaucOptions, 'weighting'> = {}): Metric<GaucState> {
  const label = 'gauc'
  return {
    label,
    init: () => ({ ...emptyRows(), sum: emptySum(), total: emptySum(), ids: [] }),
    update(state, batch) {
      const { labels, scores, groups } = batch
      if (typeof groups !== 'object' || groups === null) throw new ArgumentError(expected(label, 'groups', 'given: whose rows are these?', groups))
      const sums = gaucSums(labels, scores, groups, { ...options, weights: batch.weights, mask: batch.mask })
      if ('sizes' in groups) return { ...state, sum: mergeSums(state.sum, sums.sum), total: mergeSums(state.total, sums.total) }
      const { kept } = keep(state, label, batch, {})
      state.ids.push(kept ? Array.from(kept, (row) => groups.ids[row]) : Array.from(groups.ids))
      return state
    },
    merge: (a, b) => ({ ...joinRows(a, b), sum: mergeSums(a.sum, b.sum), total: mergeSums(a.total, b.total), ids: [...a.ids, ...b.ids] }),
    result(state, rule = {}) {
      const { labels, scores, weights } = joined(state)
      const kept = gaucSums(labels, scores, { ids: state.ids.flat() }, { ...options, weights })
      const [sum, total] = [mergeSums(state.sum, kept.sum), mergeSums(state.total, kept.total)].map(totalOf)
      return total > 0 ? sum / total : noValue(label, 'without a group that holds both a positive and a negative', rule)
    },
  }
}
