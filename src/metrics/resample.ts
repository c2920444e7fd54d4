import type { Numbers } from './checks'
import { accuracy, brierScore } from './classification'
import { auc, aucInOrder } from './auc'
import { logLoss, rowLogLoss } from './cross-entropy'
import { sliceGroups } from './groups'
import type { Groups, GroupSlices } from './groups'
import type { ListMetric, NothingRelevant } from './list-metric'
import { valuesPerList } from './means'
import { averagePrecision, averagePrecisionInOrder } from './precision-recall'
import { argsort } from './sort'

/**
 * What can be bootstrapped: any metric of this area over rows with weights (`auc`, `logLoss`, …), a list metric
 * (`ndcg`, …) over groups, or your own function, which should return NaN where it has no value.
 */
export type ResampledMetric = RowMetric | ListMetric<never>

/** A metric over weighted rows. */
export type RowMetric = (labels: Numbers, scores: Numbers, options: { readonly weights: Numbers; readonly whenUndefined: number }) => number

/** How often each row and each group was drawn. */
interface Draw {
  readonly rows: Float64Array
  readonly units: Float64Array
}

/** A metric of one model whose sorting is done: all that is left is to weigh. NaN where the draw gives it no value. */
export type Weighed = (draw: Draw) => number

export const isListMetric = (metric: ResampledMetric): metric is ListMetric<never> => 'ofRows' in metric

/** Does once what does not depend on the draw: sorts the scores, or values every row or list. */
export function prepare(metric: ResampledMetric, labels: Numbers, scores: Numbers, groups: Groups | undefined, options: object): Weighed {
  if (isListMetric(metric)) {
    const lists = metric as unknown as ListMetric<NothingRelevant>
    return weighValues(valuesPerList(lists, labels, scores, groups as Groups, options))
  }
  if (Object.keys(options).length === 0) {
    if (metric === auc) return inOrder(argsort(scores), (order, weights) => aucInOrder(labels, scores, weights, order))
    if (metric === averagePrecision)
      return inOrder(argsort(scores, true), (order, weights) => averagePrecisionInOrder(labels, scores, weights, order))
    if (metric === logLoss) return weighRows(labels.length, (i) => rowLogLoss(labels[i], scores[i], Number.EPSILON))
    if (metric === brierScore) return weighRows(labels.length, (i) => (scores[i] - labels[i]) ** 2)
    if (metric === accuracy) return weighRows(labels.length, (i) => (scores[i] >= 0.5 ? labels[i] : 1 - labels[i]))
  }
  return ({ rows }) => metric(labels, scores, { ...options, weights: rows, whenUndefined: NaN })
}

const inOrder = (order: Uint32Array, value: (order: Uint32Array, weights: Float64Array) => number | undefined): Weighed =>
  ({ rows }) => value(order, rows) ?? NaN

const weighRows = (rows: number, valueOf: (row: number) => number): Weighed => {
  const values = Float64Array.from({ length: rows }, (_, i) => valueOf(i))
  return (draw) => meanBy(values, draw.rows)
}

const weighValues = (values: Float64Array): Weighed => (draw) => meanBy(values, draw.units)

function meanBy(values: Float64Array, weights: Float64Array): number {
  let sum = 0
  let weight = 0
  for (let i = 0; i < values.length; i++) {
    if (weights[i] === 0 || values[i] !== values[i]) continue
    sum += weights[i] * values[i]
    weight += weights[i]
  }
  return weight > 0 ? sum / weight : NaN
}

/** Values without one unit each are cheap to a point; beyond it, units are left out in so many blocks. */
const mostBlocks = 500

interface Drawer {
  readonly everything: Draw
  /** As many groups as there are, with replacement; lasts until the next draw. */
  readonly draw: () => Draw
  /** `value` without each unit in turn, or without each block of neighbours where there are many. */
  readonly without: (value: (draw: Draw) => number) => number[]
}

/** Draws groups of rows; without groups every row is one. */
export function drawer(where: string, rows: number, groups: Groups | undefined, next: () => number): Drawer {
  const slices: GroupSlices | undefined = groups && sliceGroups(where, groups, rows)
  const count = slices ? slices.count : rows
  const units = new Float64Array(count)
  const rowCounts = slices ? new Float64Array(rows) : units
  const spread = (): Draw => {
    if (slices) {
      const { offsets, order } = slices
      for (let g = 0; g < count; g++)
        for (let i = offsets[g]; i < offsets[g + 1]; i++) rowCounts[order ? order[i] : i] = units[g]
    }
    return { rows: rowCounts, units }
  }
  return {
    everything: { rows: new Float64Array(rows).fill(1), units: new Float64Array(count).fill(1) },
    draw() {
      units.fill(0)
      for (let i = 0; i < count; i++) units[Math.floor(next() * count)]++
      return spread()
    },
    without(value) {
      const blocks = Math.min(count, mostBlocks)
      return Array.from({ length: blocks }, (_, block) => {
        units.fill(1).fill(0, Math.floor((block * count) / blocks), Math.floor(((block + 1) * count) / blocks))
        return value(spread())
      })
    },
  }
}
