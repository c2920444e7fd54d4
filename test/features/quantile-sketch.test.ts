import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { quantileOf, quantileSketch } from '../../src/features'
import { seededRandom } from '../../src/random'

const shares = [0, 0.001, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.9, 0.99, 0.999, 1]

/** Streams that sketches are known to be tried by. */
const streams: Readonly<Record<string, (i: number, n: number, random: () => number) => number>> = {
  random: (_, __, random) => random(),
  ascending: (i) => i,
  descending: (i, n) => n - i,
  zigzag: (i, n) => (i % 2 === 0 ? i : n - i),
  heavyTail: (_, __, random) => 1 / (1e-6 + random()) ** 2,
  fewValues: (_, __, random) => Math.floor(random() * 4),
}

const streamOf = (name: string, n: number, seed: number) => {
  const random = seededRandom(seed)
  return Float64Array.from({ length: n }, (_, i) => streams[name](i, n, () => random.next()))
}

/** How far the rank of `value` is from the one asked for, as a share; a value that is there many times has many ranks. */
function misplaced(sorted: Float64Array, q: number, value: number): number {
  const wanted = q * (sorted.length - 1)
  const below = sorted.findIndex((one) => one >= value)
  const least = below < 0 ? sorted.length : below
  const above = sorted.findLastIndex((one) => one <= value)
  return Math.max(0, Math.max(least - 1 - wanted, wanted - (above + 1))) / sorted.length
}

describe('quantileSketch', () => {
  test('is exact while the numbers fit, as NumPy has it', () => {
    for (const name of Object.keys(streams)) {
      const values = streamOf(name, 1000, 1)
      const sketch = quantileSketch({ capacity: 1000 })
      sketch.addAll(values)
      for (const q of shares) expect(sketch.quantile(q)).toBe(quantileOf(values.toSorted(), q))
      expect(sketch.rankError()).toBe(0)
    }
  })

  test('beyond, ranks are off by no more than it says, and that is no more than levels / capacity', () => {
    for (const name of Object.keys(streams)) {
      for (const [n, capacity] of [[5000, 64], [20_000, 256], [20_000, 1024]]) {
        const values = streamOf(name, n, n)
        const sketch = quantileSketch({ capacity })
        sketch.addAll(values)
        expect(sketch.count()).toBe(n)
        expect(sketch.rankError()).toBeGreaterThan(0)
        expect(sketch.rankError()).toBeLessThanOrEqual(Math.ceil(Math.log2(n / capacity)) / capacity)
        const sorted = values.toSorted()
        for (const q of shares) expect(misplaced(sorted, q, sketch.quantile(q)), `${name} ${n} ${capacity} ${q}`).toBeLessThanOrEqual(sketch.rankError())
        expect([sketch.quantile(0), sketch.quantile(1)]).toEqual([sorted[0], sorted[n - 1]])
        const { values: kept, weights } = sketch.kept()
        expect(kept.length).toBeLessThanOrEqual(capacity * (1 + Math.ceil(Math.log2(n / capacity))))
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(n)
      }
    }
  })

  test('merged sketches hold what all have seen, within the sum of their bounds', () => {
    for (let seed = 0; seed < 6; seed++) {
      const parts = Object.keys(streams).map((name, i) => streamOf(name, 700 * (i + 1) * (seed % 3), seed))
      const merged = quantileSketch({ capacity: 128 })
      for (const part of parts) {
        const sketch = quantileSketch({ capacity: seed % 2 === 0 ? 128 : 64 })
        sketch.addAll(part)
        const before = sketch.kept().values.slice()
        merged.merge(sketch)
        expect(sketch.kept().values).toEqual(before)
      }
      const sorted = Float64Array.from(parts.flatMap((part) => [...part])).sort()
      expect(merged.count()).toBe(sorted.length)
      if (sorted.length === 0) continue
      for (const q of shares) expect(misplaced(sorted, q, merged.quantile(q))).toBeLessThanOrEqual(merged.rankError())
      expect([merged.quantile(0), merged.quantile(1)]).toEqual([sorted[0], sorted[sorted.length - 1]])
    }
  })

  test('one number at a time and all at once are the same; NaN stands for a missing value', () => {
    const values = streamOf('random', 3000, 3)
    const [one, all] = [quantileSketch({ capacity: 100 }), quantileSketch({ capacity: 100 })]
    values.forEach(one.add)
    all.addAll(Float64Array.from([NaN, ...values, NaN]))
    expect(all.kept()).toEqual(one.kept())
    expect(all.count()).toBe(3000)
  })

  test('numbers as far apart as can be', () => {
    const sketch = quantileSketch()
    sketch.addAll(Float64Array.of(-1.7e308, 1.7e308))
    for (const [q, value] of [[0, -1.7e308], [0.5, 0], [0.25, -0.85e308], [1, 1.7e308]]) {
      expect(sketch.quantile(q) / 1e308).toBeCloseTo(value / 1e308, 10)
      expect(quantileOf([-1.7e308, 1.7e308], q) / 1e308).toBeCloseTo(value / 1e308, 10)
    }
  })

  test('what it does not take', () => {
    for (const capacity of [0, 1, 3, NaN, 1.5]) expect(() => quantileSketch({ capacity })).toThrow(ArgumentError)
    expect(() => quantileSketch().quantile(0.5)).toThrow(/at least one number/)
    for (const value of [NaN, Infinity, -Infinity, '1' as never]) expect(() => quantileSketch().add(value)).toThrow(/`value` to be a finite number, got/)
    expect(() => quantileSketch().addAll(Float64Array.of(1, Infinity))).toThrow(/got Infinity/)
    const sketch = quantileSketch()
    sketch.add(1)
    for (const q of [-0.1, 1.1, NaN]) expect(() => sketch.quantile(q)).toThrow(/`q`/)
  })
})
