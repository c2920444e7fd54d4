import { cellReader } from '../data/table'
import { isMissing } from '../data/values'
import { ArgumentError, expected } from '../errors'
import type { Cells } from './cells'
import { badCell } from './cells'
import type { FeatureBase, FeatureKind, FeatureOptions, Reads, Scope } from './feature'
import { checkBase, checkChoice, checkingFitter } from './feature'
import type { MissingPhase } from './cyclical'
import type { Moment } from './moments-of'
import { momentsOf } from './moments-of'
import type { ZoneOffset } from './time-zone'
import { zoneOffset } from './time-zone'

/** What comes round again: the hour in the day, the day in the week, the month or the year. */
export type CalendarPart = 'hour-of-day' | 'day-of-week' | 'day-of-month' | 'day-of-year'

/** Where in the day, week, month or year a moment is. Made by {@link calendar}. */
export interface CalendarFeature<S extends Scope = Scope, Column extends string = string, Zones extends string = string, M extends MissingPhase = MissingPhase>
  extends FeatureBase<S, Column, M extends 'error' ? Moment : Moment | null | undefined, Reads<Zones, M extends 'error' ? string : string | null | undefined>> {
  readonly kind: 'calendar'
  readonly part: CalendarPart
  readonly timeZone: string
  readonly timeZoneColumn?: Zones
  readonly epoch: 'ms' | 's'
  readonly missing: M
}

export interface CalendarOptions<S extends Scope, Column extends string, Zones extends string, M extends MissingPhase> extends FeatureOptions<S, Column> {
  readonly part: CalendarPart
  /** Whose clock is looked at: an IANA name such as `'Europe/Lisbon'`; summer time is taken into account. @defaultValue 'UTC' */
  readonly timeZone?: string
  /** A column with the IANA name of the time zone of each row, where users live in several. @defaultValue none */
  readonly timeZoneColumn?: Zones
  /** What numbers count since 1970. @defaultValue 'ms' */
  readonly epoch?: 'ms' | 's'
  /** @defaultValue 'error' */
  readonly missing?: M
}

/**
 * Where in the day, week, month or year a moment is, as a point on a circle: `[sin(2πp), cos(2πp)]`.
 *
 * `p` is the share of it that has gone by, to the millisecond, on the clocks of a time zone: of `hour-of-day` 0.25 at 06:00,
 * of `day-of-week` 0 on Monday at 00:00, of `day-of-month` and `day-of-year` by the length of that month and year. Moments
 * are Dates, ms since 1970 (or seconds, by `epoch`), or texts of ISO 8601 that name their zone. Without a time zone it is
 * UTC's clock, the same on every machine.
 *
 * @throws ArgumentError when an option is out of range, or there is no such time zone.
 * @example
 * ```ts
 * import { calendar, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { hour: calendar({ scope: 'context', column: 'at', part: 'hour-of-day', timeZone: 'Asia/Tokyo' }) } })
 * const { columns } = spec.fit([{ at: 0 }]).encode([{ at: '2026-11-20T15:00:00Z' }])
 * console.log(columns.get('hour')) // { kind: 'dense', values: Float32Array(2) [ 0, 1 ], width: 2 }
 * ```
 */
export function calendar<const S extends Scope, const Column extends string = never, const Zones extends string = never, const M extends MissingPhase = 'error'>(
  options: CalendarOptions<S, Column, Zones, M>,
): CalendarFeature<S, NoInfer<Column>, NoInfer<Zones>, NoInfer<M>> {
  const where = 'calendar'
  const base = checkBase(where, options)
  const { part, timeZone = 'UTC', timeZoneColumn, epoch = 'ms', missing = 'error' } = options
  checkChoice(where, 'part', part, Object.keys(phases) as CalendarPart[])
  if (typeof timeZone !== 'string' || zoneOf(timeZone) === undefined)
    throw new ArgumentError(expected(where, 'timeZone', 'the IANA name of a time zone, such as Europe/Lisbon', timeZone))
  if (timeZoneColumn !== undefined && typeof timeZoneColumn !== 'string')
    throw new ArgumentError(expected(where, 'timeZoneColumn', 'the name of a column', timeZoneColumn))
  if (timeZoneColumn !== undefined && timeZone !== 'UTC')
    throw new ArgumentError(expected(where, 'timeZone', 'left out where a column has the time zones', timeZone))
  checkChoice(where, 'epoch', epoch, ['ms', 's'])
  checkChoice(where, 'missing', missing, ['error', 'centre'])
  return Object.freeze({
    kind: where, ...base, part, timeZone, ...(timeZoneColumn !== undefined && { timeZoneColumn }), epoch, missing: missing as M,
  })
}

const day = 86_400_000

/** The share that has gone by, from what the clock shows, in ms as if it were UTC. */
const phases: Readonly<Record<CalendarPart, (shown: number) => number>> = {
  'hour-of-day': (shown) => share(shown / day),
  // 1970 began on a Thursday.
  'day-of-week': (shown) => share((shown / day + 3) / 7),
  'day-of-month': (shown) => between(shown, (date) => [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCMonth() + 1]),
  'day-of-year': (shown) => between(shown, (date) => [date.getUTCFullYear(), 0, 12]),
}

const share = (turns: number) => turns - Math.floor(turns)

function between(shown: number, monthsOf: (date: Date) => readonly [year: number, from: number, to: number]): number {
  const [year, from, to] = monthsOf(new Date(shown))
  const start = new Date(0).setUTCFullYear(year, from, 1)
  return (shown - start) / (new Date(0).setUTCFullYear(year, to, 1) - start)
}

// A clock is slow to make and remembers what it was asked, so the process has one for each zone.
const zones = new Map<string, ZoneOffset | undefined>()

function zoneOf(name: string): ZoneOffset | undefined {
  if (!zones.has(name) && zones.size < 1000) zones.set(name, zoneOffset(name))
  return zones.has(name) ? zones.get(name) : zoneOffset(name)
}

export const calendarKind: FeatureKind<CalendarFeature> = {
  make: calendar,
  crossable: false,
  reads: ({ timeZoneColumn }) => (timeZoneColumn === undefined ? [] : [timeZoneColumn]),
  fitter: (feature) => checkingFitter(calendarEncoder(feature)),
  restore: calendarEncoder,
}

function calendarEncoder({ part, timeZone, timeZoneColumn, epoch, missing }: CalendarFeature) {
  const phase = phases[part]
  const fixed = zoneOf(timeZone)
  return {
    encoding: { kind: 'dense', width: 2 } as const,
    encode(cells: Cells, zoneCells?: Cells) {
      const moments = momentsOf(cells, missing === 'centre', epoch === 's' ? 1000 : 1)
      const offsetAt = zoneCells === undefined ? () => fixed : zoneReader(zoneCells, missing === 'centre')
      const values = new Float32Array(2 * moments.length)
      for (let row = 0; row < moments.length; row++) {
        const moment = moments[row]
        const offset = offsetAt(row)
        if (moment !== moment || offset === undefined) continue // missing
        const angle = 2 * Math.PI * phase(moment + offset(moment))
        values[2 * row] = Math.sin(angle)
        values[2 * row + 1] = Math.cos(angle)
      }
      return { kind: 'dense', values, width: 2 } as const
    },
    state: Object.freeze({}),
    summary: `sine and cosine of the ${part.replaceAll('-', ' ')}, ${timeZoneColumn === undefined ? timeZone : `clocks by ${timeZoneColumn}`}`,
  }
}

/** The zone of each row; undefined where it is missing and may be. */
function zoneReader(cells: Cells, optional: boolean): (row: number) => ZoneOffset | undefined {
  const read = cellReader(cells.column)
  return (row) => {
    const name = read(row)
    if (optional && isMissing(name)) return undefined
    const zone = typeof name === 'string' ? zoneOf(name) : undefined
    if (zone === undefined) throw badCell(cells, row, 'the IANA name of a time zone, such as Europe/Lisbon', name)
    return zone
  }
}
