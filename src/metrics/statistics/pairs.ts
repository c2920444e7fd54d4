import { ArgumentError, checkSameLength, expected } from '../../errors'
import { checkColumn } from '../checks'
import type { Numbers } from '../checks'
import { addTo, emptySum, totalOf } from '../sum'

/** Which departure from "no difference" counts: any, `a` above `b`, or `a` below `b`. */
export type Alternative = 'two-sided' | 'greater' | 'less'

/** What every paired test says. */
export interface PairedTest {
  /** Pairs that took part. */
  readonly pairs: number
  /** Mean of `a − b`. */
  readonly difference: number
  readonly statistic: number
  /** The chance of a statistic at least as far out if `a` and `b` were alike. */
  readonly pValue: number
}

export function checkAlternative(where: string, alternative: Alternative): void {
  if (alternative !== 'two-sided' && alternative !== 'greater' && alternative !== 'less')
    throw new ArgumentError(expected(where, 'alternative', "'two-sided', 'greater' or 'less'", alternative))
}

/**
 * The differences `a − b` of the pairs that count: NaN on both sides leaves a pair out (a list without relevant items, as
 * `valuesPerList` marks it), NaN on one side is an error.
 */
export function differencesOf(where: string, a: Numbers, b: Numbers, least = 2): Float64Array {
  checkColumn(where, 'a', a)
  checkColumn(where, 'b', b)
  checkSameLength(where, 'a', a.length, 'b', b.length)
  const kept: number[] = []
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue
    if (!Number.isFinite(a[i])) throw new ArgumentError(expected(where, `a[${i}]`, 'a finite number', a[i]))
    if (!Number.isFinite(b[i])) throw new ArgumentError(expected(where, `b[${i}]`, 'a finite number', b[i]))
    kept.push(a[i] - b[i])
  }
  if (kept.length < least) throw new ArgumentError(`feedrank/${where}: expected at least ${least} pairs of values, got ${kept.length}`)
  return Float64Array.from(kept)
}

/** Mean and standard deviation (of a sample, divided by n − 1; 0 for one value). */
export function momentsOf(values: Numbers): { mean: number; deviation: number } {
  const total = emptySum()
  for (let i = 0; i < values.length; i++) addTo(total, values[i])
  const mean = totalOf(total) / values.length
  const squares = emptySum()
  for (let i = 0; i < values.length; i++) addTo(squares, (values[i] - mean) ** 2)
  return { mean, deviation: values.length > 1 ? Math.sqrt(totalOf(squares) / (values.length - 1)) : 0 }
}

/** The p-value from the chances of at least and of at most the statistic. */
export function pValueOf(alternative: Alternative, atLeast: number, atMost: number): number {
  if (alternative === 'greater') return Math.min(1, atLeast)
  if (alternative === 'less') return Math.min(1, atMost)
  return Math.min(1, 2 * Math.min(atLeast, atMost))
}
