import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random'
import { fillDropoutMask } from '../../src/training/dropout'

const size = 1 << 16
const maskOf = (seed: number, rate: number, n = size) => {
  const mask = new Float32Array(n).fill(NaN)
  fillDropoutMask(mask, rate, seededRandom(seed))
  return mask
}
/** 1 where silenced. */
const zeros = (mask: Float32Array) => Array.from(mask, (v) => Number(v === 0))
/** The correlation of two 0-1 sequences in units of what chance gives: standard normal where they are independent. */
function chance(a: readonly number[], b: readonly number[], rate: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - rate) * (b[i] - rate)
  return sum / (rate * (1 - rate) * Math.sqrt(a.length))
}

describe('a dropout mask', () => {
  it.each([0, 0.1, 0.5, 0.9])('of rate %d silences that share, and keeps the mean at 1', (rate) => {
    for (let seed = 0; seed < 10; seed++) {
      const mask = maskOf(seed, rate)
      const kept = Math.fround(1 / (1 - rate))
      expect([...new Set(mask)].sort()).toEqual(rate === 0 ? [1] : [0, kept].sort())
      const silenced = zeros(mask).reduce((a, b) => a + b)
      const deviation = Math.sqrt(size * rate * (1 - rate))
      expect(Math.abs(silenced - size * rate)).toBeLessThanOrEqual(4 * deviation)
      const mean = mask.reduce((a, b) => a + b) / size
      expect(Math.abs(mean - 1)).toBeLessThanOrEqual((4 * deviation * kept) / size)
    }
  })

  it('has no correlation between places at any small distance or a row apart', () => {
    for (const rate of [0.2, 0.5])
      for (let seed = 0; seed < 5; seed++) {
        const all = zeros(maskOf(seed, rate))
        for (const distance of [1, 2, 3, 4, 8, 64, 128, 256, 1024]) expect(Math.abs(chance(all.slice(distance), all.slice(0, -distance), rate)), `${distance} apart`).toBeLessThan(4.5)
      }
  })

  it('has none from step to step, nor with itself read in another order', () => {
    const rate = 0.5
    const random = seededRandom(1)
    const steps = Array.from({ length: 24 }, () => {
      const mask = new Float32Array(4096)
      fillDropoutMask(mask, rate, random)
      return zeros(mask)
    })
    for (let i = 0; i < steps.length; i++)
      for (let j = 0; j < i; j++) {
        expect(Math.abs(chance(steps[i], steps[j], rate))).toBeLessThan(4.5)
        expect(Math.abs(chance(steps[i], steps[j].toReversed(), rate))).toBeLessThan(4.5)
      }
  })

  it('silences each unit as often as any other', () => {
    const [units, steps, rate] = [64, 2000, 0.3]
    const random = seededRandom(2)
    const often = new Float64Array(units)
    const mask = new Float32Array(units)
    for (let step = 0; step < steps; step++) {
      fillDropoutMask(mask, rate, random)
      mask.forEach((v, i) => (often[i] += Number(v === 0)))
    }
    for (const n of often) expect(Math.abs(n - steps * rate) / Math.sqrt(steps * rate * (1 - rate))).toBeLessThan(4.5)
  })

  it('follows the seed', () => {
    expect(maskOf(1, 0.5)).toEqual(maskOf(1, 0.5))
    expect(maskOf(1, 0.5)).not.toEqual(maskOf(2, 0.5))
  })
})
