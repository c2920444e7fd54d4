import type { Column, Table } from '../table'
import { deviceTypes, genders, postTypes } from './impression-world'

/** What is true of the rows of a table of impressions, in their order. */
export interface ImpressionTruth {
  /** P(click | looked at), given who and what: what a ranker should order by. */
  readonly relevance: Float64Array
  /** P(click) = examination(position) · relevance: what a click model should be calibrated to. */
  readonly clickProbability: Float64Array
  /** 1 where the page was in random order. */
  readonly randomized: Uint8Array
  /** 1 where the click led to a like; it counts in `num_likes` from the next page on. */
  readonly liked: Uint8Array
  /** 1 where the click led to a comment; it counts in `num_comments` from the next page on. */
  readonly commented: Uint8Array
}

/** Arrays for a number of rows, to be filled. */
export function impressionArrays(rows: number) {
  return {
    user: new Int32Array(rows), age: new Uint8Array(rows), gender: new Int32Array(rows), friends: new Int32Array(rows),
    post: new Int32Array(rows), author: new Int32Array(rows), type: new Int32Array(rows), likes: new Int32Array(rows), comments: new Int32Array(rows),
    hours: new Float64Array(rows), hourOfDay: new Uint8Array(rows), dayOfWeek: new Uint8Array(rows), device: new Int32Array(rows),
    clicked: new Uint8Array(rows), dwell: new Float64Array(rows), position: new Uint16Array(rows), at: new Float64Array(rows),
    relevance: new Float64Array(rows), clickProbability: new Float64Array(rows), randomized: new Uint8Array(rows), liked: new Uint8Array(rows), commented: new Uint8Array(rows),
  }
}

export type ImpressionArrays = ReturnType<typeof impressionArrays>

/** The first `rows` of filled arrays, as a table and its truth. */
export function impressionTable(arrays: ImpressionArrays, rows: number): { readonly table: Table; readonly truth: ImpressionTruth } {
  const a = arrays.user.length === rows ? arrays : first(arrays, rows)
  const number = (values: Int32Array | Uint8Array | Uint16Array | Float64Array): Column => ({ kind: 'number', values })
  const text = (codes: Int32Array, dictionary: readonly string[]): Column => ({ kind: 'text', codes, dictionary })
  const columns: readonly (readonly [string, Column])[] = [
    ['user_id', number(a.user)], ['age', number(a.age)], ['gender', text(a.gender, genders)], ['num_friends', number(a.friends)],
    ['post_id', number(a.post)], ['author_id', number(a.author)], ['post_type', text(a.type, postTypes)],
    ['num_likes', number(a.likes)], ['num_comments', number(a.comments)], ['post_age_hours', number(a.hours)],
    ['hour_of_day', number(a.hourOfDay)], ['day_of_week', number(a.dayOfWeek)], ['device_type', text(a.device, deviceTypes)],
    ['clicked', { kind: 'boolean', values: a.clicked }], ['dwell_time_seconds', number(a.dwell)], ['position', number(a.position)], ['timestamp', number(a.at)],
  ]
  const { relevance, clickProbability, randomized, liked, commented } = a
  return { table: { rows, columns: new Map(columns) }, truth: { relevance, clickProbability, randomized, liked, commented } }
}

const first = (arrays: ImpressionArrays, rows: number): ImpressionArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice(0, rows)])) as unknown as ImpressionArrays
