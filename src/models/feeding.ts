import type { Feeds } from '../backends'
import { gatherBags, gatherRows } from '../embeddings'
import { SpecError, show } from '../errors'
import type { EncodedColumn, EncodedRows } from '../features'
import { statisticInput, weightInput, type WeightStore } from './layers/scope'
import type { Model, ModelInput } from './model'

/** Gives an array of some length to write into; the same memory again when asked again under that name. */
export type Arrays = (name: string, length: number) => Float32Array

/** Arrays kept by name that grow as needed, so that a loop over batches allocates nothing. */
export function keptArrays(): Arrays {
  const kept = new Map<string, Float32Array>()
  return (name, length) => {
    const held = kept.get(name)
    if (held !== undefined && held.length >= length) return held.length === length ? held : held.subarray(0, length)
    const made = new Float32Array(length)
    kept.set(name, made)
    return made
  }
}

/** Feeds for those inputs that come from encoded features: embedding rows gathered, numbers as they are. */
export function featureFeeds(
  model: Pick<Model, 'tables'>, inputs: readonly ModelInput[], rows: ReadonlyMap<string, EncodedRows>, arrays: Arrays,
): Feeds {
  return Object.fromEntries(inputs.map((to) => {
    const { rows: count, columns } = encodedFor(rows, to.axis)
    if (to.kind === 'dense') {
      const { values, width } = columnOf(columns, to.feature, 'dense')
      return [to.input, { data: values, shape: [count, width] }]
    }
    const table = model.tables.get(to.table)!
    const out = arrays(to.input, count * table.dim)
    if (to.combiner === undefined) gatherRows(table, columnOf(columns, to.feature, 'ids').ids, out)
    else gatherBags(table, columnOf(columns, to.feature, 'bags'), to.combiner, out)
    return [to.input, { data: out, shape: [count, table.dim] }]
  }))
}

/** Feeds for all weights and statistics. */
export function weightFeeds({ trained, statistics }: WeightStore): Feeds {
  return Object.fromEntries([
    ...[...trained].map(([name, { values: data, shape }]) => [weightInput(name), { data, shape }] as const),
    ...[...statistics].map(([name, { values: data, shape }]) => [statisticInput(name), { data, shape }] as const),
  ])
}

/** The rows that feed `axis`. */
export function encodedFor(rows: ReadonlyMap<string, EncodedRows>, axis: string): EncodedRows {
  const encoded = rows.get(axis)
  if (encoded === undefined) throw new SpecError(`feedrank/model: expected encoded rows for axis ${show(axis)}, got none`)
  return encoded
}

type OfKind<K extends EncodedColumn['kind']> = Extract<EncodedColumn, { readonly kind: K }>

/** A column by feature name, of the kind the model was built for. */
export function columnOf<K extends EncodedColumn['kind']>(columns: EncodedRows['columns'], feature: string, kind: K): OfKind<K> {
  const column = columns.get(feature)
  if (column?.kind !== kind) {
    const held = [...columns].map(([name, { kind }]) => `${show(name)} (${kind})`).join(', ') || 'no columns'
    throw new SpecError(`feedrank/model: expected encoded rows to hold feature ${show(feature)} as ${kind}, got ${held}`)
  }
  return column as OfKind<K>
}
