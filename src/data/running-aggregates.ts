import { ArgumentError, DataError, expected } from '../errors'
import type { Aggregate } from './aggregate'
import { compileAggregates } from './aggregate'
import { columnReader, setOwn } from './rows'
import type { Id } from './values'
import { idKey, idKinds } from './values'

/** The columns that aggregates give, by name. */
export type AggregateColumns<A extends Readonly<Record<string, Aggregate>>> = {
  readonly [K in keyof A]: A[K] extends { readonly kind: 'count' | 'sum' } | { readonly prior: number } ? number : number | null
}

/** The events that aggregates take: the columns that they name. */
export type AggregateEvent<Key extends string, Time extends string, A extends Readonly<Record<string, Aggregate>>> =
  & { readonly [K in Key]: Id }
  & { readonly [K in Time]: number }
  & { readonly [K in Extract<A[keyof A], { readonly of: string }>['of']]?: number | boolean | null | undefined }

/** Aggregates over the past of every key, kept up event by event. Made by {@link runningAggregates}. */
export interface RunningAggregates<Event = never, Columns = object> {
  /** The column whose values are the keys. */
  readonly key: string
  /** The column with the time of the event. */
  readonly timestamp: string
  /** The names of the aggregates. */
  readonly names: readonly string[]
  /**
   * What was known of `key` strictly before `timestamp`. Events at that very moment are not seen.
   *
   * @throws DataError when `timestamp` is before the newest event: the past of the past is gone.
   */
  readonly before: (key: Id, timestamp: number) => Columns
  /**
   * Takes in an event.
   *
   * @throws DataError when it is older than the newest, or a value is not what it should be.
   */
  readonly add: (event: Event) => void
  /** The time of the newest event; −Infinity before the first. */
  readonly newest: () => number
  /** The number of keys. */
  readonly size: () => number
}

/**
 * Counts, sums, means and times per key, strictly before a moment: features that cannot know the future.
 *
 * The same object serves a table ({@link pointInTime}) and a running service, one event at a time, so what was trained
 * on is what is served. Events come in order of time; events at the same moment do not see each other. A key costs 16
 * bytes per number that is kept, and its text.
 *
 * @throws ArgumentError when a declaration is not what it should be.
 * @example
 * ```ts
 * import { runningAggregates } from 'feedrank'
 *
 * const movies = runningAggregates({
 *   key: 'movieId',
 *   timestamp: 'at',
 *   aggregates: { ratings: { kind: 'count' }, meanRating: { kind: 'mean', of: 'rating', prior: 3.5, weight: 2 } },
 * })
 * movies.add({ movieId: 7, at: 100, rating: 5 })
 * console.log(movies.before(7, 100), movies.before(7, 101)) // { ratings: 0, meanRating: 3.5 } { ratings: 1, meanRating: 4 }
 * ```
 */
export function runningAggregates<
  const Key extends string, const Time extends string, const A extends Readonly<Record<string, Aggregate>>,
>(
  declared: { readonly key: Key; readonly timestamp: Time; readonly aggregates: A },
): RunningAggregates<AggregateEvent<Key, Time, A>, AggregateColumns<A>> {
  const where = 'runningAggregates'
  if (typeof declared !== 'object' || declared === null) throw new ArgumentError(expected(where, 'declared', 'an object', declared))
  const { key: keyColumn, timestamp: timeColumn, aggregates } = declared
  if (typeof keyColumn !== 'string') throw new ArgumentError(expected(where, 'key', 'the name of a column', keyColumn))
  if (typeof timeColumn !== 'string') throw new ArgumentError(expected(where, 'timestamp', 'the name of a column', timeColumn))
  const { parts, slots } = compileAggregates(where, aggregates)
  const readKey = columnReader(keyColumn)
  const readTime = columnReader(timeColumn)

  // Per key: the sums up to and including `time`, then `time`; the sums strictly before `time`, then the time before it.
  const half = slots + 1
  const indices = new Map<string, number>()
  let cells = new Float64Array(64 * 2 * half)
  let newest = -Infinity

  const columns = (from: Float64Array, start: number, now: number) => {
    const known = {}
    for (const { name, read } of parts) setOwn(known, name, read(from, start, from[start + slots], now))
    return known as AggregateColumns<A>
  }
  const nothing = new Float64Array(half)
  nothing[slots] = NaN

  return Object.freeze({
    key: keyColumn,
    timestamp: timeColumn,
    names: Object.freeze(parts.map(({ name }) => name)),
    before(key: Id, timestamp: number) {
      const now = checkTime(`${where}.before`, timeColumn, timestamp, newest)
      const index = indices.get(checkKey(`${where}.before`, keyColumn, key))
      if (index === undefined) return columns(nothing, 0, now)
      const start = index * 2 * half
      return columns(cells, cells[start + slots] < now ? start : start + half, now)
    },
    add(event: AggregateEvent<Key, Time, A>) {
      if (typeof event !== 'object' || event === null) throw new DataError(expected(`${where}.add`, 'event', 'an object', event))
      const key = checkKey(`${where}.add`, `event.${keyColumn}`, readKey(event))
      const time = checkTime(`${where}.add`, `event.${timeColumn}`, readTime(event), newest)
      const values = parts.map((part) => part.value(event))
      let index = indices.get(key)
      if (index === undefined) {
        index = indices.size
        indices.set(key, index)
        if ((index + 1) * 2 * half > cells.length) {
          const grown = new Float64Array(2 * cells.length)
          grown.set(cells)
          cells = grown
        }
        cells[index * 2 * half + slots] = NaN
        cells[index * 2 * half + half + slots] = NaN
      }
      const start = index * 2 * half
      if (cells[start + slots] !== time) {
        cells.copyWithin(start + half, start, start + half)
        cells[start + slots] = time
      }
      newest = time
      parts.forEach((part, i) => part.add(cells, start, values[i]))
    },
    newest: () => newest,
    size: () => indices.size,
  })
}

function checkKey(where: string, name: string, value: unknown): string {
  const key = idKey(value)
  if (key !== undefined) return key
  throw new DataError(expected(where, name, idKinds, value))
}

function checkTime(where: string, name: string, value: unknown, newest: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DataError(expected(where, name, 'a finite timestamp', value))
  if (value >= newest) return value
  throw new DataError(expected(where, name, `at or after the newest event, at ${newest} (events go in order of time)`, value))
}
