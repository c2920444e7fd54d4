import { cellReader } from '../data/table'
import { isMissing } from '../data/values'
import type { Cells } from './cells'
import { badCell, numbersOf } from './cells'

/** A moment: a Date, ms since 1970, or a text of ISO 8601 that names its zone. */
export type Moment = Date | number | string

/** Days without a time are UTC by the standard; a time without a zone would be another moment on another machine. */
const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/

/** What Date can hold: ±8.64e15 ms. */
const farthest = 8.64e15

const moment = 'a moment: a Date, ms since 1970, or a text of ISO 8601 with its zone (2026-11-20T11:30:00Z)'

/**
 * The cells as ms since 1970, NaN where there is none. Numbers count `msPerUnit` ms each.
 *
 * @throws DataError for what is no moment, and for a missing one unless `optional`
 */
export function momentsOf(cells: Cells, optional: boolean, msPerUnit = 1): Float64Array {
  const { column, length } = cells
  if (column.kind === 'number') return inRange(cells, numbersOf(cells, optional), msPerUnit)
  const moments = new Float64Array(length)
  const read = cellReader(column)
  for (let i = 0; i < length; i++) {
    const value = read(i)
    if (optional && isMissing(value)) moments[i] = NaN
    else {
      moments[i] = momentOf(value, msPerUnit)
      if (!(Math.abs(moments[i]) <= farthest)) throw badCell(cells, i, moment, value)
    }
  }
  return moments
}

function inRange(cells: Cells, numbers: Float64Array, msPerUnit: number): Float64Array {
  const moments = msPerUnit === 1 ? numbers : numbers.map((number) => number * msPerUnit)
  for (let i = 0; i < moments.length; i++) if (Math.abs(moments[i]) > farthest) throw badCell(cells, i, moment, numbers[i])
  return moments
}

function momentOf(value: unknown, msPerUnit: number): number {
  if (typeof value === 'number') return value * msPerUnit
  if (typeof value === 'bigint') return Number(value) * msPerUnit
  if (typeof value === 'string') return momentOfText(value)
  return Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : NaN
}

/** A text of ISO 8601 that names its zone, or is a day alone, in ms since 1970; NaN for any other. */
export function momentOfText(text: string): number {
  if (!iso.test(text)) return NaN
  // Engines take the 30th of February for a day in March.
  const day = new Date(text.slice(0, 10))
  if (Number.isNaN(Number(day)) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) return NaN
  return Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
}
