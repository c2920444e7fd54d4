import { capPerGroup, fixedSlots, ratio, spaced, weave } from 'feedrank/selectors'
import type { Selector } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { contextAt } from '../pipeline/context'
import { ask, idsOf, posts, sourceOf, start } from '../pipeline/feeds'

const ctx = contextAt()
/** Candidates are words; the first letter is the stream. */
const stream = (c: string) => c[0]
const pick = (selector: Selector<object, string>, words: string, limit = 20) => {
  const cs = words.split(' ').filter(Boolean)
  return selector.select({}, cs, new Float64Array(cs.length), limit, ctx).map((i) => cs[i]).join(' ')
}

describe('fixedSlots', () => {
  const slots = [{ positions: [1, 4], fits: (c: string) => c[0] === 'a' }, { positions: [0], fits: (c: string) => c[0] === 'x' }]

  it('fills its places and no others, closes up what nothing fits, and ends with what is around', () => {
    const selector = fixedSlots<object, string>({ slots })
    expect(pick(selector, 'a1 a2 a3 p1 p2 p3 p4 x1 x2')).toBe('x1 a1 p1 p2 a2 p3 p4')
    expect(pick(selector, 'a1 a2 a3 p1 p2 p3 p4')).toBe('p1 a1 p2 p3 a2 p4')
    expect(pick(selector, 'p1 p2', 1)).toBe('p1')
    expect(pick(selector, 'a1 a2 p1')).toBe('p1 a1')
    expect(pick(selector, 'a1 x1')).toBe('x1 a1')
    expect(pick(selector, 'a1')).toBe('a1')
    expect(pick(selector, '')).toBe('')
  })

  it('fills the places around by another selector, which sees only what fits no slot', () => {
    expect(pick(fixedSlots<object, string>({ slots, around: capPerGroup({ max: 1, group: stream }) }), 'a1 p1 p2 q1 a2')).toBe('p1 a1 q1')
  })

  it('may look at the sources', async () => {
    const result = await start().source(sourceOf('ads', posts(9)), sourceOf('posts', posts(1, 2)))
      .select(fixedSlots({ slots: [{ positions: [1], fits: (_, sources) => sources.includes('ads') }] })).build().run(ask)
    expect(idsOf(result.selected)).toEqual([1, 9, 2])
  })

  it('refuses bad slots', () => {
    expect(() => fixedSlots({ slots: [{ positions: [0, 0], fits: () => true }] })).toThrow('0 twice')
    expect(() => fixedSlots({ slots: [{ positions: [-1], fits: () => true }] })).toThrow(ArgumentError)
    expect(() => fixedSlots({ slots: [{ positions: [NaN], fits: () => true }] })).toThrow(ArgumentError)
    expect(() => fixedSlots({ slots: 3 as unknown as [] })).toThrow('`slots`')
  })
})

describe('ratio', () => {
  it('keeps the shares in every part of the page, to less than the number of streams', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(seed)
      const shares = { a: 1 + random.integer(5), b: 1 + random.integer(5), c: 1 + random.integer(5) }
      const total = shares.a + shares.b + shares.c
      const words = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 60 }, (_, i) => `${name}${i}`))
      const page = pick(ratio<object, string, string>({ stream, shares }), random.shuffle(words).join(' '), 50).split(' ')
      expect(page.length).toBe(50)
      for (let k = 1; k <= 50; k++)
        for (const name of ['a', 'b', 'c'] as const) expect(Math.abs(page.slice(0, k).filter((word) => word[0] === name).length - (k * shares[name]) / total)).toBeLessThan(3)
    }
  })

  it('shares the places of a stream that ran out; others come last', () => {
    const selector = ratio<object, string, string>({ stream, shares: { a: 1, b: 1, off: 0 } })
    expect(pick(selector, 'z1 a1 a2 a3 b1 z2')).toBe('a1 b1 a2 a3 z1 z2')
    expect(pick(selector, 'z1 a1', 1)).toBe('a1')
    for (const shares of [{}, { a: 0 }, { a: -1 }, { a: NaN }]) expect(() => ratio({ stream, shares: shares as Record<string, number> })).toThrow(ArgumentError)
  })
})

describe('weave', () => {
  it('repeats its pattern, passes over what ran out, and puts others last', () => {
    const selector = weave<object, string, string>({ stream, pattern: ['p', 'p', 'a'] })
    expect(pick(selector, 'a1 a2 p1 p2 p3 z1')).toBe('p1 p2 a1 p3 a2 z1')
    expect(pick(selector, 'a1 a2 a3')).toBe('a1 a2 a3')
    expect(pick(selector, 'p1 p2 p3 a1', 3)).toBe('p1 p2 a1')
    for (const pattern of [[], 'pa', [1]]) expect(() => weave({ stream, pattern: pattern as unknown as string[] })).toThrow('`pattern`')
  })
})

describe('spaced', () => {
  it('holds to every rule at every place, and leaves out no candidate it could place first', () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = seededRandom(seed)
      const words = Array.from({ length: random.integer(30) }, (_, i) => `${'aabc'[random.integer(4)]}${i}`)
      const rules = [
        { group: (c: string) => (c[0] === 'c' ? undefined : c[0]), gap: random.integer(3) },
        { group: (c: string) => (c[0] === 'b' ? 'b' : undefined), gap: 2, notBefore: 3, max: 2 },
      ]
      const limit = random.integer(20)
      const page = pick(spaced<object, string>({ rules }), words.join(' '), limit).split(' ').filter(Boolean)
      expect(new Set(page).size).toBe(page.length)
      expect(page.length).toBeLessThanOrEqual(limit)
      const fits = (before: readonly string[], word: string) => rules.every(({ group, gap, notBefore = 0, max = Infinity }: { group: (c: string) => string | undefined; gap: number; notBefore?: number; max?: number }) => {
        const one = group(word)
        if (one === undefined) return true
        const last = before.findLastIndex((other) => group(other) === one)
        return before.length >= notBefore && (last < 0 || before.length - last > gap) && before.filter((other) => group(other) === one).length < max
      })
      for (let place = 0; place <= page.length; place++) {
        const first = words.find((word) => !page.slice(0, place).includes(word) && fits(page.slice(0, place), word))
        if (place < page.length) expect(page[place]).toBe(first)
        else if (page.length < limit) expect(first).toBeUndefined()
      }
    }
  })

  it('spaces the order of another selector', () => {
    const selector = spaced<object, string>({ rules: [{ group: (c) => (c[0] === 'a' ? 'ad' : undefined), gap: 1, notBefore: 1 }], of: weave({ stream, pattern: ['a', 'p'] }) })
    expect(pick(selector, 'p1 p2 a1 a2 a3')).toBe('p1 a1 p2 a2')
    expect(() => spaced({ rules: [{ group: () => 1, gap: -1 }] })).toThrow('`rules[0].gap`')
  })
})
