import { describe, expect, test } from 'vitest'
import { categorical, defineFeatures } from '../../src/features'
import { vocabularyCounter } from '../../src/features/vocabulary'
import { seededRandom } from '../../src/random'

const layout = { outOfVocabulary: 1, missing: false }
const cells = (values: readonly unknown[]) => ({ where: 'fit', name: 'x', length: values.length, column: { kind: 'mixed' as const, values }, row: (cell: number) => cell })

describe('a vocabulary of more names than are counted at once', () => {
  /** A few frequent names in a stream of names that come once or twice. */
  const streamOf = (seed: number, n: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: n }, () => (random.next() < 0.4 ? `often ${Math.floor(20 * random.next() ** 2)}` : `rare ${random.integer(n)}`))
  }

  test('keeps every name that came more often than it may have missed, and counts none too often', () => {
    for (let seed = 0; seed < 8; seed++) {
      const n = 12_000
      const limit = 400 + 100 * seed
      const stream = streamOf(seed, n)
      const truth = new Map<string, number>()
      for (const name of stream) truth.set(name, (truth.get(name) ?? 0) + 1)
      const minCount = 30
      const counter = vocabularyCounter({ minCount }, layout, limit)
      for (let at = 0; at < n; at += 50) counter.observe(cells(stream.slice(at, at + 50)), false)
      const { categories, uncounted = 0 } = counter.finish()
      expect(uncounted).toBeGreaterThan(0)
      expect(uncounted).toBeLessThanOrEqual((2 * n) / limit)
      for (const name of categories) expect(truth.get(String(name))).toBeGreaterThanOrEqual(minCount)
      const kept = new Set(categories)
      for (const [name, count] of truth) if (count >= minCount + uncounted) expect(kept.has(name), name).toBe(true)
    }
  })

  test('is counted exactly, and in any order, up to the limit', () => {
    const stream = streamOf(1, 500)
    const exact = (values: readonly unknown[]) => {
      const counter = vocabularyCounter({ minCount: 1, capacity: 30 }, layout, 500)
      counter.observe(cells(values), false)
      return counter.finish()
    }
    expect(exact(stream.toReversed()).categories).toEqual(exact(stream).categories)
    expect(exact(stream).uncounted).toBeUndefined()
    expect(exact(stream).categories[0]).toBe('often 0')
  })
})

test('ids by place and ids by map are the same', () => {
  const random = seededRandom(1)
  const wide = [0, 1, 2.5, -3, 7, 2 ** 40, '12', 'x', '007', '-0', '1e3']
  const dense = Array.from({ length: 300 }, (_, i) => i * 2)
  const asked = [...wide, ...dense, -0, 1e3, 599, 600, -1, 0.5, 5000, 2 ** 31, ...Array.from({ length: 50 }, () => random.integer(1000))]
  for (const known of [wide, dense]) {
    const fitted = defineFeatures({ features: { x: categorical({ scope: 'user' }) } }).fit(known.map((x) => ({ x })))
    const expected = new Map(fitted.categories('x').map((category, id) => [String(category), id]))
    const column = fitted.encode(asked.map((x) => ({ x }))).columns.get('x')
    if (column?.kind !== 'ids') throw new Error('expected ids')
    asked.forEach((x, i) => expect(column.ids[i], String(x)).toBe(expected.get(String(x)) ?? 0))
  }
})
