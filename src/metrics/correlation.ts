import { checkObject } from '../errors'
import { noValue } from './checks'
import type { Numbers, UndefinedRule, WeightOptions } from './checks'
import { checkedRows } from './rows'
import { argsort } from './sort'

/** Ranks from 1, equal values sharing the mean of theirs. */
export function averageRanks(values: Numbers): Float64Array {
  const order = argsort(values)
  const ranks = new Float64Array(order.length)
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2
  }
  return ranks
}

function checkedPair(where: string, a: Numbers, b: Numbers, options: CorrelationOptions): readonly [Numbers, Numbers] {
  const { labels, scores } = checkedRows(where, a, b, { mask: checkObject(where, 'options', options).mask }, { labels: 'scores', names: ['a', 'b'] })
  return [labels, scores]
}

/** Options of the rank correlations. */
export interface CorrelationOptions extends UndefinedRule, Pick<WeightOptions, 'mask'> {}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, equal values sharing their mean rank (SciPy's
 * `spearmanr`).
 *
 * @throws ArgumentError on lengths that differ or NaN, and, unless `whenUndefined` says otherwise, where either side
 * does not vary.
 * @example
 * ```ts
 * import { spearman } from 'feedrank'
 *
 * console.log(spearman([1, 2, 3, 4], [10, 30, 20, 40])) // 0.8
 * ```
 */
export function spearman(first: Numbers, second: Numbers, options: CorrelationOptions = {}): number {
  const [a, b] = checkedPair('spearman', first, second, options)
  const ranksA = averageRanks(a)
  const ranksB = averageRanks(b)
  const middle = (a.length + 1) / 2
  let both = 0
  let varianceA = 0
  let varianceB = 0
  for (let i = 0; i < a.length; i++) {
    const x = ranksA[i] - middle
    const y = ranksB[i] - middle
    both += x * y
    varianceA += x * x
    varianceB += y * y
  }
  if (varianceA === 0 || varianceB === 0) return noValue('spearman', 'where one side does not vary', options)
  return within(both / Math.sqrt(varianceA * varianceB))
}

/**
 * Kendall's tau-b: concordant minus discordant pairs, corrected for ties on either side (SciPy's `kendalltau`).
 *
 * `τ_b = (C − D) / √((P − T_a)·(P − T_b))` with P all pairs and T those tied on one side; `O(n log n)` by counting the
 * exchanges of a merge sort (Knight 1966).
 *
 * @throws ArgumentError as {@link spearman}.
 * @example
 * ```ts
 * import { kendallTau } from 'feedrank'
 *
 * console.log(kendallTau([1, 2, 3, 4], [10, 30, 20, 40]).toFixed(4)) // 0.6667
 * ```
 */
export function kendallTau(first: Numbers, second: Numbers, options: CorrelationOptions = {}): number {
  const [a, b] = checkedPair('kendallTau', first, second, options)
  const n = a.length
  // Rows by a, then by b: a stable sort by a over the order of b.
  const byB = argsort(b)
  const byA = argsort(Float64Array.from(byB, (row) => a[row]))
  const rows = byA.map((at) => byB[at])
  const pairs = (n * (n - 1)) / 2
  const tiedA = tiedPairs(rows, (x, y) => a[x] === a[y])
  const tiedBoth = tiedPairs(rows, (x, y) => a[x] === a[y] && b[x] === b[y])
  const tiedB = tiedPairs(byB, (x, y) => b[x] === b[y])
  if (pairs === tiedA || pairs === tiedB) return noValue('kendallTau', 'where one side does not vary', options)
  const discordant = inversions(Float64Array.from(rows, (row) => b[row]))
  const difference = pairs - tiedA - tiedB + tiedBoth - 2 * discordant
  return within(difference / Math.sqrt(pairs - tiedA) / Math.sqrt(pairs - tiedB))
}

/** A correlation that rounding carried past 1 is 1. */
const within = (correlation: number) => Math.min(1, Math.max(-1, correlation))

function tiedPairs(rows: Uint32Array, same: (x: number, y: number) => boolean): number {
  let pairs = 0
  for (let i = 1, run = 1; i < rows.length; i++) {
    run = same(rows[i - 1], rows[i]) ? run + 1 : 1
    pairs += run - 1
  }
  return pairs
}

/** How many pairs stand in strictly falling order; sorts `values`. */
function inversions(values: Float64Array<ArrayBufferLike>): number {
  let from = values
  let to: Float64Array<ArrayBufferLike> = new Float64Array(values.length)
  let count = 0
  for (let width = 1; width < values.length; width *= 2) {
    for (let low = 0; low < values.length; low += 2 * width) {
      const middle = Math.min(low + width, values.length)
      const high = Math.min(low + 2 * width, values.length)
      let left = low
      let right = middle
      for (let k = low; k < high; k++) {
        if (left < middle && (right >= high || from[left] <= from[right])) to[k] = from[left++]
        else {
          count += middle - left
          to[k] = from[right++]
        }
      }
    }
    const held = from
    from = to
    to = held
  }
  return count
}
