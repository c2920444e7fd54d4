import { ArgumentError, DataError, checkInteger, checkNumber, checkObject, expected, show } from '../../errors'
import { idKey, isMissing } from '../values'
import type { CleaningStep } from './clean'
import { checkUnit, momentsOf, type TimeUnit } from './time-unit'

export interface DropBotsOptions {
  /** The column that names the user. Rows without a user are left alone. */
  readonly user: string
  /** The column with the time of a row: dates, or numbers in `unit`. */
  readonly timestamp: string
  /** @defaultValue 'ms' */
  readonly unit?: TimeUnit
  /** More than so many events within a window (ms). @defaultValue `{ events: 120, window: 60_000 }` */
  readonly rate?: { readonly events: number; readonly window: number } | false
  /**
   * At least so many events whose gaps hardly differ: their coefficient of variation (standard deviation by mean) is at most
   * `variation`. People's gaps vary by more than their mean. @defaultValue `{ events: 30, variation: 0.1 }`
   */
  readonly regularity?: { readonly events: number; readonly variation: number } | false
  /** At least so many events, of which at least this share are of one `item` (a column). @defaultValue off */
  readonly repetition?: { readonly item: string; readonly events: number; readonly share: number } | false
}

/**
 * Drops all rows of users that act like machines: too fast, too regular, or at one thing over and over.
 *
 * @throws ArgumentError when an option is not what it should be; DataError, when it runs, where most timestamps are in another unit
 */
export function dropBots(options: DropBotsOptions): CleaningStep {
  const where = 'dropBots'
  checkObject(where, 'options', options)
  const { user, timestamp, unit = 'ms', rate = { events: 120, window: 60_000 }, regularity = { events: 30, variation: 0.1 }, repetition = false } = options
  checkUnit(where, unit)
  if (typeof user !== 'string') throw new ArgumentError(expected(where, 'user', 'the name of a column', user))
  if (typeof timestamp !== 'string') throw new ArgumentError(expected(where, 'timestamp', 'the name of a column', timestamp))
  if (rate) {
    checkInteger(where, 'rate.events', rate.events)
    checkNumber(where, 'rate.window', rate.window, { above: 0 })
  }
  if (regularity) {
    checkInteger(where, 'regularity.events', regularity.events, 3)
    checkNumber(where, 'regularity.variation', regularity.variation, { min: 0 })
  }
  if (repetition) {
    checkInteger(where, 'repetition.events', repetition.events, 2)
    checkNumber(where, 'repetition.share', repetition.share, { above: 0, max: 1 })
    if (typeof repetition.item !== 'string') throw new ArgumentError(expected(where, 'repetition.item', 'the name of a column', repetition.item))
  }
  return {
    name: 'bots',
    find(view, left, drop, note) {
      const moments = momentsOf(where, view, left, timestamp, unit)
      const readUser = view.column(user)
      const readItem = repetition ? view.column(repetition.item) : undefined
      const byUser = new Map<string, number[]>()
      for (let r = 0; r < view.rows; r++) {
        const value = left[r] === 1 ? readUser(r) : undefined
        if (value === null || value === undefined) continue
        const key = idKey(value)
        if (key === undefined) throw new DataError(`feedrank/${where}: expected column ${show(user)} to hold ids, got ${show(value)} at row ${r}`)
        const rows = byUser.get(key)
        if (rows) rows.push(r)
        else byUser.set(key, [r])
      }
      let bots = 0
      for (const [name, rows] of byUser) {
        const times = Float64Array.from(rows.map((r) => moments[r]).filter((moment) => !Number.isNaN(moment))).sort()
        const found = (rate && tooFast(times, rate)) || (regularity && tooRegular(times, regularity)) || (repetition && tooRepetitive(rows.map((r) => readItem?.(r)), repetition))
        if (!found) continue
        bots++
        for (const r of rows) drop(r, `of user ${show(name)}: ${found}`)
      }
      if (bots > 0) note(`${bots} of ${byUser.size} users`)
    },
  }
}

function tooFast(times: Float64Array, { events, window }: { readonly events: number; readonly window: number }): string | false {
  for (let i = events; i < times.length; i++) if (times[i] - times[i - events] < window) return `more than ${events} events within ${window} ms`
  return false
}

function tooRegular(times: Float64Array, { events, variation }: { readonly events: number; readonly variation: number }): string | false {
  if (times.length < events) return false
  const gaps = times.subarray(1).map((time, i) => time - times[i])
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  // Events of one moment are a batch, and say nothing of regularity.
  if (mean === 0) return false
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  return deviation / mean <= variation && `${times.length} events at gaps that vary by ${(deviation / mean).toFixed(3)} of their mean`
}

/** An event without an item counts, but is not one more of the same. */
function tooRepetitive(items: readonly unknown[], { events, share, item }: { readonly events: number; readonly share: number; readonly item: string }): string | false {
  if (items.length < events) return false
  const counts = new Map<unknown, number>()
  let most = 0
  for (const one of items) {
    if (isMissing(one)) continue
    const count = (counts.get(one) ?? 0) + 1
    counts.set(one, count)
    most = Math.max(most, count)
  }
  return most >= share * items.length && `${most} of ${items.length} events on one ${item}`
}
