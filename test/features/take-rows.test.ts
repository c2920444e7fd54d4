import { describe, expect, test } from 'vitest'
import { concatRows, sliceRows, takeRows } from '../../src/features'
import type { EncodedRows } from '../../src/features'
import { seededRandom } from '../../src/random'
import { everything, plain, randomRows } from './samples'

const rows = randomRows(1, 60)
const fitted = everything.fit(rows)
const encoded = fitted.encode(rows, { labels: true })

describe('takeRows, sliceRows and concatRows', () => {
  test('taking encoded rows equals encoding the rows taken', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const indices = Int32Array.from({ length: random.integer(50) }, () => random.integer(60))
      expect(plain(takeRows(encoded, indices))).toEqual(plain(fitted.encode([...indices].map((i) => rows[i]), { labels: true })))
    }
  })

  test('slicing equals encoding the slice, and a slice of a slice too', () => {
    for (const [start, end] of [[0, 60], [0, 0], [60, 60], [7, 31], [59, 60]])
      expect(plain(sliceRows(encoded, start, end))).toEqual(plain(fitted.encode(rows.slice(start, end), { labels: true })))
    expect(plain(sliceRows(sliceRows(encoded, 10, 50), 5, 20))).toEqual(plain(sliceRows(encoded, 15, 30)))
    expect(plain(takeRows(sliceRows(encoded, 10, 50), [3, 0]))).toEqual(plain(takeRows(encoded, [13, 10])))
    expect(plain(sliceRows(encoded, 20))).toEqual(plain(sliceRows(encoded, 20, 60)))
  })

  test('the slices of any cutting, put together, are the whole', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const cuts = [0, random.integer(61), random.integer(61), random.integer(61), 60].toSorted((a, b) => a - b)
      const parts = cuts.slice(1).map((end, i) => sliceRows(encoded, cuts[i], end))
      expect(plain(concatRows(parts))).toEqual(plain(encoded))
    }
  })

  const weighted = (ids: readonly number[], offsets: readonly number[], weights?: readonly number[]): EncodedRows => ({
    rows: offsets.length - 1, labels: new Map(),
    columns: new Map([['x', { kind: 'bags', ids: Int32Array.from(ids), offsets: Int32Array.from(offsets), ...(weights && { weights: Float32Array.from(weights) }) }]]),
  })

  test('weights go with their ids; a part without weights has ones', () => {
    const bags = weighted([1, 2, 3], [0, 2, 2, 3], [0.5, 0.25, 4])
    expect(plain(takeRows(bags, [2, 0]))).toEqual(plain(weighted([3, 1, 2], [0, 1, 3], [4, 0.5, 0.25])))
    expect(plain(sliceRows(bags, 1, 3))).toEqual(plain(weighted([3], [0, 0, 1], [4])))
    expect(plain(concatRows([weighted([9], [0, 1]), bags]))).toEqual(plain(weighted([9, 1, 2, 3], [0, 1, 3, 3, 4], [1, 0.5, 0.25, 4])))
  })

  test('rows that are not there, and parts that do not fit, are errors', () => {
    for (const bad of [60, -1, 0.5, NaN]) expect(() => takeRows(encoded, [0, bad])).toThrow(/indices\[1\].*0 to 59/)
    expect(() => sliceRows(encoded, 5, 61)).toThrow(/`end`.*60, got 61/)
    expect(() => sliceRows(encoded, 5, 4)).toThrow(/`end`/)
    expect(() => concatRows([])).toThrow(/at least one part/)
    expect(() => concatRows([encoded, fitted.encode(rows)])).toThrow(/same labels/)
    expect(() => concatRows([fitted.encode(rows), encoded])).toThrow(/no labels/)
    expect(() => concatRows([encoded, fitted.encode(rows, { scopes: ['item'] })])).toThrow(/same columns/)
    const dense: EncodedRows = { rows: 1, labels: new Map(), columns: new Map([['x', { kind: 'dense', values: new Float32Array(1), width: 1 }]]) }
    expect(() => concatRows([dense, weighted([1], [0, 1])])).toThrow(/`x` to be of one kind/)
  })
})
