import { describe, expect, it } from 'vitest'
import { rankOrder } from '../../src/pipeline/rank-order'
import { seededRandom } from '../../src/random'

describe('rankOrder', () => {
  it('is a stable sort, non-finite last, for every length and every number of ties', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = seededRandom(seed)
      const n = random.integer(200)
      const ties = 1 + random.integer(300)
      const scores = Float64Array.from({ length: n }, () => (random.next() < 0.1 ? [NaN, Infinity, -Infinity][random.integer(3)] : random.integer(ties) - ties / 2))
      const all = [...scores.keys()]
      const plain = [
        ...all.filter((i) => Number.isFinite(scores[i])).sort((a, b) => scores[b] - scores[a] || a - b),
        ...all.filter((i) => !Number.isFinite(scores[i])),
      ]
      expect([...rankOrder(scores)]).toEqual(plain)
    }
  })
})
