import { describe, expect, it } from 'vitest'
import type { Reranker } from '../../src/pipeline'
import { rankOrder } from '../../src/pipeline/rank-order'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import { contextAt } from '../pipeline/context'

/** A candidate with something for any reranker to look at. */
export interface Ranked {
  readonly id: number
  readonly vector: Float32Array | undefined
  readonly group: string
}

/** Candidates as the engine hands them over: best first, non-finite scores last. */
function rankedCandidates(random: Random, n: number): { readonly cs: readonly Ranked[]; readonly scores: Float64Array } {
  const raw = Float64Array.from({ length: n }, () => {
    const kind = random.next()
    return kind < 0.05 ? Number.NaN : kind < 0.08 ? -Infinity : kind < 0.3 ? random.integer(3) : 100 * random.normal()
  })
  const scores = Float64Array.from(rankOrder(raw), (i) => raw[i])
  const cs = Array.from({ length: n }, (_, id) => ({
    id,
    vector: random.next() < 0.1 ? undefined : Float32Array.from({ length: 4 }, () => random.normal()),
    group: `g${random.integer(4)}`,
  }))
  return { cs, scores }
}

/** What every reranker must do; `neutral` is one set so that it keeps the order it is given. */
export function rerankerConformance(name: string, make: () => Reranker<object, Ranked>, neutral: () => Reranker<object, Ranked>): void {
  const order = async (reranker: Reranker<object, Ranked>, cs: readonly Ranked[], scores: Float64Array, limit: number) =>
    reranker.rerank({}, cs, scores, limit, contextAt())

  describe(`reranker ${name}`, () => {
    it('names candidates that are there, none twice, and enough for the page', async () => {
      for (let seed = 0; seed < 60; seed++) {
        const random = seededRandom(seed)
        const n = random.integer(30)
        const { cs, scores } = rankedCandidates(random, n)
        const limit = random.integer(35)
        const indices = await order(make(), cs, scores, limit)
        expect(new Set(indices).size).toBe(indices.length)
        for (const i of indices) expect(Number.isInteger(i) && i >= 0 && i < n).toBe(true)
        expect(indices.length).toBeGreaterThanOrEqual(Math.min(limit, n))
        // Finite scores ahead of those that are not.
        const places = indices.map((i) => Number.isFinite(scores[i]))
        expect(places).toEqual([...places].sort((a, b) => Number(b) - Number(a)))
      }
    })

    it('gives the same order for the same request and leaves its arguments alone', async () => {
      for (let seed = 0; seed < 20; seed++) {
        const { cs, scores } = rankedCandidates(seededRandom(seed), 25)
        const [csBefore, scoresBefore] = [structuredClone(cs), scores.slice()]
        const reranker = make()
        const first = await order(reranker, cs, scores, 10)
        expect(await order(reranker, cs, scores, 10)).toEqual(first)
        expect(await order(make(), Object.freeze([...cs]), scores, 10)).toEqual(first)
        expect(cs).toEqual(csBefore)
        expect(scores).toEqual(scoresBefore)
      }
    })

    it('begins a longer page as it begins a shorter one', async () => {
      for (let seed = 0; seed < 20; seed++) {
        const { cs, scores } = rankedCandidates(seededRandom(`page ${seed}`), 20)
        const long = await order(make(), cs, scores, 20)
        for (const limit of [1, 5, 12]) expect((await order(make(), cs, scores, limit)).slice(0, limit)).toEqual(long.slice(0, limit))
      }
    })

    it('keeps the order where it is told to', async () => {
      for (let seed = 0; seed < 20; seed++) {
        const { cs, scores } = rankedCandidates(seededRandom(`kept ${seed}`), 20)
        expect(await order(neutral(), cs, scores, 20)).toEqual(cs.map((_, i) => i))
      }
    })

    it('takes none, and one', async () => {
      expect(await order(make(), [], new Float64Array(0), 10)).toEqual([])
      const { cs } = rankedCandidates(seededRandom(1), 1)
      expect(await order(make(), cs, Float64Array.of(3), 10)).toEqual([0])
      expect(await order(make(), cs, Float64Array.of(Number.NaN), 10)).toEqual([0])
    })
  })
}
