import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ModelFileError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { exactIndex, exactIndexFromBytes } from '../../src/retrieval'
import type { VectorKey, VectorMetric } from '../../src/retrieval'
import { crc32 } from '../../src/hash'
import { topK } from '../../src/retrieval/top-k'
import { indexConformance } from '../conformance/indexes'

indexConformance('exact', (options) => exactIndex(options))

it('topK is a sort cut at k', () => {
  const entries = fc.array(fc.record({ score: fc.integer({ min: -3, max: 3 }) }), { maxLength: 40 })
  fc.assert(
    fc.property(entries, fc.integer({ min: 0, max: 45 }), (list, k) => {
      const top = topK(k)
      list.forEach(({ score }, i) => {
        const order = (i * 17) % 41
        if (k > 0 && score < top.floor()) return
        top.offer(score, order, i)
      })
      const wanted = list.map(({ score }, row) => ({ score, row, order: (row * 17) % 41 })).sort((a, b) => b.score - a.score || a.order - b.order).slice(0, k)
      const { rows, scores } = top.drain()
      expect([...rows]).toEqual(wanted.map(({ row }) => row))
      expect([...scores]).toEqual(wanted.map(({ score }) => score))
    }),
  )
})

it('scores do not depend on the other queries of the batch, nor on the block a row is in', () => {
  const random = seededRandom('blocks')
  const index = exactIndex<number>({ dim: 3 })
  const vectors = Float32Array.from({ length: 3 * 1300 }, () => random.normal())
  index.add(Array.from({ length: 1300 }, (_, i) => i), vectors)
  const queries = Float32Array.from({ length: 3 * 5 }, () => random.normal())
  const together = index.search(queries, 1300)
  together.forEach((matches, q) => {
    expect(index.search(queries.subarray(q * 3, q * 3 + 3), 1300)[0]).toEqual(matches)
    expect(new Set(matches.keys).size).toBe(1300)
  })
})

describe('bytes', () => {
  const build = (seed: number, metric: VectorMetric) => {
    const random = seededRandom(seed)
    const dim = 1 + random.integer(5)
    const n = random.integer(20)
    const index = exactIndex({ dim, metric })
    index.add(Array.from({ length: n }, (_, i): VectorKey => (i % 3 === 0 ? i - 2.5 : `é${i}`)), Float32Array.from({ length: n * dim }, () => random.normal()))
    index.remove([`é${random.integer(20)}`, 0.5])
    return { index, query: Float32Array.from({ length: dim }, () => random.normal()), n }
  }

  it('give back the same index', () => {
    for (let seed = 0; seed < 30; seed++)
      for (const metric of ['dot', 'cosine', 'euclidean'] as const) {
        const { index, query, n } = build(seed, metric)
        // At any offset in a larger buffer, as a file read may be.
        const bytes = index.toBytes()
        const shifted = new Uint8Array(bytes.length + 3).subarray(3)
        shifted.set(bytes)
        const again = exactIndexFromBytes(shifted)
        expect([again.size, again.dim, again.metric]).toEqual([index.size, index.dim, metric])
        expect(again.search(query, n + 1)).toEqual(index.search(query, n + 1))
        expect(again.toBytes()).toEqual(bytes)
      }
  })

  it('are refused when any byte is altered or any are missing', () => {
    const bytes = build(3, 'dot').index.toBytes()
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice()
      altered[at] ^= 1 << at % 8
      for (const bad of [altered, bytes.subarray(0, at)]) {
        let thrown: unknown
        try {
          exactIndexFromBytes(bad)
        } catch (error) {
          thrown = error
        }
        expect(ModelFileError.isInstance(thrown), `byte ${at}`).toBe(true)
      }
    }
  })

  it('have the checksum of zip: the check value of CRC-32 in the literature', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })
})
