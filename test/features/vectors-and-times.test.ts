import { describe, expect, expectTypeOf, it } from 'vitest'
import { tableOf } from '../../src/data'
import { ArgumentError, DataError } from '../../src/errors'
import { age, calendar, categorical, cross, defineFeatures, sequence, text, vector, weightedBag, type CalendarPart, type EncodedRows, type Moment, type RowOf } from '../../src/features'
import golden from '../golden/features.json'
import { caught } from '../models/caught'

const numbersOf = ({ columns }: EncodedRows, name: string): number[] => {
  const column = columns.get(name)
  if (column?.kind !== 'dense') throw new Error(`${name} is ${column?.kind}`)
  return [...column.values]
}

describe('vectors', () => {
  const spec = defineFeatures({ features: { picture: vector({ scope: 'item', size: 2 }) } })
  const fitted = spec.fit([{ picture: [1, 2] }])

  it('are numbers as they are, from arrays, typed arrays and tables', () => {
    const rows = [{ picture: [1, -2] }, { picture: Float32Array.of(3, 4) }]
    expect(numbersOf(fitted.encode(rows), 'picture')).toEqual([1, -2, 3, 4])
    expect(numbersOf(fitted.encode(tableOf(rows)), 'picture')).toEqual([1, -2, 3, 4])
    expectTypeOf<RowOf<typeof spec>>().toEqualTypeOf<{ readonly picture: ArrayLike<number> }>()
  })

  it(`have norm 1 as those of ${golden.source}, and zeros stay zeros`, () => {
    const normal = defineFeatures({ features: { picture: vector({ scope: 'item', size: 2, normalize: 'l2' }) } }).fit([{ picture: [1, 2] }])
    const values = numbersOf(normal.encode(golden.normalized.vectors.map((picture) => ({ picture }))), 'picture')
    golden.normalized.l2.flat().forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6))
    expect(numbersOf(normal.encode([{ picture: [1e-200, 1e-200] }, { picture: [1e300, -1e300] }]), 'picture').map((v) => v.toFixed(3))).toEqual(['0.707', '0.707', '0.707', '-0.707'])
  })

  it('may be missing, and then zeros, with a flag or without', () => {
    const of = (missing: 'zeros' | 'zeros-and-flag') => defineFeatures({ features: { picture: vector({ scope: 'item', size: 2, missing }) } }).fit([{ picture: null }])
    expect(numbersOf(of('zeros').encode([{ picture: null }, { picture: [1, 2] }, {}]), 'picture')).toEqual([0, 0, 1, 2, 0, 0])
    expect(numbersOf(of('zeros-and-flag').encode([{ picture: null }, { picture: [1, 2] }, {}]), 'picture')).toEqual([0, 0, 1, 1, 2, 0, 0, 0, 1])
    // An empty list is no missing one.
    expect(() => of('zeros').encode([{ picture: [] }])).toThrow(/rows\[0\].picture` to be an array of 2 numbers, got an array of 0/)
  })

  it.each<[unknown, RegExp]>([
    [[1], /an array of 2 numbers, got an array of 1/], [[1, 2, 3], /got an array of 3/], [null, /an array of 2 numbers, got null/], ['1,2', /got "1,2"/],
    [[1, NaN], /a finite number, got NaN/], [[1, null], /a finite number, got null/], [[1, '2'], /got "2"/], [[1, 1e39], /a number that fits a 32-bit float, got 1e\+39/],
  ])('%j is an error with its row', (picture, message) => {
    for (const run of [() => fitted.encode([{ picture: [1, 2] }, { picture: picture as never }]), () => spec.fit([{ picture: [1, 2] }, { picture: picture as never }])]) {
      expect(String(caught(run))).toMatch(/rows\[1\].picture/)
      expect(String(caught(run))).toMatch(message)
      expect(DataError.isInstance(caught(run))).toBe(true)
    }
  })
})

describe('ages', () => {
  const raw = { transform: 'none', scale: 'none' } as const
  const hours = defineFeatures({ features: { postedAt: age({ scope: 'pair', at: 'shownAt', ...raw }) } })
  const now = Date.UTC(2026, 10, 20, 12)
  const fitted = hours.fit([{ postedAt: now, shownAt: now }])

  it('are the time gone by at the event, whatever moments are written in', () => {
    const posted: readonly Moment[] = [now - 3_600_000, new Date(now - 3_600_000), '2026-11-20T11:00:00Z', '2026-11-20T12:00:00+01:00', '2026-11-20 06:30:00.000-0430']
    expect(numbersOf(fitted.encode(posted.map((postedAt) => ({ postedAt, shownAt: now }))), 'postedAt')).toEqual([1, 1, 1, 1, 1])
    expect(numbersOf(fitted.encode([{ postedAt: '2026-11-20', shownAt: now }]), 'postedAt')).toEqual([12])
    expect(numbersOf(fitted.encode(tableOf({ postedAt: [new Date(now - 7_200_000)], shownAt: Float64Array.of(now) })), 'postedAt')).toEqual([2])
  })

  it.each([['seconds', 1], ['minutes', 60], ['hours', 3600], ['days', 86_400], ['weeks', 604_800], ['years', 31_557_600]] as const)('are counted in %s', (unit, seconds) => {
    const spec = defineFeatures({ features: { at: age({ scope: 'pair', at: 'now', unit, epoch: 's', ...raw }) } }).fit([{ at: 0, now: 1 }])
    expect(numbersOf(spec.encode([{ at: 1000, now: 1000 + 3 * seconds }]), 'at')).toEqual([3])
  })

  it('are numbers like others: clipped, transformed, scaled, filled', () => {
    const spec = defineFeatures({ features: { at: age({ scope: 'item', at: 'now', unit: 'days', clip: [0, 30], missing: { fill: 30, flag: true } }) } })
    const rows = [{ at: 0, now: 0 }, { at: 0, now: 86_400_000 * 9 }, { at: 0, now: 86_400_000 * 90 }]
    const logs = [0, Math.log1p(9), Math.log1p(30)]
    const mean = (logs[0] + logs[1] + logs[2]) / 3
    const deviation = Math.sqrt(logs.reduce((sum, l) => sum + (l - mean) ** 2, 0) / 3)
    const values = numbersOf(spec.fit(rows).encode([...rows, { at: null, now: 5 }, { at: 5 }]), 'at')
    ;[...logs, logs[2], logs[2]].forEach((log, i) => expect(values[2 * i]).toBeCloseTo((log - mean) / deviation, 5))
    expect(values.filter((_, i) => i % 2 === 1)).toEqual([0, 0, 0, 1, 1])
  })

  it('of what is yet to come are an error, 0, or negative', () => {
    const of = (negative: 'error' | 'zero' | 'keep') => defineFeatures({ features: { at: age({ scope: 'pair', at: 'now', unit: 'seconds', negative, ...raw }) } }).fit([{ at: 0, now: 0 }])
    expect(numbersOf(of('zero').encode([{ at: 5000, now: 0 }]), 'at')).toEqual([0])
    expect(numbersOf(of('keep').encode([{ at: 5000, now: 0 }]), 'at')).toEqual([-5])
    expect(() => of('error').encode([{ at: 5000, now: 0 }])).toThrow(
      'rows[0].at` to be no later than `now` (1970-01-01T00:00:00.000Z), got "1970-01-01T00:00:05.000Z"')
  })

  it('ask for both columns', () => {
    expectTypeOf<RowOf<typeof hours>>().toEqualTypeOf<{ readonly postedAt: Moment; readonly shownAt: Moment }>()
    // @ts-expect-error the event's own moment is missing
    expect(() => fitted.encode([{ postedAt: 0 }])).toThrow(/rows\[0\].shownAt` to be there/)
  })

  it.each<[unknown, RegExp]>([
    [NaN, /NaN/], [Infinity, /Infinity/], [9e15, /a moment.*got 9000000000000000/], [new Date(NaN), /a moment/], ['2026-02-30', /got "2026-02-30"/], ['2026-11-20T10:00:00', /its zone/],
    ['20/11/2026', /a moment/], ['', /a moment/], [true, /got true/], [null, /got null/], [[1], /an array of 1/],
  ])('%s is no moment', (postedAt, message) => {
    const error = caught(() => fitted.encode([{ postedAt: postedAt as never, shownAt: now }]))
    expect(String(error)).toMatch(message)
    expect(DataError.isInstance(error)).toBe(true)
  })
})

describe('calendars', () => {
  const parts: readonly CalendarPart[] = ['hour-of-day', 'day-of-week', 'day-of-month', 'day-of-year']
  it.each(parts)('%s is by the clock of the zone, as zoneinfo has it', (part) => {
    for (const zone of new Set(golden.clocks.map((row) => row.zone))) {
      const rows = golden.clocks.filter((row) => row.zone === zone)
      const fixed = defineFeatures({ features: { at: calendar({ scope: 'context', part, timeZone: zone }) } }).fit([{ at: 0 }])
      const byColumn = defineFeatures({ features: { at: calendar({ scope: 'context', part, timeZoneColumn: 'zone' }) } }).fit([{ at: 0, zone: 'UTC' }])
      const values = numbersOf(fixed.encode(rows.map(({ ms }) => ({ at: ms }))), 'at')
      expect(numbersOf(byColumn.encode(rows.map(({ ms }) => ({ at: ms, zone }))), 'at')).toEqual(values)
      rows.forEach((row, i) => {
        const angle = 2 * Math.PI * row[part]
        expect([values[2 * i], values[2 * i + 1]].map((v) => v.toFixed(5)), `${zone} ${new Date(row.ms).toISOString()}`)
          .toEqual([Math.sin(angle), Math.cos(angle)].map((v) => Math.fround(v).toFixed(5)))
      })
    }
  })

  it('changes to summer time at the second that clocks do', () => {
    const spec = defineFeatures({ features: { at: calendar({ scope: 'context', part: 'hour-of-day', timeZone: 'Europe/Lisbon' }) } }).fit([{ at: 0 }])
    const hour = (text: string) => {
      const [sin, cos] = numbersOf(spec.encode([{ at: text }]), 'at')
      return ((Math.atan2(sin, cos) / (2 * Math.PI)) * 24 + 24) % 24
    }
    expect(hour('2024-03-31T00:59:59.999Z')).toBeCloseTo(1, 4)
    expect(hour('2024-03-31T01:00:00Z')).toBeCloseTo(2, 4)
  })

  it('of a missing moment may be the centre', () => {
    const spec = defineFeatures({ features: { at: calendar({ scope: 'context', part: 'hour-of-day', timeZoneColumn: 'zone', missing: 'centre' }) } }).fit([{}])
    expect(numbersOf(spec.encode([{ at: null, zone: 'UTC' }, { at: 0, zone: null }, { at: 0, zone: 'UTC' }]), 'at')).toEqual([0, 0, 0, 0, 0, 1])
  })

  it('in a zone that is not there is an error with its row', () => {
    const spec = defineFeatures({ features: { at: calendar({ scope: 'context', part: 'hour-of-day', timeZoneColumn: 'zone' }) } }).fit([{ at: 0, zone: 'UTC' }])
    for (const zone of ['Europe/Atlantis', '', '__proto__', 5 as never]) {
      const error = caught(() => spec.encode([{ at: 0, zone: 'UTC' }, { at: 0, zone }]))
      expect(String(error)).toMatch(/rows\[1\].zone` to be the IANA name of a time zone/)
      expect(DataError.isInstance(error)).toBe(true)
    }
  })
})

it('cannot be crossed: neither numbers nor weights have a place in a cross', () => {
  const features = {
    topic: categorical({ scope: 'item' }), picture: vector({ scope: 'item', size: 2 }), bag: weightedBag({ scope: 'item', weights: 'w' }),
    read: sequence({ scope: 'user', maxLength: 3 }), title: text({ scope: 'item', buckets: 9 }),
  }
  // @ts-expect-error a vector has no ids
  expect(() => defineFeatures({ features, crosses: { x: cross(['topic', 'picture'], { buckets: 9 }) } })).toThrow(/picture, which is vector/)
  // @ts-expect-error a cross would lose the weights
  expect(() => defineFeatures({ features, crosses: { x: cross(['topic', 'bag'], { buckets: 9 }) } })).toThrow(/bag, which is weighted-bag/)
  const spec = defineFeatures({ features: { ...features, bag: features.topic }, crosses: { x: cross(['read', 'title', 'topic'], { buckets: 99 }) } })
  const row = { topic: 't', picture: [1, 2], bag: 'b', read: ['a', 'b'], title: 'one two three' }
  expect(spec.fit([row]).encode([row]).columns.get('x')).toMatchObject({ kind: 'bags', offsets: Int32Array.of(0, 6) })
})

it.each<[() => unknown, RegExp]>([
  [() => vector({ scope: 'item', size: 0 }), /`size` to be a positive integer/],
  [() => vector({ scope: 'item', size: 2, normalize: 'l1' as never }), /`normalize` to be 'none' or 'l2'/],
  [() => age({ scope: 'item' } as never), /`at` to be the name of a column, got undefined/],
  [() => age({ scope: 'item', at: 'now', unit: 'months' as never }), /`unit` to be 'seconds' or .*, got "months"/],
  [() => age({ scope: 'item', at: 'now', missing: 'zero' as never }), /`missing`/],
  [() => age({ scope: 'item', at: 'now', clip: [2, 1] }), /`clip\[1\]`/],
  [() => calendar({ scope: 'context', part: 'hour' as never }), /`part` to be 'hour-of-day' or/],
  [() => calendar({ scope: 'context', part: 'hour-of-day', timeZone: 'Europe/Atlantis' }), /`timeZone` to be the IANA name of a time zone, such as Europe\/Lisbon, got "Europe\/Atlantis"/],
  [() => calendar({ scope: 'context', part: 'hour-of-day', timeZone: 'Asia/Tokyo', timeZoneColumn: 'zone' }), /`timeZone` to be left out/],
])('%# is refused', (run, message) => {
  expect(String(caught(run))).toMatch(message)
  expect(ArgumentError.isInstance(caught(run))).toBe(true)
})
