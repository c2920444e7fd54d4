import { describe, expect, it } from 'vitest'
import { createEmbeddingTable, growTable } from '../../src/embeddings'
import type { Initializer } from '../../src/embeddings'

const initializers: readonly Initializer[] = [{ kind: 'uniform', limit: 0.3 }, { kind: 'normal', deviation: 2 }, { kind: 'zeros' }]

describe.each(initializers)('a table that begins $kind', (initializer) => {
  it('is the same for the same seed and another for another', () => {
    const make = (seed: number) => createEmbeddingTable({ name: 't', rows: 40, dim: 3, initializer, seed }).values
    expect(make(1)).toEqual(make(1))
    if (initializer.kind !== 'zeros') expect(make(1)).not.toEqual(make(2))
  })

  it('holds the same rows however it grew', () => {
    for (const [from, to] of [[1, 2], [255, 256], [256, 257], [100, 700], [300, 300], [511, 1025]]) {
      const small = createEmbeddingTable({ name: 't', rows: from, dim: 3, initializer, seed: 'x' })
      const whole = createEmbeddingTable({ name: 't', rows: to, dim: 3, initializer, seed: 'x' })
      expect(growTable(small, { rows: to, initializer, seed: 'x' })).toEqual(whole)
    }
  })

  it('has the moments of its distribution', () => {
    const { values } = createEmbeddingTable({ name: 't', rows: 2000, dim: 10, initializer, seed: 3 })
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)
    const wanted = { uniform: 0.3 / Math.sqrt(3), normal: 2, zeros: 0 }[initializer.kind]
    expect(Math.abs(mean)).toBeLessThanOrEqual(wanted * 0.03)
    expect(Math.abs(deviation - wanted)).toBeLessThanOrEqual(wanted * 0.03)
    if (initializer.kind === 'uniform') expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.3)
  })
})

it('keeps what was learned when it grows, and leaves the smaller table alone', () => {
  const small = createEmbeddingTable({ name: '__proto__', rows: 2, dim: 2, seed: 1 })
  small.values.fill(9)
  const grown = growTable(small, { rows: 3, seed: 1 })
  expect(Array.from(grown.values.subarray(0, 4))).toEqual([9, 9, 9, 9])
  expect(grown.name).toBe('__proto__')
  expect(small.values.length).toBe(4)
})

it('refuses what cannot be a table', () => {
  const base = { name: 't', rows: 2, dim: 2, seed: 1 }
  expect(() => createEmbeddingTable({ ...base, rows: 0 })).toThrow('feedrank/createEmbeddingTable: expected `rows` to be a positive integer, got 0')
  expect(() => createEmbeddingTable({ ...base, dim: 1.5 })).toThrow('`dim`')
  expect(() => createEmbeddingTable({ ...base, rows: 2 ** 20, dim: 2 ** 11 })).toThrow('below 2^31, got 1048576 x 2048')
  expect(() => createEmbeddingTable({ ...base, seed: Number.NaN })).toThrow('`seed`')
  expect(() => createEmbeddingTable({ ...base, initializer: { kind: 'uniform', limit: Number.NaN } })).toThrow('`initializer.limit`')
  expect(() => createEmbeddingTable({ ...base, initializer: { kind: 'normal', deviation: -1 } })).toThrow('`initializer.deviation`')
  // @ts-expect-error: a kind that there is not
  expect(() => createEmbeddingTable({ ...base, initializer: { kind: 'glorot' } })).toThrow('got "glorot"')
  // @ts-expect-error: a name that is not a string
  expect(() => createEmbeddingTable({ ...base, name: 7 })).toThrow('`name`')
  expect(() => growTable(createEmbeddingTable(base), { rows: 1, seed: 1 })).toThrow('at least the 2 rows of table "t", got 1')
  expect(() => growTable({ ...createEmbeddingTable(base), rows: 3 }, { rows: 4, seed: 1 })).toThrow('[3, 2] values, got 4')
})
