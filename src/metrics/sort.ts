/**
 * Stable orders of numbers, as indices.
 *
 * Short inputs are merged, long ones sorted by radix over the bits of the doubles: no comparator, no object per value.
 */

const radixFrom = 2048
const runLength = 12
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const shortKeys = new Float64Array(radixFrom)
const shortOrders = [new Uint32Array(radixFrom), new Uint32Array(radixFrom)] as const

/**
 * The indices of `values[start .. end)` (relative to `start`) from the smallest value to the largest, or from the largest
 * to the smallest; equal values keep their order either way. Values must not be NaN.
 */
export function argsort(values: ArrayLike<number>, descending = false, start = 0, end = values.length): Uint32Array {
  const order = passingArgsort(values, descending, start, end)
  return end - start < radixFrom ? order.slice(0, end - start) : order
}

/**
 * {@link argsort} without an allocation for short inputs: the order is in the first `end - start` entries of what is
 * returned, and lasts until the next call.
 */
export function passingArgsort(values: ArrayLike<number>, descending: boolean, start: number, end: number): Uint32Array {
  const n = end - start
  const keys = n < radixFrom ? shortKeys : new Float64Array(n)
  // Adding 0 turns -0 into 0: the two are equal, their bits are not.
  if (descending) for (let i = 0; i < n; i++) keys[i] = -values[start + i] + 0
  else for (let i = 0; i < n; i++) keys[i] = values[start + i] + 0
  return n < radixFrom ? mergeOrder(keys, n) : radixOrder(keys)
}

function mergeOrder(keys: Float64Array, n: number): Uint32Array {
  let [from, to] = shortOrders
  for (let low = 0; low < n; low += runLength) {
    const high = Math.min(low + runLength, n)
    for (let i = low; i < high; i++) {
      let j = i
      for (const key = keys[i]; j > low && keys[from[j - 1]] > key; j--) from[j] = from[j - 1]
      from[j] = i
    }
  }
  for (let width = runLength; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      const middle = Math.min(low + width, n)
      const high = Math.min(low + 2 * width, n)
      let left = low
      let right = middle
      for (let k = low; k < high; k++)
        to[k] = left < middle && (right >= high || keys[from[left]] <= keys[from[right]]) ? from[left++] : from[right++]
    }
    const held = from
    from = to
    to = held
  }
  return from
}

/**
 * Puts rows of equal score in the order of label, then weight, so that sums over them round alike however rows came.
 * Takes an order by score, changes it, and returns it.
 */
export function settleTies(order: Uint32Array, labels: ArrayLike<number>, scores: ArrayLike<number>, weights: ArrayLike<number>): Uint32Array {
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++
    if (end - start > 1) order.subarray(start, end).sort((a, b) => labels[a] - labels[b] || weights[a] - weights[b])
  }
  return order
}

/**
 * Scores of positives and of negatives, each ascending.
 *
 * Two native sorts that carry no payload: about the price of sorting the scores alone, where an order of the rows costs
 * several times that.
 */
export function sortedByLabel(labels: ArrayLike<number>, scores: ArrayLike<number>, positives: number) {
  const positive = new Float64Array(positives)
  const negative = new Float64Array(labels.length - positives)
  for (let i = 0, p = 0, n = 0; i < labels.length; i++) {
    if (labels[i] === 1) positive[p++] = scores[i]
    else negative[n++] = scores[i]
  }
  return { positive: positive.sort(), negative: negative.sort() }
}

const digitBits = 11
const buckets = 1 << digitBits

function radixOrder(keys: Float64Array): Uint32Array {
  const n = keys.length
  const bits = new Uint32Array(keys.buffer)
  const highWord = littleEndian ? 1 : 0
  let high = new Uint32Array(n)
  let low = new Uint32Array(n)
  let order = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    // Doubles order like unsigned integers once negatives are inverted and positives have their sign bit set.
    const h = bits[2 * i + highWord]
    const flip = h >>> 31 ? 0xffffffff : 0
    high[i] = h ^ (flip | 0x80000000)
    low[i] = bits[2 * i + 1 - highWord] ^ flip
    order[i] = i
  }
  let nextHigh = new Uint32Array(n)
  let nextLow = new Uint32Array(n)
  let nextOrder = new Uint32Array(n)
  const starts = new Uint32Array(buckets)
  // Three digits of the low word (11 + 11 + 10 bits), then three of the high word.
  for (let pass = 0; pass < 6; pass++) {
    const shift = (pass % 3) * digitBits
    const word = pass < 3 ? low : high
    starts.fill(0)
    for (let i = 0; i < n; i++) starts[(word[i] >>> shift) & (buckets - 1)]++
    if (starts[(word[0] >>> shift) & (buckets - 1)] === n) continue
    let sum = 0
    for (let b = 0; b < buckets; b++) {
      const count = starts[b]
      starts[b] = sum
      sum += count
    }
    for (let i = 0; i < n; i++) {
      const at = starts[(word[i] >>> shift) & (buckets - 1)]++
      nextHigh[at] = high[i]
      nextLow[at] = low[i]
      nextOrder[at] = order[i]
    }
    ;[high, nextHigh] = [nextHigh, high]
    ;[low, nextLow] = [nextLow, low]
    ;[order, nextOrder] = [nextOrder, order]
  }
  return order
}
