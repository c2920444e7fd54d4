/** `cumulative[i]` is the sum of the weights before `i`, so that items `[low, high)` together weigh `cumulative[high] - cumulative[low]`. */
export function cumulativeWeights(weights: Float64Array): Float64Array {
  const cumulative = new Float64Array(weights.length + 1)
  for (let i = 0; i < weights.length; i++) cumulative[i + 1] = cumulative[i] + weights[i]
  return cumulative
}

/** One of the items `[low, high)` in proportion to its weight; `uniform` lies in [0, 1). Binary search: O(log(high - low)). */
export function weightedDraw(cumulative: Float64Array, low: number, high: number, uniform: number): number {
  const at = cumulative[low] + uniform * (cumulative[high] - cumulative[low])
  let from = low
  let to = high - 1
  while (from < to) {
    const middle = (from + to) >> 1
    if (cumulative[middle + 1] > at) to = middle
    else from = middle + 1
  }
  return from
}
