import type { Table } from '../../data/table'
import { tableColumn } from '../../data/table'
import { takeCells } from '../../data/table-rows'
import type { Cells } from '../cells'
import { momentsOf } from '../moments-of'
import { type Draft, type DraftCall, leftOut, percent } from './draft'
import { namesATime, namesTheEvent, wordsOf } from './names'
import type { Profile } from './profile'

/** How the moments of a column are written. */
export interface TimeForm {
  readonly epoch: 'ms' | 's'
  /** False for times of day of no zone. */
  readonly zoned: boolean
}

/** The moments at which the events happened. */
export interface EventTime extends TimeForm {
  readonly column: string
  /** Whether it is missing in some rows. */
  readonly optional: boolean
  /** Those of another column of that form. */
  readonly ages: (column: string, form: TimeForm) => Ages
}

/** How old something was at the events. */
interface Ages {
  readonly medianHours: number
  /** In how many rows it was yet to come. */
  readonly negative: number
}

/** The form of a column of moments, or undefined for any other. */
export function timeOf({ name, kinds, texts, numbers }: Profile): TimeForm | undefined {
  if (kinds.length !== 1) return undefined
  if (kinds[0] === 'date' || (kinds[0] === 'text' && texts?.dates === true)) return { epoch: 'ms', zoned: texts?.zoned ?? true }
  if (kinds[0] !== 'number' || numbers === undefined || !namesATime(wordsOf(name))) return undefined
  // From 1973 on in ms, from 1990 to 2200 in s.
  if (numbers.min >= 1e11 && numbers.max <= 8.64e15) return { epoch: 'ms', zoned: true }
  return numbers.min >= 6.3e8 && numbers.max < 7.3e9 ? { epoch: 's', zoned: true } : undefined
}

/** The column with the moment of the event: told, or by its name. */
export function eventTimeOf(table: Table, indices: Int32Array, profiles: readonly Profile[], told: string | undefined): EventTime | undefined {
  const found = profiles.filter((profile) => timeOf(profile)?.zoned === true)
    .find(({ name }) => (told === undefined ? namesTheEvent(wordsOf(name)) : name === told))
  if (found === undefined) return undefined
  const form = timeOf(found)!
  return { column: found.name, optional: found.optional, ...form, ages: (column, other) => agesOf(momentsIn(table, indices, column, other), momentsIn(table, indices, found.name, form)) }
}

function momentsIn(table: Table, indices: Int32Array, name: string, { epoch }: TimeForm): Float64Array {
  const column = takeCells(tableColumn('inferSpec', table, name), indices)
  const cells: Cells = { where: 'inferSpec', name, length: indices.length, column, row: (cell) => indices[cell] }
  return momentsOf(cells, true, epoch === 's' ? 1000 : 1)
}

function agesOf(begins: Float64Array, ends: Float64Array): Ages {
  const ages = begins.map((begin, row) => ends[row] - begin).filter((age) => age === age).sort()
  return { medianHours: ages[ages.length >> 1] / 3_600_000, negative: ages.filter((age) => age < 0).length }
}

/** A moment never comes again: of the event's own, hour and weekday do; of others, the age counts. */
export function draftTime(profile: Profile, form: TimeForm, event: EventTime | undefined): Draft {
  const { name, rows, optional } = profile
  if (!form.zoned) return leftOut(name, 'moments without a time zone: another moment on another machine')
  const epoch = form.epoch === 's' && { epoch: 's' }
  if (event?.column === name) {
    const part = (suffix: string, part: string): DraftCall =>
      ({ name: `${name}${suffix}`, factory: 'calendar', options: { scope: 'context', column: name, part, ...epoch, ...(optional && { missing: 'centre' }) } })
    return {
      column: name, use: 'feature', scope: 'context', calls: [part('Hour', 'hour-of-day'), part('Weekday', 'day-of-week')],
      reason: 'the moment of the event never comes again, its hour and weekday do; on UTC\'s clock, so set `timeZone`',
    }
  }
  if (event === undefined) return leftOut(name, 'a moment never comes again, and there is no column with the moment of the event to count an age from')
  const { medianHours, negative } = event.ages(name, form)
  if (Number.isNaN(medianHours)) return leftOut(name, `never there where \`${event.column}\` is`)
  if (negative > 0) return leftOut(name, `later than \`${event.column}\` in ${percent(negative, rows)} of rows: it may know the future`)
  if (form.epoch !== event.epoch) return leftOut(name, `moments in other units than those of \`${event.column}\``)
  const options = { scope: 'pair', at: event.column, ...(medianHours > 72 && { unit: 'days' }), ...epoch, ...((optional || event.optional) && { missing: { fill: 'mean', flag: true } }) }
  return { column: name, use: 'feature', scope: 'pair', calls: [{ name, factory: 'age', options }], reason: `a moment never comes again, so how old it is at \`${event.column}\`` }
}
