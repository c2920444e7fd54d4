import { describe, expectTypeOf, it } from 'vitest'
import { evaluate, evaluateLists, partialDependence, permutationImportance, whatIf } from '../../src'
import type { Evaluation, PartialDependence } from '../../src'

const rows = [{ user: 'a', age: 3, liked: true }]

describe('evaluate', () => {
  it('knows the columns of its rows', () => {
    expectTypeOf(evaluate({ rows, label: 'liked', user: 'user', contenders: [{ name: 'x', score: (row) => row.age }] })).resolves.toEqualTypeOf<Evaluation>()
    // @ts-expect-error there is no such column
    void (() => evaluate({ rows, label: 'likd', contenders: [{ name: 'x', score: () => 0 }] }))
    // @ts-expect-error the row has no price
    void (() => evaluate({ rows, label: 'liked', contenders: [{ name: 'x', score: (row) => row.price }] }))
    // @ts-expect-error a score is a number
    void (() => evaluate({ rows, label: 'liked', contenders: [{ name: 'x', score: () => 'high' }] }))
    // @ts-expect-error no such baseline
    void (() => evaluate({ rows, label: 'liked', baselines: ['chance'], contenders: [{ name: 'x', score: () => 0 }] }))
  })
})

describe('evaluateLists', () => {
  it('knows its queries', () => {
    const queries = [{ who: 1, wanted: ['a'] }]
    expectTypeOf(evaluateLists({ queries, relevant: (q) => q.wanted, catalogue: ['a'], k: 1, contenders: [{ name: 'x', retrieve: (q) => [q.who] }] })).resolves.toEqualTypeOf<Evaluation>()
    // @ts-expect-error a query has no such field
    void (() => evaluateLists({ queries, relevant: (q) => q.liked, catalogue: ['a'], k: 1, contenders: [{ name: 'x', retrieve: () => [] }] }))
    // @ts-expect-error without its length a list says nothing
    void (() => evaluateLists({ queries, relevant: (q) => q.wanted, catalogue: ['a'], contenders: [{ name: 'x', retrieve: () => [] }] }))
  })
})

describe('explaining', () => {
  it('knows the columns', () => {
    expectTypeOf(partialDependence({ rows, feature: 'age', score: (some) => some.map((row) => row.age) })).resolves.toEqualTypeOf<PartialDependence>()
    // @ts-expect-error there is no such column
    void (() => partialDependence({ rows, feature: 'agee', score: () => [0] }))
    // @ts-expect-error there is no such column
    void (() => whatIf({ row: rows[0], changes: { price: 3 }, score: () => [0, 0, 0] }))
    // @ts-expect-error an age is a number
    void (() => whatIf({ row: rows[0], changes: { age: 'old' }, score: () => [0, 0, 0] }))
    void (() => permutationImportance({ rows, label: 'liked', features: ['age', { name: 'both', columns: ['age', 'user'] }], score: () => [0] }))
  })
})
