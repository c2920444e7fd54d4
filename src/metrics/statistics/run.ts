import { ArgumentError, checkInteger, checkObject, checkSameLength, expected } from '../../errors'
import { checkColumn } from '../checks'
import type { Numbers } from '../checks'
import type { ItemId } from '../ranking'

/** Figures of lists that held the relevant items among this many sampled negatives, not among all items. */
export interface SampledNegatives {
  readonly sampledNegatives: number
}

/** What was ranked: `'all'` items there are, or some sampled ones. */
export type CandidateSet = 'all' | SampledNegatives

interface RunValues {
  /** What the words call it. */
  readonly name: string
  /** By metric, one value per user (or query, or session); NaN where a user has no value, as `valuesPerList` marks it. */
  readonly values: { readonly [metric: string]: Numbers } | ReadonlyMap<string, Numbers>
  /** Who the values are of, to pair two runs by; absent, the values of two runs are in one order. */
  readonly units?: ArrayLike<ItemId> | undefined
}

/** One system's figures per user, each list a ranking of all items. */
export interface Run extends RunValues {
  readonly candidates?: 'all' | undefined
}

/** One system's figures per user, each list a ranking of sampled items: they compare with others of equal sampling only. */
export interface SampledRun extends RunValues {
  readonly candidates: SampledNegatives
}

/** Two runs, unit for unit. */
export interface PairedRuns {
  readonly candidates: CandidateSet
  readonly metrics: readonly { readonly metric: string; readonly a: Float64Array; readonly b: Float64Array }[]
  /** Units of one run alone. */
  readonly unmatched: number
}

interface CheckedRun {
  readonly name: string
  readonly candidates: CandidateSet
  readonly values: ReadonlyMap<string, Numbers>
  readonly units: ArrayLike<ItemId> | undefined
}

function checkedRun(name: string, run: Run | SampledRun): CheckedRun {
  const where = 'compare'
  checkObject(where, name, run, 'a run: { name, values }')
  if (typeof run.name !== 'string' || run.name === '') throw new ArgumentError(expected(where, `${name}.name`, 'a name', run.name))
  checkObject(where, `${name}.values`, run.values, 'values by metric')
  const isMap = typeof run.values.entries === 'function'
  const values = new Map<string, Numbers>(isMap ? (run.values as ReadonlyMap<string, Numbers>) : Object.entries(run.values))
  if (values.size === 0) throw new ArgumentError(expected(where, `${name}.values`, 'values of at least one metric', run.values))
  const candidates = run.candidates ?? 'all'
  if (candidates !== 'all') {
    checkObject(where, `${name}.candidates`, candidates, "'all' or { sampledNegatives }")
    checkInteger(where, `${name}.candidates.sampledNegatives`, candidates.sampledNegatives)
  }
  if (run.units !== undefined && (typeof run.units !== 'object' || run.units === null || !Number.isSafeInteger(run.units.length)))
    throw new ArgumentError(expected(where, `${name}.units`, 'an array of ids', run.units))
  let length = run.units?.length
  for (const [metric, column] of values) {
    checkColumn(where, `${name}.values[${JSON.stringify(metric)}]`, column)
    length ??= column.length
    checkSameLength(where, `${name}.values[${JSON.stringify(metric)}]`, column.length, run.units ? `${name}.units` : 'the first metric', length)
  }
  return { name: run.name, candidates, values, units: run.units }
}

/** Checks both runs and pairs them; units that only one of them has are an error, or dropped and counted. */
export function pairRuns(a: Run | SampledRun, b: Run | SampledRun, unmatched: 'error' | 'drop'): PairedRuns {
  const where = 'compare'
  const [one, other] = [checkedRun('a', a), checkedRun('b', b)]
  const sampling = ({ candidates }: CheckedRun) => (candidates === 'all' ? 'all items' : `${candidates.sampledNegatives} sampled negatives`)
  if (sampling(one) !== sampling(other))
    throw new ArgumentError(`feedrank/compare: expected runs that ranked the same candidates, got ${sampling(one)} and ${sampling(other)}; such figures do not compare`)
  for (const metric of other.values.keys())
    if (!one.values.has(metric)) throw new ArgumentError(expected(where, 'a.values', `with values of ${JSON.stringify(metric)}, as b.values is`, undefined))
  if ((one.units === undefined) !== (other.units === undefined))
    throw new ArgumentError(expected(where, one.units ? 'b.units' : 'a.units', 'given for both runs or for neither', undefined))
  const rows = one.units && other.units ? matched(one.units, other.units) : undefined
  const dropped = rows ? one.units!.length + other.units!.length - 2 * rows.length : 0
  if (dropped > 0 && unmatched === 'error') throw new ArgumentError(`feedrank/compare: ${firstUnmatched(one, other)}; { unmatched: 'drop' } compares the others`)
  const metrics = Array.from(one.values, ([metric, column]) => {
    const theirs = other.values.get(metric)
    if (theirs === undefined) throw new ArgumentError(expected(where, 'b.values', `with values of ${JSON.stringify(metric)}, as a.values is`, undefined))
    if (!rows) {
      checkSameLength(where, `a.values[${JSON.stringify(metric)}]`, column.length, `b.values[${JSON.stringify(metric)}]`, theirs.length)
      return { metric, a: Float64Array.from(column), b: Float64Array.from(theirs) }
    }
    return { metric, a: Float64Array.from(rows, ([i]) => column[i]), b: Float64Array.from(rows, ([, j]) => theirs[j]) }
  })
  return { candidates: one.candidates, metrics, unmatched: dropped }
}

function indexOf(name: string, units: ArrayLike<ItemId>): Map<ItemId, number> {
  const index = new Map<ItemId, number>()
  for (let i = 0; i < units.length; i++) {
    if (index.has(units[i])) throw new ArgumentError(`feedrank/compare: expected \`${name}.units\` to name each unit once, got ${String(units[i])} twice`)
    index.set(units[i], i)
  }
  return index
}

function matched(a: ArrayLike<ItemId>, b: ArrayLike<ItemId>): (readonly [number, number])[] {
  indexOf('a', a)
  const inB = indexOf('b', b)
  return Array.from(a).flatMap((unit, i) => {
    const j = inB.get(unit)
    return j === undefined ? [] : [[i, j] as const]
  })
}

function firstUnmatched(a: CheckedRun, b: CheckedRun): string {
  const [one, other] = [Array.from(a.units ?? []), Array.from(b.units ?? [])]
  const [inA, inB] = [new Set(one), new Set(other)]
  const missing = one.find((unit) => !inB.has(unit))
  return missing === undefined
    ? `expected runs over the same units, but ${a.name} lacks ${String(other.find((unit) => !inA.has(unit)))}`
    : `expected runs over the same units, but ${b.name} lacks ${String(missing)}`
}
