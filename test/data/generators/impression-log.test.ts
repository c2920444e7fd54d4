import { describe, expect, test } from 'vitest'
import type { ImpressionBatch } from '../../../src/data'
import { concatTables, findLeaks, impressionBatches, impressionLog, pointInTime, rowsOf, runningAggregates } from '../../../src/data'
import { ArgumentError } from '../../../src/errors'

const small = { users: 500, posts: 3000, authors: 400, rows: 10_800, pageSize: 6, exploration: 0.3 }
const seeds = [1, 2, 'three']
const logs = seeds.map((seed) => impressionLog({ ...small, seed }))
const hour = 3_600_000

const columns = [
  'user_id', 'age', 'gender', 'num_friends', 'post_id', 'author_id', 'post_type', 'num_likes', 'num_comments', 'post_age_hours', 'hour_of_day', 'day_of_week',
  'device_type', 'clicked', 'dwell_time_seconds', 'position', 'timestamp',
]

type Row = Record<string, number> & { readonly clicked: boolean | number }
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

describe.each(logs.map((log, i) => [seeds[i], log] as const))('an impression log of seed %s', (_, { train, validation, test: held, truth }) => {
  const tables = [train, validation, held]
  const all = concatTables(tables)
  const rows = [...rowsOf(all)] as unknown as readonly Row[]
  const joined = (name: 'relevance' | 'clickProbability' | 'randomized' | 'liked' | 'commented') =>
    [truth.train, truth.validation, truth.test].flatMap((part) => Array.from(part[name]))
  const [relevance, probability, randomized, liked, commented] =
    [joined('relevance'), joined('clickProbability'), joined('randomized'), joined('liked'), joined('commented')]

  test('has the columns, and the parts in order of time', () => {
    for (const table of tables) expect([...table.columns.keys()]).toEqual(columns)
    expect(tables.map((table) => table.rows)).toEqual([9000, 900, 900])
    for (let r = 1; r < rows.length; r++) expect(rows[r].timestamp).toBeGreaterThanOrEqual(rows[r - 1].timestamp)
    expect(rows[9000].timestamp).toBeGreaterThan(rows[8999].timestamp)
    expect(rows[9900].timestamp).toBeGreaterThan(rows[9899].timestamp)
    expect(rows[0].timestamp).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 5))
    expect(rows[rows.length - 1].timestamp).toBeLessThan(Date.UTC(2026, 0, 5) + 30 * 24 * hour)
  })

  test('refers to users and posts as they are, and to times as they were', () => {
    rows.forEach((row, r) => {
      expect(row.age).toBe(truth.users.age[row.user_id])
      expect(row.author_id).toBe(truth.posts.author[row.post_id])
      expect(row.post_age_hours).toBe((row.timestamp - truth.posts.createdAt[row.post_id]) / hour)
      expect(row.post_age_hours).toBeGreaterThan(0)
      const at = new Date(row.timestamp)
      expect([row.hour_of_day, row.day_of_week]).toEqual([at.getUTCHours(), at.getUTCDay()])
      if (r % 50 === 0)
        expect(truth.relevance(row.user_id, row.post_id, row.timestamp, row.device_type as unknown as 'web')).toBe(relevance[r])
    })
    expect(() => truth.relevance(-1, 0, 0, 'web')).toThrow(ArgumentError)
  })

  test('has pages of one user at one moment, without a post twice', () => {
    const pages = new Map<number, Row[]>()
    for (const row of rows) pages.set(row.timestamp, [...(pages.get(row.timestamp) ?? []), row])
    expect(pages.size).toBe(1800)
    for (const page of pages.values()) {
      expect(page.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5])
      expect(new Set(page.map((row) => row.post_id)).size).toBe(6)
      expect(new Set(page.map((row) => row.user_id)).size).toBe(1)
    }
  })

  test('clicks as often as it says: by position, by relevance', () => {
    expect(Array.from(truth.examination)).toEqual([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6])
    const near = (indices: readonly number[]) => {
      const expected = indices.reduce((sum, r) => sum + probability[r], 0)
      const variance = indices.reduce((sum, r) => sum + probability[r] * (1 - probability[r]), 0)
      const clicks = indices.filter((r) => rows[r].clicked).length
      expect(Math.abs(clicks - expected)).toBeLessThan(4.5 * Math.sqrt(variance))
    }
    const indices = rows.map((_row, r) => r)
    for (const position of [0, 1, 2, 3, 4, 5]) near(indices.filter((r) => rows[r].position === position))
    for (const bin of [0, 1, 2, 3, 4]) near(indices.filter((r) => Math.floor(relevance[r] * 5) === bin))
    rows.forEach((row, r) => expect(probability[r]).toBeCloseTo(relevance[r] * truth.examination[row.position], 15))
  })

  test('shows the position curve where pages are in random order, and a steeper one where they are ordered', () => {
    const rate = (position: number, random: number) => mean(rows.flatMap((row, r) => (row.position === position && randomized[r] === random ? [probability[r]] : [])))
    for (const position of [1, 3, 5]) {
      expect(rate(position, 1) / rate(0, 1)).toBeCloseTo(truth.examination[position], 1)
      expect(rate(position, 0) / rate(0, 0)).toBeLessThan(0.9 * truth.examination[position])
    }
    expect(mean(randomized)).toBeGreaterThan(0.26)
    expect(mean(randomized)).toBeLessThan(0.34)
  })

  test('dwells only where clicked, log-normally', () => {
    const residuals: number[] = []
    rows.forEach((row, r) => {
      expect(row.dwell_time_seconds > 0).toBe(Boolean(row.clicked))
      const typical = { text: 8, photo: 6, video: 20, link: 30 }[row.post_type as unknown as 'text']
      const logit = Math.log(relevance[r] / (1 - relevance[r]))
      if (row.clicked) residuals.push((Math.log(row.dwell_time_seconds / typical) - 0.25 * logit) / 0.7)
    })
    const n = residuals.length
    expect(Math.abs(mean(residuals))).toBeLessThan(4 / Math.sqrt(n))
    expect(Math.abs(mean(residuals.map((z) => z * z)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    expect(Math.abs(mean(residuals.map((z) => z ** 3)))).toBeLessThan(4 * Math.sqrt(15 / n))
  })

  test('counts the likes and comments of before the page', () => {
    const likes = new Map<number, number>()
    const comments = new Map<number, number>()
    let waiting: number[] = []
    rows.forEach((row, r) => {
      if (r > 0 && row.timestamp > rows[r - 1].timestamp) {
        for (const w of waiting) {
          likes.set(rows[w].post_id, (likes.get(rows[w].post_id) ?? 0) + liked[w])
          comments.set(rows[w].post_id, (comments.get(rows[w].post_id) ?? 0) + commented[w])
        }
        waiting = []
      }
      const popularity = truth.posts.popularity[row.post_id]
      const own = [likes.get(row.post_id) ?? 0, comments.get(row.post_id) ?? 0]
      expect(row.num_likes).toBe(Math.floor(40 * popularity * (1 - Math.exp(-row.post_age_hours / 18))) + own[0])
      expect(row.num_comments).toBe(Math.floor(5 * popularity * (1 - Math.exp(-row.post_age_hours / 30))) + own[1])
      waiting.push(r)
    })
    expect(liked.every((like, r) => like === 0 || rows[r].clicked)).toBe(true)
    expect(mean(liked) / mean(rows.map(({ clicked }) => Number(clicked)))).toBeCloseTo(0.25, 1)
  })

  test('shows popular posts more', () => {
    const shown = new Float64Array(small.posts)
    for (const { post_id } of rows) shown[post_id]++
    const byPopularity = Array.from(shown.keys()).sort((a, b) => truth.posts.popularity[b] - truth.posts.popularity[a])
    const share = byPopularity.slice(0, 300).reduce((sum, p) => sum + shown[p], 0) / rows.length
    expect(share).toBeGreaterThan(0.25)
  })
})

test('nothing in a log knows the click but the dwell, which comes of it; nor do aggregates of before', () => {
  const { train } = impressionLog({ users: 1000, posts: 8000, authors: 2000, rows: 24_000 })
  const aggregates = { seen: { kind: 'count' }, rate: { kind: 'rate', of: 'clicked', prior: 0.08, weight: 20 }, idle: { kind: 'since-last' } } as const
  const table = pointInTime(train, [runningAggregates({ key: 'post_id', timestamp: 'timestamp', aggregates })])
  expect(findLeaks(table, { label: 'clicked', timestamp: 'timestamp' }).leaks.map(({ column }) => column)).toEqual(['dwell_time_seconds'])
})

describe('a log in batches', () => {
  const digest = (batches: Iterable<ImpressionBatch>) => {
    const bytes = new Map<string, number[]>()
    for (const { part, table, truth } of batches) {
      const columns = Array.from(table.columns, ([name, column]) => [name, column.kind === 'text' ? column.codes : column.kind === 'list' ? [] : column.values] as const)
      for (const [name, values] of [...columns, ...Object.entries(truth) as [string, Float64Array][]]) {
        const into = bytes.get(`${part} ${name}`) ?? []
        for (const value of values) into.push(Number(value))
        bytes.set(`${part} ${name}`, into)
      }
    }
    return bytes
  }
  const options = { users: 40, posts: 300, authors: 20, rows: { train: 1003, validation: 0, test: 57 }, seed: 9 }

  test('is the same whatever the size of a batch, each time, and as one table', () => {
    const whole = digest(impressionBatches(options).batches())
    const log = impressionBatches({ ...options, batchRows: 64 })
    for (const _ of [1, 2]) {
      const batches = [...log.batches()]
      expect(batches.every(({ table }) => table.rows <= 64)).toBe(true)
      expect(digest(batches)).toEqual(whole)
    }
    const { train, test: held, validation, truth } = impressionLog(options)
    expect(digest([{ part: 'train', table: train, truth: truth.train }, { part: 'test', table: held, truth: truth.test }])).toEqual(whole)
    expect(validation.rows).toBe(0)
    expect([...rowsOf(held)][56]).toMatchObject({ position: 6 })
  })

  test('differs with the seed', () => {
    expect(digest(impressionBatches({ ...options, seed: 10 }).batches())).not.toEqual(digest(impressionBatches(options).batches()))
  })
})

describe('knobs', () => {
  test('no position bias, no exploration, no popularity bias', () => {
    const { truth } = impressionLog({ ...small, rows: 600, positionBias: 0, exploration: 0, popularityBias: 0 })
    expect(new Set(truth.examination)).toEqual(new Set([1]))
    expect(truth.train.clickProbability).toEqual(truth.train.relevance)
    expect(truth.train.randomized.includes(1)).toBe(false)
    expect(new Set(truth.posts.popularity)).toEqual(new Set([1]))
  })

  test('one row', () => {
    const { train, validation } = impressionLog({ users: 1, posts: 10, authors: 1, rows: 1, pageSize: 1 })
    expect([train.rows, validation.rows]).toEqual([1, 0])
  })

  test('posts of before 1970', () => {
    const { train, truth } = impressionLog({ users: 3, posts: 500, authors: 2, rows: 12, start: 0 })
    expect(truth.posts.createdAt.some((at) => at < 0) && truth.posts.createdAt.every(Number.isFinite)).toBe(true)
    expect([...rowsOf(train)].every((row) => (row.post_age_hours as number) > 0)).toBe(true)
  })

  test('pages as long as there are posts', () => {
    const { train } = impressionLog({ users: 3, posts: 40, authors: 2, rows: 300, pageSize: 12 })
    expect(train.rows).toBe(250)
  })
})

test('bad options', () => {
  const loose = (value: unknown) => value as never
  const cases: readonly [object, RegExp][] = [
    [{ users: 0 }, /`users` to be a positive integer, got 0/], [{ posts: 1.5 }, /`posts`/], [{ posts: 20 }, /`posts` to be enough for a page of 10/], [{ rows: 0 }, /`rows`/],
    [{ rows: { train: 5 } }, /`rows\.validation`/], [{ rows: '5' }, /`rows`/], [{ positionBias: NaN }, /`positionBias`/], [{ positionBias: -1 }, /`positionBias`/],
    [{ exploration: 1.1 }, /`exploration`/], [{ start: -5 }, /`start`/], [{ days: 0 }, /`days`/], [{ days: 0.001, rows: 1_000_000 }, /enough for \d+ pages/],
    [{ pageSize: 5000 }, /`pageSize`/], [{ batchRows: 0 }, /`batchRows`/], [{ seed: NaN, users: 1 }, /`seed`/], [{ intercept: Infinity }, /`intercept`/],
  ]
  for (const [options, message] of cases) {
    expect(() => impressionLog(loose(options))).toThrow(message)
    expect(() => impressionBatches(loose(options))).toThrow(ArgumentError)
  }
  expect(() => impressionLog(loose(null))).toThrow(/`options`/)
})
