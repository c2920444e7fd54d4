/**
 * A sum without rounding: numbers that do not overlap and add up to it exactly (Shewchuk 1997), smallest first.
 *
 * {@link totalOf} rounds once, at the end, so the order of what was added or merged never shows. A plain object, so that it
 * crosses to another worker and merges there.
 */
export interface ExactSum {
  parts: number[]
  /** Sum of the infinities, which no parts can hold; 0 without one. */
  beyond: number
}

export const emptySum = (): ExactSum => ({ parts: [], beyond: 0 })

export function addTo(total: ExactSum, value: number): void {
  const { parts } = total
  let held = 0
  let rest = value
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    const sum = rest + part
    const lost = Math.abs(rest) < Math.abs(part) ? rest - (sum - part) : part - (sum - rest)
    if (lost !== 0 && lost === lost) parts[held++] = lost
    rest = sum
  }
  if (rest - rest === 0) parts[held++] = rest
  else total.beyond += rest
  while (parts.length > held) parts.pop()
}

export function mergeSums(a: ExactSum, b: ExactSum): ExactSum {
  const merged = { parts: a.parts.slice(), beyond: a.beyond + b.beyond }
  for (const part of b.parts) addTo(merged, part)
  return merged
}

/** The exact sum, rounded once to the nearest double, ties to even. */
export function totalOf({ parts, beyond }: ExactSum): number {
  if (beyond !== 0) return beyond
  let at = parts.length - 1
  if (at < 0) return 0
  let sum = parts[at]
  while (at > 0) {
    const part = parts[--at]
    const next = sum + part
    const lost = part - (next - sum)
    sum = next
    if (lost === 0) continue
    // Halfway between two doubles the smaller parts decide.
    if (at > 0 && Math.sign(lost) === Math.sign(parts[at - 1]) && sum + 2 * lost - sum === 2 * lost) sum += 2 * lost
    break
  }
  return sum
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
const word = new Float64Array(1)
const halves = new Uint32Array(word.buffer)
const upper = littleEndian ? 1 : 0
/** Sums of the upper and lower half of the significands, by sign and exponent. */
const highs = new Float64Array(4096)
const lows = new Float64Array(4096)
/** So many 32-bit halves add up below 2^53. */
const chunk = 1 << 20

/** Adds `valueOf(0)` to `valueOf(count − 1)`: whole-number sums for every exponent, then one addition for each. */
export function addAll(total: ExactSum, count: number, valueOf: (row: number) => number): void {
  if (count < 64) {
    for (let i = 0; i < count; i++) addTo(total, valueOf(i))
    return
  }
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(start + chunk, count)
    for (let i = start; i < end; i++) {
      const value = valueOf(i)
      if (value - value !== 0) {
        total.beyond += value
        continue
      }
      word[0] = value
      const high = halves[upper]
      const key = high >>> 20
      highs[key] += (high & 0xfffff) + (key & 0x7ff ? 0x100000 : 0)
      lows[key] += halves[1 - upper]
    }
    emptyInto(total)
  }
}

function emptyInto(total: ExactSum): void {
  for (let key = 0; key < 4096; key++) {
    if (highs[key] === 0 && lows[key] === 0) continue
    const unit = (key & 0x800 ? -1 : 1) * 2 ** (Math.max(key & 0x7ff, 1) - 1075)
    addTo(total, highs[key] * 0x100000000 * unit)
    addTo(total, lows[key] * unit)
    highs[key] = lows[key] = 0
  }
}

/** {@link addAll} for weights, which are whole numbers more often than not: then a plain sum is exact. */
export function addWeights(total: ExactSum, count: number, weightOf: (row: number) => number): void {
  let sum = 0
  let row = 0
  for (; row < count; row++) {
    const weight = weightOf(row)
    if (weight % 1 !== 0) break
    sum += weight
  }
  if (row === count && sum < Number.MAX_SAFE_INTEGER) addTo(total, sum)
  else addAll(total, count, weightOf)
}

/** The weighted mean of `valueOf(row)` over all rows, and the total weight. */
export function weightedMean(rows: number, valueOf: (row: number) => number, weights?: ArrayLike<number>): { mean: number; weight: number } {
  const total = emptySum()
  if (!weights) {
    addAll(total, rows, valueOf)
    return { mean: totalOf(total) / rows, weight: rows }
  }
  const weight = emptySum()
  addAll(total, rows, (i) => (weights[i] === 0 ? 0 : weights[i] * valueOf(i)))
  addWeights(weight, rows, (i) => weights[i])
  return { mean: totalOf(total) / totalOf(weight), weight: totalOf(weight) }
}
