import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { maximalMarginalRelevance } from '../../src/rerankers'

interface Golden {
  readonly cases: readonly { readonly query: number[]; readonly docs: number[][]; readonly lambda: number; readonly k: number; readonly expected: number[] }[]
}
const golden = JSON.parse(readFileSync(new URL('../golden/langchain/mmr.json', import.meta.url), 'utf8')) as Golden

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((sum, value, j) => sum + value * y[j], 0)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 0 : dot(a, b) / lengths
}

/** The equation of the paper as it stands, from scratch for every place. */
function byTheBook(relevance: readonly number[], similarity: (i: number, j: number) => number, lambda: number, k: number): number[] {
  const picked: number[] = []
  while (picked.length < Math.min(k, relevance.length)) {
    const value = (i: number) => lambda * relevance[i] - (1 - lambda) * (picked.length === 0 ? 0 : Math.max(...picked.map((j) => similarity(i, j))))
    const open = relevance.map((_, i) => i).filter((i) => !picked.includes(i))
    picked.push(open.reduce((best, i) => (value(i) > value(best) || (value(i) === value(best) && relevance[i] > relevance[best]) ? i : best)))
  }
  return picked
}

describe('maximalMarginalRelevance', () => {
  it('picks what langchain_community picks in its own tests', () => {
    for (const { query, docs, lambda, k, expected } of golden.cases) {
      const relevance = docs.map((doc) => cosine(query, doc))
      expect(maximalMarginalRelevance({ relevance, vectors: docs, lambda, k })).toEqual(expected)
      expect(maximalMarginalRelevance({ relevance, similarity: (i, j) => cosine(docs[i], docs[j]), lambda, k })).toEqual(expected)
    }
  })

  it('picks by the equation, from vectors and from similarities', () => {
    for (let seed = 0; seed < 80; seed++) {
      const random = seededRandom(seed)
      const n = random.integer(14)
      const k = random.integer(16)
      const dim = 2 + random.integer(5)
      const lambda = seed % 8 === 0 ? 1 : seed % 8 === 1 ? 0 : random.next()
      const relevance = Array.from({ length: n }, () => random.normal())
      const vectors = relevance.map(() => Float64Array.from({ length: dim }, () => random.normal()))
      const similarity = (i: number, j: number) => cosine(vectors[i], vectors[j])
      const wanted = byTheBook(relevance, similarity, lambda, k)
      expect(maximalMarginalRelevance({ relevance, vectors, lambda, k })).toEqual(wanted)
      expect(maximalMarginalRelevance({ relevance, similarity, lambda, k })).toEqual(wanted)
    }
  })

  it('picks the same however few of the pairs it looks at, with similarities below 0 and many equals among them', () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = seededRandom(seed)
      const relevance = Array.from({ length: 120 }, () => random.integer(seed % 2 === 0 ? 5 : 1000) / 10)
      const alike = Array.from({ length: 120 * 120 }, () => random.integer(9) / 4 - 1)
      const similarity = (i: number, j: number) => alike[Math.min(i, j) * 120 + Math.max(i, j)]
      const lambda = [0, 0.1, 0.5, 0.9][seed % 4]
      expect(maximalMarginalRelevance({ relevance, similarity, lambda, k: 40 })).toEqual(byTheBook(relevance, similarity, lambda, 40))
    }
  })

  it('does not see the length of a vector, however extreme', () => {
    const relevance = [1, 0.9, 0.8, 0.7]
    const vectors = [[1, 0.1], [1, 0], [0, 1], [0.7, 0.7]]
    const plain = maximalMarginalRelevance({ relevance, vectors, lambda: 0.4 })
    for (const scale of [1e-300, 1e-30, 1e30, 1e300])
      expect(maximalMarginalRelevance({ relevance, vectors: vectors.map((v) => v.map((x) => x * scale)), lambda: 0.4 })).toEqual(plain)
  })

  it('takes items without a vector as unlike all others', () => {
    expect(maximalMarginalRelevance({ relevance: [3, 2, 1], vectors: [[1, 0], [1, 0], undefined], lambda: 0.2 })).toEqual([0, 2, 1])
    expect(maximalMarginalRelevance({ relevance: [1, 2], vectors: [undefined, undefined], lambda: 0.2 })).toEqual([1, 0])
  })

  it('goes by relevance, then by input order, between equals', () => {
    expect(maximalMarginalRelevance({ relevance: [1, 3, 3, 2], similarity: () => 0, lambda: 0 })).toEqual([1, 2, 3, 0])
  })

  it('refuses what would give NaN', () => {
    const base = { relevance: [1, 2], lambda: 0.5 }
    const thrown = (options: Parameters<typeof maximalMarginalRelevance>[0]) => {
      try {
        maximalMarginalRelevance(options)
      } catch (error) {
        return error
      }
      return undefined
    }
    for (const bad of [Number.NaN, Infinity]) {
      for (const options of [
        { ...base, relevance: [1, bad], vectors: [[1], [1]] },
        { ...base, vectors: [[1], [bad]] },
        { ...base, similarity: () => bad },
      ]) expect(DataError.isInstance(thrown(options))).toBe(true)
      expect(() => maximalMarginalRelevance({ ...base, lambda: bad, vectors: [[1], [1]] })).toThrow('`lambda`')
      expect(() => maximalMarginalRelevance({ ...base, k: bad, vectors: [[1], [1]] })).toThrow('`k`')
    }
    expect(() => maximalMarginalRelevance({ ...base, vectors: [[1, 2], [1]] })).toThrow('expected `vectors[1]` to have 2 values like the others, got 1')
    expect(() => maximalMarginalRelevance({ ...base, vectors: [[1]] })).toThrow('`relevance` and `vectors` to have the same length, got 2 and 1')
    expect(() => maximalMarginalRelevance({ ...base, lambda: 1.1, vectors: [[1], [1]] })).toThrow('`lambda`')
    // @ts-expect-error: neither vectors nor similarity
    expect(() => maximalMarginalRelevance(base)).toThrow('expected `similarity` to be a function')
    // @ts-expect-error: one of the two, not both
    maximalMarginalRelevance({ ...base, vectors: [[1], [1]], similarity: () => 0 })
  })
})
