import { seededRandom } from '../../random'
import type { ColumnLeak } from './find-leaks'
import { correlation, groupsOf, type LeakColumn } from './leak-columns'

/** Columns of moments that are after the row's own, in more rows than a clock's fault explains. */
export function leakByMoment({ name, numbers, codes, missing, isDate }: LeakColumn, times: Float64Array, timestampIsDate: boolean): ColumnLeak[] {
  if (numbers === undefined) return []
  let [later, counted, near] = [0, 0, 0]
  let furthest = 0
  const [start, end] = [times.reduce((a, b) => (b < a ? b : a), Infinity), times.reduce((a, b) => (b > a ? b : a), -Infinity)]
  const span = Math.max(end - start, 1)
  for (let r = 0; r < numbers.length; r++) {
    if (Number.isNaN(numbers[r]) || Number.isNaN(times[r])) continue
    counted++
    if (numbers[r] >= start - 10 * span && numbers[r] <= end + 10 * span) near++
    if (numbers[r] <= times[r]) continue
    later++
    furthest = Math.max(furthest, numbers[r] - times[r])
  }
  // Numbers are moments where they lie about the table's own; a clock time is large, whatever its unit.
  const isMoment = isDate || (!timestampIsDate && start > 1e8 && near >= 0.99 * counted && counted > 0)
  if (!isMoment || later < 5 || later < 0.01 * counted) return []
  return [{
    column: name, kind: 'time', evidence: { later, rows: codes.length - missing, furthest },
    message: `${name} is a moment after the row's own in ${later} of ${counted} rows: it was not known then (if it was, as an end that is set beforehand, name it in \`ignore\`)`,
  }]
}

/** Fewest keys with several rows of which something can be said. */
const fewestKeys = 30

/**
 * Numbers that know what their key will do: at the first row of a key nothing is known of what comes after it, beyond what the
 * key is like. How much the labels that come can be foreseen at all by what the key is like, the labels themselves tell: the
 * share of the variance of their means that is between keys, and not noise. Whatever correlates with them by more knows the noise.
 */
export function leaksByKey(key: LeakColumn, columns: readonly LeakColumn[], labels: Int8Array, values: Float64Array, times: Float64Array): ColumnLeak[] {
  const groups = groupsOf(key, times)
    .map((group) => group.filter((r) => labels[r] >= 0 && !Number.isNaN(times[r])))
    .filter((group) => group.length >= 2)
  return columns.flatMap(({ name, numbers }) => {
    if (name === key.name || numbers === undefined) return []
    return firstOf([
      () => wholeOf(key.name, name, numbers, groups, values),
      () => futureOf(key.name, name, numbers, groups, labels, times),
      () => ownOf(key.name, name, numbers, groups, labels, times),
    ])
  })
}

function firstOf(finders: readonly (() => ColumnLeak | undefined)[]): ColumnLeak[] {
  for (const find of finders) {
    const found = find()
    if (found !== undefined) return [found]
  }
  return []
}

/** The count, sum or mean over all rows of the key, the row itself and later ones among them, known at its first row. */
function wholeOf(key: string, column: string, numbers: Float64Array, groups: readonly Int32Array[], values: Float64Array): ColumnLeak | undefined {
  const forms = [
    { what: 'the number of rows', of: (group: Int32Array) => group.length },
    { what: 'the sum of the label', of: (group: Int32Array) => group.reduce((sum, r) => sum + values[r], 0) },
    { what: 'the mean of the label', of: (group: Int32Array) => group.reduce((sum, r) => sum + values[r], 0) / group.length },
  ]
  for (const { what, of } of forms) {
    let [equal, counted] = [0, 0]
    const seen = new Set<number>()
    for (const group of groups) {
      const whole = of(group)
      if (whole === 0) continue
      counted++
      seen.add(whole)
      if (Math.abs(numbers[group[0]] - whole) <= 1e-6 * Math.abs(whole)) equal++
    }
    if (counted < fewestKeys || seen.size < 3 || equal < 0.9 * counted) continue
    return {
      column, kind: 'time', evidence: { keys: counted, equal },
      message: `${column} is ${what} of its ${key} over the whole table, in ${equal} of ${counted} keys already at their first row: it counts the row itself and those after it`,
    }
  }
  return undefined
}

/** How far `known` correlates with the means of keys beyond what is not noise in them: squares of correlations. */
function beyond(known: readonly number[], means: readonly number[], noises: readonly number[]) {
  const n = known.length
  const r = correlation(known, means)
  const average = means.reduce((sum, mean) => sum + mean, 0) / n
  const total = means.reduce((sum, mean) => sum + (mean - average) ** 2, 0) / (n - 1)
  const noise = noises.reduce((sum, one) => sum + one, 0) / n
  const most = Math.min(1, Math.max(0, 1 - noise / total))
  return { r, most, excess: r * r - most }
}

function futureOf(key: string, column: string, numbers: Float64Array, groups: readonly Int32Array[], labels: Int8Array, times: Float64Array): ColumnLeak | undefined {
  const known: number[] = []
  const means: number[] = []
  const noises: number[] = []
  for (const group of groups) {
    const [first] = group
    if (Number.isNaN(numbers[first])) continue
    // Long histories hardly have noise in their mean: nothing can be told by them.
    const later = group.filter((r) => times[r] > times[first]).slice(0, 50)
    if (later.length < 2) continue
    const mean = later.reduce((sum, r) => sum + labels[r], 0) / later.length
    known.push(numbers[first])
    means.push(mean)
    // The variance of the mean, by the labels of this key alone: keys differ in it.
    noises.push(later.reduce((sum, r) => sum + (labels[r] - mean) ** 2, 0) / (later.length - 1) / later.length)
  }
  if (known.length < fewestKeys) return undefined
  const { r, most, excess } = beyond(known, means, noises)
  if (!(excess > 0.03)) return undefined
  // How much the excess would differ among other keys of the kind: by drawing these again, with replacement.
  const random = seededRandom(0)
  const drawn = Array.from({ length: 60 }, () => {
    const chosen = known.map(() => random.integer(known.length))
    return beyond(chosen.map((i) => known[i]), chosen.map((i) => means[i]), chosen.map((i) => noises[i])).excess
  }).filter((value) => !Number.isNaN(value))
  const centre = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const error = Math.sqrt(drawn.reduce((sum, value) => sum + (value - centre) ** 2, 0) / drawn.length)
  const z = excess / error
  if (!(z > 5)) return undefined
  return {
    column, kind: 'time', evidence: { correlation: r, most: Math.sqrt(most), keys: known.length, z },
    message: `${column} at the first row of a ${key} correlates by ${r.toFixed(3)} with the labels of its later rows, of which no more than ${Math.sqrt(most).toFixed(3)} can be foreseen: it knows them`,
  }
}

/** Sums and means that take in the label of the row itself: they step with it, and not with that of the row before. */
function ownOf(key: string, column: string, numbers: Float64Array, groups: readonly Int32Array[], labels: Int8Array, times: Float64Array): ColumnLeak | undefined {
  const steps: number[] = []
  const own: number[] = []
  const before: number[] = []
  let moved = 0
  for (const group of groups) {
    // Rows of one moment, such as those of a page, are one step: each may hold the labels of all.
    let [past, pastLabels, at, labelsAt] = [NaN, 0, NaN, 0]
    for (let i = 0; i < group.length; i++) {
      const row = group[i]
      if (times[row] === at) {
        labelsAt += labels[row]
      } else {
        [past, pastLabels] = [i === 0 ? NaN : numbers[group[i - 1]], labelsAt]
        ;[at, labelsAt] = [times[row], labels[row]]
      }
      const last = i + 1 === group.length || times[group[i + 1]] !== at
      const step = numbers[row] - past
      if (!last || Number.isNaN(step)) continue
      steps.push(step)
      own.push(labelsAt)
      before.push(pastLabels)
      if (step !== 0) moved++
    }
  }
  if (steps.length < 200 || moved < 0.01 * steps.length) return undefined
  const a = correlation(steps, own)
  const b = correlation(steps, before)
  // What is of the row alone steps up with its own label and down with that of the row before, by as much.
  if (!(Math.abs(a) >= 0.2) || Math.abs(b) > Math.abs(a) / 2 || Math.abs(a) * Math.sqrt(steps.length) < 8) return undefined
  return {
    column, kind: 'time', evidence: { ownLabel: a, labelBefore: b, steps: steps.length },
    message: `${column} steps, from row to row of a ${key}, with the label of the row itself (correlation ${a.toFixed(3)}) and not with that of the row before (${b.toFixed(3)}): ${a > 0 ? 'it takes in the row it describes' : 'it counts what is still to come'}`,
  }
}
