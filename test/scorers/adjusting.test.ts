import { linearBlend, newAuthorBoost, scoreCalibration, scorerWithFallback, sourceWeights } from 'feedrank/scorers'
import type { RunContext, Scorer } from 'feedrank/pipeline'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'
import { ask, byLikes, entryOf, fails, idsOf, never, posts, rejects, sourceOf, start } from '../pipeline/feeds'

const scored = async <C>(scorer: Scorer<object, C>, cs: readonly C[], previous: readonly number[], ctx = contextAt()) =>
  Array.from(await scorer.score({}, cs, Float64Array.from(previous), ctx))

describe('linearBlend', () => {
  it('adds weighted terms, and the score so far where asked; what lacks a term scores NaN', async () => {
    const weights = { a: 2, b: -1 }
    const cs = [{ a: 1, b: 3 }, { a: 1 }, { a: NaN, b: 0 }, { a: 0.5, b: 0 }] as { a: number; b: number }[]
    expect(await scored(linearBlend({ weights, terms: (c: (typeof cs)[number]) => c }), cs, [9, 9, 9, NaN])).toEqual([-1, NaN, NaN, 1])
    expect(await scored(linearBlend({ weights, terms: (c: (typeof cs)[number]) => c, previous: 0.5 }), cs.slice(0, 1), [10])).toEqual([4])
    expect(() => linearBlend({ weights: {}, terms: () => ({}) })).toThrow('at least one term')
    expect(() => linearBlend({ weights: { a: NaN }, terms: () => ({ a: 1 }) })).toThrow('`weights.a`')
  })

  it('takes a term named like an inherited one as missing', async () => {
    expect(await scored(linearBlend({ weights: { toString: 1 }, terms: () => ({}) as { toString: number } & object }), [{}], [0])).toEqual([NaN])
  })
})

describe('newAuthorBoost', () => {
  it('fades with exposure and leaves negative and unknown alone', async () => {
    const scorer = newAuthorBoost<object, number | undefined>({ exposure: (c) => c, until: 100, boost: 1 })
    expect(await scored(scorer, [0, 50, 100, 500, undefined, -3, 0], [2, 2, 2, 2, 2, 2, -2])).toEqual([4, 3, 2, 2, 2, 2, -2])
    for (const wrong of [{ until: 0 }, { until: 10, boost: -1 }]) expect(() => newAuthorBoost({ exposure: () => 1, ...wrong })).toThrow(ArgumentError)
  })
})

describe('sourceWeights', () => {
  it('takes the largest weight of the sources of a candidate; a negative score stays', async () => {
    const sources = [['a'], ['a', 'b'], ['b'], ['__proto__'], ['a'], []]
    const ctx = contextAt(0, undefined, { sources: (i) => sources[i] })
    expect(await scored(sourceWeights({ weights: { a: 0.5, b: 3 } }), sources, [2, 2, 2, 2, -2, 2], ctx)).toEqual([1, 6, 6, 2, -2, 2])
    expect(() => sourceWeights({ weights: { a: -1 } })).toThrow('`weights.a`')
    expect(() => sourceWeights({ weights: {} })).toThrow('at least one source')
  })

  it('knows the sources within a pipeline', async () => {
    const result = await start().source(sourceOf('a', posts(5, 4)), sourceOf('b', posts(4, 3))).score(byLikes, sourceWeights({ weights: { a: 0.1, b: 1 } })).build().run(ask)
    expect(idsOf(result.selected)).toEqual([4, 3, 5])
  })
})

describe('scoreCalibration', () => {
  it('is a logistic curve', async () => {
    const curve = scoreCalibration({ slope: 2, intercept: -1 })
    expect((await scored(curve, [0, 0, 0], [0.5, -1000, 1000])).map((p) => Number(p.toFixed(9)))).toEqual([0.5, 0, 1])
  })

  it('is a line through points, level beyond them, and keeps the order', async () => {
    const line = scoreCalibration({ points: [[0, 0.1], [1, 0.1], [3, 0.9]] })
    expect(await scored(line, Array.from({ length: 7 }), [-5, 0, 0.5, 1, 2, 3, Infinity])).toEqual([0.1, 0.1, 0.1, 0.1, 0.5, 0.9, 0.9])
    expect(await scored(line, [0, 0], [NaN, -Infinity])).toEqual([NaN, 0.1])
    const many = Array.from({ length: 50 }, (_, i) => -1 + i / 10)
    const calibrated = await scored(line, many, many)
    calibrated.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(calibrated[i]))
  })

  it('refuses what does not rise', () => {
    for (const points of [[[0, 0]], [[0, 0], [0, 1]], [[0, 1], [1, 0]], [[0, 0], [1, NaN]], 'x', [[0, 0], 5]])
      expect(() => scoreCalibration({ points: points as unknown as [number, number][] })).toThrow(ArgumentError)
    expect(() => scoreCalibration({ slope: 0, intercept: 0 })).toThrow('`slope`')
    expect(() => scoreCalibration({} as { slope: number; intercept: number })).toThrow('`slope`')
  })
})

describe('scorerWithFallback', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })
  const run = (score: Scorer<object, { likes: number }>['score'], options: { budgetMs?: number; leastMs?: number } = {}, deadlineMs = 100) =>
    start({ deadlineMs }).source(sourceOf('a', posts(1, 2))).score(scorerWithFallback({ scorer: { name: 'model', score }, fallback: byLikes, ...options })).build().run(ask)

  it('uses the costly scorer while it can', async () => {
    for (const score of [(_: object, cs: readonly unknown[]) => Float64Array.from(cs, (_c, i) => -i), async (_: object, cs: readonly unknown[]) => Float64Array.from(cs, (_c, i) => -i)]) {
      const result = await run(score)
      expect(idsOf(result.selected)).toEqual([1, 2])
      expect(entryOf(result.trace, 'model').error).toBeUndefined()
    }
    expect(vi.getTimerCount()).toBe(0)
  })

  it('falls back when it throws, rejects, or scores another number of candidates, and the trace says why', async () => {
    for (const [score, why] of [[fails('boom'), 'Error: boom'], [rejects('later'), 'Error: later'], [() => new Float64Array(3), 'did not answer with 2 scores'], [async () => 'x' as unknown as Float64Array, 'did not answer with 2 scores']] as const) {
      const result = await run(score)
      expect(idsOf(result.selected)).toEqual([2, 1])
      expect(entryOf(result.trace, 'model').error).toContain(why)
    }
  })

  it('falls back when the budget is spent, and tells the costly one to stop', async () => {
    for (const [options, ms] of [[{}, 50], [{ budgetMs: 20 }, 20], [{ budgetMs: 500 }, 100]] as const) {
      let signal: AbortSignal | undefined
      let done = false
      const running = run((_, __, ___, ctx: RunContext) => ((signal = ctx.signal), never()), options).finally(() => { done = true })
      const caught = running.catch(() => undefined)
      await vi.advanceTimersByTimeAsync(ms - 1)
      expect([signal?.aborted, done]).toEqual([false, false])
      await vi.advanceTimersByTimeAsync(1)
      expect(signal?.aborted).toBe(true)
      const result = await caught
      // With all of the deadline as its budget there is no time left to fall back in.
      if (ms < 100) expect(idsOf(result?.selected ?? [])).toEqual([2, 1])
    }
  })

  it('does not ask at all when too little is left, and hears the caller cancel', async () => {
    const result = await run(fails('asked'), { leastMs: 200 })
    expect(idsOf(result.selected)).toEqual([2, 1])
    expect(entryOf(result.trace, 'model').error).toContain('was not asked')
    const caller = new AbortController()
    let signal: AbortSignal | undefined
    const running = start().source(sourceOf('a', posts(1))).score(scorerWithFallback({ scorer: { name: 'model', score: (_, __, ___, ctx) => ((signal = ctx.signal), never()) }, fallback: byLikes }))
      .build().run(ask, { signal: caller.signal })
    const caught = running.catch((reason: unknown) => reason)
    await vi.advanceTimersByTimeAsync(0)
    caller.abort('gone')
    expect(await caught).toBe('gone')
    expect(signal?.aborted).toBe(true)
  })

  it('refuses what is no scorer', () => {
    expect(() => scorerWithFallback({ scorer: byLikes, fallback: {} as typeof byLikes })).toThrow('`fallback` to be a scorer')
    expect(() => scorerWithFallback({ scorer: byLikes, fallback: byLikes, budgetMs: 0 })).toThrow('`budgetMs`')
  })
})
