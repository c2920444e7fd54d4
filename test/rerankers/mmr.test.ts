import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random'
import { mmr } from '../../src/rerankers'
import { rerankerConformance } from '../conformance/rerankers'
import type { Ranked } from '../conformance/rerankers'
import { contextAt } from '../pipeline/context'

const vector = (c: Ranked) => c.vector
rerankerConformance('mmr', () => mmr({ vector, lambda: 0.5 }), () => mmr({ vector, lambda: 1 }))
rerankerConformance('mmr, scores as they are', () => mmr({ vector, lambda: 0.5, normalize: false }), () => mmr({ vector, lambda: 1, normalize: false }))

describe('mmr', () => {
  type Item = readonly number[] | undefined
  const rerank = (vectors: readonly Item[], scores: readonly number[], limit: number, options: { normalize?: boolean; depth?: number; lambda?: number } = {}) =>
    mmr<object, Item>({ vector: (c) => c, lambda: 0.5, ...options }).rerank({}, vectors, Float64Array.from(scores), limit, contextAt())

  it('does not depend on the scale of the scores, unless told to take them as they are', () => {
    const vectors: Item[] = [[1, 0], [1, 0.2], [0, 1]]
    for (const [scale, shift] of [[1, 0], [1e-6, 0], [1e6, -5e6], [1e300, 0]])
      expect(rerank(vectors, [3, 2.5, 1].map((s) => s * scale + shift), 3)).toEqual([0, 2, 1])
    expect(rerank(vectors, [3e6, 2.5e6, 1e6], 3, { normalize: false })).toEqual([0, 1, 2])
  })

  it('takes scores at the ends of what a number holds', () => {
    expect(rerank([[1], [1], undefined], [Number.MAX_VALUE, 0, -Number.MAX_VALUE], 3, { lambda: 0.8 })).toEqual([0, 1, 2])
  })

  it('falls back on difference where all scores are equal', () => {
    expect(rerank([[1, 0], [1, 0], [0, 1]], [4, 4, 4], 3)).toEqual([0, 2, 1])
  })

  it('orders as many as the page has, or as deep as it is told', () => {
    const random = seededRandom('depth')
    const vectors = Array.from({ length: 10 }, () => [random.normal(), random.normal()])
    const scores = vectors.map((_, i) => 10 - i)
    expect(rerank(vectors, scores, 4)).toHaveLength(4)
    expect(rerank(vectors, scores, 4, { depth: 7 })).toHaveLength(7)
    expect(rerank(vectors, scores, 4, { depth: 2 })).toHaveLength(4)
    expect(rerank(vectors, scores, 4, { depth: 99 })).toHaveLength(10)
  })

  it('refuses options outside their range, and vectors that do not fit', () => {
    // @ts-expect-error: no function
    expect(() => mmr({ vector: 'embedding' })).toThrow('feedrank/mmr: expected `vector` to be a function')
    for (const lambda of [-0.1, 1.1, Number.NaN]) expect(() => mmr({ vector, lambda })).toThrow('`lambda`')
    expect(() => mmr({ vector, depth: -1 })).toThrow('`depth`')
    expect(() => rerank([[1], [1, 2]], [2, 1], 2)).toThrow('to have 1 values like the others, got 2')
    expect(() => rerank([[1], [Number.NaN]], [2, 1], 2)).toThrow('to be finite')
    expect(mmr({ vector, name: 'variety' }).name).toBe('variety')
  })
})
