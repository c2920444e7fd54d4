import type { Column } from '../../data/table'
import { cellReader, isNull, lengthOf } from '../../data/table'
import { isMissing } from '../../data/values'
import { momentOfText } from '../moments-of'

/** What kind of thing a cell is. */
type CellKind = 'text' | 'number' | 'bigint' | 'boolean' | 'date' | 'list' | 'other'

/** What can be seen of one column. */
export interface Profile {
  readonly name: string
  readonly rows: number
  readonly missing: number
  /** Whether some row of the whole table, looked at or not, has no value. */
  readonly optional: boolean
  /** The kinds of its cells, the most frequent first. */
  readonly kinds: readonly CellKind[]
  /** How many different values there are, and how many of them stand in one row only. */
  readonly distinct: number
  readonly once: number
  /** The texts of the values in the order in which they first came, with how often they came. */
  readonly counts: ReadonlyMap<string, number>
  readonly numbers?: NumberProfile
  readonly texts?: TextProfile
  readonly lists?: ListProfile
}

interface NumberProfile {
  readonly min: number
  readonly max: number
  readonly median: number
  /** `E[(x − μ)³] / σ³`; 0 for a constant. */
  readonly skewness: number
  readonly integers: boolean
  /** Some are whole numbers of 2^53 and more, which are not exact. */
  readonly inexact: boolean
  /** Numbers that are NaN or infinite, and the row of the first. */
  readonly notFinite: number
  readonly firstNotFinite: number
}

interface TextProfile {
  readonly meanWords: number
  readonly meanLength: number
  /** Every text is a date of ISO 8601. */
  readonly dates: boolean
  /** Those with a time of day say of which zone. */
  readonly zoned: boolean
  /** Every text is a number written out. */
  readonly numbers: boolean
}

interface ListProfile {
  readonly shortest: number
  readonly longest: number
  readonly distinct: number
  /** What their elements are; `mixed` where kinds differ or one is null. */
  readonly elements: 'text' | 'integer' | 'number' | 'bigint' | 'mixed' | 'none'
  /** Elements by text. */
  readonly counts: ReadonlyMap<string, number>
}

/** A day, or a time of day that says of which zone. */
const zoned = /^\d{4}-\d{2}-\d{2}$|(Z|[+-]\d{2}:?\d{2})$/
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Looks at the rows `indices` of a column. */
export function profileOf(name: string, column: Column, indices: Int32Array): Profile {
  const read = cellReader(column)
  const kinds = new Map<CellKind, number>()
  const counts = new Map<string, number>()
  const texts: string[] = []
  const lists: (readonly unknown[])[] = []
  const values: number[] = []
  let [missing, notFinite, firstNotFinite] = [0, 0, -1]
  for (const row of indices) {
    const value = read(row)
    if (isMissing(value)) {
      missing++
      continue
    }
    const kind = kindOf(value)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    bump(counts, textOf(value, kind))
    if (kind === 'text') texts.push(value as string)
    else if (kind === 'list') lists.push(value as readonly unknown[])
    else if (kind === 'number') {
      if (Number.isFinite(value)) values.push(value as number)
      else {
        notFinite++
        if (firstNotFinite < 0) firstNotFinite = row
      }
    }
  }
  return {
    name, rows: indices.length, missing, counts,
    optional: missing > 0 || (indices.length < lengthOf(column) && someNull(column)),
    kinds: [...kinds].sort((a, b) => b[1] - a[1]).map(([kind]) => kind),
    distinct: counts.size,
    once: [...counts.values()].filter((count) => count === 1).length,
    ...(kinds.has('number') && { numbers: { ...numberProfile(values), notFinite, firstNotFinite } }),
    ...(texts.length > 0 && { texts: textProfile(texts) }),
    ...(lists.length > 0 && { lists: listProfile(lists) }),
  }
}

function someNull(column: Column): boolean {
  for (let row = 0, rows = lengthOf(column); row < rows; row++) if (isNull(column, row)) return true
  return false
}

function kindOf(value: unknown): CellKind {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return typeof value as 'number' | 'bigint' | 'boolean'
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'list'
  return Object.prototype.toString.call(value) === '[object Date]' ? 'date' : 'other'
}

/** A text that equal values share. */
export function textOf(value: unknown, kind = kindOf(value)): string {
  if (kind === 'date') return String(Number(value))
  if (kind === 'list') return Array.from(value as ArrayLike<unknown>, String).join('\u0000')
  return kind === 'other' ? Object.prototype.toString.call(value) : String(value)
}

const bump = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

function numberProfile(values: number[]): Omit<NumberProfile, 'notFinite' | 'firstNotFinite'> {
  if (values.length === 0) return { min: 0, max: 0, median: 0, skewness: 0, integers: false, inexact: false }
  values.sort((a, b) => a - b)
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power / values.length, 0)
  const deviation = Math.sqrt(moment(2))
  return {
    min: values[0], max: values[values.length - 1], median: values[values.length >> 1],
    skewness: deviation > 0 && Number.isFinite(deviation) ? moment(3) / deviation ** 3 : 0,
    integers: values.every((value) => Number.isSafeInteger(value)),
    inexact: values.some((value) => Number.isInteger(value) && !Number.isSafeInteger(value)),
  }
}

function textProfile(texts: readonly string[]): TextProfile {
  const words = texts.reduce((sum, text) => sum + (text.match(/\S+/gu)?.length ?? 0), 0)
  return {
    meanWords: words / texts.length,
    meanLength: texts.reduce((sum, text) => sum + text.length, 0) / texts.length,
    dates: texts.every((text) => !Number.isNaN(momentOfText(zoned.test(text) ? text : `${text}Z`))),
    zoned: texts.every((text) => zoned.test(text)),
    numbers: texts.every((text) => number.test(text)),
  }
}

function listProfile(lists: readonly (readonly unknown[])[]): ListProfile {
  const counts = new Map<string, number>()
  const kinds = new Set<string>()
  for (const list of lists)
    for (const element of list) {
      const kind = isMissing(element) ? 'other' : kindOf(element)
      kinds.add(kind !== 'number' ? kind : Number.isSafeInteger(element) ? 'integer' : Number.isFinite(element) ? 'number' : 'other')
      bump(counts, String(element))
    }
  const [kind = 'none', ...others] = kinds
  const numeric = [...kinds].every((one) => one === 'integer' || one === 'number')
  const plain = kind === 'text' || kind === 'integer' || kind === 'number' || kind === 'bigint' || kind === 'none'
  const lengths = lists.map((list) => list.length)
  return {
    shortest: lengths.reduce((a, b) => Math.min(a, b)), longest: lengths.reduce((a, b) => Math.max(a, b)),
    distinct: counts.size, counts,
    elements: others.length === 0 ? (plain ? kind : 'mixed') : numeric ? 'number' : 'mixed',
  }
}
