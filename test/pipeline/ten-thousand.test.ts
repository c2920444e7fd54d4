import type { PipelineTrace, Source } from 'feedrank/pipeline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import { ask, entryOf, never, post, start } from './feeds'
import type { Ask, Post } from './feeds'

const unhandled: unknown[] = []
const note = (reason: unknown) => { unhandled.push(reason) }
beforeAll(() => { process.on('unhandledRejection', note) })
afterAll(() => { process.off('unhandledRejection', note) })
// Virtual time: ten thousand requests that hang until their deadline, and no clock that a busy machine could stretch.
beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const muted = (c: Post) => Number(c.id) % 7 === 3
const unsafe = (c: Post) => Number(c.id) % 11 === 5
const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => { setTimeout(resolve, ms, value) })

/** What a source does wrong; true in `named` where the trace must hold an error of it. */
const faults: Record<string, { readonly named: boolean; readonly fetch: (random: Random) => unknown }> = {
  'throws': { named: true, fetch: () => { throw new Error('down') } },
  'rejects': { named: true, fetch: () => Promise.reject(new Error('gone')) },
  'rejects late': { named: true, fetch: () => after(90, 0).then(() => { throw new Error('late') }) },
  'hangs': { named: true, fetch: never },
  'too late': { named: true, fetch: () => after(500, [post(3)]) },
  'no list': { named: true, fetch: () => ({ length: 2, 0: post(1), 1: post(2) }) },
  'non-candidates': { named: true, fetch: () => [null, 7, 'x', {}, { id: NaN }, { id: {} }, post(2), { get id() { throw new Error('no id') } }] },
  'throws nothing': { named: true, fetch: () => { throw undefined } },
  // oxlint-disable-next-line no-thenable -- that is the fault
  'a thenable': { named: true, fetch: () => ({ then: () => { throw new Error('then') } }) },
  'too much': { named: false, fetch: () => Array.from({ length: 200 }, (_, id) => post(id, id % 10)) },
  'too little': { named: false, fetch: () => [] },
  'duplicates': { named: false, fetch: (random) => Array.from({ length: 50 }, () => post(random.integer(5), 1)) },
  'not a number': { named: false, fetch: () => Array.from({ length: 20 }, (_, id) => post(id + 2000, [NaN, Infinity, -Infinity][id % 3])) },
  'fine': { named: false, fetch: (random) => Array.from({ length: 30 }, () => post(random.integer(300), random.integer(9))) },
  'fine later': { named: false, fetch: (random) => after(10, [post(random.integer(300), 1)]) },
}
const kinds = Object.keys(faults)

async function request(seed: number, requests: { readonly elapsed: number; readonly deadlineMs: number; readonly seed: number }[]) {
  const random = seededRandom(seed)
  const deadlineMs = 40 + random.integer(60)
  const chosen = Array.from({ length: 1 + random.integer(4) }, () => kinds[random.integer(kinds.length)])
  const traces: PipelineTrace[] = []
  const feed = start({ limit: 10, deadlineMs, onTrace: (trace) => traces.push(trace) })
    .source(...chosen.map((kind, s): Source<Ask, Post> => ({
      name: `${s} ${kind}`,
      ...(random.next() < 0.2 ? { timeoutMs: 30 } : {}),
      fetch: () => faults[kind].fetch(random) as readonly Post[],
    })))
    .filter({ name: 'muted', keep: (_, cs) => (random.next() < 0.5 ? cs.map((c) => !muted(c)) : after(1, cs.map((c) => !muted(c)))) })
    .score({ name: 'likes', score: (_, cs) => Float64Array.from(cs, (c) => c.likes) })
    .hydrateSelected({ name: 'labels', fallback: { labelled: false }, hydrate: (_, cs) => (random.next() < 0.1 ? never() : cs.map(() => ({ labelled: true }))) })
    .filterSelected({ name: 'safe', keep: (_, cs) => cs.map((c) => !unsafe(c)) })
    .build()
  const began = performance.now()
  const result = await feed.run(ask)
  requests.push({ elapsed: performance.now() - began, deadlineMs, seed })
  expect(traces).toHaveLength(1)
  const { selected, rest, removed, retrieved, trace } = result
  chosen.forEach((kind, s) => {
    const entry = entryOf(trace, `${s} ${kind}`)
    if (faults[kind].named) expect(entry.error, `${kind} in seed ${seed}`).toBeDefined()
    if (kind === 'hangs' || kind === 'too late') expect(entry.timedOut, `${kind} in seed ${seed}`).toBe(true)
    if (kind === 'fine' || kind === 'too much' || kind === 'not a number') expect([entry.error, entry.timedOut], `${kind} in seed ${seed}`).toEqual([undefined, false])
    if (kind === 'duplicates') expect(entry.duplicates).toBeGreaterThan(0)
    if (kind === 'non-candidates') expect(entry.invalid).toBe(7)
    if (kind === 'not a number') expect(entryOf(trace, 'likes').nonFinite).toBeGreaterThan(0)
  })
  expect(selected.length + rest.length + removed.length).toBe(retrieved)
  expect(selected.some((item) => muted(item.candidate) || unsafe(item.candidate)), `seed ${seed}`).toBe(false)
  expect(rest.some((item) => muted(item.candidate))).toBe(false)
  expect(selected.every((item, i) => i === 0 || Number.isFinite(selected[i - 1].score) || !Number.isFinite(item.score))).toBe(true)
  expect(retrieved > 0 || selected.length === 0).toBe(true)
}

describe('ten thousand requests over sources that go wrong', () => {
  it('answer within their deadlines, name each fault, hold back what must be, and leave nothing behind', async () => {
    const requests: { elapsed: number; deadlineMs: number; seed: number }[] = []
    for (let first = 0; first < 10_000; first += 250) {
      const all = Promise.all(Array.from({ length: 250 }, (_, i) => request(first + i, requests)))
      await vi.advanceTimersByTimeAsync(200)
      await all
    }
    expect(requests.length).toBe(10_000)
    expect(requests.filter(({ elapsed, deadlineMs }) => elapsed > deadlineMs + 10)).toEqual([])
    // Some do use up most of their time, so the line above is no idle one.
    expect(requests.filter(({ elapsed }) => elapsed > 20).length).toBeGreaterThan(1000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(vi.getTimerCount()).toBe(0)
    expect(unhandled).toEqual([])
  })
})
