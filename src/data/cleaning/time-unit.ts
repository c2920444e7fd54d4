import { ArgumentError, DataError, expected, show } from '../../errors'
import { momentReader, type RowsView } from '../rows-view'

/** The unit of timestamps that are numbers. Dates are in ms, whatever is said. */
export type TimeUnit = 's' | 'ms' | 'us'

const perUnit: Readonly<Record<TimeUnit, number>> = { s: 1000, ms: 1, us: 1e-3 }

export function checkUnit(where: string, unit: TimeUnit): TimeUnit {
  if (!Object.hasOwn(perUnit, unit)) throw new ArgumentError(expected(where, 'unit', "'s', 'ms' or 'us'", unit))
  return unit
}

// 1985 to 2128, in seconds: what a clock of our time shows, and in ms the January of 1970.
const [earliest, latest] = [5e8, 5e9]

/** The unit that a timestamp is in, by its size; undefined for what is no clock time in any. */
export function looksLike(value: number): TimeUnit | undefined {
  for (const unit of ['s', 'ms', 'us'] as const) {
    const seconds = (value * perUnit[unit]) / 1000
    if (seconds >= earliest && seconds < latest) return unit
  }
  return undefined
}

/**
 * The moments of rows in ms, NaN where there is none.
 *
 * @throws DataError when most of them are in another unit, by their size: nothing computed with them would hold
 */
export function momentsOf(where: string, view: RowsView, left: Uint8Array, column: string, unit: TimeUnit): Float64Array {
  const raw = view.column(column)
  const read = momentReader(where, view, column)
  const moments = new Float64Array(view.rows).fill(NaN)
  const others = new Map<TimeUnit, number>()
  let counted = 0
  for (let r = 0; r < view.rows; r++) {
    if (left[r] === 0) continue
    const value = read(r)
    const isDate = typeof raw(r) === 'object'
    moments[r] = isDate ? value : value * perUnit[unit]
    if (isDate || Number.isNaN(value)) continue
    counted++
    const other = looksLike(value)
    if (other !== undefined && other !== unit) others.set(other, (others.get(other) ?? 0) + 1)
  }
  for (const [other, count] of others)
    if (2 * count > counted) throw new DataError(`feedrank/${where}: expected timestamps in ${unit} in column ${show(column)}, got what looks like ${other} in ${count} of ${counted} rows; set \`unit: '${other}'\` if it is`)
  return moments
}
