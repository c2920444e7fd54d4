import { hydratorWithFallback } from 'feedrank/hydrators'
import type { Hydrator } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { contextAt } from '../pipeline/context'
import { ask, entryOf, fails, posts, sourceOf, start } from '../pipeline/feeds'

type H = Hydrator<object, { id: number | string }, { n: number }>
const even: H = { name: 'even', hydrate: (_, cs) => cs.map((c) => (Number(c.id) % 2 === 0 ? { n: Number(c.id) } : new Error(`odd ${c.id}`))) }

describe('hydratorWithFallback', () => {
  it('asks the second only about what the first left open', async () => {
    const asked: unknown[] = []
    const otherwise: H = { name: 'second', hydrate: async (_, cs) => (asked.push(cs.map((c) => c.id)), cs.map((c) => (c.id === 3 ? new Error('neither') : { n: -1 }))) }
    const result = await start().source(sourceOf('a', posts(1, 2, 3))).hydrate(hydratorWithFallback({ hydrator: even, otherwise, fallback: { n: 0 } })).build().run(ask)
    expect(asked).toEqual([[1, 3]])
    expect(result.selected.map((item) => item.candidate.n)).toEqual([-1, 2, 0])
    expect(entryOf(result.trace, 'even')).toMatchObject({ out: 2, invalid: 1, error: 'Error: odd 1' })
  })

  it('takes over as a whole when the first fails or breaks its contract', async () => {
    const otherwise: H = { name: 'second', hydrate: (_, cs) => cs.map(() => ({ n: 7 })) }
    for (const hydrate of [fails('down'), async () => { throw new Error('down') }, () => []]) {
      expect(await hydratorWithFallback({ hydrator: { name: 'first', hydrate }, otherwise }).hydrate({}, [{ id: 1 }], contextAt())).toEqual([{ n: 7 }])
    }
  })

  it('leaves the places open when the second fails too', async () => {
    const places = await hydratorWithFallback({ hydrator: even, otherwise: { name: 's', hydrate: fails('down') } }).hydrate({}, [{ id: 1 }, { id: 2 }], contextAt())
    expect(places).toEqual([new Error('down'), { n: 2 }])
    expect(() => hydratorWithFallback({ hydrator: even, otherwise: {} as H })).toThrow(ArgumentError)
  })
})
