import { capPerGroup, topK } from 'feedrank/selectors'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { contextAt } from '../pipeline/context'

const ctx = contextAt()

describe('topK', () => {
  it('takes the first, as ranked, whatever their scores', () => {
    expect(topK().select({}, ['x', 'y', 'z'], Float64Array.of(1, 3, 2), 2, ctx)).toEqual([0, 1])
    expect(topK().select({}, ['x'], Float64Array.of(1), 5, ctx)).toEqual([0])
    expect(topK({ name: 'best' }).name).toBe('best')
  })
})

describe('capPerGroup', () => {
  const select = (groups: readonly (readonly string[] | string | undefined)[], limit: number, max: number, relax = false) =>
    capPerGroup<object, (typeof groups)[number]>({ max, group: (c) => c, relax }).select({}, groups, new Float64Array(groups.length), limit, ctx)

  it('passes over what would overfill any of its groups', () => {
    expect(select(['a', 'a', 'a', 'b', undefined, undefined], 5, 2)).toEqual([0, 1, 3, 4, 5])
    expect(select([['a', 'b'], ['b'], ['b', 'c'], ['c'], ['a', 'a']], 5, 1)).toEqual([0, 3])
    expect(select(['__proto__', '__proto__', 'constructor'], 3, 1)).toEqual([0, 2])
  })

  it('relaxed, raises the cap one by one and only as far as it must', () => {
    expect(select(['a', 'a', 'a', 'b', 'a', 'b'], 5, 1, true)).toEqual([0, 3, 1, 5, 2])
    expect(select(['a', 'a'], 5, 1, true)).toEqual([0, 1])
    expect(select(['a', 'b', 'a'], 2, 1, true)).toEqual([0, 1])
  })

  it('never breaks the cap, never repeats, never stops while something fits', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed)
      const groups = Array.from({ length: random.integer(40) }, () => Array.from({ length: random.integer(3) }, () => `g${random.integer(5)}`))
      const max = 1 + random.integer(3)
      const limit = random.integer(20)
      const page = select(groups, limit, max)
      const counts = new Map<string, number>()
      for (const i of page) for (const name of new Set(groups[i])) counts.set(name, (counts.get(name) ?? 0) + 1)
      expect(new Set(page).size).toBe(page.length)
      expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(max)
      if (page.length < limit) for (const [i, names] of groups.entries()) expect(page.includes(i) || names.some((name) => counts.get(name) === max)).toBe(true)
      expect(select(groups, limit, max, true).length).toBe(Math.min(limit, groups.length))
    }
  })

  it('refuses a cap of nothing', () => {
    for (const max of [0, -1, 1.5, NaN]) expect(() => capPerGroup({ max, group: () => 'x' })).toThrow(ArgumentError)
  })
})
