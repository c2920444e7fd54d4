import { describe, expect, it } from 'vitest'
import { kFoldByGroup, leaveOneOut, rowsOf, seededRandom, splitAtRandom, splitByTime, splitByUserTime, tableOf } from '../../src'
import type { Split, Table, TableSplit } from '../../src'

/** Rows with many equal timestamps and users of very different size. */
function someRows(seed: number, n: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, (_, id) => ({ id, user: `u${Math.floor(12 * random.next() ** 2)}`, at: random.integer(50) }))
}

const parts = ['train', 'validation', 'test', 'dropped'] as const
const asRows = (split: TableSplit) => parts.map((part) => [...rowsOf(split[part])])
const listed = <Row>(split: Split<Row>) => parts.map((part) => split[part])

describe('splits of tables', () => {
  it('are those of the same rows as objects', () => {
    for (let seed = 0; seed < 25; seed++) {
      const rows = someRows(seed, 200)
      const table = tableOf(rows)
      const byTime = { timestamp: 'at', fractions: [0.6, 0.2, 0.2], gap: seed % 3 } as const
      expect(asRows(splitByTime(table, byTime))).toEqual(listed(splitByTime(rows, byTime)))
      expect(splitByTime(table, byTime).boundaries).toEqual(splitByTime(rows, byTime).boundaries)
      const byUser = { user: 'user', timestamp: 'at', fractions: [0.6, 0.2, 0.2] } as const
      expect(asRows(splitByUserTime(table, byUser))).toEqual(listed(splitByUserTime(rows, byUser)))
      expect(asRows(leaveOneOut(table, { user: 'user', timestamp: 'at' }))).toEqual(listed(leaveOneOut(rows, { user: 'user', timestamp: 'at' })))
      const atRandom = { fractions: [0.5, 0.25, 0.25], seed } as const
      expect(asRows(splitAtRandom(table, atRandom))).toEqual(listed(splitAtRandom(rows, atRandom)))
    }
  })

  it('take dates, in ms, and functions of the row', () => {
    const table = tableOf({ at: [1, 2, 3, 4].map((day) => new Date(day * 86_400_000)) })
    const { train, validation, test, boundaries } = splitByTime(table, { timestamp: 'at', boundaries: [3 * 86_400_000, 4 * 86_400_000] })
    expect([train.rows, validation.rows, test.rows, boundaries]).toEqual([2, 1, 1, [259_200_000, 345_600_000]])
    expect(splitByTime(tableOf({ at: [1, 2, 3] }), { timestamp: (row) => -row.at, boundaries: [-2, -1] }).train.rows).toBe(1)
    expect(() => splitByTime(tableOf({ at: [1, null] }), { timestamp: 'at', boundaries: [1, 2] })).toThrow('expected `rows[1].at` to be a finite timestamp, got null')
    expect(() => splitByTime(tableOf({ at: [1] }), { timestamp: 'time', boundaries: [1, 2] })).toThrow('expected a column "time", got "at"')
  })
})

describe('kFoldByGroup', () => {
  it('puts every row in one test part, every group in one fold, and folds near in size', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(`folds ${seed}`)
      const rows = someRows(seed, 60 + random.integer(300))
      const folds = 2 + random.integer(4)
      const split = kFoldByGroup(rows, { group: 'user', folds, seed })
      expect(split.folds.length).toBe(folds)
      expect(split.folds.flatMap(({ test }) => test.map(({ id }) => id)).toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id))
      split.folds.forEach(({ train, test }, fold) => {
        expect(train.length + test.length).toBe(rows.length)
        expect(test.length).toBe(split.sizes[fold])
        const tested = new Set(test.map(({ user }) => user))
        expect(train.some(({ user }) => tested.has(user))).toBe(false)
        expect(test.every(({ id }, i) => split.foldOf[id] === fold && (i === 0 || test[i - 1].id < id))).toBe(true)
      })
      const largest = Math.max(...new Set(rows.map(({ user }) => rows.filter((row) => row.user === user).length)))
      expect(Math.max(...split.sizes) - Math.min(...split.sizes)).toBeLessThanOrEqual(largest)
      const table: Table = tableOf(rows)
      expect([...rowsOf(kFoldByGroup(table, { group: 'user', folds, seed }).folds[1].train)]).toEqual(split.folds[1].train)
    }
  })

  it('is drawn by its seed', () => {
    const rows = Array.from({ length: 200 }, (_, id) => ({ id, user: id % 40 }))
    const foldOf = (seed: number) => [...kFoldByGroup(rows, { group: 'user', seed }).foldOf]
    expect(foldOf(1)).toEqual(foldOf(1))
    expect(foldOf(1)).not.toEqual(foldOf(2))
    expect(kFoldByGroup(rows, { group: ({ user }) => user }).sizes).toEqual([40, 40, 40, 40, 40])
  })

  it('takes 1 and "1" for one group, and names what cannot be', () => {
    expect(kFoldByGroup([{ user: 1 }, { user: '1' }, { user: 2 }], { group: 'user', folds: 2 }).sizes.toSorted((a, b) => a - b)).toEqual([1, 2])
    expect(() => kFoldByGroup([{ user: 1 }, { user: 1 }], { group: 'user', folds: 2 })).toThrow('at least 2 groups, one a fold, got 1')
    expect(() => kFoldByGroup([{ user: NaN }], { group: 'user', folds: 2 })).toThrow('`rows[0].user`')
    expect(() => kFoldByGroup([{ user: 1 }], { group: 'user', folds: 1 })).toThrow('`folds`')
    expect(() => kFoldByGroup([], { group: 'user' } as never)).toThrow('at least one row')
  })
})

describe('splitAtRandom', () => {
  it('says that it leaks, keeps every row, and meets its shares', () => {
    for (let seed = 0; seed < 20; seed++) {
      const rows = someRows(seed, 100)
      const split = splitAtRandom(rows, { fractions: [0.7, 0.2, 0.1], seed })
      expect([split.leaks, split.reason]).toEqual([true, expect.stringContaining('what came later trains the model')])
      expect([split.train.length, split.validation.length, split.test.length, split.dropped.length]).toEqual([70, 20, 10, 0])
      expect([...split.train, ...split.validation, ...split.test].map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id))
      expect(splitAtRandom(rows, { fractions: [0.7, 0.2, 0.1], seed })).toEqual(split)
      expect(splitAtRandom(rows, { fractions: [0.7, 0.2, 0.1], seed: seed + 100 }).train).not.toEqual(split.train)
    }
    expect(() => splitAtRandom([{ a: 1 }], { fractions: [0.8, 0.1, 0.1] })).toThrow('rows in every part')
  })
})
