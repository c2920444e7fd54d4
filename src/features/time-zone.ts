/** By how many ms the clocks of a zone are before UTC at a moment. */
export type ZoneOffset = (moment: number) => number

/** Clocks change at whole quarters of an hour, but for a few in the past; an offset that holds at both ends of one holds in it. */
const quarter = 15 * 60_000

/** Quarters remembered of a zone: 11 years. */
const mostRemembered = 400_000

/** The offset of an IANA time zone, or undefined where there is none of that name. */
export function zoneOffset(name: string): ZoneOffset | undefined {
  if (name === 'UTC') return () => 0
  const clock = clockOf(name)
  if (clock === undefined) return undefined
  const exact = (moment: number): number => wallClock(clock, moment) - Math.floor(moment / 1000) * 1000
  const remembered = new Map<number, number>()
  const at = (quarters: number): number => {
    let offset = remembered.get(quarters)
    if (offset === undefined) {
      if (remembered.size >= mostRemembered) remembered.clear()
      remembered.set(quarters, (offset = exact(quarters * quarter)))
    }
    return offset
  }
  return (moment) => {
    const quarters = Math.floor(moment / quarter)
    const offset = at(quarters)
    return offset === at(quarters + 1) ? offset : exact(moment)
  }
}

function clockOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', era: 'short',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    })
  } catch {
    return undefined
  }
}

/** What the clock shows, as if it were UTC, to the second. */
function wallClock(clock: Intl.DateTimeFormat, moment: number): number {
  const shown = new Map(clock.formatToParts(moment).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(shown.get(type))
  const year = shown.get('era') === 'BC' ? 1 - part('year') : part('year')
  const date = new Date(0)
  date.setUTCFullYear(year, part('month') - 1, part('day'))
  return date.setUTCHours(part('hour'), part('minute'), part('second'))
}
