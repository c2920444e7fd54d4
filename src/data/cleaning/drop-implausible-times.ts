import { checkMoment, checkNumber, checkObject } from '../../errors'
import type { CleaningStep } from './clean'
import { checkUnit, looksLike, momentsOf, type TimeUnit } from './time-unit'

export interface DropImplausibleTimesOptions {
  /** The column with the time of a row: dates, or numbers in `unit`. */
  readonly timestamp: string
  /** The moment at which the log was taken, in ms or as a Date: what is after it is in the future. */
  readonly now: number | Date
  /** The first moment that may be, in ms or as a Date. @defaultValue ten years before `now` */
  readonly oldest?: number | Date
  /** How far clocks may be ahead, in ms. @defaultValue 0 */
  readonly ahead?: number
  /** @defaultValue 'ms' */
  readonly unit?: TimeUnit
}

const tenYears = 3653 * 86_400_000

/**
 * Drops rows without a time, in the future, or too old; the report says which of them look like another unit.
 *
 * @throws ArgumentError when an option is not what it should be; DataError, when it runs, where most timestamps are in another
 * unit than said: ms taken for seconds put every event into the future, seconds for ms into 1970
 */
export function dropImplausibleTimes(options: DropImplausibleTimesOptions): CleaningStep {
  const where = 'dropImplausibleTimes'
  checkObject(where, 'options', options)
  const { timestamp, ahead = 0, unit = 'ms' } = options
  const now = checkNumber(where, 'now', checkMoment(where, 'now', options.now))
  const oldest = checkNumber(where, 'oldest', options.oldest === undefined ? now - tenYears : checkMoment(where, 'oldest', options.oldest), { max: now })
  checkNumber(where, 'ahead', ahead, { min: 0 })
  checkUnit(where, unit)
  return {
    name: 'times',
    find(view, left, drop) {
      const moments = momentsOf(where, view, left, timestamp, unit)
      const raw = view.column(timestamp)
      for (let r = 0; r < view.rows; r++) {
        if (left[r] === 0) continue
        const moment = moments[r]
        if (Number.isNaN(moment)) drop(r, `without ${timestamp}`)
        if (moment >= oldest && moment <= now + ahead) continue
        const value = raw(r)
        const other = typeof value === 'number' ? looksLike(value) : undefined
        const seems = other !== undefined && other !== unit ? `, in ${other} and not ${unit} by its size` : ''
        drop(r, `${moment < oldest ? 'too old' : 'in the future'}${seems}`)
      }
    },
  }
}
