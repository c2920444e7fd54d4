import { describe, expect, test } from 'vitest'
import type { Table } from '../../../src/data'
import { rowsOf, socialNetwork } from '../../../src/data'
import { ArgumentError } from '../../../src/errors'

const seeds = [1, 2, 3]
const networks = seeds.map((seed) => socialNetwork({ users: 3000, seed, tweets: 1500 }))
const numbers = (table: Table, name: string): readonly number[] => Array.from(rowsOf(table), (row) => row[name] as number)
const start = Date.UTC(2026, 0, 5)

/** The exponent of a power law between two degrees, by maximum likelihood (Clauset, Shalizi and Newman 2009, continuous approximation). */
function exponentOf(degrees: readonly number[], low: number, high: number): number {
  const within = degrees.filter((degree) => degree >= low && degree <= high)
  const meanLog = within.reduce((sum, degree) => sum + Math.log(degree), 0) / within.length
  const likelihood = (a: number) => Math.log((a - 1) / ((low - 0.5) ** (1 - a) - (high + 0.5) ** (1 - a))) - a * meanLog
  const candidates = Array.from({ length: 400 }, (_, i) => 1.05 + i / 100)
  return candidates.reduce((best, a) => (likelihood(a) > likelihood(best) ? a : best))
}

const inDegrees = (follows: Table, users: number) => {
  const degrees = Array.from({ length: users }, () => 0)
  for (const v of numbers(follows, 'followee_id')) degrees[v]++
  return degrees
}

describe.each(networks.map((network, i) => [seeds[i], network] as const))('a network of seed %s', (_, network) => {
  const { users, follows, tweets, views, likes, retweets, replies, labels, truth } = network
  const written = [...rowsOf(tweets)] as { readonly tweet_id: number; readonly author_id: number; readonly timestamp: number; readonly reply_to: number | null; readonly conversation_id: number; readonly text: string }[]

  test('follows: a power law, homophily, nobody twice or oneself', () => {
    const from = numbers(follows, 'follower_id')
    const to = numbers(follows, 'followee_id')
    expect(new Set(from.map((u, i) => u * 3000 + to[i])).size).toBe(follows.rows)
    expect(from.every((u, i) => u !== to[i])).toBe(true)
    const { community } = truth.users
    const within = from.filter((u, i) => community[u] === community[to[i]]).length / follows.rows
    expect(within).toBeGreaterThan(0.7)
    expect(within).toBeLessThan(0.76)
    expect(Math.abs(exponentOf(inDegrees(follows, 3000), 20, 150) - 2.5)).toBeLessThan(0.45)
    expect(follows.rows / 3000).toBeGreaterThan(20)
    expect(follows.rows / 3000).toBeLessThan(24)
    const [most] = inDegrees(follows, 3000).toSorted((a, b) => b - a)
    expect(most).toBeGreaterThan(150)
  })

  test('everything is in order of time, and refers to what is there before', () => {
    const joined = numbers(users, 'joined_at')
    for (const table of [follows, tweets, views, likes, retweets, replies, labels]) {
      const times = numbers(table, 'timestamp')
      expect(times.every((at, i) => i === 0 || at >= times[i - 1])).toBe(true)
    }
    const from = numbers(follows, 'follower_id')
    const to = numbers(follows, 'followee_id')
    numbers(follows, 'timestamp').forEach((at, i) => {
      expect(at > Math.max(joined[from[i]], joined[to[i]]) && at < start).toBe(true)
    })
    expect(written.map((tweet) => tweet.tweet_id)).toEqual(Array.from(written.keys()))
    for (const { timestamp, reply_to: to, conversation_id: conversation } of written) {
      expect(timestamp).toBeGreaterThanOrEqual(start)
      if (to === null) continue
      expect(timestamp).toBeGreaterThan(written[to].timestamp)
      expect([written[to].reply_to, conversation]).toEqual([null, to])
    }
    for (const table of [views, likes, retweets, labels]) {
      const tweet = numbers(table, 'tweet_id')
      expect(numbers(table, 'timestamp').every((at, i) => at > written[tweet[i]].timestamp)).toBe(true)
    }
    expect(numbers(replies, 'tweet_id')).toEqual(written.flatMap((tweet) => (tweet.reply_to === null ? [] : [tweet.tweet_id])))
    expect(numbers(replies, 'reply_to')).toEqual(written.flatMap(({ reply_to: to }) => (to === null ? [] : [to])))
    expect(numbers(replies, 'user_id')).toEqual(written.flatMap((tweet) => (tweet.reply_to === null ? [] : [tweet.author_id])))
  })

  test('who likes, retweets or answers has seen it, once', () => {
    const pairs = (table: Table, tweet = 'tweet_id') => {
      const of = numbers(table, tweet)
      return numbers(table, 'user_id').map((user, i) => `${user} ${of[i]}`)
    }
    const seen = new Set(pairs(views))
    expect(seen.size).toBe(views.rows)
    for (const done of [pairs(likes), pairs(retweets), pairs(replies, 'reply_to')]) {
      expect(done.every((pair) => seen.has(pair))).toBe(true)
      expect(new Set(done).size).toBe(done.length)
    }
  })

  test('likes are calibrated to the truth', () => {
    const liked = new Set(numbers(likes, 'tweet_id').map((tweet, i) => numberPair(numbersOf.likes[i], tweet)))
    const tweet = numbers(views, 'tweet_id')
    const bins = Array.from({ length: 5 }, () => ({ clicks: 0, expected: 0, variance: 0 }))
    numbers(views, 'user_id').forEach((user, i) => {
      const p = truth.likeProbability[i]
      if (i % 500 === 0) expect(truth.like(user, tweet[i])).toBe(p)
      const bin = bins[Math.floor(p * 5)]
      bin.clicks += liked.has(numberPair(user, tweet[i])) ? 1 : 0
      bin.expected += p
      bin.variance += p * (1 - p)
    })
    for (const { clicks, expected, variance } of bins) expect(Math.abs(clicks - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(variance))
  })
  const numbersOf = { likes: numbers(likes, 'user_id') }

  test('labels find nine in ten, and one in a hundred that is not so', () => {
    const label = Array.from(rowsOf(labels), (row) => row.label)
    const said = numbers(labels, 'tweet_id').map((tweet, i) => `${tweet} ${String(label[i])}`)
    for (const [name, so] of [['spam', truth.tweets.spam], ['nsfw', truth.tweets.nsfw], ['toxic', truth.tweets.toxic]] as const) {
      const found = new Set(said.filter((one) => one.endsWith(name)))
      const rate = (value: number) => {
        const all = written.filter((tweet) => so[tweet.tweet_id] === value)
        return all.filter((tweet) => found.has(`${tweet.tweet_id} ${name}`)).length / all.length
      }
      expect(rate(1)).toBeGreaterThan(0.65)
      expect(rate(0)).toBeLessThan(0.025)
    }
  })
})

const numberPair = (user: number, tweet: number) => `${user} ${tweet}`

test('the exponent follows the knob', () => {
  const fitted = [2.2, 3].map((exponent) => exponentOf(inDegrees(socialNetwork({ users: 3000, exponent, tweets: 0 }).follows, 3000), 20, 150))
  expect(fitted[0]).toBeLessThan(2.65)
  expect(fitted[1]).toBeGreaterThan(2.8)
})

test('homophily follows the knob', () => {
  const { follows, truth } = socialNetwork({ users: 1200, homophily: 0, communities: 6, tweets: 0 })
  const to = numbers(follows, 'followee_id')
  const shares = new Map<number, number>()
  const weight = truth.users.fame.reduce((sum, fame) => sum + fame, 0)
  truth.users.fame.forEach((fame, u) => shares.set(truth.users.community[u], (shares.get(truth.users.community[u]) ?? 0) + fame / weight))
  const from = numbers(follows, 'follower_id')
  const within = from.filter((u, i) => truth.users.community[u] === truth.users.community[to[i]]).length / follows.rows
  const chance = from.reduce((sum, u) => sum + (shares.get(truth.users.community[u]) ?? 0), 0) / from.length
  expect(Math.abs(within - chance)).toBeLessThan(0.02)
})

test('equal seeds give equal networks, others others', () => {
  const of = (seed: number) => {
    const { truth: _, ...tables } = socialNetwork({ users: 60, seed })
    return Object.values(tables).map((table) => [...rowsOf(table)])
  }
  expect(of(5)).toEqual(of(5))
  expect(of(5)).not.toEqual(of(6))
})

test('two users, no tweets', () => {
  const { users, tweets, replies } = socialNetwork({ users: 2, tweets: 0 })
  expect([users.rows, tweets.rows, replies.rows]).toEqual([2, 0, 0])
})

test('bad options', () => {
  const loose = (value: unknown) => value as never
  const cases: readonly [object, RegExp][] = [
    [{ users: 1 }, /`users`/], [{ communities: 0 }, /`communities`/], [{ homophily: 2 }, /`homophily`/], [{ reciprocity: NaN }, /`reciprocity`/], [{ exponent: 2 }, /`exponent`/],
    [{ tweets: -1 }, /`tweets`/], [{ meanFollows: 0 }, /`meanFollows`/], [{ days: Infinity }, /`days`/], [{ start: '2026' }, /`start`/], [{ seed: null }, /`seed`|seed/],
  ]
  for (const [options, message] of cases.slice(0, -1)) {
    expect(() => socialNetwork(loose(options))).toThrow(message)
    expect(() => socialNetwork(loose(options))).toThrow(ArgumentError)
  }
  expect(() => networks[0].truth.like(3000, 0)).toThrow(ArgumentError)
})
