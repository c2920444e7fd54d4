import { ContractError } from '../../src/errors'
import type { RunContext } from 'feedrank/pipeline'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ask, byLikes, dropping, entryOf, fails, idsOf, never, post, posts, rejects, sourceOf, start } from './feeds'

describe('time', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => { setTimeout(resolve, ms, value) })

  it('gives up on a component at its timeout, aborts its signal, and clears every timer', async () => {
    let signal: AbortSignal | undefined
    const running = start().source(
      { name: 'hangs', timeoutMs: 40, fetch: (_, ctx) => ((signal = ctx.signal), never()) },
      { name: 'quick', timeoutMs: 1000, fetch: () => after(10, posts(1)) },
    ).build().run(ask)
    await vi.advanceTimersByTimeAsync(39)
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    const result = await running
    expect(idsOf(result.selected)).toEqual([1])
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(entryOf(result.trace, 'hangs')).toMatchObject({ timedOut: true, durationMs: 40 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a hanging source without a timeout takes half of what is left, so that a page is still made in time', async () => {
    const running = start({ deadlineMs: 100 })
      .hydrateQuery({ name: 'q', hydrate: never })
      .source(sourceOf('hangs', [], { fetch: never }), sourceOf('good', posts(1, 2)))
      .hydrate({ name: 'h', hydrate: never })
      .filter({ name: 'f', keep: (_, cs) => after(10, cs.map(() => true)) })
      .score(byLikes).build().run(ask)
    await vi.advanceTimersByTimeAsync(100)
    const result = await running
    expect(idsOf(result.selected)).toEqual([2, 1])
    expect(result.trace).toMatchObject({ outcome: 'answered', deadlineMs: 100 })
    expect(['q', 'hangs', 'h'].map((name) => entryOf(result.trace, name).durationMs)).toEqual([50, 25, 13])
  })

  it('a filter that outlasts the deadline fails the request at the deadline, naming it', async () => {
    let signal: AbortSignal | undefined
    const running = start({ deadlineMs: 100 }).source(sourceOf('a', posts(1)))
      .filter({ name: 'visibility', keep: (_, __, ctx) => ((signal = ctx.signal), never()) }).build().run(ask)
    const caught = running.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(100)
    const error = await caught
    expect(ContractError.isInstance(error) && error.message).toContain('filter "visibility" did not settle within 100 ms')
    expect(signal?.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a deadline for one request takes the place of the pipeline\'s', async () => {
    const feed = start({ deadlineMs: 100 }).source(sourceOf('a', [], { timeoutMs: 1000, fetch: never })).build()
    const running = feed.run(ask, { deadlineMs: 20 })
    await vi.advanceTimersByTimeAsync(20)
    expect((await running).trace).toMatchObject({ durationMs: 20, deadlineMs: 20 })
  })

  it('stops filling the page when the deadline passes, and shows only what passed', async () => {
    const running = start({ limit: 2, deadlineMs: 100 }).source(sourceOf('a', posts(1, 2, 3, 4))).score(byLikes)
      .filterSelected({ name: 'slow', keep: (_, cs) => (vi.advanceTimersByTime(100), cs.map((c) => c.id !== 4)) }).build().run(ask)
    const result = await running
    expect(idsOf(result.selected)).toEqual([3])
    expect(idsOf(result.rest)).toEqual([2, 1])
    expect(idsOf(result.removed)).toEqual([4])
  })

  it('ignores what comes after the timeout, good or bad', async () => {
    const running = start().source(
      sourceOf('late', [], { timeoutMs: 5, fetch: () => after(20, posts(1)) }),
      sourceOf('worse', [], { timeoutMs: 5, fetch: () => after(20, 0).then(fails('late')) }),
      sourceOf('good', posts(2)),
    ).build().run(ask)
    await vi.advanceTimersByTimeAsync(5)
    const result = await running
    const before = JSON.stringify(result.trace)
    await vi.advanceTimersByTimeAsync(100)
    expect(idsOf(result.selected)).toEqual([2])
    expect(JSON.stringify(result.trace)).toBe(before)
  })
})

describe('the caller\'s signal', () => {
  it('aborts every component and rejects with its reason', async () => {
    const caller = new AbortController()
    const signals: AbortSignal[] = []
    const hang = (_: object, ctx: RunContext) => (signals.push(ctx.signal), never<never>())
    const running = start().source(sourceOf('a', [], { fetch: hang }), sourceOf('b', [], { fetch: hang, timeoutMs: 1e6 })).build()
      .run(ask, { signal: caller.signal })
    await Promise.resolve()
    caller.abort(new Error('gone'))
    await expect(running).rejects.toThrow('gone')
    expect(signals.map((signal) => [signal.aborted, String(signal.reason)])).toEqual([[true, 'Error: gone'], [true, 'Error: gone']])
  })

  it('already aborted, calls nothing', async () => {
    const outcomes: string[] = []
    const feed = start({ onTrace: (trace) => outcomes.push(trace.outcome) }).source(sourceOf('a', [], { fetch: fails('called') })).build()
    await expect(feed.run(ask, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(outcomes).toEqual(['aborted'])
  })

  it('aborted between two steps, goes no further', async () => {
    const caller = new AbortController()
    const feed = start().source(sourceOf('a', posts(1))).filter({ name: 'f', keep: () => (caller.abort('stop'), [true]) })
      .score({ name: 's', score: fails('called') }).build()
    await expect(feed.run(ask, { signal: caller.signal })).rejects.toBe('stop')
  })

  it('is let go of when the request is over', async () => {
    const caller = new AbortController()
    const removed = vi.spyOn(caller.signal, 'removeEventListener')
    await start().source(sourceOf('a', posts(1))).build().run(ask, { signal: caller.signal })
    expect(removed).toHaveBeenCalledOnce()
  })

  it('a failing request aborts what is still in flight', async () => {
    let signal: AbortSignal | undefined
    await expect(start().source(
      sourceOf('slow', [], { fetch: (_, ctx) => ((signal = ctx.signal), never()) }),
      sourceOf('must', [], { onError: 'fail', fetch: rejects('down') }),
    ).build().run(ask)).rejects.toThrow('"must" failed: Error: down')
    expect(signal?.aborted).toBe(true)
  })
})

describe('side effects', () => {
  it('start after the answer and report how they ended', async () => {
    const calls: string[] = []
    const feed = start({ deadlineMs: 1000 }).source(sourceOf('a', posts(1)))
      .effect(
        { name: 'log', run: (result) => { calls.push(`logged ${result.selected.length}`) } },
        { name: 'fails', run: rejects('disk full') },
        { name: 'hangs', timeoutMs: 5, run: () => never() },
      ).build()
    const result = await feed.run(ask)
    calls.push('answered')
    expect(await result.settled).toMatchObject([
      { effect: 'log', status: 'done' },
      { effect: 'fails', status: 'failed', error: 'Error: disk full', cause: new Error('disk full') },
      { effect: 'hangs', status: 'timedOut' },
    ])
    expect(calls).toEqual(['answered', 'logged 1'])
  })

  it('are not run when the request fails, and do run on an empty page', async () => {
    const calls: number[] = []
    const effect = { name: 'e', run: (result: { readonly selected: readonly unknown[] }) => { calls.push(result.selected.length) } }
    await expect(start().source(sourceOf('a', posts(1))).filter({ name: 'f', keep: fails('x') }).effect(effect).build().run(ask)).rejects.toThrow('x')
    await (await start().source(sourceOf('a', posts(1))).filter(dropping('f', 1)).effect(effect).build().run(ask)).settled
    expect(calls).toEqual([0])
  })

  it('hear the caller cancel, after the answer too', async () => {
    const caller = new AbortController()
    let signal: AbortSignal | undefined
    const result = await start().source(sourceOf('a', [post(1)]))
      .effect({ name: 'e', run: (_, ctx) => { signal = ctx.signal; setTimeout(() => caller.abort('left')); return never() } })
      .build().run(ask, { signal: caller.signal })
    expect(await result.settled).toMatchObject([{ effect: 'e', status: 'failed', cause: 'left' }])
    expect(signal?.reason).toBe('left')
  })
})
