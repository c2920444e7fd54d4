import { describe, expect, test } from 'vitest'
import { pointInTime, runningAggregates } from '../../src/data'
import { ArgumentError, DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { exactSum } from './naive-aggregates'

interface Event { readonly user: number | string; readonly at: number; readonly rating?: number | null; readonly liked: boolean }

const everything = () => runningAggregates({
  key: 'user', timestamp: 'at',
  aggregates: {
    n: { kind: 'count' }, total: { kind: 'sum', of: 'rating' }, likes: { kind: 'sum', of: 'liked' },
    plain: { kind: 'mean', of: 'rating' }, smooth: { kind: 'mean', of: 'rating', prior: 3.5, weight: 4 },
    last: { kind: 'last-time' }, idle: { kind: 'since-last' },
  },
})

function events(seed: number, n: number): Event[] {
  const random = seededRandom(seed)
  let at = 0
  return Array.from({ length: n }, () => {
    at += random.integer(3)
    const user = random.integer(4)
    const rating = random.next() < 0.8 ? random.normal() * 10 ** random.integer(6) : null
    return { user: random.next() < 0.5 ? user : String(user), at, liked: random.next() < 0.4, ...(random.next() < 0.9 && { rating }) }
  })
}

/** The same by looking at every earlier event again: O(n²). */
function bruteForce(all: readonly Event[], user: number | string, now: number) {
  const past = all.filter((event) => String(event.user) === String(user) && event.at < now)
  const ratings = past.flatMap((event) => (typeof event.rating === 'number' ? [event.rating] : []))
  const total = exactSum(ratings)
  const last = past.length > 0 ? past[past.length - 1].at : null
  return {
    n: past.length, total, likes: past.filter((event) => event.liked).length,
    plain: ratings.length > 0 ? total / ratings.length : null, smooth: (total + 14) / (ratings.length + 4),
    last, idle: last === null ? null : now - last,
  }
}

const seeds = Array.from({ length: 25 }, (_, seed) => seed)

describe('running aggregates', () => {
  test('over a table equal brute force to the last bit', () => {
    for (const seed of seeds) {
      const all = events(seed, 120)
      const rows = pointInTime(all, [everything()])
      rows.forEach((row, r) => expect(row).toEqual({ ...all[r], ...bruteForce(all, all[r].user, all[r].at) }))
    }
  })

  test('online, one event at a time, equal brute force at any moment from the newest event on', () => {
    for (const seed of seeds) {
      const all = events(seed, 60)
      const running = everything()
      all.forEach((event, i) => {
        running.add(event)
        for (const now of [event.at, event.at + 0.5, event.at + 100])
          for (const user of [0, '1', 2, 'nobody']) expect(running.before(user, now)).toEqual(bruteForce(all.slice(0, i + 1), user, now))
      })
      expect(running.newest()).toBe(all[59].at)
      expect(running.size()).toBe(new Set(all.map((event) => String(event.user))).size)
    }
  })

  test('a table and then a stream know the same as one table', () => {
    const all = events(3, 100)
    const cut = all.findIndex((event, i) => i > 50 && event.at > all[i - 1].at)
    const running = everything()
    pointInTime(all.slice(0, cut), [running])
    expect(pointInTime(all.slice(cut), [running])).toEqual(pointInTime(all, [everything()]).slice(cut))
  })

  test('what comes later changes nothing', () => {
    const all = events(5, 80)
    const other = [...all.slice(0, 40), ...events(6, 40).map((event) => ({ ...event, at: event.at + all[39].at }))]
    expect(pointInTime(other, [everything()]).slice(0, 40)).toEqual(pointInTime(all, [everything()]).slice(0, 40))
  })

  test('several at once, each by its own key', () => {
    const users = runningAggregates({ key: 'user', timestamp: 'at', aggregates: { userCount: { kind: 'count' } } })
    const movies = runningAggregates({ key: 'movie', timestamp: 'at', aggregates: { movieCount: { kind: 'count' }, movieMean: { kind: 'mean', of: 'rating', prior: 3, weight: 1 } } })
    const rows = pointInTime([
      { user: 1, movie: 'x', at: 1, rating: 5 }, { user: 2, movie: 'x', at: 2, rating: 1 }, { user: 1, movie: 'y', at: 3, rating: 2 }, { user: 1, movie: 'x', at: 4, rating: 2 },
    ], [users, movies])
    expect(rows.map(({ userCount, movieCount, movieMean }) => [userCount, movieCount, movieMean])).toEqual([[0, 0, 3], [0, 1, 4], [1, 0, 3], [2, 2, 3]])
  })

  test('rows are left as they were', () => {
    const row = Object.freeze({ user: 1, at: 1, liked: true })
    expect(pointInTime([row], [everything()])[0]).not.toBe(row)
    expect(Object.keys(row)).toEqual(['user', 'at', 'liked'])
  })

  test('many keys, and keys and names of the prototype', () => {
    const running = runningAggregates({ key: 'constructor', timestamp: 'at', aggregates: { ['__proto__']: { kind: 'count' } } })
    const keys = ['__proto__', 'constructor', 'toString', ...Array.from({ length: 500 }, (_, i) => i)]
    for (let at = 0; at < 3; at++) for (const key of keys) running.add({ constructor: key, at })
    for (const key of keys) expect(Object.entries(running.before(key, 3))).toEqual([['__proto__', 3]])
    expect(Object.entries(running.before('hasOwnProperty', 3))).toEqual([['__proto__', 0]])
    const rows = pointInTime([{ constructor: 'a', at: 5 }], [running])
    expect(Object.entries(rows[0])).toEqual([['constructor', 'a'], ['at', 5], ['__proto__', 0]])
  })
})

describe('bad input', () => {
  const loose = (value: unknown) => value as never

  test('events out of order, and questions about the past', () => {
    const running = everything()
    running.add({ user: 1, at: 10, liked: true })
    expect(() => running.add({ user: 2, at: 9, liked: true })).toThrow(/event\.at` to be at or after the newest event, at 10 .*got 9/)
    expect(() => running.before(1, 9)).toThrow(DataError)
    expect(() => pointInTime([{ user: 1, at: 2, liked: true }, { user: 1, at: 1, liked: true }], [everything()])).toThrow(/pointInTime: rows\[1\]: .*newest event, at 2.*got 1/)
  })

  test('values that are not what they should be, and the state stays as it was', () => {
    const running = everything()
    running.add({ user: 1, at: 1, rating: 2, liked: true })
    const before = running.before(1, 5)
    const cases: readonly [object, RegExp][] = [
      [{ user: null, at: 2 }, /event\.user.*got null/], [{ user: NaN, at: 2 }, /event\.user.*got NaN/], [{ user: 1, at: NaN }, /event\.at.*got NaN/],
      [{ user: 1, at: 2, rating: NaN }, /event\.rating.*got NaN/], [{ user: 1, at: 2, rating: '5' }, /event\.rating.*got "5"/],
    ]
    for (const [event, message] of cases) expect(() => running.add(loose(event))).toThrow(message)
    for (const event of [null, 3]) expect(() => running.add(loose(event))).toThrow(/`event` to be an object/)
    expect(running.before(1, 5)).toEqual(before)
    expect(() => running.before(loose({}), 5)).toThrow(/`user` to be a string/)
    expect(() => running.before(1, Infinity)).toThrow(/`at` to be a finite timestamp/)
    expect(() => pointInTime(loose([{ user: 1, at: 1 }, { user_: 1, at: 1 }]), [everything()])).toThrow(/rows\[1\]\.user.*was `user_` meant/)
    expect(() => pointInTime(loose([null]), [everything()])).toThrow(/rows\[0\]/)
    expect(() => pointInTime(loose([{ user: 1, at: 1, rating: 'x' }]), [everything()])).toThrow(/pointInTime: rows\[0\]: .*event\.rating/)
  })

  test('declarations', () => {
    const declare = (aggregates: object) => () => runningAggregates({ key: 'k', timestamp: 't', aggregates: loose(aggregates) })
    const cases: readonly [() => unknown, RegExp][] = [
      [declare({}), /at least one aggregate/], [declare({ a: { kind: 'max' } }), /aggregates\.a\.kind.*got "max"/], [declare({ a: null }), /aggregates\.a\.kind/],
      [declare({ a: { kind: 'sum' } }), /aggregates\.a\.of/], [declare({ a: { kind: 'mean', of: 'x', prior: 1 } }), /aggregates\.a.*both/],
      [declare({ a: { kind: 'mean', of: 'x', prior: 1, weight: 0 } }), /aggregates\.a\.weight/], [declare({ a: { kind: 'mean', of: 'x', prior: NaN, weight: 1 } }), /aggregates\.a\.prior/],
      [() => runningAggregates(loose({ timestamp: 't', aggregates: {} })), /`key`/], [() => runningAggregates(loose({ key: 'k', aggregates: {} })), /`timestamp`/],
      [() => pointInTime([{ user: 1, at: 1, liked: true }], [everything(), everything()]), /n twice/],
      [() => pointInTime([{ user: 1, at: 1, liked: true, idle: 3 }], [everything()]), /no column of the rows, got "idle"/],
    ]
    for (const [run, message] of cases) {
      expect(run).toThrow(message)
      expect(run).toThrow(ArgumentError)
    }
  })
})
