import { DataError, checkObject, expected } from '../errors'
import type { AggregatePlan } from './aggregate'
import type { AggregateMemory } from './aggregate-events'
import type { AggregateDeclaration } from './running-aggregates'

const format = 'feedrank.aggregates'
const version = 1

/** All that running aggregates know, as plain JSON; every number comes back as it was. */
export interface AggregateSnapshot {
  readonly format: string
  readonly version: number
  readonly declared: unknown
  /** null before the first event. */
  readonly newest: number | null
  readonly late: number
  readonly keys: readonly string[]
  /** By key: its cells, the time of its last event that is counted, and the events kept, as `[time, ...values]`. */
  readonly states: readonly {
    readonly cells: readonly number[]
    readonly last: number | null
    readonly kept: readonly (readonly (number | null)[])[]
    readonly waiting: number
    readonly first: readonly number[]
  }[]
  /** By column: the ids that are counted apart. */
  readonly ids: readonly (readonly string[])[]
  /** By distinct count: `[place, times]`. */
  readonly tallies: readonly (readonly (readonly [number, number])[])[]
}

const plainOf = ({ key, timestamp, aggregates, delay = 0 }: AggregateDeclaration) =>
  ({ key, timestamp, aggregates: Object.entries(aggregates).map(([name, aggregate]) => [name, Object.entries(aggregate).filter(([, value]) => value !== undefined).sort()]), delay })

export function saveAggregates(declared: AggregateDeclaration, plan: AggregatePlan, memory: AggregateMemory): AggregateSnapshot {
  const { state, keys, ids, newest, dropped } = memory
  return {
    format, version, declared: plainOf(declared),
    newest: newest === -Infinity ? null : newest, late: dropped, keys: [...keys.keys()],
    states: Array.from(keys.values(), (index) => {
      const { cells, last, kept, waiting, first } = state.save(index)
      return {
        cells: cells.map(positive), last: Number.isNaN(last) ? null : last, waiting, first,
        kept: kept.map(({ at, values }) => [at, ...values.map((value) => (Number.isNaN(value) ? null : positive(value)))]),
      }
    }),
    ids: ids.map((known) => [...known.keys()]),
    tallies: plan.statistics.flatMap((statistic) => { const tally = state.tallies.get(statistic); return tally ? [[...tally]] : [] }),
  }
}

const isList = (value: unknown) => Array.isArray(value)

/** JSON has no −0. */
const positive = (value: number) => value + 0

/** Puts what was saved into an empty memory. */
export function restoreAggregates(where: string, snapshot: AggregateSnapshot, declared: AggregateDeclaration, plan: AggregatePlan, memory: AggregateMemory): void {
  checkObject(where, 'snapshot', snapshot, 'an object, as `toJSON` gives it')
  if (snapshot.format !== format || snapshot.version !== version)
    throw new DataError(expected(where, 'snapshot.format', `${format} of version ${version}`, `${String(snapshot.format)} of version ${String(snapshot.version)}`))
  const [was, is] = [JSON.stringify(snapshot.declared), JSON.stringify(plainOf(declared))]
  if (was !== is) throw new DataError(`feedrank/${where}: expected \`snapshot\` to be of the same declaration, got one of ${was}, and ${is} is declared`)
  const { keys, states, ids, tallies, newest, late } = snapshot
  const distinct = plan.statistics.filter(({ kind }) => kind === 'distinct')
  const whole = [keys, states, ids, tallies].every(isList) && keys.length === states.length && keys.every((key) => typeof key === 'string') && new Set(keys).size === keys.length && ids.length === plan.columns.length && tallies.length === distinct.length && (newest === null || Number.isFinite(newest)) && Number.isSafeInteger(late)
    && states.every((state) => state?.cells?.length === plan.cells && state.cells.every(Number.isFinite) && (state.last === null || Number.isFinite(state.last))
      && isList(state.kept) && state.kept.every((event) => event?.length === 1 + plan.columns.length && Number.isFinite(event[0]))
      && state.first?.length === plan.windows.length && [state.waiting, ...state.first].every((place) => Number.isInteger(place) && place >= 0 && place <= state.kept.length))
  if (!whole) throw new DataError(`feedrank/${where}: expected \`snapshot\` to be whole, as \`toJSON\` gives it, got one that lacks something`)
  keys.forEach((key, index) => {
    const { cells, last, kept, waiting, first } = states[index]
    memory.keys.set(key, index)
    memory.state.restore({
      cells, last: last ?? NaN, waiting, first,
      kept: kept.map(([at, ...values]) => ({ at: at ?? NaN, values: values.map((value) => value ?? NaN) })),
    })
  })
  ids.forEach((known, c) => known.forEach((id) => memory.ids[c].set(id, memory.ids[c].size)))
  distinct.forEach((statistic, i) => { for (const [place, times] of tallies[i]) memory.state.tallies.get(statistic)?.set(place, times) })
  memory.newest = newest ?? -Infinity
  memory.dropped = late
}
