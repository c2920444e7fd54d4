import { describe, expect, test } from 'vitest'
import type { Aggregate } from '../../src/data'
import { pointInTime, rowsOf, runningAggregates, tableOf } from '../../src/data'
import { addExact, readExact, sumCells } from '../../src/data/exact-sum'
import { ArgumentError, DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { everyAggregate, exactSum, naive, someEvents, type Event } from './naive-aggregates'

const seeds = Array.from({ length: 8 }, (_, seed) => seed)
const users = (delay = 0) => ({ key: 'user', timestamp: 'at', aggregates: everyAggregate, delay }) as const
const pairs = (delay = 0) => ({ key: ['user', 'item'], timestamp: 'at', aggregates: everyAggregate, delay }) as const

function expected(all: readonly Event[], now: number, delay: number, same: (event: Event) => boolean): Record<string, number | null> {
  const mine = all.filter(same)
  return Object.fromEntries(Object.entries(everyAggregate).map(([name, aggregate]) => [name, naive(aggregate, mine, now, delay)]))
}

/** Decayed sums are rounded at each event; all else is equal to the last digit. */
function expectEqual(got: object, want: Readonly<Record<string, number | null>>): void {
  const found = got as Readonly<Record<string, number | null>>
  const wrong = Object.entries(want).filter(([name, value]) => (
    name.startsWith('fading') ? !(Math.abs(Number(found[name]) - Number(value)) <= 1e-12 * Math.abs(Number(value))) : !Object.is(found[name], value)
  ))
  expect(wrong.map(([name, value]) => ({ name, got: found[name], want: value }))).toEqual([])
}

describe('exact sums', () => {
  test('are the sum rounded once, in any order, and what is taken away is gone', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(seed)
      const values = Array.from({ length: 1 + random.integer(60) }, () => random.normal() * 2 ** (random.integer(140) - 50))
      const cells = new Float64Array(sumCells)
      for (const value of values) addExact(cells, 0, value)
      expect(readExact(cells, 0)).toBe(exactSum(values))
      random.shuffle(values)
      const gone = values.splice(0, random.integer(values.length + 1))
      for (const value of gone) addExact(cells, 0, -value)
      expect(readExact(cells, 0)).toBe(exactSum(values))
      for (const value of values) addExact(cells, 0, -value)
      expect(Array.from(cells)).toEqual([0, 0, 0, 0, 0])
    }
  })

  test('round halves to even, and by what lies below', () => {
    const sum = (values: readonly number[]) => {
      const cells = new Float64Array(sumCells)
      for (const value of values) addExact(cells, 0, value)
      return readExact(cells, 0)
    }
    expect(sum([2 ** 53, 1])).toBe(2 ** 53)
    expect(sum([2 ** 53, 1, 2 ** -80])).toBe(2 ** 53 + 2)
    expect(sum([2 ** 53, 1, -(2 ** -80)])).toBe(2 ** 53)
    expect(sum([-(2 ** 53), -1, -(2 ** -80)])).toBe(-(2 ** 53) - 2)
    expect(sum([1e30, 1e-30, -1e30])).toBeCloseTo(1e-30, 33)
    expect(sum(Array.from({ length: 10 }, () => 0.1))).toBe(1)
    expect(sum([])).toBe(0)
  })
})

describe.each([0, 2, 7.5])('aggregates with a delay of %s', (delay) => {
  test('of rows and of a table equal their definition', () => {
    for (const seed of seeds) {
      const all = someEvents(seed, 70)
      const rows = pointInTime(all, [runningAggregates(users(delay))])
      all.forEach((event, r) => expectEqual(rows[r], expected(all, event.at, delay, (other) => other.user === event.user)))
      expect([...rowsOf(pointInTime(tableOf(all), [runningAggregates(users(delay))]))]).toEqual(rows)
    }
  })

  test('of pairs of keys', () => {
    for (const seed of seeds) {
      const all = someEvents(seed, 60, 2)
      const rows = pointInTime(all, [runningAggregates(pairs(delay))])
      all.forEach((event, r) => expectEqual(rows[r], expected(all, event.at, delay, (other) => other.user === event.user && other.item === event.item)))
      expect([...rowsOf(pointInTime(tableOf(all), [runningAggregates(pairs(delay))]))]).toEqual(rows)
    }
  })

  test('online at any later moment, and after a restart at any point, equal their definition', () => {
    for (const seed of seeds.slice(0, 3)) {
      const all = someEvents(seed, 30)
      let running = runningAggregates(users(delay))
      all.forEach((event, i) => {
        running.add(event)
        if (i % 7 === 3) {
          const again = runningAggregates(users(delay), JSON.parse(JSON.stringify(running)))
          expect(again.toJSON()).toEqual(running.toJSON())
          running = again
        }
        for (const now of [event.at, event.at + 0.5, event.at + 9, event.at + 12.5, event.at + 300])
          for (const user of [0, 1, 2, 'nobody']) expectEqual(running.before(user, now), expected(all.slice(0, i + 1), now, delay, (other) => other.user === user))
      })
    }
  })
})

describe('a stream', () => {
  test('goes on from a table, and the other way round, as one', () => {
    const all = someEvents(4, 90)
    const cut = all.findIndex((event, i) => i > 40 && event.at > all[i - 1].at)
    const whole = [...rowsOf(pointInTime(tableOf(all), [runningAggregates(users(3))]))]
    const running = runningAggregates(users(3))
    pointInTime(tableOf(all.slice(0, cut)), [running])
    const saved = runningAggregates(users(3), running.toJSON())
    expect(pointInTime(all.slice(cut), [running])).toEqual(whole.slice(cut))
    expect([...rowsOf(pointInTime(tableOf(all.slice(cut)), [saved]))]).toEqual(whole.slice(cut))
  })

  test('keeps no more events than the longest window holds', () => {
    const running = runningAggregates({ key: 'k', timestamp: 't', aggregates: { n: { kind: 'count', window: 10 }, d: { kind: 'distinct', of: 'v', window: 10 } } })
    for (let t = 0; t < 5000; t++) running.add({ k: 'a', t, v: t })
    const { states, tallies } = running.toJSON()
    expect(states[0].kept.length).toBeLessThanOrEqual(12)
    expect(tallies[0].length).toBeLessThanOrEqual(12)
    expect(running.before('a', 5000)).toEqual({ n: 10, d: 10 })
    expect(running.before('a', 5004.5)).toEqual({ n: 5, d: 5 })
    expect(running.before('a', 9000)).toEqual({ n: 0, d: 0 })
    expect(running.before('a', 5000)).toEqual({ n: 10, d: 10 })
  })

  test('forgets keys that have been idle, and keeps the others as they are', () => {
    for (const seed of seeds) {
      const all = someEvents(seed, 80)
      const running = runningAggregates(pairs())
      for (const event of all) running.add(event)
      const now = all[79].at + 1
      const since = all[50].at
      const lastOf = new Map(all.map(({ user, item, at }) => [`${user} ${item}`, { user, item, at }]))
      const stale = [...lastOf.values()].filter(({ at }) => at < since)
      expect(running.forget(since)).toBe(stale.length)
      expect(running.size()).toBe(lastOf.size - stale.length)
      for (const { user, item, at } of lastOf.values()) {
        const mine = (other: Event) => at >= since && other.user === user && other.item === item
        expectEqual(running.before([user, item], now), expected(all, now, 0, mine))
      }
      expect(running.forget(since)).toBe(0)
      running.add({ ...all[0], at: now })
      expectEqual(running.before([all[0].user, all[0].item], now + 1), expected(
        [...all, { ...all[0], at: now }], now + 1, 0,
        (other) => other.user === all[0].user && other.item === all[0].item && (other.at === now || !stale.some(({ user, item }) => user === other.user && item === other.item)),
      ))
    }
  })

  test('late events are an error, or dropped and counted', () => {
    const declared = { key: 'k', timestamp: 't', aggregates: { n: { kind: 'count' } } } as const
    const strict = runningAggregates(declared)
    const lenient = runningAggregates({ ...declared, late: 'drop' })
    for (const running of [strict, lenient]) running.add({ k: 1, t: 10 })
    expect(() => strict.add({ k: 1, t: 9 })).toThrow(/events go in order of time/)
    lenient.add({ k: 1, t: 9 })
    expect([lenient.late(), lenient.before(1, 11), lenient.newest()]).toEqual([1, { n: 1 }, 10])
    expect(() => lenient.before(1, 9)).toThrow(DataError)
    expect(() => runningAggregates({ ...declared, late: 'ignore' as never })).toThrow(ArgumentError)
  })
})

describe('bad input', () => {
  const loose = (value: unknown) => value as never
  const declare = (aggregate: object, delay = 0) => () => runningAggregates({ key: 'k', timestamp: 't', delay, aggregates: { a: loose(aggregate) } })

  test('declarations', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [declare({ kind: 'count', window: 0 }), /aggregates\.a\.window.*> 0, got 0/], [declare({ kind: 'count', window: NaN }), /window.*got NaN/],
      [declare({ kind: 'count', window: Infinity }), /window.*got Infinity/], [declare({ kind: 'sum', of: 'x', window: '7d' }), /window.*got "7d"/],
      [declare({ kind: 'count', window: 5 }, 5), /longer than the delay of 5/], [declare({ kind: 'last-time', window: 5 }), /window.*absent/],
      [declare({ kind: 'trending' }), /window/], [declare({ kind: 'decayed', halfLife: 0 }), /halfLife/], [declare({ kind: 'decayed' }), /halfLife/],
      [declare({ kind: 'distinct' }), /aggregates\.a\.of/], [declare({ kind: 'rate', of: 'x', prior: 0.5 }), /both prior and weight/], [declare({ kind: 'count', of: 'x' }), /absent/],
      [() => runningAggregates({ key: [], timestamp: 't', aggregates: { a: { kind: 'count' } } }), /`key`/],
      [() => runningAggregates({ key: ['a', 'a'], timestamp: 't', aggregates: { a: { kind: 'count' } } }), /`key`/],
      [() => runningAggregates({ key: 'a', timestamp: 't', delay: -1, aggregates: { a: { kind: 'count' } } }), /`delay`/],
    ]
    for (const [run, message] of cases) {
      expect(run).toThrow(message)
      expect(run).toThrow(ArgumentError)
    }
  })

  const running = () => runningAggregates({
    key: ['k', 'l'], timestamp: 't', aggregates: { total: { kind: 'sum', of: 'x' }, rate: { kind: 'rate', of: 'y' }, ids: { kind: 'distinct', of: 'z', window: 9 } },
  })

  test('events', () => {
    const cases: readonly [object, RegExp][] = [
      [{ k: 1, l: null, t: 1 }, /event\.l/], [{ k: {}, l: 1, t: 1 }, /event\.k/], [{ k: 1, l: 1, t: NaN }, /event\.t.*NaN/], [{ k: 1, l: 1, t: new Date() }, /event\.t/],
      [{ k: 1, l: 1, t: 1, x: Infinity }, /event\.x/], [{ k: 1, l: 1, t: 1, x: 1e31 }, /at most 2\^100/], [{ k: 1, l: 1, t: 1, y: 0.5 }, /event\.y.*so or not/], [{ k: 1, l: 1, t: 1, z: {} }, /event\.z/],
    ]
    for (const [event, message] of cases) {
      const one = running()
      expect(() => one.add(loose(event))).toThrow(message)
      expect([one.size(), one.newest()]).toEqual([0, -Infinity])
      expect(() => pointInTime(loose([event]), [one])).toThrow(DataError)
    }
    expect(() => running().before(loose(5), 1)).toThrow(/an array of 2 ids: k, l/)
    expect(() => running().before(loose([5]), 1)).toThrow(ArgumentError)
  })

  test('seconds and milliseconds in one stream', () => {
    const one = runningAggregates({ key: 'k', timestamp: 't', aggregates: { n: { kind: 'count' } } })
    one.add({ k: 1, t: 1_760_000_000 })
    expect(() => one.add({ k: 1, t: 1_760_000_000_000 })).toThrow(/seconds and milliseconds mixed/)
    expect(one.before(1, Number.MAX_SAFE_INTEGER)).toEqual({ n: 1 })
    const other = runningAggregates({ key: 'k', timestamp: 't', aggregates: { n: { kind: 'count' } } })
    other.add({ k: 1, t: 1_760_000_000_000 })
    expect(() => other.add({ k: 1, t: 1_760_000_001 })).toThrow(/seconds and milliseconds mixed/)
  })

  test('tables, and then no row was taken in', () => {
    const columns = { k: ['a', 'b'], l: [1, 2], t: [1, 2], x: [1, null], y: [true, false], z: ['u', 'v'] }
    const cases: readonly [object, RegExp][] = [
      [{ ...columns, t: [2, 1] }, /rows\[1\]\.t.*order of time/], [{ ...columns, t: [1, null] }, /rows\[1\]\.t/], [{ ...columns, k: ['a', null] }, /rows\[1\]\.k/],
      [{ ...columns, l: [1, NaN] }, /rows\[1\]\.l/], [{ ...columns, x: [1, NaN] }, /rows\[1\]\.x/], [{ ...columns, x: ['1', '2'] }, /rows\[0\]\.x/],
      [{ ...columns, t: [2n ** 60n, 2n ** 60n + 1n] }, /rows\[0\]\.t.*finite timestamp, got 1152921504606846976n/],
      [{ k: ['a'], l: [1], t: [1], x: [1], y: [true] }, /expected a column "z"/], [{ ...columns, total: [1, 2] }, /no column of the table, got "total"/],
    ]
    for (const [bad, message] of cases) {
      const one = running()
      expect(() => pointInTime(tableOf(bad as Record<string, unknown[]>), [one])).toThrow(message)
      expect([one.size(), one.newest()]).toEqual([0, -Infinity])
    }
    const one = running()
    expect(pointInTime(tableOf({ k: [], l: [], t: [], x: [], y: [], z: [] }), [one]).rows).toBe(0)
    expect(one.newest()).toBe(-Infinity)
  })

  test('a column that is nearly there is misspelt, one that is not there says nothing', () => {
    const declared = { key: 'k', timestamp: 't', aggregates: { clicks: { kind: 'sum', of: 'clicked' } } } as const
    expect(() => pointInTime(loose([{ k: 1, t: 1, Clicked: true }]), [runningAggregates(declared)])).toThrow(/rows\[0\]\.clicked.*was `Clicked` meant/)
    expect(pointInTime([{ k: 1, t: 1 }, { k: 1, t: 2 }], [runningAggregates(declared)]).map(({ clicks }) => clicks)).toEqual([0, 0])
  })

  test('snapshots of something else, or cut short', () => {
    const one = running()
    one.add({ k: 1, l: 2, t: 3, x: 4, y: true, z: 'u' })
    const saved = one.toJSON()
    const again = (snapshot: object) => () => runningAggregates(
      { key: ['k', 'l'], timestamp: 't', aggregates: { total: { kind: 'sum', of: 'x' }, rate: { kind: 'rate', of: 'y' }, ids: { kind: 'distinct', of: 'z', window: 9 } } }, loose(snapshot),
    )
    expect(again(saved)().before([1, 2], 4)).toEqual({ total: 4, rate: 1, ids: 1 })
    for (const bad of [{}, { ...saved, version: 2 }, { ...saved, keys: [] }, { ...saved, keys: [7] }, { ...saved, keys: [...saved.keys, ...saved.keys], states: [...saved.states, ...saved.states] }, { ...saved, states: [{}] }, { ...saved, states: [{ ...saved.states[0], waiting: 7 }] }, { ...saved, states: [{ ...saved.states[0], cells: saved.states[0].cells.map(() => null) }] }, { ...saved, ids: null }, { ...saved, newest: 'x' }])
      expect(again(bad)).toThrow(DataError)
    expect(() => runningAggregates({ key: 'k', timestamp: 't', aggregates: { n: { kind: 'count' } } }, saved)).toThrow(/same declaration/)
    expect(again(loose(null))).toThrow(ArgumentError)
  })
})

test('ids are told apart as everywhere: 1, 1n and "1" are one, texts that run together are not', () => {
  const one = runningAggregates({ key: ['a', 'b'], timestamp: 't', aggregates: { n: { kind: 'count' }, v: { kind: 'distinct', of: 'v' } } })
  one.add({ a: 1, b: '12', t: 1, v: 1 })
  one.add({ a: 1n, b: 12, t: 1, v: '1' })
  one.add({ a: '11', b: '2', t: 1, v: '__proto__' })
  expect([one.size(), one.before(['1', 12n], 2), one.before([11, 2], 2)]).toEqual([2, { n: 2, v: 1 }, { n: 1, v: 1 }])
})

test('a table may hold its columns in any kind', () => {
  const aggregates: Readonly<Record<string, Aggregate>> = { n: { kind: 'count', window: 2500 }, total: { kind: 'sum', of: 'v' }, d: { kind: 'distinct', of: 'k' } }
  const plain = pointInTime(tableOf({ k: [1, 1, 2, 1], t: [1000, 2000, 3000, 4000], v: [1, 2, 3, 4] }), [runningAggregates({ key: 'k', timestamp: 't', aggregates })])
  const kinds = [
    { k: [1n, 1n, 2n, 1n], t: [1000, 2000, 3000, 4000].map((ms) => new Date(ms)), v: Float32Array.of(1, 2, 3, 4) },
    { k: ['1', '1', '2', '1'], t: BigInt64Array.of(1000n, 2000n, 3000n, 4000n), v: Int8Array.of(1, 2, 3, 4) },
    { k: [1, '1', 2n, 1], t: [1000, 2000, 3000, 4000], v: Uint8Array.of(1, 2, 3, 4) },
    { k: Int32Array.of(1, 1, 2, 1), t: [1000, 2000, 3000, 4000], v: [1, 2, 3, 4] },
  ]
  for (const columns of kinds) {
    const { columns: made } = pointInTime(tableOf(columns), [runningAggregates({ key: 'k', timestamp: 't', aggregates })])
    for (const name of Object.keys(aggregates)) expect(made.get(name)).toEqual(plain.columns.get(name))
  }
})
