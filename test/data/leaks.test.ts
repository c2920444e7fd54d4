import { describe, expect, it } from 'vitest'
import { DataError, findLeaks, impressionLog, pointInTime, readCsv, rowsOf, runningAggregates, seededRandom, splitByTime, tableOf, concatTables } from '../../src'
import type { FindLeaksOptions, Rows, Table } from '../../src'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const start = Date.UTC(2026, 0, 1)

/** A log whose features are honest: of the user, of the item, of the row, and of the past. */
function honest(seed: number, { n = 3000, users = 150, items = 200, base = -1 } = {}) {
  const random = seededRandom(seed)
  const taste = Array.from({ length: users }, () => random.normal())
  const fame = Array.from({ length: items }, () => random.normal())
  const rows = Array.from({ length: n }, (_, i) => {
    const user = Math.floor(users * random.next() ** 2)
    const item = Math.floor(items * random.next() ** 2)
    const mood = random.normal()
    const position = i % 10
    const clicked = random.next() < sigmoid(base + taste[user] + fame[item] + 0.7 * mood - 0.15 * position) ? 1 : 0
    return {
      user_id: user, item_id: `item-${item}`, at: start + i * 60_000 + random.integer(50_000), clicked,
      age: Math.round(40 + 8 * taste[user]), popularity: Math.exp(fame[item]), mood, position,
      device: ['ios', 'web', 'android'][random.integer(3)], rare: random.next() < 0.9 ? null : random.normal(), noise: random.normal(),
    }
  })
  const past = runningAggregates({ key: 'user_id', timestamp: 'at', aggregates: { seen: { kind: 'count' }, clicks: { kind: 'sum', of: 'clicked' }, rate: { kind: 'mean', of: 'clicked', prior: 0.3, weight: 5 }, idle: { kind: 'since-last' } } })
  const shown = runningAggregates({ key: 'item_id', timestamp: 'at', aggregates: { views: { kind: 'count' }, itemRate: { kind: 'mean', of: 'clicked', prior: 0.3, weight: 5 } } })
  return pointInTime(rows, [past, shown])
}
type Row = ReturnType<typeof honest>[number]

const options = { label: 'clicked', timestamp: 'at' } as const
const found = (rows: Rows, more: Partial<FindLeaksOptions> = {}) => findLeaks(rows, { ...options, ...more }).leaks.map(({ column, kind }) => `${column}: ${kind}`)
const withColumn = (rows: readonly Row[], leak: (row: Row, r: number) => unknown) => rows.map((row, r) => ({ ...row, leak: leak(row, r) }))

/** Of each key: count, sum and mean of the label over all its rows. */
function wholes(rows: readonly Row[], key: 'user_id' | 'item_id') {
  const sums = new Map<unknown, { n: number; clicks: number }>()
  for (const row of rows) {
    const sum = sums.get(row[key]) ?? { n: 0, clicks: 0 }
    sums.set(row[key], { n: sum.n + 1, clicks: sum.clicks + row.clicked })
  }
  return (row: Row) => sums.get(row[key]) ?? { n: 0, clicks: 0 }
}

/** Running sums that hold the row itself. */
function inclusive(rows: readonly Row[], value: (clicks: number, n: number) => number) {
  const sums = new Map<unknown, [number, number]>()
  return rows.map((row) => {
    const [clicks, n] = sums.get(row.user_id) ?? [0, 0]
    sums.set(row.user_id, [clicks + row.clicked, n + 1])
    return value(clicks + row.clicked, n + 1)
  })
}

describe('findLeaks', () => {
  it('finds nothing in honest logs, of many forms', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = seededRandom(`form ${seed}`)
      const rows = honest(seed, { n: 300 + random.integer(4000), users: 10 + random.integer(400), items: 10 + random.integer(400), base: -3 + 3 * random.next() })
      expect(found(rows), `seed ${seed}`).toEqual([])
      if (seed % 5 === 0) expect(found(tableOf(rows)), `table of seed ${seed}`).toEqual([])
    }
  })

  it('finds nothing in the impression log but its dwell, and nothing across its parts', () => {
    for (const seed of [1, 2]) {
      const { train, test } = impressionLog({ users: 400, posts: 4000, authors: 500, rows: 12_000, seed })
      expect(findLeaks(train, { label: 'clicked', timestamp: 'timestamp', ignore: ['dwell_time_seconds'], test, apart: [] }).leaks, `seed ${seed}`).toEqual([])
      expect(findLeaks(train, { label: 'clicked', timestamp: 'timestamp' }).leaks.map(({ column, kind }) => [column, kind]), `seed ${seed}`).toEqual([['dwell_time_seconds', 'target']])
    }
  })

  it('finds nothing in MovieLens', async () => {
    const tables: Table[] = []
    for await (const table of readCsv('examples/data/movielens-latest-small/ratings.csv')) tables.push(table)
    const rows = [...rowsOf(concatTables(tables))].map((row) => ({ ...row, liked: Number(row.rating) >= 4 ? 1 : 0 }))
    expect(findLeaks(rows, { label: 'liked', timestamp: 'timestamp', ignore: ['rating'] }).leaks).toEqual([])
    expect(findLeaks(rows, { label: 'liked', timestamp: 'timestamp' }).leaks.map(({ column, kind }) => [column, kind])).toEqual([['rating', 'target']])
  })

  const planted: Readonly<Record<string, readonly [kind: string, plant: (rows: Row[], seed: number) => readonly object[]]>> = {
    'the label itself': ['target', (rows) => withColumn(rows, (row) => row.clicked)],
    'the label as text': ['target', (rows) => withColumn(rows, (row) => (row.clicked ? 'yes' : 'no'))],
    'the label with a little noise': ['target', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => 3 * row.clicked + 0.5 * random.normal()) }],
    'the label turned round, in the middle of a range': ['target', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => (row.clicked ? random.next() : 2 * random.integer(2) - 1 + random.next())) }],
    'something there only after a click': ['missingness', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => (row.clicked ? random.next() : null)) }],
    'something there after some clicks': ['missingness', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => (row.clicked && random.next() < 0.4 ? random.next() : null)) }],
    'a reason given for some clicks': ['purity', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => (row.clicked && random.next() < 0.4 ? 'opened' : ['seen', 'shown'][random.integer(2)])) }],
    "the count of the item's rows": ['time', (rows) => { const whole = wholes(rows, 'item_id'); return withColumn(rows, (row) => whole(row).n) }],
    "the sum of the user's clicks": ['time', (rows) => { const whole = wholes(rows, 'user_id'); return withColumn(rows, (row) => whole(row).clicks) }],
    "the mean of the item's clicks": ['time', (rows) => { const whole = wholes(rows, 'item_id'); return withColumn(rows, (row) => whole(row).clicks / whole(row).n) }],
    "the user's smoothed rate": ['time', (rows) => { const whole = wholes(rows, 'user_id'); return withColumn(rows, (row) => (whole(row).clicks + 2) / (whole(row).n + 8)) }],
    'the sum of clicks, the row itself included': ['time', (rows) => { const sums = inclusive(rows, (clicks) => clicks); return withColumn(rows, (_, r) => sums[r]) }],
    'the mean of clicks, the row itself included': ['time', (rows) => { const means = inclusive(rows, (clicks, n) => (clicks + 1) / (n + 3)); return withColumn(rows, (_, r) => means[r]) }],
    'the clicks of the next hours': ['time', (rows) => withColumn(rows, (row, r) => { let clicks = 0; for (let i = r + 1; i < rows.length && rows[i].at < row.at + 40 * 3_600_000; i++) if (rows[i].user_id === row.user_id) clicks += rows[i].clicked; return clicks })],
    'a moment after the row': ['time', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => row.at + random.integer(1e6)) }],
    'a date after the row, in some rows': ['time', (rows, seed) => { const random = seededRandom(seed); return withColumn(rows, (row) => new Date(row.at + (random.next() < 0.05 ? 1 : -1) * 5000)) }],
    'a number of the row by label': ['id', (rows) => { let [yes, no] = [0, 1e6]; return withColumn(rows, (row) => (row.clicked ? yes++ : no++)) }],
    'a number of the row by time': ['id', (rows) => withColumn(rows, (_, r) => 1000 + 3 * r)],
  }

  it.each(Object.entries(planted))('finds %s, and blames nothing else', (_, [kind, plant]) => {
    for (let seed = 0; seed < 2; seed++) {
      const rows = plant(honest(100 + seed), seed)
      expect(found(rows), `seed ${seed}`).toEqual([`leak: ${kind}`])
      if (seed === 0) expect(found(tableOf(rows))).toEqual([`leak: ${kind}`])
    }
  })

  it('gives the numbers', () => {
    const [leak] = findLeaks(withColumn(honest(7), (row) => row.clicked), options).leaks
    expect(leak).toMatchObject({ column: 'leak', kind: 'target', evidence: { auc: 1, rows: 3000 } })
    expect(leak.message).toMatch(/^leak alone tells the label with an AUC of 1.000, by its order; the next best column has 0\.[67]/)
    const report = findLeaks(honest(7), options)
    expect(report.columns[0].auc).toBeGreaterThan(report.columns.at(-1)!.auc)
    expect(report.columns.map(({ column }) => column)).not.toContain('clicked')
  })

  it('sees what train and test share', () => {
    const rows = honest(3).map((row, r) => ({ ...row, eventId: `event ${(r * 7919) % 3000}` }))
    const split = splitByTime(rows, { timestamp: 'at', fractions: [0.8, 0.1, 0.1] })
    expect(found(split.train, { test: split.test })).toEqual([])
    expect(found(split.train, { test: split.test, apart: ['user_id'] })).toEqual(['user_id: overlap'])
    expect(found(split.train, { test: [...split.test, split.train[5]] })).toEqual(['eventId: overlap', 'at: time'])
    const random = seededRandom(1)
    const [train, test] = [rows.filter(() => random.next() < 0.5), rows.filter(() => random.next() < 0.5)]
    const report = findLeaks(tableOf(train), { ...options, test: tableOf(test) })
    expect(report.leaks.map(({ column, kind }) => [column, kind])).toEqual([['eventId', 'overlap'], ['at', 'time']])
    expect(report.leaks[0].evidence.rows).toBe(test.filter(({ eventId }) => train.some((row) => row.eventId === eventId)).length)
  })

  it('says what it could not ask', () => {
    const few = honest(1, { n: 40 }).map((row, r) => ({ ...row, clicked: r === 0 ? 1 : 0, tags: ['a'] }))
    expect(findLeaks(few, options)).toEqual({ leaks: [], columns: [], notes: ['tags holds lists or objects, of which nothing is asked', 'of 40 rows with a label 1 are positive: too few of one class to tell a leak from chance'] })
    expect(findLeaks(honest(1), { label: 'clicked', ignore: ['at'] }).notes).toEqual(['without a timestamp nothing is asked of time'])
  })

  it('takes labels that are numbers, booleans and null', () => {
    const rows = withColumn(honest(2), (row) => row.clicked)
    expect(found(rows.map((row, r) => ({ ...row, clicked: r % 7 === 0 ? null : row.clicked === 1 })))).toEqual(['leak: target'])
    const random = seededRandom(5)
    expect(found(rows.map((row) => { const dwell = 20 * random.next() + 5 * row.mood; return { ...row, clicked: dwell, leak: dwell * 1000 } }))).toEqual(['leak: target'])
  })

  it('names what is not there', () => {
    expect(() => findLeaks(honest(1, { n: 10 }), { label: 'click' })).toThrow('expected `label` to name columns of the rows ("user_id"')
    expect(() => findLeaks(honest(1, { n: 10 }), { ...options, ignore: ['x'] })).toThrow('expected `ignore` to name columns')
    expect(() => findLeaks([], { label: 'a' })).toThrow('the rows (), got "a"')
    expect(() => findLeaks([{ a: 'x' }], { label: 'a' })).toThrow(DataError)
    expect(() => findLeaks([{ a: 1 }], { label: 5 as never })).toThrow('`label`')
  })
})
