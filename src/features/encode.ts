import { ArgumentError, SpecError, expected } from '../errors'
import { encodeCross } from './cross'
import type { EncodedColumn, EncodedLabel, EncodedRows } from './encoded'
import type { ColumnEncoder, Scope } from './feature'
import { checkScope } from './feature'
import { labelReader } from './label-reader'
import type { Plan } from './plan'
import { checkRow, pluck } from '../data/rows'

/** What of the rows is encoded. */
export interface EncodeOptions<S extends Scope = Scope, Labels extends boolean = boolean> {
  /** Whether rows hold labels, which then must be valid. @defaultValue false, as at serving */
  readonly labels?: Labels
  /** Only features of these scopes are read, needed and returned. @defaultValue all */
  readonly scopes?: readonly S[]
}

/** Rows to columns. `encoders[i]` belongs to `plan.features[i]`. */
export function encodeRows(plan: Plan, encoders: readonly ColumnEncoder[], rows: readonly object[], options: EncodeOptions = {}): EncodedRows {
  if (!Array.isArray(rows)) throw new ArgumentError(expected('encode', 'rows', 'an array of rows', rows))
  rows.forEach((row, r) => checkRow('encode', row, r))
  const { scopes, labels = false } = options
  if (scopes !== undefined && !Array.isArray(scopes)) throw new ArgumentError(expected('encode', 'scopes', 'an array of scopes', scopes))
  scopes?.forEach((scope, i) => checkScope('encode', `scopes[${i}]`, scope))
  const wanted = (scope: Scope) => scopes === undefined || scopes.includes(scope)

  const encoded: EncodedColumn[] = []
  const feature = (i: number) => {
    const { column, feature } = plan.features[i]
    return (encoded[i] ??= encoders[i].encode(pluck('encode', rows, column, feature.missing === 'error')))
  }
  const columns = new Map<string, EncodedColumn>()
  plan.features.forEach((planned, i) => {
    if (wanted(planned.feature.scope)) columns.set(planned.name, feature(i))
  })
  for (const { name, cross, scope, parts } of plan.crosses)
    if (wanted(scope)) columns.set(name, encodeCross(cross, parts.map(feature), rows.length))
  return { rows: rows.length, columns, labels: labels ? encodeLabels(plan, rows) : new Map() }
}

function encodeLabels(plan: Plan, rows: readonly object[]): ReadonlyMap<string, EncodedLabel> {
  if (plan.labels.length === 0) throw new SpecError(expected('encode', 'labels', 'false, as the spec declares no label', true))
  const read = labelReader('encode', plan)
  const columns = plan.labels.map(({ name, label }) => {
    const maskable = label.when !== undefined || label.missing === 'mask'
    return { name, values: new Float32Array(rows.length), ...(maskable && { mask: new Float32Array(rows.length) }) }
  })
  const values = new Float64Array(columns.length)
  const counts = new Uint8Array(columns.length)
  rows.forEach((row, r) => {
    read(row, r, values, counts)
    for (let i = 0; i < columns.length; i++) {
      columns[i].values[r] = values[i]
      const { mask } = columns[i]
      if (mask) mask[r] = counts[i]
    }
  })
  return new Map(columns.map(({ name, ...label }) => [name, label]))
}
