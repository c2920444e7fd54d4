import { seededRandom } from '../random'
import type { Seed } from '../random'
import type { Sampled } from './measuring'
import type { Step } from './progress'
import { drawUnits, leastUnits } from './resampling'
import type { ResamplingOptions, Units } from './resampling'

/** Means of values per query, and the same means of resampled users: `[contender][measure]`. NaN values are left out. */
export async function sampleMeans(
  values: readonly (readonly Float64Array[])[], units: Units, { resamples }: ResamplingOptions, seed: Seed, step: Step, of: string,
): Promise<Sampled[][]> {
  const draws = units.count < leastUnits ? 0 : resamples
  // Sums by unit, so that a resample costs the users, not the queries.
  const sums = values.map((row) => row.map((all) => {
    const sum = new Float64Array(units.count)
    const count = new Float64Array(units.count)
    all.forEach((value, q) => {
      if (value !== value) return
      sum[units.of[q]] += value
      count[units.of[q]]++
    })
    return { sum, count }
  }))
  const meanOf = ({ sum, count }: { readonly sum: Float64Array; readonly count: Float64Array }, weights: Float64Array) => {
    let total = 0
    let counted = 0
    for (let u = 0; u < weights.length; u++) {
      if (weights[u] === 0) continue
      total += weights[u] * sum[u]
      counted += weights[u] * count[u]
    }
    return counted > 0 ? total / counted : NaN
  }
  const ones = new Float64Array(units.count).fill(1)
  const sampled = sums.map((row) => row.map((one): Sampled => {
    const value = meanOf(one, ones)
    return Number.isFinite(value) ? { value, drawn: new Float64Array(draws) } : { value: null, note: 'no list counts', drawn: new Float64Array(0) }
  }))
  const draw = drawUnits(units, seededRandom(seed).next)
  for (let i = 0; i < draws; i++) {
    if (i % 200 === 0) await step('resampling', of, i, draws)
    const { units: weights } = draw()
    sums.forEach((row, c) => row.forEach((one, m) => { if (sampled[c][m].value !== null) sampled[c][m].drawn[i] = meanOf(one, weights) }))
  }
  return sampled
}
