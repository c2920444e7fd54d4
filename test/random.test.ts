import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../src/errors'
import { seededRandom } from '../src/random'

const draws = (seed: string | number, n = 5) => {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => random.next())
}

describe('seededRandom', () => {
  it('equal seeds give equal sequences, others do not', () => {
    expect(draws(7)).toEqual(draws(7))
    expect(draws(7)).not.toEqual(draws(8))
    expect(draws('a/b')).toEqual(draws('a/b'))
  })

  it('gives the same numbers on every platform and in every version', () => {
    // Alea 0.9 of the package seedrandom 3.0.5, `double()` after seeding with '7'.
    expect(draws(7, 3)).toEqual([0.3645951841044893, 0.18762038776340717, 0.16561524596065236])
  })

  it('a fork depends on the seed and its label alone', () => {
    const random = seededRandom(7)
    const early = random.fork('x').next()
    random.next()
    expect(random.fork('x').next()).toBe(early)
    expect(random.fork('y').next()).not.toBe(early)
    expect(seededRandom(8).fork('x').next()).not.toBe(early)
  })

  it.each([1, 2, 3])('uniform, integer and normal have the moments they should, seed %i', (seed) => {
    const random = seededRandom(seed)
    const n = 20_000
    const uniform = Array.from({ length: n }, () => random.next())
    const normal = Array.from({ length: n }, () => random.normal())
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < n; i++) counts[random.integer(10)]++
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    // Five standard errors of each estimate.
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n))
    expect(Math.abs(mean(normal))).toBeLessThan(5 / Math.sqrt(n))
    expect(Math.abs(mean(normal.map((v) => v * v)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    for (const count of counts) expect(Math.abs(count - n / 10)).toBeLessThan(5 * Math.sqrt(n * 0.09))
  })

  it('shuffle permutes, each place as likely as another', () => {
    const random = seededRandom(3)
    const firsts = Array.from({ length: 4 }, () => 0)
    for (let i = 0; i < 4000; i++) {
      const shuffled = random.shuffle([0, 1, 2, 3])
      expect([...shuffled].sort()).toEqual([0, 1, 2, 3])
      firsts[shuffled[0]]++
    }
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(750))
    expect([...random.shuffle(Int32Array.of(1, 2, 3))].sort()).toEqual([1, 2, 3])
    expect(random.shuffle([])).toEqual([])
  })

  it('refuses what is no seed', () => {
    for (const seed of [NaN, Infinity, undefined, null, {}]) expect(() => seededRandom(seed as unknown as number)).toThrow(ArgumentError)
    expect(() => seededRandom(1).integer(0)).toThrow(ArgumentError)
  })
})
