import { ArgumentError, checkNumber, checkObject, expected } from '../errors'
import { columnReader, type ColumnReader } from './rows'
import { readExact, sumCells } from './exact-sum'

interface Plain {
  readonly prior?: undefined
  readonly weight?: undefined
}

/** A ratio is taken toward `prior` as if `weight` more events had had that value. */
interface Smoothed {
  readonly prior: number
  readonly weight: number
}

interface Windowed {
  /** Only events of the last so long count, in the unit of the timestamp: `now − window ≤ time < now`. */
  readonly window?: number | undefined
}

/**
 * One number about the past of a key.
 *
 * `of` names a column of numbers or booleans (`true` is 1), for `distinct` of ids; events where it is null or undefined are
 * passed over. Times are in the unit of the timestamp.
 *
 * | kind | value | without events |
 * | --- | --- | --- |
 * | `count` | events | 0 |
 * | `sum` | `Σx` | 0 |
 * | `mean`, `rate` | `Σx / n`, or `(Σx + prior · weight) / (n + weight)`; a rate is the mean of what is true or false | null, or the prior |
 * | `distinct` | different values | 0 |
 * | `trending` | events of the window / all events, or `Σx` of both; or `(recent + prior · weight) / (all + weight)` | null, or the prior |
 * | `decayed` | `Σ x · 2^(−age / halfLife)`, x = 1 without `of` | 0 |
 * | `last-time`, `since-last` | when the last was, how long ago | null |
 */
export type Aggregate =
  | { readonly kind: 'count' } & Windowed
  | { readonly kind: 'sum' | 'distinct'; readonly of: string } & Windowed
  | { readonly kind: 'mean' | 'rate'; readonly of: string } & Windowed & (Plain | Smoothed)
  | { readonly kind: 'trending'; readonly of?: string | undefined; readonly window: number } & (Plain | Smoothed)
  | { readonly kind: 'decayed'; readonly of?: string | undefined; readonly halfLife: number }
  | { readonly kind: 'last-time' | 'since-last' }

/** What events say, by column: numbers, or ids that are counted apart. */
export interface EventColumn {
  readonly name: string
  readonly kind: 'number' | 'rate' | 'id'
  readonly read: ColumnReader
}

/** What is kept of a column, over a window or over all time, in cells of a key: `n`, or `n` and the exact sum. */
export interface Statistic {
  readonly kind: 'count' | 'sum' | 'distinct' | 'decayed'
  /** The place of the column; −1 for the event itself. */
  readonly column: number
  /** The place of the window; −1 for all time. */
  readonly window: number
  readonly at: number
  readonly halfLife: number
}

/** An aggregate at work on the cells of a key: `last` is the time of the last event, NaN where there was none. */
export interface AggregatePart {
  readonly name: string
  readonly aggregate: Aggregate
  /** The number; NaN where there is none. */
  readonly read: (cells: Float64Array, start: number, last: number, now: number) => number
}

/** What a declaration comes to. */
export interface AggregatePlan {
  readonly parts: readonly AggregatePart[]
  readonly columns: readonly EventColumn[]
  /** Longest first. */
  readonly windows: readonly number[]
  readonly statistics: readonly Statistic[]
  /** Cells that a key needs. */
  readonly cells: number
  readonly delay: number
}

/** Checks aggregates and lays out what they keep; what two of them need is kept once. */
export function planAggregates(where: string, aggregates: Readonly<Record<string, Aggregate>>, delay: number): AggregatePlan {
  if (typeof aggregates !== 'object' || aggregates === null || Object.keys(aggregates).length === 0)
    throw new ArgumentError(expected(where, 'aggregates', 'an object with at least one aggregate', aggregates))
  const entries = Object.entries(aggregates)
  for (const [name, aggregate] of entries) checkAggregate(where, name, aggregate, delay)
  const lengths = entries.flatMap(([, aggregate]) => ('window' in aggregate && aggregate.window !== undefined ? [aggregate.window] : []))
  const windows = [...new Set(lengths)].sort((a, b) => b - a)
  const columns: EventColumn[] = []
  const statistics = new Map<string, Statistic>()
  let cells = 0

  const columnOf = (name: string, kind: EventColumn['kind']): number => {
    const found = columns.findIndex((column) => column.name === name && column.kind === kind)
    return found >= 0 ? found : columns.push({ name, kind, read: columnReader(name) }) - 1
  }
  const keep = (kind: Statistic['kind'], column: number, length: number | undefined, halfLife = 0): number => {
    const window = length === undefined ? -1 : windows.indexOf(length)
    const known = `${kind} ${column} ${window} ${halfLife}`
    const statistic = statistics.get(known) ?? { kind, column, window, at: cells, halfLife }
    if (statistic.at === cells) cells += kind === 'sum' ? 1 + sumCells : kind === 'decayed' ? 2 : 1
    statistics.set(known, statistic)
    return statistic.at
  }

  const parts = entries.map(([name, aggregate]): AggregatePart => {
    switch (aggregate.kind) {
      case 'count': {
        const at = keep('count', -1, aggregate.window)
        return { name, aggregate, read: (from, start) => from[start + at] }
      }
      case 'distinct': {
        const at = keep('distinct', columnOf(aggregate.of, 'id'), aggregate.window)
        return { name, aggregate, read: (from, start) => from[start + at] }
      }
      case 'sum': {
        const at = keep('sum', columnOf(aggregate.of, 'number'), aggregate.window)
        return { name, aggregate, read: (from, start) => readExact(from, start + at + 1) }
      }
      case 'mean':
      case 'rate': {
        const at = keep('sum', columnOf(aggregate.of, aggregate.kind === 'rate' ? 'rate' : 'number'), aggregate.window)
        return { name, aggregate, read: ratio(aggregate, (from, start) => readExact(from, start + at + 1), (from, start) => from[start + at]) }
      }
      case 'trending': {
        const column = aggregate.of === undefined ? -1 : columnOf(aggregate.of, 'number')
        const kind = column < 0 ? 'count' : 'sum'
        const [recent, all] = [keep(kind, column, aggregate.window), keep(kind, column, undefined)]
        if (column < 0) return { name, aggregate, read: ratio(aggregate, (from, start) => from[start + recent], (from, start) => from[start + all]) }
        return { name, aggregate, read: ratio(aggregate, (from, start) => readExact(from, start + recent + 1), (from, start) => readExact(from, start + all + 1)) }
      }
      case 'decayed': {
        const { halfLife } = aggregate
        const at = keep('decayed', aggregate.of === undefined ? -1 : columnOf(aggregate.of, 'number'), undefined, halfLife)
        return { name, aggregate, read: (from, start, _last, now) => (from[start + at] === 0 ? 0 : from[start + at] * 2 ** ((from[start + at + 1] - now) / halfLife)) }
      }
      case 'last-time': return { name, aggregate, read: (_from, _start, last) => last }
      case 'since-last': return { name, aggregate, read: (_from, _start, last, now) => now - last }
    }
  })
  return { parts, columns, windows, statistics: [...statistics.values()], cells, delay }
}

type Cells = (cells: Float64Array, start: number) => number

/** `(above + prior · weight) / (below + weight)`; NaN for nothing of nothing. */
function ratio({ prior, weight }: Plain | Smoothed, above: Cells, below: Cells): AggregatePart['read'] {
  const extra = weight ?? 0
  const ahead = prior === undefined ? 0 : prior * extra
  return (cells, start) => {
    const n = below(cells, start) + extra
    return n === 0 ? NaN : (above(cells, start) + ahead) / n
  }
}

const kinds = "'count', 'sum', 'mean', 'rate', 'distinct', 'trending', 'decayed', 'last-time' or 'since-last'"
const known: ReadonlySet<unknown> = new Set<Aggregate['kind']>(['count', 'sum', 'mean', 'rate', 'distinct', 'trending', 'decayed', 'last-time', 'since-last'])

function checkAggregate(where: string, name: string, aggregate: Aggregate, delay: number): void {
  const field = (key: string) => `aggregates.${name}.${key}`
  if (typeof aggregate !== 'object' || aggregate === null || !known.has(aggregate.kind))
    throw new ArgumentError(expected(where, field('kind'), kinds, (aggregate as Partial<Aggregate> | null)?.kind))
  checkObject(where, `aggregates.${name}`, aggregate)
  const { of, window, halfLife, prior, weight } = aggregate as { readonly of?: unknown; readonly window?: unknown; readonly halfLife?: unknown; readonly prior?: unknown; readonly weight?: unknown }
  const { kind } = aggregate
  const takesOf = kind !== 'count' && kind !== 'last-time' && kind !== 'since-last'
  if (takesOf && typeof of !== 'string' && !(of === undefined && (kind === 'trending' || kind === 'decayed')))
    throw new ArgumentError(expected(where, field('of'), 'the name of a column', of))
  if (!takesOf && of !== undefined) throw new ArgumentError(expected(where, field('of'), `absent, as a ${kind} is of events`, of))
  if (kind === 'trending' || window !== undefined) {
    checkNumber(where, field('window'), window, { above: 0 })
    if (kind === 'decayed' || kind === 'last-time' || kind === 'since-last') throw new ArgumentError(expected(where, field('window'), `absent, as ${kind} has none`, window))
    if ((window as number) <= delay) throw new ArgumentError(expected(where, field('window'), `longer than the delay of ${delay}, or nothing would ever be in it`, window))
  }
  if (kind === 'decayed') checkNumber(where, field('halfLife'), halfLife, { above: 0 })
  if ((prior === undefined) !== (weight === undefined)) {
    const alone = prior === undefined ? 'a weight alone' : 'a prior alone'
    throw new ArgumentError(expected(where, `aggregates.${name}`, 'given both prior and weight, or neither', alone))
  }
  if (prior === undefined) return
  checkNumber(where, field('prior'), prior)
  checkNumber(where, field('weight'), weight, { above: 0 })
}
