import type { Random } from '../../random'
import { cumulativeWeights } from './weighted-draw'

export const hour = 3_600_000
export const day = 86_400_000

/** How busy each hour of the day is, UTC; the mean is 1. */
const hourly = [0.55, 0.4, 0.3, 0.25, 0.3, 0.45, 0.7, 0.95, 1.05, 1.05, 1.05, 1.15, 1.3, 1.2, 1.05, 1, 1.05, 1.2, 1.45, 1.65, 1.75, 1.6, 1.25, 0.85]
/** How busy each day of the week is, Sunday first. */
const daily = [1.15, 0.95, 0.92, 0.93, 0.97, 1.05, 1.12]

const modulo = (value: number, by: number) => ((value % by) + by) % by
/** The day of the week of a moment, UTC: 0 is Sunday. */
export const dayOfWeek = (at: number) => modulo(Math.floor(at / day) + 4, 7)
/** The hour of the day of a moment, UTC. */
export const hourOfDay = (at: number) => modulo(Math.floor(at / hour), 24)

/**
 * The traffic of the hours from `start` on, by which moments are drawn: `at(u)` maps a uniform number in [0, 1) to a moment, so that busy hours get more of them.
 */
export function traffic(start: number, hours: number): { readonly at: (uniform: number) => number } {
  const weights = Float64Array.from({ length: hours }, (_, h) => {
    const moment = start + h * hour
    return hourly[hourOfDay(moment)] * daily[dayOfWeek(moment)]
  })
  const cumulative = cumulativeWeights(weights)
  let last = 0
  return {
    at(uniform) {
      const wanted = uniform * cumulative[hours]
      // Moments are mostly asked for in order: go on from the last hour.
      if (cumulative[last] > wanted) last = 0
      while (last < hours - 1 && cumulative[last + 1] <= wanted) last++
      return start + (last + (wanted - cumulative[last]) / weights[last]) * hour
    },
  }
}

/** Uniform numbers in [0, 1) in ascending order, `count` of them, one at a time: exact order statistics in constant memory. */
export function ascendingUniforms(random: Random, count: number): () => number {
  let left = count
  let at = 0
  return () => {
    // The smallest of `left` uniform numbers in [at, 1).
    at = 1 - (1 - at) * (1 - random.next()) ** (1 / left--)
    return at
  }
}
