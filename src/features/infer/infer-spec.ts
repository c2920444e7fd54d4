import { tableOf } from '../../data/table-of'
import type { Table } from '../../data/table'
import { tableColumn } from '../../data/table'
import { ArgumentError, DataError, checkInteger, checkObject, expected } from '../../errors'
import { age } from '../age'
import { binary } from '../binary'
import { boolean } from '../boolean'
import { calendar } from '../calendar'
import { categorical } from '../categorical'
import { cyclical } from '../cyclical'
import { defineFeatures, type FeatureSpec } from '../feature-spec'
import { checkScope, type Feature, type Scope } from '../feature'
import { hashed } from '../hashed'
import type { Label } from '../label'
import { multiHot } from '../multi-hot'
import { numeric } from '../numeric'
import { regression } from '../regression'
import { sequence } from '../sequence'
import { text } from '../text'
import { vector } from '../vector'
import { codeOf } from './code'
import { describeKeys, keysOf, scopesOf } from './column-scope'
import type { Draft, DraftCall, Factory } from './draft'
import { profileOf, type Profile } from './profile'
import { draftColumn } from './rules'
import { eventTimeOf } from './times'

export interface InferOptions {
  /** Columns that are labels; those whose name suggests it are left out otherwise. @defaultValue none */
  readonly labels?: readonly string[]
  /** Whose property a column is, where that is known. @defaultValue by what it stays the same with, and by its name */
  readonly scopes?: Readonly<Record<string, Scope>>
  /** Columns to leave out. @defaultValue none */
  readonly leaveOut?: readonly string[]
  /** The column that names the user, and that which names the item. @defaultValue by their names */
  readonly user?: string
  readonly item?: string
  /** The column with the moment of the event. @defaultValue by its name, such as `timestamp` */
  readonly time?: string
  /** At most so many rows are looked at, evenly taken. @defaultValue 100,000 */
  readonly sample?: number
}

/** What was made of one column. */
export interface InferredColumn {
  readonly name: string
  readonly use: 'feature' | 'label' | 'left out'
  /** The features or labels that read it, by name. */
  readonly names: readonly string[]
  /** Their factory. */
  readonly factory?: Factory
  readonly scope?: Scope
  readonly reason: string
}

export interface InferredSpec {
  /** Ready to `fit`. */
  readonly spec: FeatureSpec
  /** Every column of the table, in its order. */
  readonly columns: readonly InferredColumn[]
  /** For people: what became of each column, and why. */
  readonly text: string
  /** The same spec as TypeScript with the reasons as comments, to paste and to go on from. */
  readonly code: string
}

/**
 * Drafts a spec from data: what kind of feature each column is, with a reason.
 *
 * A draft to read and to correct, not a judgement. Names become categorical (hashed where there are very many), lists
 * multi-hot (sharing the vectors of the ids they hold), long-tailed numbers their logarithm, hours and weekdays points on a
 * circle, texts n-grams; missing values get a rule where there are some. The moment of the event becomes its hour and
 * weekday, other moments an age. Left out are columns that are constant, null, different in every row, of mixed kinds, that
 * hold NaN, that tell the position, and those whose name says that they are an outcome: name these in `labels`. What a
 * column's values betray of the label is not looked at.
 *
 * @throws DataError when there is no row, or no column to make a feature of; ArgumentError when an option names no column
 * @example
 * ```ts
 * import { inferSpec } from 'feedrank'
 *
 * const rows = Array.from({ length: 60 }, (_, i) => ({ userId: `u${i % 7}`, likes: (i % 10) ** 4, position: i % 3, clicked: i % 2 === 0 }))
 * const { spec, columns } = inferSpec(rows, { labels: ['clicked'] })
 * console.log(columns.map(({ use }) => use)) // [ 'feature', 'feature', 'left out', 'label' ]
 * console.log(columns[2].reason.slice(0, 36)) // where something stood in the feed is
 * console.log(spec.fit(rows).labels.map(({ name }) => name)) // [ 'clicked' ]
 * ```
 */
export function inferSpec(data: Table | readonly object[], options: InferOptions = {}): InferredSpec {
  checkObject('inferSpec', 'options', options)
  const table = tableOf(data)
  if (table.rows === 0) throw new DataError('feedrank/inferSpec: expected at least one row, got none')
  const { labels, leaveOut, scopes, sample } = checkOptions(table, options)
  const indices = evenly(table.rows, sample)
  const profiles = [...table.columns].map(([name, column]) => profileOf(name, column, indices))
  const keys = keysOf(profiles, { ...(options.user !== undefined && { user: options.user }), ...(options.item !== undefined && { item: options.item }) })
  const found = scopesOf(table, indices, profiles, keys, scopes)
  const event = eventTimeOf(table, indices, profiles, options.time)
  if (options.time !== undefined && event === undefined) throw new ArgumentError(expected('inferSpec', 'time', 'a column of moments: Dates, ms or s since 1970, or texts of ISO 8601 with their zone', options.time))
  const around = (ids: readonly Profile[]) => ({ labels, scopeOf: (name: string) => found.get(name)!, event, ids })
  // Lists come to be told in the vectors of ids, so ids are drafted first.
  const plainly = new Map(profiles.map((profile) => [profile.name, leaveOut.has(profile.name) ? leftOutAsTold(profile) : draftColumn(profile, around([]))]))
  const ids = profiles.filter(({ name, lists }) => lists === undefined && ['categorical', 'hashed'].includes(plainly.get(name)!.calls[0]?.factory ?? '') && plainly.get(name)!.use === 'feature')
  const drafts = profiles.map((profile) => (profile.lists === undefined || leaveOut.has(profile.name) ? plainly.get(profile.name)! : draftColumn(profile, around(ids))))
  return inferred(named(drafts), describeKeys(keys, table.rows))
}

function checkOptions(table: Table, options: InferOptions) {
  const { labels = [], leaveOut = [], scopes = {}, sample = 100_000 } = options
  for (const [name, list] of [['labels', labels], ['leaveOut', leaveOut]] as const)
    if (!Array.isArray(list)) throw new ArgumentError(expected('inferSpec', name, 'an array of column names', list))
  for (const name of [...labels, ...leaveOut, ...Object.keys(scopes), ...[options.user, options.item, options.time].filter((one) => one !== undefined)])
    tableColumn('inferSpec', table, name)
  for (const [name, scope] of Object.entries(scopes)) checkScope('inferSpec', `scopes.${name}`, scope)
  checkInteger('inferSpec', 'sample', sample)
  return { labels: new Set(labels), leaveOut: new Set(leaveOut), scopes, sample }
}

const leftOutAsTold = ({ name }: Profile): Draft => ({ column: name, use: 'left out', calls: [], reason: 'as told' })

/** At most `most` of the rows, evenly taken. */
function evenly(rows: number, most: number): Int32Array {
  const count = Math.min(rows, most)
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count))
}

/** Drafts whose features have names of their own: that of an hour may be that of a column. */
function named(drafts: readonly Draft[]): readonly Draft[] {
  const taken = new Set(drafts.map(({ column }) => column))
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name)
  return drafts.map((draft) => ({ ...draft, calls: draft.calls.map((call) => (call.name === draft.column ? call : { ...call, name: free(call.name) })) }))
}

type Make = (options: never) => unknown
const factories: Readonly<Record<Factory, Make>> = {
  age, binary, boolean, calendar, categorical, cyclical, hashed, multiHot, numeric, regression, sequence, text, vector,
}

const made = <T>(drafts: readonly Draft[], use: Draft['use']): Record<string, T> =>
  Object.fromEntries(drafts.filter((draft) => draft.use === use).flatMap(({ calls }) => calls.map(({ name, factory, options }: DraftCall) => [name, factories[factory](options as never) as T])))

function inferred(drafts: readonly Draft[], about: string): InferredSpec {
  const features = made<Feature>(drafts, 'feature')
  const count = Object.keys(features).length
  const columns = drafts.map(({ column, use, scope, calls, reason }): InferredColumn => Object.freeze({
    name: column, use, reason, names: use === 'left out' ? [] : calls.map(({ name }) => name),
    ...(use !== 'left out' && { factory: calls[0].factory }), ...(scope !== undefined && { scope }),
  }))
  const report = reportOf(columns, about)
  if (count === 0) throw new DataError(`feedrank/inferSpec: expected a column to make a feature of, got none:\n${report}`)
  return { spec: spec(features, made<Label>(drafts, 'label')), columns, text: report, code: codeOf(drafts) }
}

const spec = (features: Readonly<Record<string, Feature>>, labels: Readonly<Record<string, Label>>): FeatureSpec =>
  defineFeatures({ features, labels } as Parameters<typeof defineFeatures<typeof features>>[0]) as unknown as FeatureSpec

function reportOf(columns: readonly InferredColumn[], about: string): string {
  const uses = (use: InferredColumn['use']) => columns.filter((column) => column.use === use).length
  const cells = columns.map(({ name, use, factory, scope, reason }) => [/[\s\p{C}]/u.test(name) ? JSON.stringify(name) : name, factory ?? use, scope ?? '', reason])
  const widths = [0, 1, 2].map((c) => Math.max(...cells.map((row) => row[c].length)))
  return [
    `inferSpec: ${about}; ${uses('feature')} columns are features, ${uses('label')} labels, ${uses('left out')} left out`,
    ...cells.map((row) => `  ${row.map((cell, c) => (c < 3 ? cell.padEnd(widths[c]) : cell)).join('  ').trimEnd()}`),
  ].join('\n')
}
