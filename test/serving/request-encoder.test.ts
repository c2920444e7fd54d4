import { describe, expect, test } from 'vitest'
import { categorical, cross, defineFeatures, multiHot, numeric } from '../../src/features'
import type { RowOf } from '../../src/features'
import { seededRandom } from '../../src/random'
import { requestEncoder } from '../../src/serving'
import { everything, plain, randomRows } from '../features/samples'

/** Whole rows of requests and candidates: the same user and context in all of one request, and an id for each item. */
function requestsOf(seed: number, catalogue: number, candidates: number) {
  const random = seededRandom(seed)
  const items = randomRows(seed, catalogue)
  const userColumns = ['userId', 'country', 'age', 'premium', 'hour']
  return Array.from({ length: 6 }, (_, r) => {
    const request = Object.fromEntries(Object.entries(randomRows(seed * 100 + r, 1)[0]).filter(([name]) => userColumns.includes(name)))
    const ids = Array.from({ length: candidates }, () => random.integer(catalogue))
    const pairs = randomRows(seed * 1000 + r, candidates)
    return { request, ids, items, rows: ids.map((id, i) => ({ ...items[id], affinity: pairs[i].affinity })) }
  })
}

// Features of one request and its items alone: those that this file's requests hold.
const spec = defineFeatures({
  features: {
    userId: categorical({ scope: 'user' }), country: everything.features.country, age: everything.features.age, premium: everything.features.premium,
    hour: everything.features.hour, authorId: everything.features.authorId, views: everything.features.views, genres: everything.features.genres,
    length: everything.features.length, affinity: everything.features.affinity,
  },
  crosses: {
    user_genre: cross(['userId', 'genres'], { buckets: 97 }), country_premium: cross(['country', 'premium'], { buckets: 50 }),
    author_length: cross(['authorId', 'length'], { buckets: 90 }), three: cross(['country', 'premium', 'authorId'], { buckets: 1009 }),
  },
})
type SpecRow = RowOf<typeof spec>

describe('requestEncoder', () => {
  const fitted = spec.fit(randomRows(1, 200) as SpecRow[])
  const expected = (request: object, rows: readonly object[]) => plain(fitted.encode(rows.map((row) => ({ ...row, ...request })) as SpecRow[]))
  const itemRow = (row: object) => row as RowOf<typeof spec, 'item'>

  test('encodes as the whole rows are, bit for bit, with all items kept', () => {
    for (let seed = 0; seed < 6; seed++) {
      const all = requestsOf(seed, 40, 25)
      const encoder = requestEncoder(fitted)
      encoder.items.set(all[0].items.map((_, id) => id), all[0].items.map(itemRow))
      for (const { request, ids, rows } of all) {
        const encoded = encoder.encode(request as never, { ids, rows })
        expect(plain(encoded)).toEqual(expected(request, rows))
        expect(encoded.specHash).toBe(fitted.hash)
      }
      expect(encoder.items.size()).toBe(40)
    }
  })

  test('and with items that are kept as they come, in however little room', () => {
    for (const maxItems of [1, 2, 7, 20, 100])
      for (const whenFull of ['evict', 'refuse'] as const) {
        const encoder = requestEncoder(fitted, { maxItems, whenFull })
        for (const { request, ids, rows } of [...requestsOf(3, 30, 12), ...requestsOf(3, 30, 12)]) {
          expect(plain(encoder.encode(request as never, { ids, rows }))).toEqual(expected(request, rows))
          expect(encoder.items.size()).toBeLessThanOrEqual(maxItems)
        }
      }
  })

  test('a kept item needs no columns but those of the pair', () => {
    const [{ request, ids, items, rows }] = requestsOf(5, 9, 9)
    const encoder = requestEncoder(fitted)
    encoder.items.set(items.map((_, id) => id), items.map(itemRow))
    expect(plain(encoder.encode(request as never, { ids: ids.map(String), rows: rows.map(({ affinity }) => ({ affinity })) }))).toEqual(expected(request, rows))
  })

  test('items set again are encoded anew, and forgotten ones are gone', () => {
    const simple = defineFeatures({ features: { u: categorical({ scope: 'user' }), tags: multiHot({ scope: 'item' }), n: numeric({ scope: 'item', scale: 'none' }) } })
      .fit([{ u: 'a', tags: ['x', 'y'], n: 1 }])
    const encoder = requestEncoder(simple)
    encoder.items.set([1, '2'], [{ tags: ['x'], n: 1 }, { tags: [], n: 2 }])
    encoder.items.set([2n], [{ tags: ['y', 'y'], n: 3 }])
    expect(plain(encoder.encode({ u: 'a' }, [2, 1, 2]))).toEqual(plain(simple.encode([{ u: 'a', tags: ['y', 'y'], n: 3 }, { u: 'a', tags: ['x'], n: 1 }, { u: 'a', tags: ['y', 'y'], n: 3 }])))
    expect([encoder.items.has(1), encoder.items.delete([1, 5]), encoder.items.has(1), encoder.items.size()]).toEqual([true, 1, false, 1])
    expect(() => encoder.encode({ u: 'a' }, [2, 1])).toThrow(/1 of 2 that are not, such as 1; add them by items\.set/)
    expect(encoder.encode({ u: 'a' }, []).rows).toBe(0)
    // @ts-expect-error a misspelt column
    expect(() => encoder.items.set([3], [{ tags: [], m: 1 }])).toThrow(/rows\[0\]\.n` to be there/)
    // @ts-expect-error a feature of the item is none of the request
    encoder.encode({ u: 'a', tags: [] }, [2])
  })

  test('what it does not take', () => {
    expect(() => requestEncoder({} as never)).toThrow(/a fitted spec/)
    expect(() => requestEncoder(fitted, { maxItems: 0 })).toThrow(/`maxItems`/)
    const encoder = requestEncoder(fitted, { maxItems: 1, whenFull: 'refuse' })
    const [{ request, items }] = requestsOf(1, 2, 2)
    expect(() => encoder.items.set([0, 1], items.map(itemRow))).toThrow(/no room for item 1, 1 are kept/)
    expect(() => encoder.items.set([0], [])).toThrow(/same length/)
    expect(() => encoder.encode(request as never, [0])).toThrow(/pair features "affinity"/)
    expect(() => encoder.encode(request as never, [NaN])).toThrow(/`ids\[0\]`/)
  })
})
