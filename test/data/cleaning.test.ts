import { describe, expect, it } from 'vitest'
import { clean, describeCleaning, dropBadLabels, dropBots, dropDuplicates, dropImplausibleTimes, dropMissing, rowsOf, seededRandom, tableOf } from '../../src'
import type { CleaningStep } from '../../src'

const now = Date.UTC(2026, 0, 1)
const minute = 60_000

/** Cleans rows as objects and as a table, which must come to the same. */
function cleaned<R extends object>(rows: readonly R[], steps: readonly CleaningStep[]) {
  const ofObjects = clean(rows, steps)
  const ofTable = clean(tableOf(rows), steps)
  expect([...rowsOf(ofTable.rows)]).toEqual([...rowsOf(tableOf(ofObjects.rows.length === 0 ? [] : ofObjects.rows))].map((row) => row))
  expect(ofTable.mask).toEqual(ofObjects.mask)
  expect(ofTable.report.steps.map(({ reasons }) => reasons.map(({ reason, count }) => [reason, count]))).toEqual(ofObjects.report.steps.map(({ reasons }) => reasons.map(({ reason, count }) => [reason, count])))
  return ofObjects
}

const reasonsOf = (rows: readonly object[], step: CleaningStep) =>
  Object.fromEntries(cleaned(rows, [step]).report.steps[0].reasons.map(({ reason, examples }) => [reason, examples.map(({ row }) => row)]))

describe('clean', () => {
  it('keeps and drops what adds up, in order, whatever the rows', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(seed)
      const rows = Array.from({ length: 1 + random.integer(60) }, () => ({
        user: random.next() < 0.1 ? null : `u${random.integer(4)}`, at: now - random.integer(100) * minute, clicked: random.integer(3), item: random.integer(3),
      }))
      const steps = [dropMissing(['user']), dropDuplicates({ by: ['user', 'item'], keep: random.next() < 0.5 ? 'first' : 'last', timestamp: 'at' }), dropBadLabels({ binary: ['clicked'] })]
      const { rows: kept, mask, report } = cleaned(rows, steps)
      expect(kept).toEqual(rows.filter((_, r) => mask[r] === 1))
      expect(report.kept + report.dropped).toBe(rows.length)
      expect(report.steps.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(report.dropped)
      for (const { dropped, reasons } of report.steps) expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(dropped)
      report.steps.reduce((came, step) => {
        expect(step.rows).toBe(came)
        return came - step.dropped
      }, rows.length)
      expect(new Set(kept.map(({ user, item }) => `${user} ${item}`)).size).toBe(kept.length)
      expect(kept.every(({ user, clicked }) => user !== null && clicked < 2)).toBe(true)
      expect(clean(kept, steps).report.dropped).toBe(0)
    }
  })

  it('numbers rows as they were given, and prints its report', () => {
    const { report } = clean([{ a: null }, { a: 1 }, { a: 1 }, { a: 2 }], [dropMissing(['a']), dropDuplicates()])
    expect(report.steps[1].reasons).toEqual([{ reason: 'the same as another row', count: 1, examples: [{ row: 2, values: { a: 1 } }] }])
    expect(describeCleaning(report)).toBe([
      '4 rows: 2 kept, 2 (50.00%) dropped', '  missing: 1 (25.00%) dropped', '    1 without a; rows 0', '  duplicates: 1 (33.33%) dropped', '    1 the same as another row; rows 2',
    ].join('\n'))
  })

  it('names what is not there', () => {
    expect(() => clean([{ user: 1 }], [dropMissing(['usr'])])).toThrow('expected `rows[0].usr` to be there')
    expect(() => clean(tableOf({ user: [1] }), [dropMissing(['usr'])])).toThrow('expected a column "usr", got "user"')
    expect(() => clean([{ a: 1 }], [{} as CleaningStep])).toThrow('`steps[0]`')
    expect(() => clean([{ a: 1 }], [], { examples: NaN })).toThrow('`examples`')
    expect(() => clean('rows' as never, [])).toThrow('an array of rows or a table')
    expect(clean([], [dropMissing(['a'])]).report).toMatchObject({ rows: 0, kept: 0, dropped: 0 })
  })
})

describe('dropMissing', () => {
  it('drops null, absent, empty, NaN and invalid dates, and nothing else', () => {
    const rows = [{ a: null }, {}, { a: '' }, { a: NaN }, { a: 0 }, { a: false }, { a: '0' }, { a: new Date(0) }]
    expect(clean(rows, [dropMissing(['a'])]).rows).toEqual(rows.slice(4))
    expect(clean([{ a: new Date(NaN) }, { a: 1 }], [dropMissing(['a'])]).mask).toEqual(Uint8Array.of(0, 1))
    expect(() => dropMissing([])).toThrow('`columns`')
  })
})

describe('dropDuplicates', () => {
  it('tells values apart, and rows that lack a key', () => {
    expect(reasonsOf([{ a: 1 }, { a: '1' }, { a: true }, { a: 'true' }, { a: null }, {}, { a: [1, '2'] }, { a: ['1', 2] }, { a: [1, '2'] }], dropDuplicates())).toEqual({ 'the same as another row': [5, 8] })
    expect(reasonsOf([{ a: 'x', b: 'yz' }, { a: 'xy', b: 'z' }], dropDuplicates({ by: ['a', 'b'] }))).toEqual({})
    expect(reasonsOf([{ a: 1 }, { a: '1' }, { a: null }, { a: null }], dropDuplicates({ by: ['a'] }))).toEqual({ 'with the a of another row': [1] })
  })

  it('keeps the first or the last, by order or by time', () => {
    const rows = [{ a: 1, at: 5 }, { a: 1, at: 9 }, { a: 1, at: 2 }, { a: 1, at: 9 }]
    const kept = (options: Parameters<typeof dropDuplicates>[0]) => [...clean(rows, [dropDuplicates({ by: ['a'], ...options })]).mask].indexOf(1)
    expect([kept({}), kept({ keep: 'last' }), kept({ timestamp: 'at' }), kept({ timestamp: 'at', keep: 'last' })]).toEqual([0, 3, 2, 3])
  })
})

describe('dropImplausibleTimes', () => {
  it('drops the future, the past and what has no time, and tells other units', () => {
    const rows = [now - minute, now + 1, now - 20 * 365 * 86_400_000, null, (now - minute) / 1000, (now - minute) * 1000].map((at) => ({ at }))
    expect(reasonsOf([...rows, ...rows.slice(0, 1), ...rows.slice(0, 1)], dropImplausibleTimes({ timestamp: 'at', now }))).toEqual({
      'in the future': [1], 'too old': [2], 'without at': [3], 'too old, in s and not ms by its size': [4], 'in the future, in us and not ms by its size': [5],
    })
    expect(reasonsOf([{ at: now + 10 }], dropImplausibleTimes({ timestamp: 'at', now, ahead: 10 }))).toEqual({})
    expect(reasonsOf([{ at: now / 1000 }, { at: now / 1000 + 1 }], dropImplausibleTimes({ timestamp: 'at', now: new Date(now), unit: 's' }))).toEqual({ 'in the future': [1] })
    expect(reasonsOf([{ at: new Date(now) }, { at: new Date(now + 1) }], dropImplausibleTimes({ timestamp: 'at', now, unit: 's' }))).toEqual({ 'in the future': [1] })
  })

  it('refuses a column in another unit than said', () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ at: now / 1000 - i }))
    expect(() => clean(rows, [dropImplausibleTimes({ timestamp: 'at', now })])).toThrow("what looks like s in 10 of 10 rows; set `unit: 's'`")
    expect(() => clean([{ at: 'yesterday' }], [dropImplausibleTimes({ timestamp: 'at', now })])).toThrow('expected column "at" to hold timestamps (numbers or dates), got "yesterday" at row 0')
    expect(() => dropImplausibleTimes({ timestamp: 'at', now: NaN })).toThrow('`now`')
    expect(() => dropImplausibleTimes({ timestamp: 'at', now, unit: 'h' as 's' })).toThrow('`unit`')
  })
})

describe('dropBots', () => {
  const human = (seed: number, n = 200) => {
    const random = seededRandom(seed)
    let at = now
    return Array.from({ length: n }, () => ({ user: `human ${seed}`, at: (at += -Math.log(1 - random.next()) * 2 * minute), item: random.integer(40) }))
  }
  const options = { user: 'user', timestamp: 'at', repetition: { item: 'item', events: 50, share: 0.8 } }

  it('finds who is too fast, too regular or too repetitive, and no people', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(`bots ${seed}`)
      const fast = Array.from({ length: 130 }, (_, i) => ({ user: 'fast', at: now + i * 300 * (0.5 + random.next()), item: i }))
      const regular = Array.from({ length: 40 }, (_, i) => ({ user: 'regular', at: now + i * 5 * minute + random.integer(3000), item: i }))
      const fond = human(1000 + seed, 60).map((row, i) => ({ ...row, user: 'fond', item: i % 10 === 0 ? i : 7 }))
      const rows = random.shuffle([...human(seed), ...fast, ...regular, ...fond, { user: null, at: now, item: 1 }])
      const { rows: kept, report } = cleaned(rows, [dropBots(options)])
      expect(new Set(kept.map(({ user }) => user))).toEqual(new Set([`human ${seed}`, null]))
      expect(report.steps[0].reasons.map(({ reason }) => reason.replace(/[\d.]+/g, 'n')).sort()).toEqual([
        'of user "fast": more than n events within n ms', 'of user "fond": n of n events on one item', 'of user "regular": n events at gaps that vary by n of their mean',
      ])
      expect(report.steps[0].notes).toEqual(['3 of 4 users'])
    }
  })

  it('asks repetition of the items that are there, however many there are', () => {
    const repetitive = dropBots({ ...options, rate: false, regularity: false, repetition: { item: 'item', events: 5, share: 0.8 } })
    const of = (items: readonly unknown[]) => cleaned(items.map((item, i) => ({ user: 'a', at: now + i, item })), [repetitive]).report.dropped
    expect([of([7, null, null, null, null]), of([7, 7, 7, 7, null])]).toEqual([0, 5])
    const many = Float64Array.from({ length: 300_000 }, (_, i) => i)
    expect(clean(tableOf({ user: new Int8Array(many.length), at: many.map((i) => now + i), item: many }), [repetitive]).report.dropped).toBe(0)
  })

  it('leaves off what is off, and refuses seconds for ms', () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ user: 'a', at: now + i }))
    expect(clean(rows, [dropBots({ ...options, rate: false, regularity: false, repetition: false })]).report.dropped).toBe(0)
    expect(() => clean(rows.map(({ user, at }) => ({ user, at: Math.floor(at / 1000) })), [dropBots({ user: 'user', timestamp: 'at' })])).toThrow('what looks like s')
    expect(clean(rows, [dropBots({ user: 'user', timestamp: 'at', rate: { events: 200, window: minute }, regularity: false })]).report.dropped).toBe(0)
  })
})

describe('dropBadLabels', () => {
  it('drops what cannot be', () => {
    const rows = [
      { shown: 1, clicked: 1, dwell: 3 }, { shown: 1, clicked: 2, dwell: 3 }, { shown: 0, clicked: 1, dwell: 3 }, { shown: 1, clicked: 0, dwell: -1 },
      { shown: 1, clicked: 0, dwell: Infinity }, { shown: 1, clicked: null, dwell: null }, { shown: true, clicked: false, dwell: 0 }, { shown: 1, clicked: 0, dwell: 1e9 },
    ]
    expect(reasonsOf(rows, dropBadLabels({ binary: ['clicked'], ranges: { dwell: { min: 0, max: 3600 } }, implies: [['clicked', 'shown']] }))).toEqual({
      'with a clicked that is not 0 or 1': [1], 'with clicked without shown': [2], 'with a dwell below 0': [3], 'with a dwell that is no finite number': [4], 'with a dwell above 3600': [7],
    })
  })

  it('does not take what is no number for nothing', () => {
    const rows = [{ a: 'true', b: 0 }, { a: NaN, b: 0 }, { a: true, b: 'yes' }, { a: new Date(5), b: 2n }, { a: null, b: 'yes' }, { a: 0, b: NaN }]
    expect(reasonsOf(rows, dropBadLabels({ implies: [['a', 'b']] }))).toEqual({ 'with a a that is no number': [0, 1], 'with a b that is no number': [2] })
  })

  it('notes a label of one class', () => {
    expect(clean([{ clicked: 0 }, { clicked: 0 }], [dropBadLabels({ binary: ['clicked'] })]).report.steps[0].notes).toEqual(['clicked is 0 in all 2 rows that have it: there is nothing to learn'])
    expect(clean([{ clicked: 0 }, { clicked: 1 }], [dropBadLabels({ binary: ['clicked'] })]).report.steps[0].notes).toEqual([])
    expect(() => dropBadLabels({})).toThrow('at least one label')
  })
})
