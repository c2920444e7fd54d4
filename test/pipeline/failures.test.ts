import { ContractError } from '../../src/errors'
import type { PipelineTrace } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ask, byLikes, dropping, entryOf, fails, idsOf, never, post, posts, rejects, sourceOf, start } from './feeds'

const failed = async (feed: { readonly run: (q: typeof ask) => Promise<unknown> }) => {
  const error: unknown = await feed.run(ask).then(() => undefined, (reason: unknown) => reason)
  expect(ContractError.isInstance(error)).toBe(true)
  return error as ContractError
}
const from = (...ids: readonly number[]) => start({ deadlineMs: 5000 }).source(sourceOf('a', posts(...ids)))

describe('who may fail', () => {
  it('a query hydrator is skipped; its fallback stands in', async () => {
    const result = await start()
      .hydrateQuery({ name: 'x', hydrate: rejects('no x') }, { name: 'y', fallback: { y: 2 }, hydrate: fails('no y') })
      .hydrateQuery({ name: 'void', hydrate: (() => undefined) as unknown as () => object })
      .source(sourceOf('a', posts(1))).build().run(ask)
    expect(result.query).toEqual({ user: 'u1', y: 2 })
    expect(entryOf(result.trace, 'x')).toMatchObject({ error: 'Error: no x', timedOut: false })
    expect(entryOf(result.trace, 'y').cause).toEqual(new Error('no y'))
    expect(entryOf(result.trace, 'void').error).toContain('no object of fields')
  })

  it('a source is skipped, whatever it does', async () => {
    const result = await start()
      .source(
        sourceOf('throws', [], { fetch: fails('down') }),
        sourceOf('rejects', [], { fetch: rejects('gone') }),
        sourceOf('hangs', [], { fetch: never, timeoutMs: 5 }),
        sourceOf('no list', [], { fetch: (() => 'abc') as unknown as () => [] }),
        sourceOf('odd list', [null, 7, post(1), { likes: 3 }, { get id() { throw new Error('no id') } }, { id: Number.NaN }, 'x'] as unknown as []),
        sourceOf('good', posts(2)),
      ).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 2])
    expect(entryOf(result.trace, 'throws').error).toBe('Error: down')
    expect(entryOf(result.trace, 'rejects').error).toBe('Error: gone')
    expect(entryOf(result.trace, 'hangs')).toMatchObject({ timedOut: true, error: expect.stringContaining('source "hangs" did not settle within 5 ms') })
    expect(entryOf(result.trace, 'no list').error).toContain('no array of candidates')
    expect(entryOf(result.trace, 'odd list')).toMatchObject({ invalid: 6, out: 1, error: expect.stringContaining('6 of 7 entries are no candidates') })
  })

  it('a hydrator falls back, as a whole or place by place, or leaves the fields absent', async () => {
    const result = await from(1, 2)
      .hydrate(
        { name: 'whole', fallback: { w: 0 }, hydrate: rejects('w') },
        { name: 'part', fallback: { p: 0 }, hydrate: (_, cs) => cs.map((c) => (c.id === 1 ? new Error('p') : { p: 1 })) },
        { name: 'absent', hydrate: (_, cs) => cs.map((c) => (c.id === 2 ? new Error('q') : { q: 1 })) },
        { name: 'holes', hydrate: (() => [undefined, { h: 1 }]) as unknown as () => object[] },
      ).build().run(ask)
    expect(result.selected.map((item) => item.candidate)).toEqual([{ id: 1, likes: 1, w: 0, p: 0, q: 1 }, { id: 2, likes: 2, w: 0, p: 1, h: 1 }])
    expect(entryOf(result.trace, 'part')).toMatchObject({ in: 2, out: 1, invalid: 1, error: 'Error: p' })
    expect(entryOf(result.trace, 'holes')).toMatchObject({ out: 1, invalid: 1, error: expect.stringContaining('place 0, got undefined') })
  })

  it('filters, scorers, rerankers and selectors fail the request, by name, with the cause', async () => {
    const error = await failed(from(1).filter({ name: 'visibility', keep: rejects('boom') }).build())
    expect(error.message).toBe('feedrank/pipeline "test": filter "visibility" failed: Error: boom')
    expect(error.cause).toEqual(new Error('boom'))
    for (const feed of [
      from(1).score({ name: 'part', score: fails('boom') }), from(1).rerank({ name: 'part', rerank: rejects('boom') }),
      from(1).select({ name: 'part', select: fails('boom') }), from(1).filterSelected({ name: 'part', keep: fails('boom') }),
    ]) expect((await failed(feed.build())).message).toContain('"part" failed: Error: boom')
  })

  it('`onError` turns it round', async () => {
    const skip = { onError: 'skip' } as const
    const result = await from(1, 2).filter({ ...dropping('f'), ...skip, keep: fails('f') }).score(byLikes, { name: 's', ...skip, score: rejects('s') })
      .rerank({ name: 'r', ...skip, rerank: fails('r') }).select({ name: 'sel', ...skip, select: fails('sel') })
      .filterSelected({ name: 'p', ...skip, keep: rejects('p') }).build().run(ask)
    expect(idsOf(result.selected)).toEqual([2, 1])
    expect(result.selected[0].parts).toEqual([{ scorer: 'likes', score: 2 }])
    for (const name of ['f', 's', 'r', 'sel', 'p']) expect(entryOf(result.trace, name).error).toBe(`Error: ${name}`)
    const must = { onError: 'fail' } as const
    await failed(start().source(sourceOf('a', [], { ...must, fetch: fails('x') })).build())
    await failed(start().source(sourceOf('a', [], { ...must, fetch: (() => 7) as unknown as () => [] })).build())
    await failed(start().hydrateQuery({ name: 'q', ...must, hydrate: rejects('x') }).source(sourceOf('a', [])).build())
    await failed(from(1).hydrate({ name: 'h', ...must, hydrate: rejects('x') }).build())
    await failed(from(1).hydrate({ name: 'h', ...must, hydrate: () => [new Error('place')] }).build())
  })

  it('one source that must not fail rejects for all, and the others leave no rejection behind', async () => {
    const error = await failed(start().source(
      sourceOf('slow', [], { fetch: () => new Promise((_, reject) => setTimeout(reject, 5, new Error('late'))) }),
      sourceOf('must', [], { onError: 'fail', fetch: fails('now') }),
      sourceOf('hangs', [], { onError: 'fail', fetch: never }),
    ).build())
    expect(error.message).toContain('"must"')
    await new Promise((resolve) => setTimeout(resolve, 15))
  })

  it('`enable` that throws is a failure of its component', async () => {
    const result = await start().source(sourceOf('a', posts(1)), sourceOf('b', posts(2), { enable: fails('flag') })).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1])
    expect(entryOf(result.trace, 'b').error).toBe('Error: flag')
    expect((await failed(from(1).filter({ ...dropping('f'), enable: fails('flag') }).build())).message).toContain('filter "f" failed: Error: flag')
  })

  it('whatever is thrown can be told in words', async () => {
    const odd = { get message(): string { throw new Error('no words') } }
    const throws = (name: string, value: unknown) => sourceOf(name, [], { fetch: () => { throw value } })
    const { trace } = await start().source(throws('a', undefined), throws('b', 'text'), throws('c', odd), throws('d', Object.create(null)))
      .build().run(ask)
    expect(['a', 'b', 'c', 'd'].map((name) => entryOf(trace, name).error)).toEqual([
      'thrown: undefined', 'thrown: "text"', 'an error that cannot be read', 'thrown: an object (no prototype)',
    ])
  })
})

describe('a broken contract', () => {
  it.each([
    ['hydrate', 'a wrong length', from(1, 2).hydrate({ name: 'x', onError: 'skip', hydrate: () => [{}] })],
    ['hydrate', 'no list', from(1, 2).hydrate({ name: 'x', onError: 'skip', hydrate: (() => ({ length: 2 })) as unknown as () => [] })],
    ['hydrate', 'a list of promises', from(1).hydrate({ name: 'x', onError: 'skip', hydrate: () => [Promise.resolve({})] })],
    ['filter', 'a wrong length', from(1, 2).filter({ name: 'x', onError: 'skip', keep: () => [true] })],
    ['filter', 'nothing', from(1, 2).filter({ name: 'x', onError: 'skip', keep: (() => undefined) as unknown as () => [] })],
    ['filter', 'promises, which are truthy', from(1).filter({ name: 'x', onError: 'skip', keep: () => [Promise.resolve(false)] as unknown as boolean[] })],
    ['filter', 'a filter that sorts its argument', from(1, 2).filter({ name: 'x', keep: (_, cs) => (cs as object[]).reverse().map(() => true) })],
    ['score', 'a wrong length', from(1, 2).score({ name: 'x', onError: 'skip', score: () => new Float64Array(3) })],
    ['score', 'no scores', from(1, 2).score({ name: 'x', onError: 'skip', score: (() => 3) as unknown as () => Float64Array })],
    ['rerank', 'an index out of range', from(1, 2).rerank({ name: 'x', onError: 'skip', rerank: () => [0, 2] })],
    ['rerank', 'a fraction', from(1, 2).rerank({ name: 'x', onError: 'skip', rerank: () => [0, 0.5] })],
    ['rerank', 'an index twice', from(1, 2).rerank({ name: 'x', onError: 'skip', rerank: () => [1, 1] })],
    ['rerank', 'too few', from(1, 2).rerank({ name: 'x', onError: 'skip', rerank: () => [1] })],
    ['select', 'an index out of range', from(1, 2).select({ name: 'x', onError: 'skip', select: () => [-1] })],
    ['select', 'an index twice', from(1, 2).select({ name: 'x', onError: 'skip', select: () => [0, 0] })],
    ['select', 'more than the limit', start({ limit: 1 }).source(sourceOf('a', posts(1, 2))).select({ name: 'x', onError: 'skip', select: () => [0, 1] })],
    ['select', 'a promise', from(1).select({ name: 'x', onError: 'skip', select: (async () => ['0']) as unknown as () => number[] })],
    ['filterSelected', 'a wrong length', from(1, 2).filterSelected({ name: 'x', onError: 'skip', keep: () => [] })],
  ])('%s: %s always throws, naming the component', async (stage, _, builder) => {
    const error = await failed(builder.build())
    expect(error.message).toContain(`feedrank/pipeline "test": ${stage} "x" `)
  })

  it('is in the trace too', async () => {
    const traces: PipelineTrace[] = []
    await failed(start({ onTrace: (trace) => traces.push(trace) }).source(sourceOf('a', posts(1))).filter({ name: 'x', keep: () => [] }).build())
    expect(traces[0].error).toContain('filter "x"')
    expect(entryOf(traces[0], 'x').error).toContain('a mask of 1')
  })

  it('a candidate whose fields throw when copied is told by its id', async () => {
    const sly = { id: 7, get likes(): number { throw new Error('no likes') } }
    const error = await failed(start().source(sourceOf('a', [sly])).hydrate({ name: 'h', hydrate: (_, cs) => cs.map(() => ({ x: 1 })) }).build())
    expect(error.message).toContain('candidate 7, whose fields throw when read: Error: no likes')
  })
})

describe('what is wrong at build time', () => {
  const builds = (build: () => unknown) => {
    try {
      build()
    } catch (error) {
      expect(ContractError.isInstance(error)).toBe(true)
      return (error as Error).message
    }
    throw new Error('it built')
  }
  const one = () => from(1)

  it('is said there, naming the component', () => {
    expect(builds(() => start().build())).toContain('at least one source')
    expect(builds(() => start().source().filter(dropping('f')).build())).toContain('at least one source')
    expect(builds(() => one().filter(dropping('a')).build())).toContain('got "a" twice (source, filter)')
    expect(builds(() => one().score({ name: 'constructor', score: byLikes.score }).filter(dropping('constructor')).build())).toContain('"constructor" twice')
    expect(builds(() => one().select({ name: 's', select: () => [] }).select({ name: 't', select: () => [] }).build())).toContain('one selector')
    expect(builds(() => one().rerank({ name: 'r', rerank: () => [] }).filter(dropping('f')).build())).toContain('expected `filter` before `rerank`')
    expect(builds(() => one().hydrateQuery({ name: 'q', hydrate: () => ({}) }).build())).toContain('expected `hydrateQuery` before `source`')
    for (const limit of [-1, Number.NaN, 1.5, Infinity, '3' as unknown as number]) expect(builds(() => start({ limit }).source(sourceOf('a', [])).build())).toContain('`limit`')
    for (const deadlineMs of [-1, 0, Number.NaN]) expect(builds(() => start({ deadlineMs }).source(sourceOf('a', [])).build())).toContain('`deadlineMs`')
    expect(builds(() => start({ name: '' }).source(sourceOf('a', [])).build())).toContain('`name`')
    expect(builds(() => start({ clock: 3 as unknown as () => number }).source(sourceOf('a', [])).build())).toContain('`clock`')
  })

  it.each([
    ['no name', { keep: () => [] }, 'filter.name'], ['no verb', { name: 'f' }, 'f.keep'], ['a bad timeout', { ...dropping('f'), timeoutMs: 0 }, 'f.timeoutMs'],
    ['a NaN timeout', { ...dropping('f'), timeoutMs: Number.NaN }, 'f.timeoutMs'], ['a bad policy', { ...dropping('f'), onError: 'ignore' }, 'f.onError'],
    ['a bad enable', { ...dropping('f'), enable: true }, 'f.enable'], ['null', null, 'filter'],
    ['a getter that throws', { get name() { throw new Error('x') }, keep: () => [] }, 'throws when its settings are read'],
  ])('a component with %s', (_, component, message) => {
    expect(builds(() => one().filter(component as never).build())).toContain(message)
  })

  it('a side effect cannot be told to fail the request', () => {
    expect(builds(() => one().effect({ name: 'e', onError: 'fail', run: () => {} }).build())).toContain('runs after the answer')
  })
})

describe('what is wrong with a request', () => {
  it.each([{ limit: -1 }, { limit: Number.NaN }, { deadlineMs: -5 }, { seed: Number.NaN }, { now: Number.NaN }, { signal: {} as AbortSignal }])('%o', async (options) => {
    const error: unknown = await from(1).build().run(ask, options).catch((reason: unknown) => reason)
    expect(ContractError.isInstance(error) && error.message).toContain(Object.keys(options)[0])
  })

  it('a query that is no object', async () => {
    await expect(from(1).build().run(null as unknown as typeof ask)).rejects.toThrow('`query` to be an object')
  })
})
