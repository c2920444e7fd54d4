import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import type { NegativeSampler } from '../../src/samplers'

/** What every negative sampler must do, whatever it samples; `make` gets how often each id of the catalogue occurs. */
export function samplerConformance(name: string, make: (frequencies: readonly number[]) => NegativeSampler): void {
  const frequencies = [40, 1, 7, 20, 3, 3, 15, 11]
  const total = frequencies.reduce((sum, f) => sum + f, 0)
  const drawPositives = (random: Random, batch: number): Int32Array =>
    Int32Array.from({ length: batch }, () => {
      let left = random.next() * total
      return frequencies.findIndex((f) => (left -= f) < 0)
    })

  describe(`negative sampler ${name}`, () => {
    const sampler = make(frequencies)

    it('gives the same candidates for the same seed, and leaves the positives alone', () => {
      for (let seed = 0; seed < 30; seed++) {
        const positives = drawPositives(seededRandom(`batch ${seed}`), 12)
        const before = positives.slice()
        expect(sampler.sample(positives, seededRandom(seed))).toEqual(make(frequencies).sample(positives, seededRandom(seed)))
        expect(positives).toEqual(before)
      }
    })

    it('gives ids of the catalogue, one finite logQ each, and one for each positive', () => {
      for (let seed = 0; seed < 30; seed++) {
        const random = seededRandom(seed)
        const positives = drawPositives(random, random.integer(20))
        const { ids, logQ, positiveLogQ } = sampler.sample(positives, random)
        expect(logQ.length).toBe(ids.length)
        expect(positiveLogQ.length).toBe(positives.length)
        for (const id of ids) expect(Number.isInteger(id) && id >= 0 && id < frequencies.length).toBe(true)
        for (const value of [...logQ, ...positiveLogQ]) expect(value).toBeLessThanOrEqual(0)
        for (const value of [...logQ, ...positiveLogQ]) expect(value).toBeGreaterThan(-Infinity)
        if (sampler.includesPositives) {
          expect([...ids.slice(0, positives.length)]).toEqual([...positives])
          expect([...logQ.slice(0, positives.length)]).toEqual([...positiveLogQ])
        }
      }
    })

    // Pearson's statistic: its mean is the degrees of freedom, its variance at most twice that. The seeds are fixed.
    it('offers each id as often as exp(logQ) says', () => {
      const seen = new Float64Array(frequencies.length)
      const q = new Float64Array(frequencies.length)
      let offered = 0
      for (let seed = 0; seed < 600; seed++) {
        const random = seededRandom(`often ${seed}`)
        const positives = drawPositives(random, 24)
        const { ids, logQ, positiveLogQ } = sampler.sample(positives, random)
        offered += ids.length
        ids.forEach((id, i) => {
          seen[id]++
          if (q[id] > 0) expect(Math.exp(logQ[i])).toBe(q[id])
          q[id] = Math.exp(logQ[i])
        })
        positives.forEach((id, i) => expect(Math.exp(positiveLogQ[i])).toBe(q[id] || Math.exp(positiveLogQ[i])))
      }
      expect(q.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
      const statistic = seen.reduce((sum, n, id) => sum + (n - offered * q[id]) ** 2 / (offered * q[id]), 0)
      const freedom = frequencies.length - 1
      expect(statistic).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom))
    })

    it('takes an empty batch', () => {
      const { ids, logQ, positiveLogQ } = sampler.sample(new Int32Array(0), seededRandom(1))
      expect(positiveLogQ.length).toBe(0)
      expect(logQ.length).toBe(ids.length)
    })

    it('refuses a positive outside the catalogue', () => {
      for (const bad of [-1, frequencies.length]) {
        let thrown: unknown
        try {
          sampler.sample(Int32Array.of(0, bad), seededRandom(1))
        } catch (error) {
          thrown = error
        }
        expect(DataError.isInstance(thrown) && thrown.message).toContain(`positives to be in [0, ${frequencies.length}), got ${bad} at row 1`)
      }
    })
  })
}
