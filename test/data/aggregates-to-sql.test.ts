import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { AggregateDeclaration, Table } from '../../src/data'
import { aggregatesToSql, impressionLog, pointInTime, rowsOf, runningAggregates, tableOf } from '../../src/data'
import { ArgumentError } from '../../src/errors'
import { everyAggregate, someEvents } from './naive-aggregates'

const duckdb = await import('@duckdb/node-api').catch(() => undefined)
const movieLens = fileURLToPath(new URL('../../examples/data/movielens-latest-small/ratings.csv', import.meta.url))
const sqlTypes = { number: 'DOUBLE', boolean: 'BOOLEAN', text: 'VARCHAR' } as const
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** The rows that a query gives of a table that DuckDB holds; integers of 64 bits as numbers. */
async function query(table: Table, name: string, sql: string): Promise<Record<string, unknown>[]> {
  if (duckdb === undefined) throw new Error('no DuckDB')
  const connection = await (await duckdb.DuckDBInstance.create()).connect()
  try {
    const columns = Array.from(table.columns, ([column, { kind }]) => `${quoted(column)} ${sqlTypes[kind as 'number']}`)
    await connection.run(`CREATE TABLE ${quoted(name)} (${columns.join(', ')})`)
    const appender = await connection.createAppender(name)
    for (const row of rowsOf(table)) {
      for (const value of Object.values(row)) {
        if (value === null) appender.appendNull()
        else if (typeof value === 'number') appender.appendDouble(value)
        else if (typeof value === 'boolean') appender.appendBoolean(value)
        else appender.appendVarchar(String(value))
      }
      appender.endRow()
    }
    appender.closeSync()
    const found = (await connection.runAndReadAll(sql)).getRowObjects()
    return found.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, typeof value === 'bigint' ? Number(value) : value])))
  } finally {
    connection.closeSync()
  }
}

/** That SQL, a table, and a stream, which is asked before each event, give the same. */
async function expectAgreement(table: Table, declarations: readonly AggregateDeclaration[], options: { readonly fractionBits?: number } = {}): Promise<void> {
  const rows = [...rowsOf(table)]
  const batch = [...rowsOf(pointInTime(table, declarations.map((declared) => runningAggregates(declared))))]
  const streams = declarations.map((declared) => runningAggregates(declared) as ReturnType<typeof runningAggregates<string | readonly string[], string, typeof declared.aggregates>>)
  const online = rows.map((row) => {
    const known = streams.map((stream) => stream.before((typeof stream.key === 'string' ? row[stream.key] : stream.key.map((name) => row[name])) as never, row[stream.timestamp] as number))
    for (const stream of streams) stream.add(row as never)
    return Object.assign({}, row, ...known) as Record<string, unknown>
  })
  expect(online).toEqual(batch)
  const sql = await query(table, 'the "events"', aggregatesToSql(declarations, { table: 'the "events"', ...options }))
  expect(sql.length).toBe(batch.length)
  const wrong = batch.flatMap((row, r) => Object.entries(row).flatMap(([name, value]) => {
    const got = sql[r][name]
    const equal = name.startsWith('fading') ? Math.abs(Number(got) - Number(value)) <= 1e-12 * Math.abs(Number(value)) : Object.is(got, value)
    return equal ? [] : [{ r, name, got, value }]
  }))
  expect(wrong.slice(0, 5)).toEqual([])
}

const renamed = (prefix: string) => Object.fromEntries(Object.entries(everyAggregate).map(([name, aggregate]) => [name.startsWith('fading') ? `fading ${prefix}${name}` : prefix + name, aggregate]))

describe.skipIf(duckdb === undefined)('in DuckDB (skipped where @duckdb/node-api is not installed)', () => {
  test.each([0, 2, 7.5])('events in seeded streams, delay %s', async (delay) => {
    for (const seed of [1, 2]) {
      // Whole multiples of 2^-60: what has more digits is an error, below.
      const events = someEvents(seed, 120).map((event) => ({ ...event, rating: event.rating === null ? null : Math.round(event.rating * 2 ** 50) / 2 ** 50 }))
      await expectAgreement(tableOf(events), [
        { key: 'user', timestamp: 'at', delay, aggregates: renamed('u ') },
        { key: ['user', 'item'], timestamp: 'at', delay, aggregates: renamed('p ') },
      ])
    }
  })

  test('columns and aggregates that are called what the query calls its own', async () => {
    const table = tableOf(someEvents(3, 60).map(({ user, item, at, clicked }) => ({ k0: user, x0: item, t: at, n: clicked })))
    await expectAgreement(table, [{
      key: 'k0', timestamp: 't', aggregates: { r: { kind: 'count' }, y0: { kind: 'distinct', of: 'x0', window: 5 }, s0: { kind: 'sum', of: 'n' }, a: { kind: 'since-last' }, b0: { kind: 'count', window: 3 } },
    }])
  })

  test('an impression log', async () => {
    const { train } = impressionLog({ users: 60, posts: 400, authors: 30, rows: 4000, days: 3, seed: 4 })
    const hour = 3_600_000
    await expectAgreement(train, [
      { key: 'post_id', timestamp: 'timestamp', delay: hour, aggregates: { views: { kind: 'count' }, ctr: { kind: 'rate', of: 'clicked', prior: 0.08, weight: 20 }, ctrDay: { kind: 'rate', of: 'clicked', window: 24 * hour }, trend: { kind: 'trending', window: 6 * hour } } },
      { key: 'user_id', timestamp: 'timestamp', aggregates: { dwell: { kind: 'sum', of: 'dwell_time_seconds' }, dwellDay: { kind: 'mean', of: 'dwell_time_seconds', window: 24 * hour }, authors: { kind: 'distinct', of: 'author_id', window: 12 * hour }, last: { kind: 'last-time' } } },
      { key: ['user_id', 'post_type'], timestamp: 'timestamp', aggregates: { typeRate: { kind: 'rate', of: 'clicked', prior: 0.08, weight: 5 }, typeIdle: { kind: 'since-last' } } },
    ])
  })

  test('MovieLens', async () => {
    const lines = readFileSync(movieLens, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number))
    const ratings = lines.map(([userId, movieId, rating, timestamp]) => ({ userId, movieId, rating, timestamp })).sort((a, b) => a.timestamp - b.timestamp).slice(0, 8000)
    const year = 365 * 86_400
    await expectAgreement(tableOf(ratings), [
      { key: 'movieId', timestamp: 'timestamp', aggregates: { ratings: { kind: 'count' }, mean: { kind: 'mean', of: 'rating', prior: 3.5, weight: 5 }, meanYear: { kind: 'mean', of: 'rating', window: year }, trend: { kind: 'trending', window: year } } },
      { key: 'userId', timestamp: 'timestamp', aggregates: { seen: { kind: 'distinct', of: 'movieId' }, total: { kind: 'sum', of: 'rating' }, idle: { kind: 'since-last' } } },
    ])
  })

  test('sums of many sizes, and very large ones', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ k: 'a', t: i, x: (i % 2 === 0 ? 1 : -1) * 3 ** (i % 40) + 2 ** -20 }))
    await expectAgreement(tableOf(rows), [{ key: 'k', timestamp: 't', aggregates: { total: { kind: 'sum', of: 'x' }, recent: { kind: 'sum', of: 'x', window: 7 } } }])
    const large = Array.from({ length: 300 }, (_, i) => ({ k: 'a', t: i, x: 2 ** 52 + i, y: 1 / 3 + i }))
    await expectAgreement(tableOf(large), [{ key: 'k', timestamp: 't', aggregates: { total: { kind: 'sum', of: 'x' }, third: { kind: 'mean', of: 'y' } } }])
  })

  test('names with quotes, blanks and commands in them', async () => {
    const table = tableOf({ 'key"; DROP TABLE x; --': ['a', 'a', 'b'], "o'clock": [1, 2, 3], constructor: [1, 2, 3] })
    await expectAgreement(table, [{ key: 'key"; DROP TABLE x; --', timestamp: "o'clock", aggregates: { ['sum "of" it']: { kind: 'sum', of: 'constructor' }, select: { kind: 'count' } } }])
  })

  test('a table in any order', async () => {
    const events = someEvents(5, 50)
    const shuffled = events.map((event, i) => ({ ...event, i })).toSorted((a, b) => (a.i * 7) % 50 - (b.i * 7) % 50)
    const declared = { key: 'user', timestamp: 'at', aggregates: { n: { kind: 'count' }, idle: { kind: 'since-last' } } } as const
    const wanted = pointInTime(events, [runningAggregates(declared)])
    const found = await query(tableOf(shuffled), 'e', aggregatesToSql([declared], { table: 'e' }))
    expect(found.map(({ n, idle }) => [n, idle])).toEqual(shuffled.map(({ i }) => [wanted[i].n, wanted[i].idle]))
  })

  test('moments', async () => {
    const declared = { key: 'k', timestamp: 't', aggregates: { last: { kind: 'last-time' }, n: { kind: 'count', window: 1500 } } } as const
    const sql = aggregatesToSql([declared], { table: 'v', time: 'timestamp' })
    const view = sql.replace('FROM "v"', `FROM (SELECT k, make_timestamp(CAST(t * 1000 AS BIGINT)) AS t FROM raw)`)
    const found = await query(tableOf({ k: ['a', 'a', 'a'], t: [1_760_000_000_000, 1_760_000_001_000, 1_760_000_002_500] }), 'raw', view)
    expect(found.map(({ last, n }) => [last, n])).toEqual([[null, 0], [1_760_000_000_000, 1], [1_760_000_001_000, 1]])
  })

  test('what is wrong in the data is an error, never a number', async () => {
    const declared = { key: 'k', timestamp: 't', aggregates: { total: { kind: 'sum', of: 'x' }, rate: { kind: 'rate', of: 'y' } } } as const
    const sql = aggregatesToSql([declared], { table: 'e' })
    const good = { k: ['a', 'b'], t: [1, 2], x: [1, 2], y: [1, 0] }
    expect((await query(tableOf(good), 'e', sql)).length).toBe(2)
    const cases: readonly [Record<string, unknown[]>, RegExp][] = [
      [{ ...good, k: ['a', null] }, /k is null/], [{ ...good, t: [1, null] }, /t is null/], [{ ...good, x: [1, NaN] }, /x is not finite/], [{ ...good, x: [1, Infinity] }, /x is not finite/],
      [{ ...good, t: [1, NaN] }, /t is not finite/], [{ ...good, t: [1, Infinity] }, /t is not finite/], [{ ...good, t: [1, 1.7e18] }, /t is not finite or past 2\^53/],
      [{ ...good, x: [1, 1e-15] }, /finer than 2\^-60/], [{ ...good, x: [1, 1e40] }, /out of range/], [{ ...good, y: [1, 0.5] }, /neither true nor false/],
      [{ k: ['a', 'b'], t: [1, 2], x: [1, 2] }, /"y" not found/],
    ]
    for (const [columns, message] of cases) await expect(query(tableOf(columns), 'e', sql)).rejects.toThrow(message)
    const finer = aggregatesToSql([declared], { table: 'e', fractionBits: 110 })
    expect((await query(tableOf({ ...good, k: ['a', 'a'], x: [1e-15, 0] }), 'e', finer))[1].total).toBe(1e-15)
  })
})

describe('the text', () => {
  const declared = { key: 'k', timestamp: 't', aggregates: { n: { kind: 'count' } } } as const

  test('names a table by its path', () => {
    expect(aggregatesToSql([declared], { table: ['lake', 'main', 'a.b'] })).toContain('FROM "lake"."main"."a.b"')
    expect(aggregatesToSql([runningAggregates(declared)], { table: 'e' })).toBe(aggregatesToSql([declared], { table: 'e' }))
  })

  test('bad input', () => {
    const loose = (value: unknown) => value as never
    const cases: readonly [() => unknown, RegExp][] = [
      [() => aggregatesToSql([], { table: 'e' }), /`declarations`/], [() => aggregatesToSql([declared], loose(undefined)), /`options`/], [() => aggregatesToSql([declared], { table: '' }), /`table`/],
      [() => aggregatesToSql([declared], { table: [] }), /`table`/], [() => aggregatesToSql([declared], { table: 'a\0b' }), /`table`/], [() => aggregatesToSql([declared], { table: 'e', time: loose('date') }), /`time`/],
      [() => aggregatesToSql([declared], { table: 'e', fractionBits: 111 }), /`fractionBits`/], [() => aggregatesToSql([declared, { ...declared, aggregates: { N: { kind: 'count' } } }], { table: 'e' }), /differ by more than case, as n and.*"N"/],
      [() => aggregatesToSql([{ ...declared, aggregates: {} }], { table: 'e' }), /at least one aggregate/], [() => aggregatesToSql([loose(null)], { table: 'e' }), /`declarations`.*null/],
    ]
    for (const [run, message] of cases) {
      expect(run).toThrow(message)
      expect(run).toThrow(ArgumentError)
    }
  })
})
