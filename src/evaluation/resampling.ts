import { ArgumentError, checkInteger, checkNumber, expected } from '../errors'
import { gauc, valuesPerList } from '../metrics'
import { aucInOrder } from '../metrics/auc'
import { binOf, evenCuts } from '../metrics/bins'
import { binaryEntropy, rowLogLoss } from '../metrics/cross-entropy'
import { sliceGroups } from '../metrics/groups'
import type { Groups } from '../metrics'
import { averagePrecisionInOrder } from '../metrics/precision-recall'
import { argsort } from '../metrics/sort'
import type { MeasuredRows, RowMeasure } from './measures'

/** How often each unit (a user, or a row where no user is known), row and list was drawn. */
export interface Draw {
  readonly units: Float64Array
  readonly rows: Float64Array
}

/** A measure of one contender whose sorting and summing is done: all that is left is to weigh. */
export type Weighed = (draw: Draw) => number

/** Below so few units an interval says nothing. */
export const leastUnits = 10

/** Which unit each row belongs to; units are numbered in the order of their first row. */
export interface Units {
  readonly count: number
  readonly of: Uint32Array
}

export function unitsOf(ids: readonly string[] | undefined, rows: number): Units {
  const of = new Uint32Array(rows)
  if (ids === undefined) {
    for (let i = 0; i < rows; i++) of[i] = i
    return { count: rows, of }
  }
  const numbers = new Map<string, number>()
  ids.forEach((id, i) => {
    let number = numbers.get(id)
    if (number === undefined) numbers.set(id, (number = numbers.size))
    of[i] = number
  })
  return { count: numbers.size, of }
}

/** Draws as many units as there are, with replacement: the same draws as `bootstrapInterval` makes by the same seed. */
export function drawUnits({ count, of }: Units, next: () => number): () => Draw {
  const draw = { units: new Float64Array(count), rows: new Float64Array(of.length) }
  return () => {
    const { units, rows } = draw
    units.fill(0)
    for (let i = 0; i < count; i++) units[Math.floor(next() * count)]++
    for (let i = 0; i < rows.length; i++) rows[i] = units[of[i]]
    return draw
  }
}

/** What intervals are made by. */
export interface ResamplingOptions {
  readonly resamples: number
  readonly level: number
}

export function checkResampling(where: string, { resamples = 1000, level = 0.95 }: { readonly resamples?: number | undefined; readonly level?: number | undefined }): ResamplingOptions {
  checkInteger(where, 'resamples', resamples, 0)
  // Percentiles of a handful are no interval.
  if (resamples > 0 && resamples < 20) throw new ArgumentError(expected(where, 'resamples', '0 for no intervals, or at least 20', resamples))
  return { resamples, level: checkNumber(where, 'level', level, { above: 0, below: 1 }) }
}

/** Sums over the rows of each unit, `width` sums a unit: a resample then costs the units, not the rows. */
function sumsByUnit({ count, of }: Units, width: number, add: (sums: Float64Array, at: number, row: number) => void): (draw: Draw) => Float64Array {
  const sums = new Float64Array(count * width)
  for (let i = 0; i < of.length; i++) add(sums, of[i] * width, i)
  const totals = new Float64Array(width)
  return ({ units }) => {
    totals.fill(0)
    for (let u = 0; u < count; u++) {
      const weight = units[u]
      if (weight === 0) continue
      for (let w = 0; w < width; w++) totals[w] += weight * sums[u * width + w]
    }
    return totals
  }
}

/** Does once what does not depend on the draw. `valueOf` gives the loss of a row for measures that are means. */
export function weighed(measure: RowMeasure, rows: MeasuredRows, units: Units): Weighed {
  const { labels, grades, scores, lists } = rows
  switch (measure.kind) {
    case 'auc': {
      const order = argsort(scores)
      return (draw) => aucInOrder(labels, scores, draw.rows, order) ?? NaN
    }
    case 'averagePrecision': {
      const order = argsort(scores, true)
      return (draw) => averagePrecisionInOrder(labels, scores, draw.rows, order) ?? NaN
    }
    case 'mean': {
      const loss = measure.name === 'logLoss'
        ? (i: number) => rowLogLoss(labels[i], scores[i], Number.EPSILON)
        : (i: number) => (scores[i] - labels[i]) ** 2
      const sums = sumsByUnit(units, 2, (into, at, i) => { into[at] += loss(i); into[at + 1]++ })
      return (draw) => {
        const [sum, count] = sums(draw)
        return sum / count
      }
    }
    case 'entropy': {
      const sums = sumsByUnit(units, 3, (into, at, i) => {
        into[at] += rowLogLoss(labels[i], scores[i], Number.EPSILON)
        into[at + 1] += labels[i]
        into[at + 2]++
      })
      return (draw) => {
        const [loss, positive, count] = sums(draw)
        const entropy = binaryEntropy(positive / count)
        return entropy > 0 ? loss / count / entropy : NaN
      }
    }
    case 'ratio': {
      const sums = sumsByUnit(units, 2, (into, at, i) => { into[at] += scores[i]; into[at + 1] += labels[i] })
      return (draw) => {
        const [predicted, positive] = sums(draw)
        return positive > 0 ? predicted / positive : NaN
      }
    }
    case 'bins': {
      const bins = 10
      const cuts = evenCuts(bins)
      const sums = sumsByUnit(units, bins + 1, (into, at, i) => {
        into[at + binOf(cuts, scores[i])] += scores[i] - labels[i]
        into[at + bins]++
      })
      return (draw) => {
        const totals = sums(draw)
        let gaps = 0
        for (let b = 0; b < bins; b++) gaps += Math.abs(totals[b])
        return gaps / totals[bins]
      }
    }
    case 'gauc':
    case 'list': return weighedLists(measure, labels, measure.list?.graded ? grades : labels, scores, lists as Groups)
    default: return (draw) => measure.weighted?.(rows, draw.rows) ?? NaN
  }
}

/** Each list with its value and what it counts for; it is drawn as often as its first row. */
function weighedLists(measure: RowMeasure, labels: MeasuredRows['labels'], graded: MeasuredRows['labels'], scores: MeasuredRows['labels'], lists: Groups): Weighed {
  const { count, offsets, order } = sliceGroups(measure.name, lists, labels.length)
  const firstRow = Uint32Array.from({ length: count }, (_, g) => (order ? order[offsets[g]] : offsets[g]))
  const values = measure.list ? valuesPerList(measure.list.metric, graded, scores, lists, measure.list.options) : new Float64Array(count)
  const counts = new Float64Array(count).fill(1)
  if (!measure.list) for (let g = 0; g < count; g++) {
    const rows = Array.from({ length: offsets[g + 1] - offsets[g] }, (_, i) => (order ? order[offsets[g] + i] : offsets[g] + i))
    const sizes = { sizes: [rows.length] }
    values[g] = gauc(rows.map((r) => labels[r]), rows.map((r) => scores[r]), sizes, { whenUndefined: NaN })
    counts[g] = rows.length
  }
  return ({ rows }) => {
    let sum = 0
    let weight = 0
    for (let g = 0; g < count; g++) {
      const drawn = rows[firstRow[g]] * counts[g]
      if (drawn === 0 || values[g] !== values[g]) continue
      sum += drawn * values[g]
      weight += drawn
    }
    return weight > 0 ? sum / weight : NaN
  }
}
