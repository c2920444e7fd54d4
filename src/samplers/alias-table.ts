import type { Random } from '../random'

/**
 * Draws from a discrete distribution in constant time: a fair column, then a coin between the column and its alias.
 *
 * Walker's alias method, set up in linear time: Vose 1991, "A linear algorithm for generating random numbers with a
 * given distribution".
 */
export function aliasTable(probabilities: Float64Array): (random: Random) => number {
  const n = probabilities.length
  const keep = Float64Array.from(probabilities, (p) => p * n)
  const alias = Int32Array.from(probabilities, (_, i) => i)
  const small: number[] = []
  const large: number[] = []
  keep.forEach((height, i) => (height < 1 ? small : large).push(i))
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number
    const high = large.pop() as number
    alias[low] = high
    keep[high] -= 1 - keep[low]
    ;(keep[high] < 1 ? small : large).push(high)
  }
  // What is left over is 1 but for rounding, except where a probability is 0: that must never be drawn.
  const heaviest = probabilities.reduce((best, p, i) => (p > probabilities[best] ? i : best), 0)
  for (const i of [...small, ...large]) {
    if (probabilities[i] > 0) keep[i] = 1
    else alias[i] = heaviest
  }
  return (random) => {
    const column = Math.floor(random.next() * n)
    return random.next() < keep[column] ? column : alias[column]
  }
}
