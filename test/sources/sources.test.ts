import { fromFunction, fromList, popular } from 'feedrank/sources'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'

const ctx = contextAt()

describe('fromFunction and fromList', () => {
  it('carry their name and settings, and give what they were given', async () => {
    const list = [{ id: 1 }]
    const enable = () => true
    const source = fromFunction('f', (q: { n: number }) => Array.from({ length: q.n }, (_, id) => ({ id })), { timeoutMs: 5, onError: 'fail', enable })
    expect(source).toMatchObject({ name: 'f', timeoutMs: 5, onError: 'fail', enable })
    expect(await source.fetch({ n: 2 }, ctx)).toEqual([{ id: 0 }, { id: 1 }])
    expect(await fromList('l', list).fetch({}, ctx)).toBe(list)
  })

  it('refuse what is none', () => {
    expect(() => fromFunction('f', 3 as unknown as () => [])).toThrow(ArgumentError)
    expect(() => fromList('l', 'abc' as unknown as [])).toThrow(ArgumentError)
  })
})

describe('popular', () => {
  const items = [{ id: 'a', n: 1 }, { id: 'b', n: 3 }, { id: 'c', n: NaN }, { id: 'd', n: 3 }]

  it('brings the most popular first: ties as given, the uncounted last', async () => {
    const source = popular({ items, count: (item) => item.n, limit: 3 })
    expect((await source.fetch({}, ctx)).map((item) => item.id)).toEqual(['b', 'd', 'a'])
    const whole = popular({ items, count: (item) => item.n })
    expect((await whole.fetch({}, ctx)).map((item) => item.id)).toEqual(['b', 'd', 'a', 'c'])
  })

  it('asks a function anew in every request', async () => {
    let n = 0
    const source = popular({ items: async (q: { of: string }) => [{ id: q.of, n: 0 }, { id: 'x', n: n++ }], count: (item: { n: number }) => item.n })
    expect((await source.fetch({ of: 'y' }, ctx)).map((item) => item.id)).toEqual(['y', 'x'])
    expect((await source.fetch({ of: 'y' }, ctx)).map((item) => item.id)).toEqual(['x', 'y'])
  })

  it('refuses bad options', () => {
    expect(() => popular({ items, count: (item) => item.n, limit: 0 })).toThrow('`limit` to be a positive integer')
    expect(() => popular({ items: 7 as unknown as [], count: () => 1 })).toThrow('`items` to be an array or a function')
    expect(() => popular({ items, count: undefined as unknown as () => number })).toThrow(ArgumentError)
    expect(() => popular(undefined as unknown as { items: []; count: () => number })).toThrow('`options` to be an object')
  })
})
