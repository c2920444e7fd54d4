import { ageFilter, blockedAuthorsFilter, ownItemsFilter, predicateFilter, seenFilter } from 'feedrank/filters'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'

const items = (...ids: readonly (number | string)[]) => ids.map((id) => ({ id }))

describe('seenFilter', () => {
  it('leaves out the ids of the query, as a set or a list, and only those', async () => {
    for (const seen of [[2, 'c'], new Set([2, 'c'])]) {
      const filter = seenFilter<{ seen: Iterable<number | string> }, { id: number | string }>({ seen: (q) => q.seen })
      expect(await filter.keep({ seen }, items(1, 2, 3, 'c', 'b'), contextAt())).toEqual([true, false, true, false, true])
    }
  })

  it('holds nothing back when the seen are not known, and takes another id', async () => {
    const filter = seenFilter<object, { url: string }>({ seen: () => undefined, id: (c) => c.url })
    expect(await filter.keep({}, [{ url: 'x' }], contextAt())).toEqual([true])
    const other = seenFilter<object, { url: string }>({ seen: () => ['x'], id: (c) => c.url })
    expect(await other.keep({}, [{ url: 'x' }, { url: 'y' }], contextAt())).toEqual([false, true])
  })

  it('refuses one string, which would be read letter by letter, and what is no list', () => {
    for (const seen of ['abc', 7, null, {}]) {
      expect(() => seenFilter({ seen: () => seen as unknown as string[] }).keep({}, items(1), contextAt())).toThrow('a set or a list of ids')
    }
    expect(() => seenFilter({ seen: undefined as unknown as () => [] })).toThrow(ArgumentError)
  })
})

describe('ageFilter', () => {
  const filter = ageFilter<object, { at: number | Date | undefined }>({ maxAgeMs: 100, createdAt: (c) => c.at })
  const cs = [1000, 900, 899, 1001, new Date(950), new Date(10), undefined, NaN].map((at) => ({ at }))

  it('keeps what is at most so old at the time of the request; the future too', async () => {
    expect(await filter.keep({}, cs, contextAt(1000))).toEqual([true, true, false, true, true, false, false, false])
    const open = ageFilter<object, (typeof cs)[number]>({ maxAgeMs: 100, createdAt: (c) => c.at, unknown: 'keep' })
    expect(await open.keep({}, cs.slice(-3), contextAt(1000))).toEqual([false, true, true])
  })

  it('refuses an age that is none', () => {
    for (const maxAgeMs of [0, -1, NaN, Infinity]) expect(() => ageFilter({ maxAgeMs, createdAt: () => 0 })).toThrow(ArgumentError)
    expect(() => ageFilter({ maxAgeMs: 1, createdAt: () => 0, unknown: 'maybe' as 'keep' })).toThrow("'keep' or 'drop'")
  })
})

describe('ownItemsFilter', () => {
  const filter = ownItemsFilter<{ user?: number }, { by?: number }>({ userId: (q) => q.user, authorId: (c) => c.by })

  it('holds back what the user made; a visitor made nothing', async () => {
    const cs = [{ by: 1 }, { by: 2 }, {}]
    expect(await filter.keep({ user: 1 }, cs, contextAt())).toEqual([false, true, true])
    expect(await filter.keep({}, cs, contextAt())).toEqual([true, true, true])
  })
})

describe('predicateFilter', () => {
  it('asks about each candidate, the query and the time', async () => {
    const filter = predicateFilter('p', (c: { n: number }, q: { least: number }, ctx) => c.n >= q.least && ctx.now === 5)
    expect(filter.name).toBe('p')
    expect(await filter.keep({ least: 2 }, [{ n: 1 }, { n: 2 }], contextAt(5))).toEqual([false, true])
    expect(() => predicateFilter('p', true as unknown as () => boolean)).toThrow(ArgumentError)
  })
})

describe('blockedAuthorsFilter', () => {
  const options = { blocked: (q: { blocked: Iterable<string> }) => q.blocked, authorId: (c: { by?: string }) => c.by }

  it('holds back what blocked authors made, and what nobody knows who made', async () => {
    const cs = [{ by: 'a' }, { by: 'b' }, { by: '__proto__' }, {}]
    expect(await blockedAuthorsFilter(options).keep({ blocked: ['b', '__proto__'] }, cs, contextAt())).toEqual([true, false, false, false])
    expect(await blockedAuthorsFilter({ ...options, unknown: 'keep' }).keep({ blocked: [] }, cs, contextAt())).toEqual([true, true, true, true])
  })

  it('fails rather than leaks when the blocked are not known', () => {
    expect(() => blockedAuthorsFilter(options).keep({} as { blocked: string[] }, [{ by: 'a' }], contextAt())).toThrow('`blocked` to be a set or a list of ids')
  })
})
