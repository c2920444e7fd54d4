import { DataError } from '../errors'
import type { Leak } from './result'

/** One part of the data as far as its columns are known. */
export interface LeakPart {
  readonly rows: readonly object[]
  readonly times: Float64Array | undefined
  readonly ids: readonly string[] | undefined
  readonly users: readonly string[] | undefined
  readonly items: readonly string[] | undefined
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Training rows at or after the first test moment. */
function inTime(train: LeakPart, test: LeakPart): Leak[] {
  if (!train.times || !test.times) return []
  let first = Infinity
  for (const time of test.times) first = Math.min(first, time)
  let late = 0
  for (const time of train.times) if (time >= first) late++
  if (late === 0) return []
  return [{ kind: 'time', count: late, message: `${plural(late, 'training row')} ${late === 1 ? 'is' : 'are'} not before the first test row: the split is not one by time` }]
}

function shared(kind: 'ids' | 'events', what: string, train: readonly string[] | undefined, test: readonly string[] | undefined): Leak[] {
  if (!train || !test) return []
  const known = new Set(train)
  const count = test.reduce((sum, key) => sum + (known.has(key) ? 1 : 0), 0)
  return count === 0 ? [] : [{ kind, count, message: `${plural(count, 'test row')} ${count === 1 ? 'has' : 'have'} ${what} of a training row` }]
}

/** User, item and moment of each row as one key. */
function eventsOf({ users, items, times }: LeakPart): string[] | undefined {
  return users && items && times && users.map((user, i) => JSON.stringify([user, items[i], times[i]]))
}

/** All that test rows share with training rows and should not. */
export function leaksBetween(train: LeakPart, test: LeakPart): Leak[] {
  const known = new Set(train.rows)
  const same = test.rows.reduce((sum, row) => sum + (known.has(row) ? 1 : 0), 0)
  return [
    ...inTime(train, test),
    ...(same === 0 ? [] : [{ kind: 'rows' as const, count: same, message: `${plural(same, 'row')} ${same === 1 ? 'stands' : 'stand'} in both parts` }]),
    ...shared('ids', 'the id', train.ids, test.ids),
    ...shared('events', 'the user, item and moment', eventsOf(train), eventsOf(test)),
  ]
}

/** Throws on leaks unless they are to be flagged alone. */
export function guard(where: string, leaks: readonly Leak[], rule: 'refuse' | 'flag'): void {
  if (rule === 'flag' || leaks.length === 0) return
  throw new DataError(`feedrank/${where}: the test part leaks: ${leaks.map(({ message }) => message).join('; ')}; with \`leakage: 'flag'\` it is evaluated and flagged`)
}

/** What only a look into the label explains: a contender that makes no mistake. */
export function tooGood(name: string, auc: number | null, rows: number): Leak[] {
  if (auc === null || auc < 0.9999 || rows < 100) return []
  return [{ kind: 'label', count: rows, message: `${name} orders the test rows almost without a mistake (AUC ${auc.toFixed(5)}): does a feature know the label?` }]
}
