import { authorDiversity, freshness, functionScorer, outOfNetworkFactor, weightedActions } from 'feedrank/scorers'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { contextAt } from '../pipeline/context'

const f64 = (...values: readonly number[]) => Float64Array.from(values)

describe('functionScorer', () => {
  it('sees the candidate, the query, its score so far and the context', async () => {
    const scorer = functionScorer('f', (c: { n: number }, q: { w: number }, previous, ctx) => c.n * q.w + previous + ctx.now)
    expect(await scorer.score({ w: 10 }, [{ n: 1 }, { n: 2 }], f64(0.5, 0.25), contextAt(100))).toEqual(f64(110.5, 120.25))
  })
})

describe('weightedActions', () => {
  type Row = { p: Record<'like' | 'reply' | 'report', number> | undefined }
  const row = (like: number, reply: number, report: number): Row => ({ p: { like, reply, report } })
  const weights = { like: 1, reply: 4, report: -10 }
  const scorer = weightedActions<object, Row, 'like' | 'reply' | 'report'>({ weights, probabilities: (c) => c.p })

  it('is the expected worth plus the offset where that is not negative', async () => {
    // 0.5·1 + 0.25·4 − 0.05·10 = 1; and 0
    expect(await scorer.score({}, [row(0.5, 0.25, 0.05), row(0, 0, 0)], f64(0, 0), contextAt())).toEqual(f64(2, 1))
  })

  it('puts what is negative between 0 and the offset: offset·(1 + s/N)', async () => {
    const plain = weightedActions<object, Row, 'like' | 'reply' | 'report'>({ weights, probabilities: (c) => c.p, offset: 2 })
    expect(await plain.score({}, [row(0, 0, 0.5), row(0, 0, 1)], f64(0, 0), contextAt())).toEqual(f64(1, 0))
  })

  it('keeps the order of the sums and is never negative, over many candidates', async () => {
    const random = seededRandom(3)
    const rows = Array.from({ length: 500 }, () => row(random.next(), random.next() * 0.3, random.next()))
    const sums = rows.map(({ p }) => p!.like + 4 * p!.reply - 10 * p!.report)
    const scores = await scorer.score({}, rows, new Float64Array(500), contextAt())
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0)
    for (let i = 1; i < 500; i++) expect(Math.sign(scores[i] - scores[i - 1])).toBe(Math.sign(sums[i] - sums[i - 1]))
  })

  it('scores NaN what was not predicted', async () => {
    const scores = await scorer.score({}, [{ p: undefined }, { p: { like: 1 } as Row['p'] }], f64(0, 0), contextAt())
    expect([...scores]).toEqual([NaN, NaN])
    const odd = weightedActions({ weights: { constructor: 1 }, probabilities: () => ({}) as { constructor: number } })
    expect([...(await odd.score({}, [{}], f64(0), contextAt()))]).toEqual([NaN])
  })

  it('refuses weights that weigh nothing', () => {
    const probabilities = () => ({})
    expect(() => weightedActions({ weights: {}, probabilities })).toThrow('at least one action')
    expect(() => weightedActions({ weights: { like: NaN }, probabilities: () => ({ like: 1 }) })).toThrow('`weights.like` to be a finite number')
    expect(() => weightedActions({ weights: { like: 1 }, probabilities: () => ({ like: 1 }), offset: -1 })).toThrow(ArgumentError)
    expect(() => weightedActions({ weights: undefined as unknown as Record<string, number>, probabilities })).toThrow('`weights` to be a record')
  })
})

describe('authorDiversity', () => {
  const by = (...authors: readonly (string | undefined)[]) => authors.map((author) => ({ author }))
  const scorer = authorDiversity<object, { author: string | undefined }>({ authorId: (c) => c.author })

  it('lets the k-th best of an author keep (1 − floor)·decayᵏ + floor', async () => {
    const cs = by('a', 'a', 'b', 'a', undefined, undefined)
    const scores = await scorer.score({}, cs, f64(1, 4, 2, 2, 3, 3), contextAt())
    expect(scores).toEqual(f64(1 * (0.75 * 0.25 + 0.25), 4, 2, 2 * (0.75 * 0.5 + 0.25), 3, 3))
  })

  it('never raises a score, and leaves negative and non-finite ones alone', async () => {
    const scores = await scorer.score({}, by('a', 'a', 'a', 'a'), f64(3, -2, NaN, -5), contextAt())
    expect([...scores]).toEqual([3, -2, NaN, -5])
    const random = seededRandom(4)
    const before = Float64Array.from({ length: 200 }, () => random.normal())
    const after = await scorer.score({}, Array.from(before, () => ({ author: `${random.integer(9)}` })), before, contextAt())
    for (let i = 0; i < 200; i++) expect(after[i]).toBeLessThanOrEqual(before[i])
  })

  it('refuses rates outside [0, 1]', () => {
    for (const bad of [{ decay: 1.5 }, { decay: -0.1 }, { floor: NaN }]) expect(() => authorDiversity({ authorId: () => 1, ...bad })).toThrow(ArgumentError)
  })
})

describe('freshness', () => {
  it('is 1 + boost·e^(−age/τ) at the time of the request; unknown age changes nothing', async () => {
    const scorer = freshness<object, { at: number | undefined }>({ createdAt: (c) => c.at, tauMs: 10, boost: 2 })
    const scores = await scorer.score({}, [{ at: 100 }, { at: 90 }, { at: 110 }, { at: undefined }, { at: 100 }], f64(1, 1, 1, 1, -1), contextAt(100))
    expect([...scores]).toEqual([3, 1 + 2 / Math.E, 3, 1, -1])
    expect(() => freshness({ createdAt: () => 0, tauMs: 0 })).toThrow(ArgumentError)
  })
})

describe('outOfNetworkFactor', () => {
  it('scales what is surely from outside, if its score is not negative', async () => {
    const scorer = outOfNetworkFactor<object, { near: boolean | undefined }>({ inNetwork: (c) => c.near })
    const scores = await scorer.score({}, [{ near: true }, { near: false }, { near: undefined }, { near: false }], f64(1, 1, 1, -1), contextAt())
    expect([...scores]).toEqual([1, 0.75, 1, -1])
    expect(() => outOfNetworkFactor({ inNetwork: () => true, factor: -1 })).toThrow(ArgumentError)
  })
})
