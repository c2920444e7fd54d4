import { ArgumentError, checkObject, expected } from '../../errors'
import { momentReader } from '../rows-view'
import { idKey } from '../values'
import type { CleaningStep } from './clean'
import { isEmpty } from './drop-missing'

export interface DropDuplicatesOptions {
  /** Rows are duplicates where these columns are equal (ids: `1` and `'1'` are one). @defaultValue all columns, each of equal kind and value */
  readonly by?: readonly string[]
  /** Which of them stays: the first or the last, by `timestamp` where it is given and in the order of rows elsewhere. @defaultValue 'first' */
  readonly keep?: 'first' | 'last'
  /** The column with the time of a row. */
  readonly timestamp?: string
}

/**
 * Drops all but one of the rows that are equal, altogether or in the columns `by`.
 *
 * Rows that lack a value of `by` are nobody's duplicates.
 *
 * @throws ArgumentError when an option is not what it should be
 */
export function dropDuplicates(options: DropDuplicatesOptions = {}): CleaningStep {
  const where = 'dropDuplicates'
  checkObject(where, 'options', options)
  const { by, keep = 'first', timestamp } = options
  if (by !== undefined && (!Array.isArray(by) || by.length === 0)) throw new ArgumentError(expected(where, 'by', 'names of columns', by))
  if (keep !== 'first' && keep !== 'last') throw new ArgumentError(expected(where, 'keep', "'first' or 'last'", keep))
  return {
    name: 'duplicates',
    find(view, left, drop) {
      const readers = (by ?? view.names()).map((name) => view.column(name))
      const momentOf = timestamp === undefined ? () => 0 : momentReader(where, view, timestamp)
      const stays = new Map<string, number>()
      const reason = by === undefined ? 'the same as another row' : `with the ${by.join(', ')} of another row`
      for (let r = 0; r < view.rows; r++) {
        if (left[r] === 0) continue
        const values = readers.map((read) => read(r))
        if (by !== undefined && values.some(isEmpty)) continue
        const key = values.map(by === undefined ? exactKey : (value) => textKey(idKey(value) ?? exactKey(value))).join('')
        const other = stays.get(key)
        const later = other === undefined || order(momentOf(r), momentOf(other)) >= 0
        if (other === undefined || later === (keep === 'last')) stays.set(key, r)
        if (other !== undefined) drop(later === (keep === 'last') ? other : r, reason)
      }
    },
  }
}

/** Rows without a time are before all others. */
const order = (a: number, b: number): number => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b)

/** Texts one after another that do not run into each other. */
const textKey = (text: string) => `${text.length}:${text}`

/** A key that tells kinds apart: `1` and `'1'` are not the same; null and undefined are. */
function exactKey(value: unknown): string {
  if (value === null || value === undefined) return 'n'
  if (typeof value === 'object') {
    if (Object.prototype.toString.call(value) === '[object Date]') return `d${Number(value)};`
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[${Array.from(value as unknown as ArrayLike<unknown>, exactKey).join('')}]`
    return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, held]) => textKey(name) + exactKey(held)).join('')}}`
  }
  return `${(typeof value)[0]}${(typeof value)[1]}${textKey(Object.is(value, -0) ? '0' : String(value))}`
}
