import { describe, expect, test } from 'vitest'
import { categorical, defineFeatures, multiHot, numeric } from '../../src/features'
import type { RowOf, Scope } from '../../src/features'
import { seededRandom } from '../../src/random'
import { requestEncoder } from '../../src/serving'
import { everything, plain, randomRows, type Row } from '../features/samples'

/** The columns that features of these scopes read. */
const columnsOf = (...scopes: readonly Scope[]) => new Set(Object.entries(everything.features).filter(([, { scope }]) => scopes.includes(scope)).flatMap(([name, feature]) => [
  (feature as { column?: string }).column ?? name, ...Object.entries({ history: 'historyAt', topics: 'shares', postedAt: 'shownAt' }).filter(([other]) => other === name).map(([, also]) => also),
]))
const part = (row: object, columns: ReadonlySet<string>) => Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name)))
const [ofRequests, ofItems, ofPairs] = [columnsOf('user', 'context'), columnsOf('item'), columnsOf('pair')]

/** Requests with their candidates: whole rows, and the parts they are made of. */
function requestsOf(seed: number, catalogue: number, candidates: number) {
  const random = seededRandom(seed)
  const items = randomRows(seed, catalogue).map((row) => part(row, ofItems))
  return Array.from({ length: 6 }, (_, r) => {
    const request = part(randomRows(seed * 100 + r, 1)[0], ofRequests)
    const ids = Array.from({ length: candidates }, () => random.integer(catalogue))
    // The moment of the request is that of its pairs too.
    const pairs = randomRows(seed * 1000 + r, candidates).map((row) => ({ ...part(row, ofPairs), shownAt: request.shownAt }))
    return { request, ids, items, pairs, rows: ids.map((id, i) => ({ ...items[id], ...pairs[i] })) }
  })
}

describe('requestEncoder', () => {
  const fitted = everything.fit(randomRows(1, 200))
  const expected = (request: object, rows: readonly object[]) => plain(fitted.encode(rows.map((row) => ({ ...row, ...request })) as Row[]))
  const itemRow = (row: object) => row as RowOf<typeof everything, 'item'>

  test('encodes as the whole rows are, bit for bit, with all items kept', () => {
    for (let seed = 0; seed < 6; seed++) {
      const all = requestsOf(seed, 40, 25)
      const encoder = requestEncoder(fitted)
      encoder.items.set(all[0].items.map((_, id) => id), all[0].items.map(itemRow))
      for (const { request, ids, rows } of all) {
        const encoded = encoder.encode(request as never, { ids, rows: rows as never })
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
          expect(plain(encoder.encode(request as never, { ids, rows: rows as never }))).toEqual(expected(request, rows))
          expect(encoder.items.size()).toBeLessThanOrEqual(maxItems)
        }
      }
  })

  test('a kept item needs no columns but those of the pair', () => {
    const [{ request, ids, items, rows, pairs }] = requestsOf(5, 9, 9)
    const encoder = requestEncoder(fitted)
    encoder.items.set(items.map((_, id) => id), items.map(itemRow))
    expect(plain(encoder.encode(request as never, { ids: ids.map(String), rows: pairs as never }))).toEqual(expected(request, rows))
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
    expect(() => encoder.encode(request as never, [0])).toThrow(/pair features "affinity", "postedAt"/)
    expect(() => encoder.encode(request as never, [NaN])).toThrow(/`ids\[0\]`/)
    expect(() => encoder.encode(request as never, null as never)).toThrow(/`candidates` to be ids/)
  })
})
