import { ArgumentError, checkInteger, checkObject, expected } from '../errors'
import { readerOf } from './columns'
import type { RowColumn } from './columns'

/** Parts of the rows: one for each value of a column, or one where a condition holds. */
export type SegmentOption<Row> =
  | { readonly by: RowColumn<Row>; /** What the parts are called together. @defaultValue the column */ readonly name?: string | undefined; /** The largest parts that are kept. @defaultValue 12 */ readonly most?: number | undefined }
  | { readonly where: (row: Row) => boolean; readonly name: string }

/** The rows of one part. */
export interface SegmentRows {
  readonly group: string
  readonly name: string
  readonly rows: readonly number[]
}

const textOf = (value: unknown) => (value === null || value === undefined ? 'missing' : typeof value === 'string' && value === '' ? 'empty' : String(value))

/** The parts that options name, and a note for each that has more parts than are kept. */
export function segmentsOf<Row extends object>(
  where: string, rows: readonly Row[], options: readonly SegmentOption<Row>[] = [],
): { readonly parts: readonly SegmentRows[]; readonly notes: readonly string[] } {
  if (!Array.isArray(options)) throw new ArgumentError(expected(where, 'segments', 'an array of objects with `by` or `where`', options))
  const found = options.map((option: SegmentOption<Row>, i) => segmentRows(where, rows, option, i))
  return {
    parts: found.flatMap(({ parts }) => parts),
    notes: found.flatMap(({ parts: [first], left }) => (left === 0 ? [] : [`Of the segments by ${first.group}, the smallest ${left} were left out.`])),
  }
}

/** The parts that are kept of an option's, and how many more there were. */
export interface SegmentParts {
  readonly parts: readonly SegmentRows[]
  readonly left: number
}

/** The parts an option names; a row with a list of values is in the part of each. */
export function segmentRows<Row extends object>(where: string, rows: readonly Row[], option: SegmentOption<Row>, i: number): SegmentParts {
  checkObject(where, `segments[${i}]`, option, 'an object with `by` or `where`')
  if ('where' in option) {
    if (typeof option.where !== 'function') throw new ArgumentError(expected(where, `segments[${i}].where`, 'a function of the row', option.where))
    if (typeof option.name !== 'string' || option.name === '') throw new ArgumentError(expected(where, `segments[${i}].name`, 'a name', option.name))
    return { parts: [{ group: option.name, name: option.name, rows: rows.flatMap((row, r) => (option.where(row) ? [r] : [])) }], left: 0 }
  }
  const read = readerOf(where, `segments[${i}].by`, option.by)
  const most = checkInteger(where, `segments[${i}].most`, option.most ?? 12)
  const group = option.name ?? (typeof option.by === 'string' ? option.by : 'segment')
  const parts = new Map<string, number[]>()
  rows.forEach((row, r) => {
    const value = read(row, r)
    for (const name of new Set((Array.isArray(value) ? value : [value]).map(textOf))) {
      const part = parts.get(name)
      if (part) part.push(r)
      else parts.set(name, [r])
    }
  })
  const largest = [...parts].sort((a, b) => b[1].length - a[1].length).slice(0, most)
  return { parts: largest.map(([name, part]) => ({ group, name, rows: part })), left: parts.size - largest.length }
}

const countOf = (keys: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** The least count among the fifth of keys that have most. */
function heavyFrom(counts: ReadonlyMap<string, number>): number {
  const sorted = Float64Array.from(counts.values()).sort()
  return sorted.length === 0 ? Infinity : sorted[Math.floor(0.8 * (sorted.length - 1))]
}

/** The keys with fewest rows that together hold at most a fifth of all. */
function tailOf(counts: ReadonlyMap<string, number>, rows: number): ReadonlySet<string> {
  const tail = new Set<string>()
  let held = 0
  for (const [key, count] of [...counts].sort((a, b) => a[1] - b[1])) {
    held += count
    if (held > 0.2 * rows) break
    tail.add(key)
  }
  return tail
}

/**
 * New and heavy users, fresh and tail items, by what they did in training: heavy users are the fifth with most rows; tail items
 * those with fewest rows that together hold a fifth of them.
 */
export function usualSegments(test: { readonly users: readonly string[] | undefined; readonly items: readonly string[] | undefined }, train: typeof test): SegmentRows[] {
  const segments: SegmentRows[] = []
  const add = (group: string, keys: readonly string[], nameOf: (key: string) => string, names: readonly string[]) => {
    const of = keys.map(nameOf)
    for (const name of names) segments.push({ group, name, rows: of.flatMap((one, r) => (one === name ? [r] : [])) })
  }
  if (test.users && train.users) {
    const counts = countOf(train.users)
    const heavy = heavyFrom(counts)
    const nameOf = (user: string) => {
      const count = counts.get(user) ?? 0
      return count === 0 ? 'new users' : count >= heavy ? 'heavy users' : 'other users'
    }
    add('Users', test.users, nameOf, ['new users', 'heavy users', 'other users'])
  }
  if (test.items && train.items) {
    const counts = countOf(train.items)
    const tail = tailOf(counts, train.items.length)
    const nameOf = (item: string) => (!counts.has(item) ? 'fresh items' : tail.has(item) ? 'tail items' : 'popular items')
    add('Items', test.items, nameOf, ['fresh items', 'tail items', 'popular items'])
  }
  return segments.filter(({ rows }) => rows.length > 0)
}
