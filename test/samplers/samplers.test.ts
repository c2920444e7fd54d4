import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random'
import { inBatchSampler, mixedSampler, popularitySampler, uniformSampler } from '../../src/samplers'
import { aliasTable } from '../../src/samplers/alias-table'
import { samplerConformance } from '../conformance/samplers'

samplerConformance('inBatch', (frequencies) => inBatchSampler({ frequencies }))
samplerConformance('uniform', (frequencies) => uniformSampler({ catalogueSize: frequencies.length, count: 32 }))
samplerConformance('mixed', (frequencies) => mixedSampler({ frequencies, count: 16 }))
samplerConformance('popularity', (counts) => popularitySampler({ counts, count: 32 }))
samplerConformance('popularity, alpha 0', (counts) => popularitySampler({ counts, count: 32, alpha: 0 }))
samplerConformance('popularity, alpha 1, smoothed', (counts) => popularitySampler({ counts, count: 32, alpha: 1, smoothing: 5 }))

const random = () => seededRandom(1)
const q = (logQ: Float32Array) => Array.from(logQ, Math.exp)

it('inBatch: Q is the frequency in training, as counts or as shares', () => {
  const positives = Int32Array.of(2, 0)
  const byCount = inBatchSampler({ frequencies: [10, 0, 30] }).sample(positives, random())
  expect(byCount).toEqual(inBatchSampler({ frequencies: Float64Array.of(0.25, 0, 0.75) }).sample(positives, random()))
  expect(q(byCount.logQ)[0]).toBeCloseTo(0.75, 6)
})

it('inBatch: a positive never seen in training needs smoothing', () => {
  const sample = (smoothing?: number) =>
    inBatchSampler({ frequencies: [10, 0, 28], ...(smoothing !== undefined && { smoothing }) }).sample(Int32Array.of(0, 1), random())
  expect(() => sample()).toThrow('feedrank/inBatchSampler: expected positives the sampler can offer, got id 1 at row 1 whose frequency is 0')
  expect(q(sample(2 / 3).logQ)[1]).toBeCloseTo(2 / 3 / 40, 6)
})

it('mixed: Q follows the size of the batch, and the tail has one', () => {
  const sampler = mixedSampler({ frequencies: [3, 1, 0, 0], count: 4 })
  // (B·p + M/N) / (B + M), by hand.
  expect(q(sampler.sample(Int32Array.of(0, 0, 0, 0), random()).logQ)[0]).toBeCloseTo((4 * 0.75 + 1) / 8, 6)
  expect(q(sampler.sample(Int32Array.of(0), random()).logQ)[0]).toBeCloseTo((0.75 + 1) / 5, 6)
  expect(q(sampler.sample(Int32Array.of(3), random()).positiveLogQ)[0]).toBeCloseTo(1 / 5, 6)
})

describe('popularity', () => {
  it('flattens by alpha', () => {
    const shares = (alpha?: number) =>
      q(popularitySampler({ counts: [16, 1, 0, 1], count: 1, ...(alpha !== undefined && { alpha }) }).sample(Int32Array.of(0, 1), random()).positiveLogQ)
    expect(shares()[0] / shares()[1]).toBeCloseTo(8, 4)
    expect(shares(0)).toEqual([expect.closeTo(1 / 3, 6), expect.closeTo(1 / 3, 6)])
    expect(shares(1)[0]).toBeCloseTo(16 / 18, 6)
  })

  it('never offers what was never seen', () => {
    for (let seed = 0; seed < 50; seed++) {
      const source = seededRandom(seed)
      const counts = Array.from({ length: 1 + source.integer(20) }, () => Math.max(0, source.integer(9) - 4))
      counts[source.integer(counts.length)] = 1
      const { ids } = popularitySampler({ counts, count: 200 }).sample(new Int32Array(0), source)
      for (const id of ids) expect(counts[id]).toBeGreaterThan(0)
    }
  })
})

// Every column gives what it keeps to itself and the rest to its alias: the sums must be the distribution.
it('the alias table holds exactly its distribution', () => {
  for (let seed = 0; seed < 50; seed++) {
    const source = seededRandom(`alias ${seed}`)
    const weights = Float64Array.from({ length: 1 + source.integer(30) }, () => (source.next() < 0.2 ? 0 : source.next() ** 4))
    weights[0] += 0.01
    const total = weights.reduce((sum, w) => sum + w, 0)
    const shares = weights.map((w) => w / total)
    const draw = aliasTable(shares)
    const measured = new Float64Array(shares.length)
    const coins = 400
    for (let column = 0; column < shares.length; column++)
      for (let coin = 0; coin < coins; coin++) {
        const values = [(column + 0.5) / shares.length, (coin + 0.5) / coins]
        measured[draw({ ...source, next: () => values.shift() ?? 0 })] += 1 / (coins * shares.length)
      }
    // Each column rounds its height to a coin.
    shares.forEach((share, i) => expect(Math.abs(measured[i] - share)).toBeLessThanOrEqual(1 / coins))
  }
})

it('refuses options that make no distribution', () => {
  expect(() => inBatchSampler({ frequencies: [] })).toThrow('expected `frequencies` to have a positive sum, got 0 over 0')
  expect(() => inBatchSampler({ frequencies: [0, 0] })).toThrow('positive sum')
  expect(() => inBatchSampler({ frequencies: [1, Number.NaN] })).toThrow('expected `frequencies[1]` to be a finite number >= 0, got NaN')
  expect(() => inBatchSampler({ frequencies: [1, -1] })).toThrow('`frequencies[1]`')
  expect(() => inBatchSampler({ frequencies: [1], smoothing: -1 })).toThrow('`smoothing`')
  // @ts-expect-error: no array
  expect(() => inBatchSampler({ frequencies: 7 })).toThrow('an array of numbers, got 7')
  expect(() => uniformSampler({ catalogueSize: 0, count: 1 })).toThrow('`catalogueSize`')
  expect(() => uniformSampler({ catalogueSize: 1, count: 0 })).toThrow('`count`')
  expect(() => mixedSampler({ frequencies: [1], count: 0.5 })).toThrow('feedrank/mixedSampler: expected `count`')
  expect(() => popularitySampler({ counts: [1], count: 1, alpha: -1 })).toThrow('`alpha`')
  expect(() => popularitySampler({ counts: [1e300], count: 1, alpha: 2 })).toThrow('positive sum')
})
