import type { LeakColumn } from './leak-columns'
import { countBelow, ranksOf } from './leak-columns'
import type { ColumnLeak } from './find-leaks'

/** P(a positive scores above a negative), ties half; undefined where a class is missing among what is scored. */
export function rankAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): number | undefined {
  const ranks = ranksOf(scores)
  let [positives, sum] = [0, 0]
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) {
    positives++
    sum += ranks[i]
  }
  const negatives = labels.length - positives
  return positives > 0 && negatives > 0 ? (sum - (positives * (positives - 1)) / 2) / (positives * negatives) : undefined
}

/** How well a column alone tells the label. */
export interface TargetScore {
  readonly column: LeakColumn
  /** AUC, of 0.5 and more. */
  readonly auc: number
  readonly how: 'order' | 'values'
}

const bins = 32

/**
 * The better of two: the AUC of the numbers as they are, and that of the mean label of each value (or of 32 bins of numbers, and
 * of those without one), learnt on one half of the rows and tried on the other, so that a column of many values gains nothing by
 * learning rows by heart.
 */
export function scoreColumn(column: LeakColumn, labels: Int8Array): TargetScore {
  const places = column.numbers === undefined || column.distinct <= bins ? column.codes : binsOf(column.numbers)
  const byValue = acrossHalves(places, labels)
  const { numbers } = column
  if (numbers === undefined) return { column, auc: byValue, how: 'values' }
  const rows = rowsWhere(labels, (r) => !Number.isNaN(numbers[r]))
  const auc = rankAuc(rows.map((r) => labels[r]), Float64Array.from(rows, (r) => numbers[r])) ?? 0.5
  // Where few rows have a number, its order says little of the rest.
  const folded = rows.length * 2 >= column.codes.length ? Math.max(auc, 1 - auc) : 0.5
  return folded >= byValue ? { column, auc: folded, how: 'order' } : { column, auc: byValue, how: 'values' }
}

const rowsWhere = (labels: Int8Array, has: (row: number) => boolean): Int32Array =>
  Int32Array.from({ length: labels.length }, (_, r) => r).filter((r) => labels[r] >= 0 && has(r))

/** Places of numbers among bins of about equally many rows, −1 where there is none. */
function binsOf(numbers: Float64Array): Int32Array {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort()
  const edges = Float64Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)])
  return Int32Array.from(numbers, (value) => (Number.isNaN(value) ? -1 : countBelow(edges, value)))
}

/** A half of the rows by a hash of their number: neighbours, and even and odd rows, fall on both sides. */
const halfOf = (row: number): number => (Math.imul(row ^ (row >>> 15), 0x2c1b3c6d) >>> 16) & 1

function acrossHalves(places: Int32Array, labels: Int8Array): number {
  const size = places.reduce((most, place) => Math.max(most, place), -1) + 2
  const aucs = [0, 1].flatMap((half) => {
    const counts = new Float64Array(size)
    const positives = new Float64Array(size)
    let [all, positive] = [0, 0]
    for (let r = 0; r < labels.length; r++) if (labels[r] >= 0 && halfOf(r) === half) {
      counts[places[r] + 1]++
      all++
      if (labels[r] === 1) {
        positives[places[r] + 1]++
        positive++
      }
    }
    const rows = rowsWhere(labels, (r) => halfOf(r) !== half)
    const means = Float64Array.from(rows, (r) => (positives[places[r] + 1] + (2 * positive) / Math.max(1, all)) / (counts[places[r] + 1] + 2))
    return rankAuc(rows.map((r) => labels[r]), means) ?? []
  })
  return aucs.length === 0 ? 0.5 : aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length
}

/** Above this a column alone all but is the label. */
const certain = 0.95
/** Above this it is suspect, where it is far above all others. */
const suspect = 0.9

/** Columns that alone tell the label: almost without fail, or far better than any other does. */
export function leaksByTarget(scores: readonly TargetScore[]): ColumnLeak[] {
  const sorted = scores.toSorted((a, b) => b.auc - a.auc)
  return sorted.flatMap(({ column, auc, how }, i): ColumnLeak[] => {
    const next = sorted.slice(i + 1).find((other) => other.auc < suspect)?.auc
    const farAbove = next !== undefined && sorted.length > 2 && auc - 0.5 >= 3 * (next - 0.5)
    if (!(auc >= certain || (auc >= suspect && farAbove))) return []
    const others = next === undefined ? '' : `; the next best column has ${next.toFixed(3)}`
    return [{
      column: column.name, kind: 'target', evidence: { auc, ...(next !== undefined && { nextBest: next }), rows: column.codes.length - column.missing },
      message: `${column.name} alone tells the label with an AUC of ${auc.toFixed(3)}, by ${how === 'order' ? 'its order' : 'the mean label of its values'}${others}`,
    }]
  })
}

/** Columns that are missing where the label is one thing and there where it is the other. */
export function leakByMissing({ name, codes, missing }: LeakColumn, labels: Int8Array): ColumnLeak[] {
  if (missing === 0 || missing === codes.length) return []
  const there = [0, 0]
  const counts = [0, 0]
  for (let r = 0; r < labels.length; r++) if (labels[r] >= 0) {
    counts[labels[r]]++
    if (codes[r] >= 0) there[labels[r]]++
  }
  const [ofNegatives, ofPositives] = [there[0] / counts[0], there[1] / counts[1]]
  // The AUC of "is there".
  const auc = 0.5 + Math.abs(ofPositives - ofNegatives) / 2
  const base = counts[1] / (counts[0] + counts[1])
  const [thereN, goneN] = [there[0] + there[1], counts[0] + counts[1] - there[0] - there[1]]
  const pure = [
    { what: 'there', n: thereN, positives: there[1] }, { what: 'missing', n: goneN, positives: counts[1] - there[1] },
  ].find(({ n, positives }) => isPure(n, positives, base, counts))
  if (auc < 0.9 && pure === undefined) return []
  const share = (part: number) => `${(100 * part).toFixed(1)}%`
  return [{
    column: name, kind: 'missingness', evidence: { auc, thereWherePositive: ofPositives, thereWhereNegative: ofNegatives },
    message: `${name} is there in ${share(ofPositives)} of the rows with the label and in ${share(ofNegatives)} of those without: whether it is there tells the label`,
  }]
}

/** Rows that are all of one class, too many for chance, and a fifth of that class. */
function isPure(n: number, positives: number, base: number, counts: readonly number[]): boolean {
  if (n < 20 || (positives !== n && positives !== 0)) return false
  const chance = positives === n ? base : 1 - base
  return n * Math.log(chance) < Math.log(1e-9) && n >= 0.2 * counts[positives === n ? 1 : 0]
}

/** Columns of few values, some of which stand with one class alone. */
export function leakByPurity(column: LeakColumn, labels: Int8Array): ColumnLeak[] {
  if (column.distinct > 1000 || column.distinct < 2) return []
  const counts = new Float64Array(column.distinct)
  const positives = new Float64Array(column.distinct)
  const all = [0, 0]
  for (let r = 0; r < labels.length; r++) if (labels[r] >= 0) {
    all[labels[r]]++
    if (column.codes[r] >= 0) {
      counts[column.codes[r]]++
      positives[column.codes[r]] += labels[r]
    }
  }
  const base = all[1] / (all[0] + all[1])
  // Each value by itself must be too pure for chance: of many values some are, among so many rows.
  let [pureRows, values] = [0, 0]
  for (let v = 0; v < counts.length; v++) if (counts[v] >= 20 && positives[v] === counts[v] && counts[v] * Math.log(base) < Math.log(1e-9 / counts.length)) {
    pureRows += counts[v]
    values++
  }
  if (pureRows < 0.2 * all[1]) return []
  return [{
    column: column.name, kind: 'purity', evidence: { values, rows: pureRows, shareOfPositives: pureRows / all[1], base },
    message: `${values} of the ${column.distinct} values of ${column.name} stand in ${pureRows} rows, all of them with the label, which ${(100 * base).toFixed(1)}% of rows have`,
  }]
}
