import { ArgumentError, DataError, checkNumber, expected } from '../errors'
import { columnReader } from './rows'
import { isMissing } from './values'

/**
 * One number about the past of a key.
 *
 * `of` names a column of numbers or booleans (`true` is 1); events where it is null or undefined are passed over. A mean is
 * smoothed toward `prior` as if `weight` more events had had that value: `(Σx + prior · weight) / (n + weight)`;
 * without a prior the mean of nothing is null. Times are in the unit of the timestamp, and null where there was no event.
 */
export type Aggregate =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum'; readonly of: string }
  | { readonly kind: 'mean'; readonly of: string; readonly prior?: undefined; readonly weight?: undefined }
  | { readonly kind: 'mean'; readonly of: string; readonly prior: number; readonly weight: number }
  | { readonly kind: 'last-time' }
  | { readonly kind: 'since-last' }

/** An aggregate at work on some of the cells of a key. */
export interface AggregatePart {
  readonly name: string
  /** What the event says to it: a number, or NaN where it says nothing. */
  readonly value: (event: object) => number
  readonly add: (cells: Float64Array, start: number, value: number) => void
  readonly read: (cells: Float64Array, start: number, last: number, now: number) => number | null
}

/** The parts of named aggregates, and how many cells a key needs for them. */
export function compileAggregates(
  where: string, aggregates: Readonly<Record<string, Aggregate>>,
): { readonly parts: readonly AggregatePart[]; readonly slots: number } {
  if (typeof aggregates !== 'object' || aggregates === null || Object.keys(aggregates).length === 0)
    throw new ArgumentError(expected(where, 'aggregates', 'an object with at least one aggregate', aggregates))
  let slots = 0
  const parts = Object.entries(aggregates).map(([name, aggregate]): AggregatePart => {
    const at = slots
    switch (aggregate?.kind) {
      case 'count':
        slots += 1
        return { name, value: () => 1, add: (cells, start) => { cells[start + at]++ }, read: (cells, start) => cells[start + at] }
      case 'sum': {
        slots += 1
        const add = (cells: Float64Array, start: number, value: number) => { if (!Number.isNaN(value)) cells[start + at] += value }
        return { name, value: valueReader(where, name, aggregate.of), add, read: (cells, start) => cells[start + at] }
      }
      case 'mean':
        slots += 2
        return meanPart(where, name, aggregate, at)
      case 'last-time':
        return { name, value: () => 1, add: () => {}, read: (_, __, last) => (Number.isNaN(last) ? null : last) }
      case 'since-last':
        return { name, value: () => 1, add: () => {}, read: (_, __, last, now) => (Number.isNaN(last) ? null : now - last) }
      default:
        throw new ArgumentError(expected(where, `aggregates.${name}.kind`, kinds, (aggregate as Partial<Aggregate>)?.kind))
    }
  })
  return { parts, slots }
}

const kinds = "'count', 'sum', 'mean', 'last-time' or 'since-last'"

function meanPart(where: string, name: string, { of, prior, weight }: Extract<Aggregate, { kind: 'mean' }>, at: number): AggregatePart {
  if ((prior === undefined) !== (weight === undefined)) {
    const alone = prior === undefined ? 'a weight alone' : 'a prior alone'
    throw new ArgumentError(expected(where, `aggregates.${name}`, 'given both prior and weight, or neither', alone))
  }
  const extra = prior === undefined ? 0 : checkNumber(where, `aggregates.${name}.weight`, weight, { above: 0 })
  const ahead = prior === undefined ? 0 : checkNumber(where, `aggregates.${name}.prior`, prior) * extra
  return {
    name,
    value: valueReader(where, name, of),
    add(cells, start, value) {
      if (Number.isNaN(value)) return
      cells[start + at] += value
      cells[start + at + 1]++
    },
    read(cells, start) {
      const n = cells[start + at + 1] + extra
      return n === 0 ? null : (cells[start + at] + ahead) / n
    },
  }
}

function valueReader(where: string, name: string, of: unknown): (event: object) => number {
  if (typeof of !== 'string') throw new ArgumentError(expected(where, `aggregates.${name}.of`, 'the name of a column', of))
  const read = columnReader(of)
  return (event) => {
    const value = read(event)
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'boolean') return value ? 1 : 0
    if (isMissing(value)) return NaN
    throw new DataError(expected(`${where}.add`, `event.${of}`, 'a finite number, a boolean or missing', value))
  }
}
