import { checkTable, isTable, type Table } from '../data/table'
import { ArgumentError, SpecError, expected } from '../errors'
import type { Batch } from './batch'
import { batchOfRows, batchOfTable } from './batch'
import { encodeCross } from './cross'
import type { EncodedColumn, EncodedLabel, EncodedRows } from './encoded'
import type { ColumnEncoder, Scope } from './feature'
import { checkScope } from './feature'
import { readLabels } from './label-reader'
import type { Plan } from './plan'
import { columnsOf } from './plan'

/** What of the rows is encoded. */
export interface EncodeOptions<S extends Scope = Scope, Labels extends boolean = boolean> {
  /** Whether rows hold labels, which then must be valid. @defaultValue false, as at serving */
  readonly labels?: Labels
  /** Only features of these scopes are read, needed and returned. @defaultValue all */
  readonly scopes?: readonly S[]
}

/** Rows to columns. `encoders[i]` belongs to `plan.features[i]`. */
export function encodeRows(
  plan: Plan, encoders: readonly ColumnEncoder[], rows: readonly object[] | Table, options: EncodeOptions = {},
): EncodedRows {
  const { scopes, labels = false } = options
  if (scopes !== undefined && !Array.isArray(scopes)) throw new ArgumentError(expected('encode', 'scopes', 'an array of scopes', scopes))
  scopes?.forEach((scope, i) => checkScope('encode', `scopes[${i}]`, scope))
  const wanted = (scope: Scope) => scopes === undefined || scopes.includes(scope)

  const batch = batchOf(rows, () => columnsOf(plan, featuresWanted(plan, wanted), labels))
  const encoded: EncodedColumn[] = []
  const feature = (i: number) => {
    const { column, reads, feature } = plan.features[i]
    const required = feature.missing === 'error'
    return (encoded[i] ??= encoders[i].encode(batch.cells(column, required), ...reads.map((other) => batch.cells(other, required))))
  }
  const columns = new Map<string, EncodedColumn>()
  plan.features.forEach((planned, i) => {
    if (wanted(planned.feature.scope)) columns.set(planned.name, feature(i))
  })
  for (const { name, cross, scope, parts } of plan.crosses)
    if (wanted(scope)) columns.set(name, encodeCross(cross, parts.map(feature), batch.rows))
  return { rows: batch.rows, columns, labels: labels ? encodeLabels(plan, batch) : new Map() }
}

/** Indices of the features whose columns are read: those wanted, and the parts of crosses wanted. */
const featuresWanted = ({ features, crosses }: Plan, wanted: (scope: Scope) => boolean): ReadonlySet<number> => new Set([
  ...[...features.keys()].filter((i) => wanted(features[i].feature.scope)), ...crosses.filter(({ scope }) => wanted(scope)).flatMap(({ parts }) => parts),
])

function batchOf(rows: readonly object[] | Table, names: () => ReadonlySet<string>): Batch {
  if (Array.isArray(rows)) return batchOfRows('encode', rows, names())
  if (isTable(rows)) return batchOfTable('encode', checkTable('encode', rows, 'rows'))
  throw new ArgumentError(expected('encode', 'rows', 'an array of rows, or a table', rows))
}

function encodeLabels(plan: Plan, batch: Batch): ReadonlyMap<string, EncodedLabel> {
  if (plan.labels.length === 0) throw new SpecError(expected('encode', 'labels', 'false, as the spec declares no label', true))
  const { values, counts } = readLabels(plan, batch)
  return new Map(plan.labels.map(({ name, label }, i) => {
    const maskable = label.when !== undefined || label.missing === 'mask'
    return [name, { values: new Float32Array(values[i]), ...(maskable && { mask: new Float32Array(counts[i]) }) }]
  }))
}
