import { describe, expect, test } from 'vitest'
import { leaveOneOut, splitByTime, splitByUserTime } from '../../src/data'
import type { Split } from '../../src/data'
import { DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'

interface Row { readonly id: number; readonly user: number | string; readonly at: number }

/** Rows in random order, with many equal timestamps, of users that are now a number and now its text. */
function table(seed: number, n: number, moments: number): Row[] {
  const random = seededRandom(seed)
  return Array.from({ length: n }, (_, id) => {
    const user = random.integer(6)
    return { id, user: random.next() < 0.5 ? user : String(user), at: random.integer(moments) }
  })
}

const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const times = (rows: readonly Row[]) => rows.map((row) => row.at)
const idsOf = ({ train, validation, test, dropped }: Split<Row>) => [...train, ...validation, ...test, ...dropped].map((row) => row.id).toSorted((a, b) => a - b)

const inOrder = (rows: readonly Row[]) => rows.every((row, i) => i === 0 || rows[i - 1].at < row.at || (rows[i - 1].at === row.at && rows[i - 1].id < row.id))

describe('splitByTime', () => {
  test('keeps every row, in order, and no moment is in two parts', () => {
    for (const seed of seeds) {
      const rows = table(seed, 100, 30)
      const split = splitByTime(rows, { timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
      expect(idsOf(split)).toEqual(rows.map((row) => row.id))
      expect([split.train, split.validation, split.test].every(inOrder)).toBe(true)
      const [first, second] = split.boundaries
      expect(Math.max(...times(split.train))).toBeLessThan(first)
      expect(Math.min(...times(split.validation))).toBe(first)
      expect(Math.max(...times(split.validation))).toBeLessThan(second)
      expect(Math.min(...times(split.test))).toBe(second)
    }
  })

  test('meets the shares as nearly as ties allow, and exactly without ties', () => {
    for (const seed of seeds) {
      const rows = table(seed, 200, 25)
      const { train } = splitByTime(rows, { timestamp: 'at', fractions: [0.5, 0.25, 0.25] })
      const reachable = [...new Set(times(rows))].map((cut) => rows.filter((row) => row.at < cut).length)
      expect(Math.abs(train.length - 100)).toBe(Math.min(...reachable.map((n) => Math.abs(n - 100))))
    }
    const distinct = seededRandom(1).shuffle(Array.from({ length: 100 }, (_, id) => ({ id, at: id })))
    const { train, validation, test } = splitByTime(distinct, { timestamp: (row) => row.at, fractions: [0.8, 0.1, 0.1] })
    expect([train.length, validation.length, test.length]).toEqual([80, 10, 10])
  })

  test('does not depend on the order of rows, but for equal timestamps', () => {
    const rows = table(1, 100, 30)
    const sets = (table: readonly Row[]) => {
      const { train, validation, test } = splitByTime(table, { timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
      return [train, validation, test].map((part) => new Set(part.map((row) => row.id)))
    }
    for (const seed of seeds) expect(sets(seededRandom(seed).shuffle([...rows]))).toEqual(sets(rows))
  })

  test('boundaries and a gap before each, whose rows are given back', () => {
    const rows = Array.from({ length: 20 }, (_, at) => ({ id: at, user: 1, at }))
    const split = splitByTime(rows, { timestamp: 'at', boundaries: [10, 15], gap: 2 })
    expect(times(split.train)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(times(split.dropped)).toEqual([8, 9, 13, 14])
    expect(times(split.validation)).toEqual([10, 11, 12])
    expect(times(split.test)).toEqual([15, 16, 17, 18, 19])
    expect(split.boundaries).toEqual([10, 15])
  })

  test('with a gap, no earlier part comes nearer to a later one', () => {
    for (const seed of seeds) {
      const rows = table(seed, 150, 60)
      const split = splitByTime(rows, { timestamp: 'at', fractions: [0.5, 0.3, 0.2], gap: 3 })
      expect(idsOf(split)).toEqual(rows.map((row) => row.id))
      expect(Math.min(...times(split.validation)) - Math.max(...times(split.train))).toBeGreaterThan(3)
      expect(Math.min(...times(split.test)) - Math.max(...times(split.validation))).toBeGreaterThan(3)
    }
  })

  test('a part without rows is an error that says how many each has', () => {
    const same = Array.from({ length: 10 }, () => ({ at: 1 }))
    expect(() => splitByTime(same, { timestamp: 'at', fractions: [0.8, 0.1, 0.1] })).toThrow(/rows in every part, got train 10, validation 0, test 0 .*equal time/)
    expect(() => splitByTime([{ at: 1 }, { at: 2 }], { timestamp: 'at', fractions: [0.8, 0.1, 0.1] })).toThrow(DataError)
    expect(() => splitByTime([{ at: 1 }, { at: 2 }], { timestamp: 'at', boundaries: [2, 3] })).toThrow(/train 1, validation 1, test 0/)
    expect(() => splitByTime([{ at: 1 }, { at: 2 }, { at: 3 }], { timestamp: 'at', boundaries: [2, 3], gap: 1 })).toThrow(/train 0, validation 0, test 1, dropped 2/)
  })
})

describe('splitByUserTime', () => {
  test('for every user, train is before validation is before test', () => {
    for (const seed of seeds) {
      const rows = table(seed, 200, 40)
      const split = splitByUserTime(rows, { user: 'user', timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
      expect(idsOf(split)).toEqual(rows.map((row) => row.id))
      expect([split.train, split.validation, split.test].every(inOrder)).toBe(true)
      for (const user of ['0', '1', '2', '3', '4', '5']) {
        const [train, validation, test] = [split.train, split.validation, split.test].map((part) => times(part.filter((row) => String(row.user) === user)))
        expect(train.length).toBeGreaterThan(0)
        expect(Math.max(...train)).toBeLessThan(Math.min(...validation, ...test))
        expect(Math.max(...validation)).toBeLessThan(Math.min(...test))
      }
    }
  })

  test('users whose rows are all of one moment train', () => {
    const rows = [...Array.from({ length: 5 }, (_, at) => ({ user: 'a', at })), { user: 'b', at: 9 }, { user: 'b', at: 9 }]
    const { train } = splitByUserTime(rows, { user: (row) => row.user, timestamp: 'at', fractions: [0.6, 0.2, 0.2] })
    expect(train.filter((row) => row.user === 'b').length).toBe(2)
  })
})

describe('leaveOneOut', () => {
  test('tests each user on the last row, validates on the one before', () => {
    for (const seed of seeds) {
      const rows = table(seed, 60, 15)
      const split = leaveOneOut(rows, { user: 'user', timestamp: 'at' })
      expect(idsOf(split)).toEqual(rows.map((row) => row.id))
      for (const user of ['0', '1', '2', '3', '4', '5']) {
        const own = rows.filter((row) => String(row.user) === user).toSorted((a, b) => a.at - b.at || a.id - b.id)
        const part = (all: readonly Row[]) => all.filter((row) => String(row.user) === user).map((row) => row.id)
        const held = own.length < 3 ? [] : own.slice(-2)
        expect([...part(split.validation), ...part(split.test)]).toEqual(held.map((row) => row.id))
      }
    }
  })

  test('no user with three rows is an error', () => {
    expect(() => leaveOneOut([{ user: 1, at: 1 }, { user: 1, at: 2 }], { user: 'user', timestamp: 'at' })).toThrow(/train 2, validation 0, test 0/)
  })
})

describe('bad input', () => {
  const loose = (value: unknown) => value as never
  const rows = table(1, 30, 30)
  const fractions = [0.6, 0.2, 0.2] as const
  const cases: readonly [string, () => unknown, RegExp][] = [
    ['no rows', () => splitByTime<Row>([], { timestamp: 'at', fractions }), /`rows` to be at least one row/],
    ['no array', () => splitByTime(loose(3), { timestamp: loose('at'), fractions }), /`rows` to be an array/],
    ['no row', () => splitByTime(loose([{ at: 1 }, null]), { timestamp: loose('at'), fractions }), /rows\[1\]` to be an object/],
    ['unknown column', () => splitByTime(rows, { timestamp: loose('At'), fractions }), /rows\[0\]\.At.*id, user, at; was `at` meant/],
    ['NaN', () => splitByTime(loose([{ at: 1 }, { at: NaN }]), { timestamp: loose('at'), fractions }), /rows\[1\]\.at` to be a finite timestamp, got NaN/],
    ['an invalid date', () => splitByTime(loose([{ at: new Date(NaN) }]), { timestamp: loose('at'), fractions }), /rows\[0\]\.at.*an object \(Date\)/],
    ['fractions that do not sum to 1', () => splitByTime(rows, { timestamp: 'at', fractions: [0.6, 0.2, 0.1] }), /`fractions` to be numbers that sum to 1/],
    ['a fraction of 0', () => splitByTime(rows, { timestamp: 'at', fractions: [0.8, 0.2, 0] }), /fractions\[2\]/],
    ['descending boundaries', () => splitByTime(rows, { timestamp: 'at', boundaries: [5, 5] }), /boundaries\[1\]` to be a finite number > 5/],
    ['neither', () => splitByTime(rows, loose({ timestamp: 'at' })), /either fractions or boundaries/],
    ['a negative gap', () => splitByTime(rows, { timestamp: 'at', fractions, gap: -1 }), /`gap`/],
    ['a user that is no id', () => leaveOneOut(loose([{ user: NaN, at: 1 }]), { user: loose('user'), timestamp: loose('at') }), /rows\[0\]\.user.*got NaN/],
    ['no timestamp', () => leaveOneOut(rows, loose({ user: 'user' })), /`timestamp` to be the name of a column or a function/],
  ]
  test.each(cases)('%s', (_name, run, message) => expect(run).toThrow(message))
})
