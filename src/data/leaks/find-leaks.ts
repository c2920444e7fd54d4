import { ArgumentError, checkObject, expected, show } from '../../errors'
import { rowsView, type Rows, type RowsView } from '../rows-view'
import { leakByOverlap, leakByRowId } from './by-id'
import { leakByMissing, leakByPurity, leaksByTarget, scoreColumn } from './by-target'
import { leakByMoment, leaksByKey } from './by-time'
import { labelOf, leakColumn, type LeakColumn } from './leak-columns'

/** A column that knows what it must not, and the numbers that show it. */
export interface ColumnLeak {
  readonly column: string
  /**
   * `target`: it alone tells the label; `missingness`: whether it is there does; `purity`: some of its values do;
   * `time`: it knows what came after the row, or the row itself; `id`: it numbers rows by label or time;
   * `overlap`: values stand in train and test.
   */
  readonly kind: 'target' | 'missingness' | 'purity' | 'time' | 'id' | 'overlap'
  readonly evidence: Readonly<Record<string, number>>
  readonly message: string
}

export interface FindLeaksOptions {
  /** The label: 0 and 1, booleans, or numbers, which then count as 1 above their median. */
  readonly label: string
  /** The time of a row, a number or a date. Without it nothing is asked of time. */
  readonly timestamp?: string
  /** Columns that name users, items and the like, by which labels may have been counted up. @defaultValue those whose names end in `id` or `key` */
  readonly keys?: readonly string[]
  /** Columns that no model is given, such as other labels. */
  readonly ignore?: readonly string[]
  /** The test part, to compare with. */
  readonly test?: Rows
  /** Columns whose values must not stand in both parts. @defaultValue those that are different in every row of train */
  readonly apart?: readonly string[]
}

export interface LeakReport {
  readonly leaks: readonly ColumnLeak[]
  /** How well each column alone tells the label, the best first. */
  readonly columns: readonly { readonly column: string; readonly auc: number }[]
  /** What could not be asked, and why. */
  readonly notes: readonly string[]
}

/** Fewest rows of each class of which something can be said. */
const fewest = 25

/**
 * Looks for columns that know the label or the future, which make a model shine in training and fail in use.
 *
 * By target: a column that alone tells the label with an AUC of 0.95, or of 0.9 and three times as far above chance as the next best;
 * one that is missing where the label is 0; values that never stand with another label. By time: moments
 * after the row's own; counts, sums and means of a key that hold rows after it (they know more of a key's later labels than
 * can be foreseen) or the row itself (they step with its own label). By id: numbers of rows that are in the order of the label or of time; values
 * that stand in train and test and should not. Every find has its numbers. It is no proof that there is no leak: a faint one is not told from
 * a good feature.
 *
 * @throws ArgumentError when an option is not what it should be, or names a column that is not there; DataError when the label is no number
 * @example
 * ```ts
 * import { findLeaks, seededRandom } from 'feedrank'
 *
 * const random = seededRandom(1)
 * const rows = Array.from({ length: 500 }, (_, i) => {
 *   const clicked = random.next() < 0.2
 *   return { age: random.integer(60), openedAt: clicked ? 1000 + i : null, clicked }
 * })
 * console.log(findLeaks(rows, { label: 'clicked' }).leaks.map(({ column, kind }) => `${column}: ${kind}`)) // ['openedAt: missingness']
 * ```
 */
export function findLeaks(rows: Rows, options: FindLeaksOptions): LeakReport {
  const where = 'findLeaks'
  checkObject(where, 'options', options)
  const { label, timestamp, ignore = [], test } = options
  for (const [name, value] of [['label', label], ['timestamp', timestamp ?? '']]) if (typeof value !== 'string') throw new ArgumentError(expected(where, name, 'the name of a column', value))
  for (const [name, value] of [['keys', options.keys], ['ignore', ignore], ['apart', options.apart]] as const)
    if (value !== undefined && !Array.isArray(value)) throw new ArgumentError(expected(where, name, 'names of columns', value))
  const view = rowsView(where, rows)
  const other = test === undefined ? undefined : rowsView(where, test, 'test')
  const names = view.names()
  checkNames(view, { label: [label], timestamp: timestamp === undefined ? [] : [timestamp], keys: options.keys ?? [], ignore, apart: options.apart ?? [] })

  const notes: string[] = []
  const { labels, values, positives, counted } = labelOf(view, label)
  const leaks: ColumnLeak[] = []
  const asked = names.filter((name) => name !== label && name !== timestamp && !ignore.includes(name))
  const columns: LeakColumn[] = []
  for (const name of asked) {
    const column = leakColumn(view, name)
    if (column === undefined) notes.push(`${name} holds lists or objects, of which nothing is asked`)
    else columns.push(column)
  }
  const time = timestamp === undefined ? undefined : leakColumn(view, timestamp)
  const times = time?.numbers
  if (timestamp === undefined) notes.push('without a timestamp nothing is asked of time')
  else if (times === undefined) throw new ArgumentError(expected(where, 'timestamp', 'a column of numbers or dates', timestamp))

  let ranked: LeakReport['columns'] = []
  if (positives < fewest || counted - positives < fewest) {
    notes.push(`of ${counted} rows with a label ${positives} are positive: too few of one class to tell a leak from chance`)
  } else {
    const scores = columns.map((column) => scoreColumn(column, labels))
    ranked = scores.map(({ column, auc }) => ({ column: column.name, auc })).sort((a, b) => b.auc - a.auc)
    const found = new Set<string>()
    const add = (more: readonly ColumnLeak[]) => {
      for (const leak of more) if (!found.has(leak.column)) {
        found.add(leak.column)
        leaks.push(leak)
      }
    }
    // What is most telling first: a column is reported once.
    for (const column of columns) add(leakByMissing(column, labels))
    if (times !== undefined) for (const column of columns) add(leakByMoment(column, times, time?.isDate ?? false))
    for (const column of columns) add(leakByRowId(column, labels, times))
    add(leaksByTarget(scores.filter(({ column }) => !found.has(column.name))))
    const keys = keysOf(columns, options.keys)
    if (times !== undefined) {
      for (const key of keys) add(leaksByKey(key, columns.filter(({ name }) => !found.has(name) && !keys.some((one) => one.name === name)), labels, values, times))
      if (keys.length === 0) notes.push('no column is named as a key: nothing is asked of counts and means by key')
    }
    for (const column of columns) if (!keys.includes(column)) add(leakByPurity(column, labels))
  }
  if (other !== undefined) {
    const apart = options.apart ?? columns.filter(({ distinct, missing, codes, numbers }) => missing === 0 && distinct === codes.length && codes.length > 1 && (numbers === undefined || numbers.every(Number.isInteger))).map(({ name }) => name)
    for (const column of apart) leaks.push(...leakByOverlap(view, other, column))
    if (timestamp !== undefined && times !== undefined) leaks.push(...leakByOrder(timestamp, times, other))
  }
  return { leaks, columns: ranked, notes }
}

function checkNames(view: RowsView, named: Readonly<Record<string, readonly string[]>>): void {
  const names = view.names()
  for (const [option, columns] of Object.entries(named)) for (const column of columns)
    if (!names.includes(column)) throw new ArgumentError(`feedrank/findLeaks: expected \`${option}\` to name columns of the rows (${names.slice(0, 20).map(show).join(', ')}), got ${show(column)}`)
}

function keysOf(columns: readonly LeakColumn[], named: readonly string[] | undefined): readonly LeakColumn[] {
  if (named !== undefined) return columns.filter(({ name }) => named.includes(name))
  return columns.filter(({ name, distinct, codes }) => /(^|[_\-. ])(id|Id|ID|key|Key)$|[a-z](Id|ID|Key)$/.test(name) && distinct > 1 && distinct < codes.length)
}

/** Training rows that come after the first test row. */
function leakByOrder(timestamp: string, times: Float64Array, test: RowsView): ColumnLeak[] {
  const first = leakColumn(test, timestamp)?.numbers?.reduce((a, b) => (b < a ? b : a), Infinity) ?? Infinity
  let late = 0
  for (const time of times) if (time >= first) late++
  if (late === 0) return []
  return [{
    column: timestamp, kind: 'time', evidence: { late, rows: times.length },
    message: `${late} of ${times.length} rows of train are not before the first of test: what came later trains the model that is asked about what came before`,
  }]
}
