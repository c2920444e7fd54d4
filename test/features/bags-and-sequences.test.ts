import { describe, expect, expectTypeOf, it } from 'vitest'
import { gatherBags } from '../../src/embeddings'
import { ArgumentError, DataError } from '../../src/errors'
import { defineFeatures, padSequences, sequence, weightedBag, type BagColumn, type EncodedRows, type RowOf } from '../../src/features'
import { seededRandom } from '../../src/random'
import golden from '../golden/features.json'
import { caught } from '../models/caught'

const bagOf = ({ columns }: EncodedRows, name: string): BagColumn => {
  const column = columns.get(name)
  if (column?.kind !== 'bags') throw new Error(`${name} is ${column?.kind}`)
  return column
}

describe('weighted bags', () => {
  const spec = defineFeatures({ features: { topics: weightedBag({ scope: 'item', weights: 'shares' }) } })
  const fitted = spec.fit([{ topics: ['a', 'a', 'a', 'b', 'b', 'c'], shares: [1, 1, 1, 1, 1, 1] }])

  it('are ids with their weights, in the order of the list', () => {
    expect(bagOf(fitted.encode([{ topics: ['c', 'z', 'a'], shares: [0.5, 2, 0] }, { topics: [], shares: [] }]), 'topics'))
      .toEqual({ kind: 'bags', ids: Int32Array.of(3, 0, 1), offsets: Int32Array.of(0, 3, 3), weights: Float32Array.of(0.5, 2, 0) })
  })

  it.each(['sum', 'mean', 'sqrtn'] as const)(`give the embedding that ${golden.source} gives: %s`, (combiner) => {
    const { table, ids, weights, offsets } = golden.bags
    const rows = offsets.slice(1).map((end, r) => ({ topics: ids.slice(offsets[r], end).map((id) => ['z', 'a', 'b', 'c'][id]), shares: weights.slice(offsets[r], end) }))
    const column = bagOf(fitted.encode(rows), 'topics')
    expect([...column.ids]).toEqual(ids)
    const out = gatherBags({ name: 't', rows: 4, dim: 3, values: Float32Array.from(table.flat()) }, column, combiner)
    golden.bags[combiner].flat().forEach((value, i) => expect(out[i]).toBeCloseTo(value, 5))
  })

  it('need rows with both columns, each of its type', () => {
    expectTypeOf<RowOf<typeof spec>>().toEqualTypeOf<{ readonly topics: readonly (string | number | bigint)[]; readonly shares: readonly number[] }>()
    const optional = defineFeatures({ features: { topics: weightedBag({ scope: 'item', weights: 'shares', missing: 'empty' }) } })
    expectTypeOf<RowOf<typeof optional>['shares']>().toEqualTypeOf<readonly number[] | null | undefined>()
    const empty = optional.fit([{ topics: ['a'], shares: [1] }]).encode([{ topics: null, shares: null }, {}])
    expect(bagOf(empty, 'topics').offsets).toEqual(Int32Array.of(0, 0, 0))
    // @ts-expect-error a weight is a number
    expect(() => fitted.encode([{ topics: ['a'], shares: ['1'] }])).toThrow(/rows\[0\].shares.*to be a finite number, got "1"/)
  })

  it.each<[object, RegExp]>([
    [{ topics: ['a', 'b'], shares: [1] }, /rows\[1\].shares` to be an array of 2, one for each element of `topics`, got an array of 1/],
    [{ topics: ['a'] }, /rows\[1\].shares` to be there/],
    [{ topics: ['a'], shares: null }, /rows\[1\].shares` to be an array of numbers/],
    [{ topics: ['a'], shares: [-1] }, /rows\[1\].shares` to be a weight, 0 or above, got -1/],
    [{ topics: ['a'], shares: [NaN] }, /rows\[1\].shares/],
    [{ topics: ['a'], shares: [Infinity] }, /rows\[1\].shares/],
    [{ topics: ['a'], shares: [1e39] }, /rows\[1\].shares` to be a weight/],
    [{ topics: [null], shares: [1] }, /rows\[1\].topics/],
    [{ topics: 'a', shares: [1] }, /rows\[1\].topics/],
  ])('%j is an error, in fit and in encode', (row, message) => {
    const good = { topics: ['a'], shares: [1] }
    for (const run of [() => fitted.encode([good, row as never]), () => spec.fit([good, row as never])]) {
      expect(String(caught(run))).toMatch(message)
      expect(DataError.isInstance(caught(run))).toBe(true)
    }
  })

  it.each<[object, RegExp]>([
    [{}, /`weights` to be the name of a column, got undefined/],
    [{ weights: 'w', combiner: 'max' }, /`combiner`/],
    [{ weights: 'w', minCount: 0 }, /`minCount`/],
  ])('options %j are refused', (options, message) => {
    const error = caught(() => weightedBag({ scope: 'item', ...options } as never))
    expect(String(error)).toMatch(message)
    expect(ArgumentError.isInstance(error)).toBe(true)
  })
})

describe('sequences', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const learn = [{ read: [...names], at: [1, 2, 3, 4, 5] }]
  const of = (options: object) => {
    const fitted = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3, ...options }) } }).fit(learn)
    return (row: object) => {
      const column = bagOf(fitted.encode([row as never]), 'read')
      return { read: Array.from(column.ids, (id) => fitted.categories('read')[id]), weights: column.weights && [...column.weights] }
    }
  }

  it('keep their order, and the newest', () => {
    expect(of({})({ read: ['e', 'd', 'c', 'b', 'a'] }).read).toEqual(['c', 'b', 'a'])
    expect(of({ keep: 'first' })({ read: ['e', 'd', 'c', 'b', 'a'] }).read).toEqual(['e', 'd', 'c'])
    expect(of({})({ read: ['e', 'e'] }).read).toEqual(['e', 'e'])
    expect(of({})({ read: [] }).read).toEqual([])
  })

  it('are put in the order of their times, equal times as they stand', () => {
    const by = of({ orderBy: 'at' })
    expect(by({ read: ['a', 'b', 'c', 'd'], at: [4, 1, 3, 2] }).read).toEqual(['d', 'c', 'a'])
    expect(by({ read: ['a', 'b', 'c'], at: [7, 7, 7] }).read).toEqual(['a', 'b', 'c'])
    expect(by({ read: ['a', 'b'], at: [new Date(5), '1970-01-01T00:00:00Z'] }).read).toEqual(['b', 'a'])
    expect(of({ orderBy: 'at', keep: 'first' })({ read: ['a', 'b', 'c', 'd'], at: [4, 1, 3, 2] }).read).toEqual(['b', 'd', 'c'])
  })

  it('weigh less the older they are, where told so', () => {
    expect(of({ decay: 0.5 })({ read: ['a', 'b', 'c', 'd'] })).toEqual({ read: ['b', 'c', 'd'], weights: [0.25, 0.5, 1] })
    expect(of({})({ read: ['a'] }).weights).toBeUndefined()
  })

  it('tell models how long they may be', () => {
    const fitted = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3, combiner: 'sum', embeddingDim: 4 }) } }).fit(learn)
    expect(fitted.features[0].encoding).toEqual({ kind: 'bags', cardinality: 6, embeddingDim: 4, combiner: 'sum', maxLength: 3 })
  })

  it('become rectangles, with lengths and a mask', () => {
    const random = seededRandom(1)
    for (let round = 0; round < 50; round++) {
      const lists = Array.from({ length: random.integer(6) }, () => Array.from({ length: random.integer(7) }, () => 1 + random.integer(9)))
      const offsets = new Int32Array(lists.length + 1)
      lists.forEach((list, r) => { offsets[r + 1] = offsets[r] + list.length })
      const column: BagColumn = { kind: 'bags', ids: Int32Array.from(lists.flat()), offsets }
      for (const side of ['before', 'after'] as const) {
        const { ids, lengths, mask, length } = padSequences(column, 4, { side, id: 77 })
        expect([length, ids.length, mask.length]).toEqual([4, 4 * lists.length, 4 * lists.length])
        lists.forEach((list, r) => {
          const kept = list.slice(-4)
          const padding = Array.from({ length: 4 - kept.length }, () => 77)
          expect([...ids.subarray(4 * r, 4 * r + 4)]).toEqual(side === 'after' ? [...kept, ...padding] : [...padding, ...kept])
          expect(lengths[r]).toBe(kept.length)
          expect([...mask.subarray(4 * r, 4 * r + 4)].map((m, i) => (m === 1 ? ids[4 * r + i] : -1)).filter((id) => id >= 0)).toEqual(kept)
        })
      }
    }
  })

  it('ask rows for the times, where they are ordered by them', () => {
    const plain = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3 }) } })
    expectTypeOf<RowOf<typeof plain>>().toEqualTypeOf<{ readonly read: readonly (string | number | bigint)[] }>()
    const timed = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3, orderBy: 'at', missing: 'empty' }) } })
    expectTypeOf<RowOf<typeof timed>['at']>().toEqualTypeOf<readonly (Date | number | string)[] | null | undefined>()
    expect(bagOf(timed.fit(learn).encode([{}]), 'read').ids).toEqual(new Int32Array(0))
  })

  it.each<[object, RegExp]>([
    [{ read: ['a'], at: [] }, /rows\[1\].at` to be an array of 1, one for each element of `read`, got an array of 0/],
    [{ read: ['a'], at: ['yesterday'] }, /rows\[1\].at` to be a moment.*got "yesterday"/],
    [{ read: ['a'], at: ['2026-11-20T11:30'] }, /a text of ISO 8601 with its zone/],
    [{ read: ['a'], at: [NaN] }, /rows\[1\].at/],
    [{ read: ['a'], at: [null] }, /rows\[1\].at/],
    [{ read: ['a'], at: 5 }, /rows\[1\].at/],
    [{ read: [['a']], at: [5] }, /rows\[1\].read/],
  ])('%j is an error, in fit and in encode', (row, message) => {
    const spec = defineFeatures({ features: { read: sequence({ scope: 'user', maxLength: 3, orderBy: 'at' }) } })
    for (const run of [() => spec.fit(learn).encode([...learn, row as never]), () => spec.fit([...learn, row as never])]) {
      expect(String(caught(run))).toMatch(message)
      expect(DataError.isInstance(caught(run))).toBe(true)
    }
  })

  it.each<[() => unknown, RegExp]>([
    [() => sequence({ scope: 'user' } as never), /`maxLength` to be a positive integer/],
    [() => sequence({ scope: 'user', maxLength: 3, keep: 'newest' as never }), /`keep` to be 'last' or 'first'/],
    [() => sequence({ scope: 'user', maxLength: 3, decay: 1 }), /`decay`/],
    [() => sequence({ scope: 'user', maxLength: 3, orderBy: 4 as never }), /`orderBy`/],
    [() => padSequences({ kind: 'ids' } as never, 3), /`column` to be an encoded column of bags/],
    [() => padSequences({ kind: 'bags', ids: new Int32Array(0), offsets: Int32Array.of(0) }, 0), /`length`/],
  ])('%# is refused', (run, message) => {
    expect(String(caught(run))).toMatch(message)
    expect(ArgumentError.isInstance(caught(run))).toBe(true)
  })
})
