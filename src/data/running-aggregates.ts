import { ArgumentError, DataError, checkNumber, checkObject, expected } from '../errors'
import type { Aggregate, AggregatePart } from './aggregate'
import { planAggregates } from './aggregate'
import type { AggregateMemory } from './aggregate-events'
import { checkOrder, checkTime, keyText, valueOf } from './aggregate-events'
import type { AggregateSnapshot } from './aggregate-snapshot'
import { restoreAggregates, saveAggregates } from './aggregate-snapshot'
import { aggregateState, keyOfPlace, placeOf, valueOfPlace } from './aggregate-state'
import { replayTable } from './replay-table'
import { columnReader, setOwn } from './rows'
import type { NumericColumn, Table } from './table'
import type { Id } from './values'

/** The columns that aggregates give, by name. */
export type AggregateColumns<A extends Readonly<Record<string, Aggregate>>> = {
  readonly [K in keyof A]: A[K] extends { readonly kind: 'count' | 'sum' | 'distinct' | 'decayed' } | { readonly prior: number } ? number : number | null
}

type Names<Key> = Key extends readonly (infer Name extends string)[] ? Name : Key & string
type OfKind<A, Kind> = Extract<A, { readonly kind: Kind; readonly of: string }>['of']

/** The events that aggregates take: the columns that they name. */
export type AggregateEvent<Key extends string | readonly string[], Time extends string, A extends Readonly<Record<string, Aggregate>>> =
  & { readonly [K in Names<Key>]: Id }
  & { readonly [K in Time]: number }
  & { readonly [K in OfKind<A[keyof A], Exclude<Aggregate['kind'], 'distinct'>>]?: number | boolean | null | undefined }
  & { readonly [K in OfKind<A[keyof A], 'distinct'>]?: Id | null | undefined }

/** The value of a key: one id, or one for each of its columns. */
export type AggregateKey<Key extends string | readonly string[]> = Key extends readonly string[] ? { readonly [I in keyof Key]: Id } : Id

/** What {@link runningAggregates} takes. */
export interface AggregateDeclaration<
  Key extends string | readonly string[] = string | readonly string[], Time extends string = string,
  A extends Readonly<Record<string, Aggregate>> = Readonly<Record<string, Aggregate>>,
> {
  /** The column whose values are the keys; several, where each combination is a key. */
  readonly key: Key
  /** The column with the time of the event; any unit. */
  readonly timestamp: Time
  readonly aggregates: A
  /**
   * How long it takes until an event is known, in the unit of the timestamp: at `now`, only events before `now − delay` are
   * seen. For labels that come late.
   *
   * @defaultValue 0
   */
  readonly delay?: number
  /**
   * What happens to an event older than the newest: an error, or it is dropped and counted.
   *
   * @defaultValue 'error'
   */
  readonly late?: 'error' | 'drop'
}

/** Aggregates over the past of every key, kept up event by event. Made by {@link runningAggregates}. */
export interface RunningAggregates<Event = never, Columns = object, Key = never> {
  /** What was declared. */
  readonly declared: AggregateDeclaration
  /** The column whose values are the keys, or the columns. */
  readonly key: string | readonly string[]
  /** The column with the time of the event. */
  readonly timestamp: string
  /** The names of the aggregates. */
  readonly names: readonly string[]
  /**
   * What was known of `key` strictly before `timestamp`. Events at that very moment are not seen.
   *
   * @throws DataError when `timestamp` is before the newest event: the past of the past is gone.
   */
  readonly before: (key: Key, timestamp: number) => Columns
  /**
   * Takes in an event.
   *
   * @throws DataError when it is older than the newest and late events are not dropped, or a value is not what it should be;
   * what is known stays as it was.
   */
  readonly add: (event: Event) => void
  /**
   * Takes in all rows of a table, in order of time, and gives what was known strictly before each, column by column.
   *
   * @throws DataError when rows are out of order, or a value is not what it should be; then no row was taken in.
   */
  readonly replay: (table: Table) => ReadonlyMap<string, NumericColumn>
  /** The time of the newest event; −Infinity before the first. */
  readonly newest: () => number
  /** The number of keys. */
  readonly size: () => number
  /** The number of events dropped because they came late. */
  readonly late: () => number
  /**
   * Forgets keys without an event since `since`, and gives how many: they begin anew when they come back. What only windows
   * that have passed would know is lost without loss; counts of all time are.
   */
  readonly forget: (since: number) => number
  /** All that is known, to be written down; `runningAggregates(declared, snapshot)` goes on from it to the last digit. */
  readonly toJSON: () => AggregateSnapshot
}

/**
 * Counts, sums, rates, windows and times per key, strictly before a moment: features that cannot know the future.
 *
 * The same object serves a table ({@link pointInTime}) and a running service, one event at a time, so what was trained
 * on is what is served. Events come in order of time; events at the same moment do not see each other. Sums are exact and
 * rounded once, so they do not depend on order, on windows that moved, or on a restart.
 *
 * An event costs O(aggregates). A key costs 8 bytes per count and 48 per sum and its text; an event in a window, or not yet
 * seen because of a delay, 12 bytes and 8 for each column.
 *
 * @throws ArgumentError when a declaration is not what it should be; DataError when a snapshot is of another.
 * @example
 * ```ts
 * import { runningAggregates } from 'feedrank'
 *
 * const declared = {
 *   key: 'post', timestamp: 'at',
 *   aggregates: { views: { kind: 'count' }, rate: { kind: 'rate', of: 'clicked', prior: 0.1, weight: 10, window: 60 } },
 * } as const
 * const posts = runningAggregates(declared)
 * posts.add({ post: 7, at: 100, clicked: true })
 * console.log(posts.before(7, 100), posts.before(7, 101)) // { views: 0, rate: 0.1 } { views: 1, rate: 0.18181818181818182 }
 *
 * const again = runningAggregates(declared, JSON.parse(JSON.stringify(posts)))
 * console.log(again.before(7, 161)) // { views: 1, rate: 0.1 }
 * ```
 */
export function runningAggregates<
  const Key extends string | readonly string[], const Time extends string, const A extends Readonly<Record<string, Aggregate>>,
>(
  declared: AggregateDeclaration<Key, Time, A>, snapshot?: AggregateSnapshot,
): RunningAggregates<AggregateEvent<Key, Time, A>, AggregateColumns<A>, AggregateKey<Key>> {
  const where = 'runningAggregates'
  checkDeclaration(where, declared)
  const { key: keyed, timestamp: timeColumn, late = 'error', delay = 0 } = declared
  const keyColumns: readonly string[] = typeof keyed === 'string' ? [keyed] : keyed
  const plan = planAggregates(where, declared.aggregates, delay)
  const { parts, columns } = plan
  const readKeys = keyColumns.map(columnReader)
  const readTime = columnReader(timeColumn)
  const values = new Float64Array(columns.length)

  const memory: AggregateMemory = {
    state: aggregateState(plan),
    keys: new Map<string, number>(),
    ids: columns.map(() => new Map<string, number>()),
    newest: -Infinity,
    dropped: 0,
  }
  if (snapshot !== undefined) restoreAggregates(where, snapshot, declared, plan, memory)

  const keyOf = (place: string, key: unknown): string => {
    if (typeof keyed === 'string') return keyText(place, [key], keyColumns)
    if (Array.isArray(key) && key.length === keyColumns.length) return keyText(place, key, keyColumns)
    throw new ArgumentError(expected(place, 'key', `an array of ${keyColumns.length} ids: ${keyColumns.join(', ')}`, key))
  }

  return Object.freeze({
    declared,
    key: keyed,
    timestamp: timeColumn,
    names: Object.freeze(parts.map(({ name }) => name)),
    before(key: AggregateKey<Key>, timestamp: number) {
      const { newest } = memory
      const now = checkOrder(`${where}.before`, timeColumn, checkTime(`${where}.before`, timeColumn, timestamp), newest)
      const { cells, start, last } = memory.state.known(memory.keys.get(keyOf(`${where}.before`, key)) ?? -1, now, newest)
      return knownColumns(parts, cells, start, last, now) as AggregateColumns<A>
    },
    add(event: AggregateEvent<Key, Time, A>) {
      const place = `${where}.add`
      if (typeof event !== 'object' || event === null) throw new DataError(expected(place, 'event', 'an object', event))
      const key = keyText(place, readKeys.map((read) => read(event)), keyColumns, 'event.')
      const time = checkTime(place, `event.${timeColumn}`, readTime(event), memory.newest)
      if (late === 'error') checkOrder(place, `event.${timeColumn}`, time, memory.newest)
      else if (time < memory.newest) {
        memory.dropped++
        return
      }
      // All values are read before anything is changed.
      columns.forEach((column, c) => { values[c] = valueOf(place, column, column.read(event), memory.ids[c]) })
      let index = memory.keys.get(key)
      if (index === undefined) memory.keys.set(key, (index = memory.state.insert()))
      memory.state.append(index, time, values, 0)
      memory.newest = time
    },
    replay: (table: Table) => replayTable({ where: `${where}.replay`, keyColumns, timeColumn, plan, memory }, table),
    newest: () => memory.newest,
    size: () => memory.keys.size,
    late: () => memory.dropped,
    forget(since: number) {
      checkNumber(`${where}.forget`, 'since', since)
      const before = memory.state
      const kept = [...memory.keys].filter(([, index]) => before.lastOf(index) >= since)
      const forgotten = memory.keys.size - kept.length
      if (forgotten === 0) return 0
      memory.state = aggregateState(plan)
      memory.keys.clear()
      const moved = new Map<number, number>()
      for (const [key, index] of kept) {
        moved.set(index, memory.keys.size)
        memory.keys.set(key, memory.keys.size)
        memory.state.restore(before.save(index))
      }
      for (const [statistic, tally] of before.tallies)
        for (const [place, count] of tally) {
          const index = moved.get(keyOfPlace(place))
          if (index !== undefined) memory.state.tallies.get(statistic)?.set(placeOf(index, valueOfPlace(place)), count)
        }
      return forgotten
    },
    toJSON: () => saveAggregates(declared, plan, memory),
  })
}

/** Throws unless `declared` says what to aggregate, by which key. */
export function checkDeclaration(where: string, declared: AggregateDeclaration): void {
  checkObject(where, 'declared', declared, 'an object')
  const { key, timestamp, delay = 0, late = 'error' } = declared
  const names: readonly unknown[] = Array.isArray(key) ? key : [key]
  if (names.length === 0 || names.some((name) => typeof name !== 'string') || new Set(names).size < names.length)
    throw new ArgumentError(expected(where, 'key', 'the name of a column, or several different ones', key))
  if (typeof timestamp !== 'string') throw new ArgumentError(expected(where, 'timestamp', 'the name of a column', timestamp))
  checkNumber(where, 'delay', delay, { min: 0 })
  if (late !== 'error' && late !== 'drop') throw new ArgumentError(expected(where, 'late', "'error' or 'drop'", late))
}

function knownColumns(parts: readonly AggregatePart[], cells: Float64Array, start: number, last: number, now: number): object {
  const known = {}
  for (const { name, read } of parts) {
    const value = read(cells, start, last, now)
    setOwn(known, name, Number.isNaN(value) ? null : value)
  }
  return known
}
