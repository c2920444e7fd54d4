import { describe, expect, it } from 'vitest'
import { DataError, FeedrankError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import type { VectorIndex, VectorKey, VectorMetric } from '../../src/retrieval'

/** How an index is made for the suite: small sets, so that an approximate one is expected to find all there is. */
export type MakeIndex = (options: { readonly dim: number; readonly metric: VectorMetric }) => VectorIndex | Promise<VectorIndex>

const randomVectors = (random: Random, n: number, dim: number) => Float32Array.from({ length: n * dim }, () => random.normal())

/** The similarity of two vectors, written out. */
function similarity(metric: VectorMetric, a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, j) => sum + value * y[j], 0)
  if (metric === 'dot') return dot(a, b)
  if (metric === 'euclidean') return -Math.hypot(...a.map((value, j) => value - b[j]))
  return dot(a, b) === 0 ? 0 : dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

/** What every vector index must do, on a set small enough that approximation is no excuse. */
export function indexConformance(name: string, make: MakeIndex): void {
  describe.each(['dot', 'cosine', 'euclidean'] as const)(`vector index ${name}, %s`, (metric) => {
    it('finds the best k, best first, with their similarity', async () => {
      for (let seed = 0; seed < 12; seed++) {
        const random = seededRandom(seed)
        const dim = 1 + random.integer(12)
        const n = 1 + random.integer(60)
        const index = await make({ dim, metric })
        const vectors = randomVectors(random, n, dim)
        const keys: VectorKey[] = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i : `key ${i}`))
        index.add(keys, vectors)
        const queries = randomVectors(random, 3, dim)
        const k = 1 + random.integer(n + 3)
        const found = index.search(queries, k)
        expect(found.length).toBe(3)
        found.forEach((matches, q) => {
          const query = queries.subarray(q * dim, (q + 1) * dim)
          const wanted = keys
            .map((key, i) => ({ key, score: similarity(metric, query, vectors.subarray(i * dim, (i + 1) * dim)) }))
            .sort((a, b) => b.score - a.score)
            .slice(0, k)
          expect(matches.scores.length).toBe(wanted.length)
          wanted.forEach(({ score }, i) => expect(matches.scores[i]).toBeCloseTo(score, 5))
          // In one dimension all cosines are ±1: which of the equals come is a question of rounding.
          if (!(metric === 'cosine' && dim === 1)) expect(matches.keys).toEqual(wanted.map(({ key }) => key))
        })
      }
    })

    it('finds what a reference holds after many additions, replacements and removals', async () => {
      const random = seededRandom('churn')
      const index = await make({ dim: 4, metric })
      const reference = new Map<VectorKey, Float32Array>()
      for (let step = 0; step < 120; step++) {
        const keys = [...new Set(Array.from({ length: 1 + random.integer(6) }, () => random.integer(40)))]
        if (random.next() < 0.5) {
          const vectors = randomVectors(random, keys.length, 4)
          index.add(keys, vectors)
          keys.forEach((key, i) => reference.set(key, vectors.slice(i * 4, i * 4 + 4)))
        } else {
          expect(index.remove(keys)).toBe(keys.filter((key) => reference.has(key)).length)
          for (const key of keys) reference.delete(key)
        }
        expect(index.size).toBe(reference.size)
        for (const key of keys) expect(index.has(key)).toBe(reference.has(key))
        const query = randomVectors(random, 1, 4)
        const wanted = [...reference].map(([key, vector]) => ({ key, score: similarity(metric, query, vector) })).sort((a, b) => b.score - a.score)
        expect(index.search(query, 10)[0].keys).toEqual(wanted.slice(0, 10).map(({ key }) => key))
      }
    })

    it('gives equal scores in order of insertion, also after a replacement and a removal', async () => {
      const index = await make({ dim: 2, metric })
      const same = (n: number) => Float32Array.from({ length: 2 * n }, () => 1)
      index.add(['c', 'x', 'a', 'b'], same(4))
      index.remove(['x'])
      index.add(['c', 'd'], same(2))
      expect(index.search(same(1), 9)[0].keys).toEqual(['c', 'a', 'b', 'd'])
    })

    it('leaves out what is excluded and still gives k', async () => {
      for (let seed = 0; seed < 8; seed++) {
        const random = seededRandom(seed)
        const index = await make({ dim: 3, metric })
        const keys = Array.from({ length: 50 }, (_, i) => i)
        index.add(keys, randomVectors(random, 50, 3))
        const query = randomVectors(random, 1, 3)
        const gone = new Set<VectorKey>(keys.filter(() => random.next() < 0.7))
        const all = index.search(query, 50)[0].keys
        const wanted = all.filter((key) => !gone.has(key)).slice(0, 8)
        expect(index.search(query, 8, { exclude: gone })[0].keys).toEqual(wanted)
        expect(index.search(query, 8, { exclude: (key) => gone.has(key) })[0].keys).toEqual(wanted)
      }
      const index = await make({ dim: 3, metric })
      index.add(['only'], Float32Array.of(1, 2, 3))
      expect(index.search(Float32Array.of(1, 2, 3), 5, { exclude: new Set(['only']) })[0]).toEqual({ keys: [], scores: new Float64Array(0) })
    })
  })

  describe(`vector index ${name}`, () => {
    it('is empty at first, takes nothing, and finds nothing', async () => {
      const index = await make({ dim: 3, metric: 'dot' })
      index.add([], new Float32Array(0))
      expect([index.size, index.dim, index.metric, index.has('a'), index.remove(['a'])]).toEqual([0, 3, 'dot', false, 0])
      expect(index.search(new Float32Array(3), 5)).toEqual([{ keys: [], scores: new Float64Array(0) }])
      expect(index.search(new Float32Array(0), 5)).toEqual([])
    })

    it('tells 1 from "1" and takes the names of prototypes', async () => {
      const index = await make({ dim: 1, metric: 'dot' })
      index.add(['1', 1, '__proto__', 'constructor'], Float32Array.of(1, 2, 3, 4))
      expect(index.search(Float32Array.of(1), 9)[0].keys).toEqual(['constructor', '__proto__', 1, '1'])
      index.remove(['1'])
      expect([index.has(1), index.has('1'), index.has('toString')]).toEqual([true, false, false])
    })

    it('gives all zeros a cosine of 0', async () => {
      const index = await make({ dim: 2, metric: 'cosine' })
      index.add(['zero', 'up'], Float32Array.of(0, 0, 0, 1))
      expect([...index.search(Float32Array.of(0, 0), 2)[0].scores]).toEqual([0, 0])
      expect([...index.search(Float32Array.of(0, 5), 2)[0].scores]).toEqual([1, 0])
    })

    it('reads queries and vectors that are views, and keeps no hold of them', async () => {
      const index = await make({ dim: 2, metric: 'dot' })
      const memory = Float32Array.of(99, 1, 0, 0, 1, 99)
      index.add(['a', 'b'], memory.subarray(1, 5))
      memory.fill(7)
      expect(index.search(Float32Array.of(9, 9, 0, 1).subarray(2), 1)[0]).toEqual({ keys: ['b'], scores: Float64Array.of(1) })
    })

    it('refuses what does not fit, and stays as it was', async () => {
      const index = await make({ dim: 2, metric: 'dot' })
      index.add(['a'], Float32Array.of(1, 2))
      const refusals: readonly (readonly [() => unknown, string])[] = [
        [() => index.add(['b', 'c'], Float32Array.of(1, 2, 3)), 'shape [2, 2], got 3 values'],
        [() => index.add(['b'], [1, 2] as unknown as Float32Array), 'expected `vectors` to be a Float32Array, got an array of 2'],
        [() => index.add('b' as unknown as string[], Float32Array.of(1, 2)), 'expected `keys` to be an array, got "b"'],
        [() => index.search([1, 2] as unknown as Float32Array, 1), 'expected `queries` to be a Float32Array'],
        [() => index.search(Float32Array.of(1, 2), 1, { exclude: ['a'] as unknown as Set<VectorKey> }), '`exclude`'],
        [() => index.add(['b', 'b'], new Float32Array(4)), 'got "b" twice'],
        [() => index.add(['b', Number.NaN], new Float32Array(4)), '`keys[1]`'],
        [() => index.search(Float32Array.of(1), 1), 'shape [queries, 2], got 1 values'],
        ...[0, -1, 1.5, Number.NaN, Infinity].map((k) => [() => index.search(Float32Array.of(1, 2), k), 'expected `k` to be a positive integer'] as const),
      ]
      for (const [action, message] of refusals) {
        const error = thrownBy(action)
        expect(FeedrankError.isInstance(error) && error.message).toContain(message)
      }
      for (const bad of [Number.NaN, Infinity, -Infinity]) {
        const adding = thrownBy(() => index.add(['b', 'c'], Float32Array.of(1, 2, 3, bad)))
        expect(DataError.isInstance(adding) && adding.message).toContain(`expected the vector of key "c" to be finite, got ${bad} at position 1`)
        const searching = thrownBy(() => index.search(Float32Array.of(bad, 1), 1))
        expect(DataError.isInstance(searching) && searching.message).toContain(`expected query 0 to be finite, got ${bad} at position 0`)
      }
      expect([index.size, index.has('b'), index.search(Float32Array.of(1, 0), 5)[0].keys]).toEqual([1, false, ['a']])
      await expect(async () => make({ dim: 0, metric: 'dot' })).rejects.toThrow('`dim`')
      await expect(async () => make({ dim: 2, metric: 'manhattan' as VectorMetric })).rejects.toThrow('`metric`')
    })
  })
}
