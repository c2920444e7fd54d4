import { DataError, show } from '../../errors'
import type { RowsView } from '../rows-view'

/** A column as the detector reads it. */
export interface LeakColumn {
  readonly name: string
  /** Numbers, booleans and moments (ms), NaN where there is none; absent where values are text. */
  readonly numbers: Float64Array | undefined
  /** The place of each value among the different ones, −1 where there is none. */
  readonly codes: Int32Array
  readonly distinct: number
  readonly missing: number
  readonly isDate: boolean
}

/** Reads a column; undefined where its values are lists or objects, of which nothing is asked. */
export function leakColumn(view: RowsView, name: string): LeakColumn | undefined {
  const read = view.column(name)
  const numbers = new Float64Array(view.rows).fill(NaN)
  const codes = new Int32Array(view.rows).fill(-1)
  const known = new Map<unknown, number>()
  let [texts, dates, missing] = [0, 0, 0]
  for (let r = 0; r < view.rows; r++) {
    const raw = read(r)
    const isDate = Object.prototype.toString.call(raw) === '[object Date]'
    const value = isDate ? Number(raw) : typeof raw === 'bigint' ? String(raw) : raw
    if (value === null || value === undefined || Number.isNaN(value)) {
      missing++
      continue
    }
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value === 'string' && typeof raw !== 'bigint') texts++
    if (isDate) dates++
    numbers[r] = Number(value)
    let code = known.get(value)
    if (code === undefined) known.set(value, (code = known.size))
    codes[r] = code
  }
  return { name, numbers: texts > 0 ? undefined : numbers, codes, distinct: known.size, missing, isDate: dates > 0 && dates === view.rows - missing }
}

/** The label as 0 and 1, −1 where it is missing; other numbers are 1 above their median. */
export function labelOf(view: RowsView, name: string): { readonly labels: Int8Array; readonly values: Float64Array; readonly positives: number; readonly counted: number } {
  const column = leakColumn(view, name)
  const values = column?.numbers
  if (column === undefined || values === undefined)
    throw new DataError(`feedrank/findLeaks: expected the label ${show(name)} to hold numbers or booleans`)
  const there = values.filter((value) => !Number.isNaN(value)).sort()
  const binary = there.every((value) => value === 0 || value === 1)
  const middle = binary ? 0 : there[Math.floor((there.length - 1) / 2)]
  const labels = Int8Array.from(values, (value) => (Number.isNaN(value) ? -1 : value > middle ? 1 : 0))
  let positives = 0
  for (const label of labels) if (label === 1) positives++
  return { labels, values, positives, counted: there.length }
}

/** The groups of rows that share a value, each in order of time; rows without a value are in none. */
export function groupsOf({ codes, distinct }: LeakColumn, times: Float64Array): readonly Int32Array[] {
  const counts = new Int32Array(distinct)
  for (const code of codes) if (code >= 0) counts[code]++
  const groups = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  codes.forEach((code, r) => { if (code >= 0) groups[code][counts[code]++] = r })
  for (const group of groups) group.sort((a, b) => times[a] - times[b] || a - b)
  return groups
}

/** The correlation of Pearson; NaN where one does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length
  let [meanA, meanB] = [0, 0]
  for (let i = 0; i < n; i++) {
    meanA += a[i] / n
    meanB += b[i] / n
  }
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB)
    aa += (a[i] - meanA) ** 2
    bb += (b[i] - meanB) ** 2
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : NaN
}

/** How many of ascending `sorted` are below `value`. */
export function countBelow(sorted: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The ranks of numbers, ties at their mean rank. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  // Sorting numbers is native and quick; sorting their places by a function is not.
  const sorted = Float64Array.from(values).sort()
  const different = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  const counts = new Int32Array(different.length + 1)
  const places = Int32Array.from(values, (value) => countBelow(different, value))
  for (const place of places) counts[place + 1]++
  for (let i = 1; i < counts.length; i++) counts[i] += counts[i - 1]
  return Float64Array.from(places, (place) => (counts[place] + counts[place + 1] - 1) / 2)
}
