import { DataError, expected } from '../errors'
import type { EventColumn } from './aggregate'
import type { AggregateState } from './aggregate-state'
import { sumLimit } from './exact-sum'
import { idKey, idKinds, isMissing } from './values'

/** All that running aggregates know. */
export interface AggregateMemory {
  state: AggregateState
  readonly keys: Map<string, number>
  /** The values of id columns, by column: what stands for each of them among the numbers. */
  readonly ids: readonly Map<string, number>[]
  newest: number
  dropped: number
}

/** One text for the values of a key. */
export function keyText(where: string, values: readonly unknown[], columns: readonly string[], prefix = ''): string {
  return joinTexts(values.map((value, i) => {
    const text = idKey(value)
    if (text === undefined) throw new DataError(expected(where, `${prefix}${columns[i]}`, idKinds, value))
    return text
  }))
}

/** One text of several. All but the last say their length, so that no two keys come to the same text. */
export function joinTexts(texts: readonly string[]): string {
  let joined = ''
  for (let i = 0; i < texts.length - 1; i++) joined += `${texts[i].length}:${texts[i]}`
  return joined + texts[texts.length - 1]
}

/** What an event says to its aggregates: a number, the number of an id, or NaN where it says nothing. */
export function valueOf(where: string, { name, kind }: EventColumn, value: unknown, ids: Map<string, number>): number {
  if (isMissing(value)) return NaN
  if (kind === 'id') {
    const text = idKey(value)
    if (text === undefined) throw new DataError(expected(where, `event.${name}`, `${idKinds} or missing`, value))
    let id = ids.get(text)
    if (id === undefined) ids.set(text, (id = ids.size))
    return id
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (kind === 'rate') {
    if (value === 0 || value === 1) return value
    throw new DataError(expected(where, `event.${name}`, 'true, false, 1, 0 or missing, as a rate is of what is so or not', value))
  }
  if (typeof value === 'number' && Math.abs(value) <= sumLimit) return value
  throw new DataError(expected(where, `event.${name}`, 'a finite number of at most 2^100, a boolean or missing', value))
}

/** `value` if it is a moment, in the unit of the newest event. */
export function checkTime(where: string, name: string, value: unknown, newest = -Infinity): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DataError(expected(where, name, 'a finite timestamp', value))
  // From 1973 on, a time in seconds and one in ms cannot be taken for each other within one stream.
  if (newest > 1e8 && value > 100 * newest)
    throw new DataError(expected(where, name, `in the unit of the newest event, at ${newest} (are seconds and milliseconds mixed?)`, value))
  return value
}

/** `time` if it is not before the newest event. */
export function checkOrder(where: string, name: string, time: number, newest: number): number {
  if (time >= newest) return time
  const hint = time > 1e8 && newest > 100 * time ? 'are seconds and milliseconds mixed?' : 'events go in order of time'
  throw new DataError(expected(where, name, `at or after the newest event, at ${newest} (${hint})`, time))
}
