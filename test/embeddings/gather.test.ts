import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEmbeddingTable, createRowGradient, gatherBags, gatherRows } from '../../src/embeddings'
import type { Bags, Combiner } from '../../src/embeddings'
import { DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'

const combiners: readonly Combiner[] = ['sum', 'mean', 'sqrtn']
const randomBags = (random: Random, rows: number, tableRows: number, weighted: boolean): Bags => {
  const offsets = new Int32Array(rows + 1)
  for (let r = 0; r < rows; r++) offsets[r + 1] = offsets[r] + random.integer(5)
  const ids = Int32Array.from({ length: offsets[rows] }, () => random.integer(tableRows))
  return weighted ? { ids, offsets, weights: Float32Array.from(ids, () => random.next() + 0.1) } : { ids, offsets }
}

describe('gatherRows', () => {
  it('is a slice of the table for every id, whatever the width and the alignment', () => {
    for (const dim of [...Array.from({ length: 37 }, (_, i) => i + 1), 255, 256, 257]) {
      const random = seededRandom(dim)
      const rows = 1 + random.integer(20)
      const memory = Float32Array.from({ length: rows * dim + 1 }, () => random.normal())
      const ids = Int32Array.from({ length: random.integer(12) }, () => random.integer(rows))
      for (const shift of [0, 1]) {
        const values = memory.subarray(shift, shift + rows * dim)
        const out = new Float32Array(ids.length * dim + shift).fill(-1).subarray(shift)
        const wanted = [...ids].flatMap((id) => Array.from(values.subarray(id * dim, (id + 1) * dim)))
        expect([...gatherRows({ name: 't', rows, dim, values }, ids, out)]).toEqual(wanted)
        expect([...gatherRows({ name: 't', rows, dim, values }, ids)]).toEqual(wanted)
      }
    }
  })

  it('names the table of an id that is not a row, and writes nothing', () => {
    const table = createEmbeddingTable({ name: 'constructor', rows: 3, dim: 2, seed: 1 })
    for (const bad of [3, -1, 2 ** 31 - 1, -(2 ** 31)]) {
      const out = new Float32Array(4).fill(7)
      let thrown: unknown
      try {
        gatherRows(table, Int32Array.of(0, bad), out)
      } catch (error) {
        thrown = error
      }
      expect(DataError.isInstance(thrown) && thrown.message).toBe(
        `feedrank/gatherRows: expected ids of table "constructor" to be in [0, 3), got ${bad} at position 1`,
      )
      expect([...out]).toEqual([7, 7, 7, 7])
    }
  })

  it('refuses arguments that do not fit', () => {
    const table = createEmbeddingTable({ name: 't', rows: 3, dim: 2, seed: 1 })
    expect(() => gatherRows(table, Int32Array.of(0), new Float32Array(3))).toThrow('shape [1, 2], got 3 values')
    // @ts-expect-error: plain numbers are not ids
    expect(() => gatherRows(table, [0.5])).toThrow('expected `ids` to be an Int32Array, got an array of 1')
    expect(() => gatherRows({ ...table, rows: 4 }, Int32Array.of(0))).toThrow('expected table "t" to hold [4, 2] values, got 6')
  })
})

describe.each(combiners)('gatherBags by %s', (combiner) => {
  it('is the combination, written out', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(seed)
      const dim = 1 + random.integer(6)
      const table = createEmbeddingTable({ name: 't', rows: 9, dim, initializer: { kind: 'normal', deviation: 1 }, seed })
      const bags = randomBags(random, random.integer(7), 9, seed % 2 === 0)
      const got = gatherBags(table, bags, combiner, new Float32Array((bags.offsets.length - 1) * dim).fill(Number.NaN))
      for (let r = 0; r + 1 < bags.offsets.length; r++) {
        const span = Array.from({ length: bags.offsets[r + 1] - bags.offsets[r] }, (_, i) => i + bags.offsets[r])
        const w = span.map((i) => bags.weights?.[i] ?? 1)
        const divisor = { sum: 1, mean: w.reduce((a, b) => a + b, 0), sqrtn: Math.hypot(...w) }[combiner]
        for (let j = 0; j < dim; j++) {
          const total = span.reduce((sum, i, k) => sum + w[k] * table.values[bags.ids[i] * dim + j], 0)
          expect(got[r * dim + j]).toBeCloseTo(span.length === 0 ? 0 : total / divisor, 5)
        }
      }
    }
  })

  it('gives what gatherRows gives for bags of one', () => {
    const table = createEmbeddingTable({ name: 't', rows: 5, dim: 4, seed: 2 })
    const ids = Int32Array.of(4, 0, 2)
    expect(gatherBags(table, { ids, offsets: Int32Array.of(0, 1, 2, 3) }, combiner)).toEqual(gatherRows(table, ids))
  })

  // <gather(table), g> = <table, gradient of gather along g>: what makes one the transpose of the other.
  it('has RowGradient.addBags as its transpose', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(`transpose ${seed}`)
      const dim = 1 + random.integer(5)
      const table = createEmbeddingTable({ name: 't', rows: 6, dim, initializer: { kind: 'normal', deviation: 1 }, seed })
      const bags = randomBags(random, 5, 6, seed % 2 === 0)
      const along = Float32Array.from({ length: 5 * dim }, () => random.normal())
      const gradient = createRowGradient(table)
      gradient.addBags(bags, combiner, along)
      const left = gatherBags(table, bags, combiner).reduce((sum, value, i) => sum + value * along[i], 0)
      let right = 0
      gradient.rows.forEach((row, i) => {
        for (let j = 0; j < dim; j++) right += table.values[row * dim + j] * gradient.values[i * dim + j]
      })
      expect(left).toBeCloseTo(right, 4)
    }
  })

  it('gives zeros for a bag whose weights are all zero', () => {
    const table = createEmbeddingTable({ name: 't', rows: 2, dim: 2, seed: 2 })
    expect([...gatherBags(table, { ids: Int32Array.of(1), offsets: Int32Array.of(0, 1), weights: Float32Array.of(0) }, combiner)]).toEqual([0, 0])
  })
})

describe('bags that are none', () => {
  const table = createEmbeddingTable({ name: 'tag', rows: 3, dim: 2, seed: 1 })
  const bad: readonly (readonly [string, Bags])[] = [
    ['to rise within [0, 2], got 3 at row 1', { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 3) }],
    ['to rise within [0, 2], got 0 at row 2', { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 1, 0) }],
    ['to rise within [0, 2], got -1 at row 0', { ids: Int32Array.of(0, 1), offsets: Int32Array.of(-1, 1) }],
    ['one entry more than rows, got none', { ids: new Int32Array(0), offsets: new Int32Array(0) }],
    ['1 weights for 2 ids', { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 2), weights: Float32Array.of(1) }],
    ['finite weights', { ids: Int32Array.of(0, 1), offsets: Int32Array.of(0, 2), weights: Float32Array.of(1, Number.NaN) }],
  ]
  it.each(bad)('are refused: %s', (message, bags) => {
    const rows = Math.max(0, bags.offsets.length - 1)
    for (const combiner of combiners) {
      expect(() => gatherBags(table, bags, combiner)).toThrow(message)
      expect(() => gatherBags(table, bags, combiner)).toThrow('table "tag"')
      expect(() => createRowGradient(table).addBags(bags, combiner, new Float32Array(rows * 2))).toThrow(message)
    }
  })

  it('are refused when an id is not a row or the combiner is unknown', () => {
    const bags = { ids: Int32Array.of(0, 3), offsets: Int32Array.of(0, 2) }
    expect(() => gatherBags(table, bags, 'sum')).toThrow('expected ids of table "tag" to be in [0, 3), got 3 at position 1')
    // @ts-expect-error: a combiner that there is not
    expect(() => gatherBags(table, bags, 'max')).toThrow('got "max"')
  })
})

it('reads ids and offsets that are views into larger arrays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 8 }), (list) => {
      const table = createEmbeddingTable({ name: 't', rows: 5, dim: 3, seed: 1 })
      const memory = Int32Array.from([99, 99, ...list, 99])
      expect(gatherRows(table, memory.subarray(2, 2 + list.length))).toEqual(gatherRows(table, Int32Array.from(list)))
      // Offsets of a mini-batch may begin in the middle of the column's ids.
      const offsets = Int32Array.of(0, 1, list.length).subarray(1)
      expect(gatherBags(table, { ids: Int32Array.from(list), offsets }, 'sum')).toEqual(
        gatherBags(table, { ids: Int32Array.from(list.slice(1)), offsets: Int32Array.of(0, list.length - 1) }, 'sum'),
      )
    }),
  )
})
