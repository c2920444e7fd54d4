import { batchedHydrator, cachedHydrator, functionHydrator } from 'feedrank/hydrators'
import type { RunContext } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'

interface Post { readonly by: number | undefined }
const posts = (...authors: readonly (number | undefined)[]): Post[] => authors.map((by) => ({ by }))
const messages = (places: readonly (object | Error)[]) => places.map((place) => (place instanceof Error ? place.message : place))

describe('functionHydrator', () => {
  it('fills each place by itself; one that fails leaves only its own', async () => {
    const hydrator = functionHydrator('f', (c: Post) => {
      if (c.by === 1) throw new Error('one')
      if (c.by === 2) return Promise.reject(new Error('two'))
      if (c.by === 3) return Promise.resolve({ n: 3 })
      if (c.by === 4) throw 'a string'
      return { n: 0 }
    })
    expect(messages(await hydrator.hydrate({}, posts(0, 1, 2, 3, 4), contextAt()))).toEqual([{ n: 0 }, 'one', 'two', { n: 3 }, 'thrown: a string'])
    expect('fallback' in hydrator).toBe(false)
  })

  it('answers without a promise when nothing needs one, and carries its fallback', () => {
    const hydrator = functionHydrator('f', (c: Post) => ({ n: c.by }), { fallback: { n: 0 }, timeoutMs: 9 })
    expect(hydrator.hydrate({}, posts(5), contextAt())).toEqual([{ n: 5 }])
    expect(hydrator).toMatchObject({ name: 'f', fallback: { n: 0 }, timeoutMs: 9 })
  })
})

describe('batchedHydrator', () => {
  it('looks every key up once, in batches, and gives each candidate its own', async () => {
    const batches: (readonly number[])[] = []
    const hydrator = batchedHydrator({
      name: 'authors', batchSize: 2, key: (c: Post) => c.by,
      fetch: (keys) => {
        batches.push(keys)
        if (keys.includes(3)) throw new Error('down')
        return new Map(keys.filter((key) => key !== 2).map((key) => [key, { n: key }]))
      },
    })
    const places = await hydrator.hydrate({}, posts(1, 2, 1, 3, undefined, 4, 5), contextAt())
    expect(batches).toEqual([[1, 2], [3, 4], [5]])
    expect(messages(places)).toEqual([{ n: 1 }, 'nothing was found for key 2', { n: 1 }, 'down', 'the candidate has no key to look up', 'down', { n: 5 }])
  })

  it('refuses bad options', () => {
    const good = { name: 'x', key: (c: Post) => c.by, fetch: () => new Map<number, object>() }
    expect(() => batchedHydrator({ ...good, batchSize: 0 })).toThrow(ArgumentError)
    expect(() => batchedHydrator({ ...good, key: undefined as unknown as typeof good.key })).toThrow(ArgumentError)
    expect(() => cachedHydrator({ ...good, ttlMs: 0 })).toThrow('`ttlMs`')
    expect(() => cachedHydrator({ ...good, ttlMs: 1, maxSize: 0 })).toThrow('`maxSize`')
  })
})

describe('cachedHydrator', () => {
  const make = (options: { maxSize?: number; fetch?: (keys: readonly number[], ctx: RunContext) => Promise<Map<number, { n: number }>> } = {}) => {
    const asked: number[] = []
    const fetch = options.fetch ?? (async (keys: readonly number[]) => new Map(keys.filter((key) => key < 100).map((key) => [key, { n: key }])))
    const hydrator = cachedHydrator({
      name: 'cached', key: (c: Post) => c.by, ttlMs: 10, maxSize: options.maxSize,
      fetch: (keys, ctx) => (asked.push(...keys), fetch(keys, ctx)),
    })
    const get = async (now: number, ...authors: readonly (number | undefined)[]) => messages(await hydrator.hydrate({}, posts(...authors), contextAt(now)))
    return { hydrator, asked, get }
  }

  it('remembers for ttlMs of request time', async () => {
    const { asked, get } = make()
    expect(await get(0, 1, 2, 1)).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }])
    await get(9, 1)
    expect(asked).toEqual([1, 2])
    await get(10, 1, 2)
    expect(asked).toEqual([1, 2, 1, 2])
  })

  it('answers at once, without a promise, when all is known', async () => {
    const { hydrator, get } = make()
    await get(0, 1)
    expect(hydrator.hydrate({}, posts(1), contextAt(1))).toEqual([{ n: 1 }])
  })

  it('does not remember failures or what is missing', async () => {
    let fail = true
    const { asked, get } = make({ fetch: async (keys) => { if (fail) throw new Error('down'); return new Map(keys.map((key) => [key, { n: key }])) } })
    expect(await get(0, 1)).toEqual(['down'])
    fail = false
    expect(await get(0, 1)).toEqual([{ n: 1 }])
    const missing = make()
    expect(await missing.get(0, 100)).toEqual(['nothing was found for key 100'])
    await missing.get(0, 100)
    expect([asked, missing.asked]).toEqual([[1, 1], [100, 100]])
  })

  it('forgets the least recently used beyond maxSize', async () => {
    const { asked, get } = make({ maxSize: 2 })
    await get(0, 1, 2)
    await get(0, 1)
    await get(0, 3)
    await get(0, 1)
    expect(asked).toEqual([1, 2, 3])
    await get(0, 2)
    expect(asked).toEqual([1, 2, 3, 2])
  })

  it('fetches once what two requests want at once', async () => {
    const { asked, get } = make()
    expect(await Promise.all([get(0, 1, 2), get(0, 2, 3), get(0, 3)])).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 2 }, { n: 3 }], [{ n: 3 }]])
    expect(asked).toEqual([1, 2, 3])
  })

  it('a request that is cancelled takes nobody with it: who waited fetches for itself, and a hung key is let go', async () => {
    let calls = 0
    const { hydrator, get } = make({ fetch: (keys) => (calls++ === 0 ? new Promise(() => {}) : Promise.resolve(new Map(keys.map((key) => [key, { n: key }])))) })
    const caller = new AbortController()
    const hung = hydrator.hydrate({}, posts(1), contextAt(0, caller.signal))
    const waiting = get(0, 1)
    caller.abort(new Error('left'))
    expect(messages(await hung)).toEqual(['left'])
    expect(await waiting).toEqual([{ n: 1 }])
    expect(await get(0, 1)).toEqual([{ n: 1 }])
    expect(calls).toBe(2)
  })
})
