import { ArgumentError, SpecError, expected, show } from '../errors'
import { fittedSpecFromJSON, type EncodedColumn, type EncodedRows, type FeatureSchema, type FittedSpec, type FittedSpecJson } from '../features'
import type { Cross } from '../features/cross'
import { encodeCross } from '../features/cross'
import { columnOf, type Model, type ModelInput } from '../models'
import { checkEncoded } from '../models/check-rows'
import type { ItemParts } from './item-parts'

/** A cross that a model reads for every pair, and the features it is made of. */
export interface PairCross {
  readonly name: string
  readonly cross: Cross
}

/** Raw rows or encoded ones, as the columns that each rate needs. */
export interface RankerEncoder {
  /** One row or several of requests. */
  readonly requests: (rows: readonly object[] | EncodedRows) => EncodedRows
  readonly items: (rows: readonly object[] | EncodedRows) => EncodedRows
  /** The pair columns of candidates: those the rows hold, and crosses of request and items. */
  readonly pairs: (rows: readonly object[] | EncodedRows | undefined, count: number, request: EncodedRows, items: (part: string) => EncodedColumn | undefined) => EncodedRows
  /** Features of items that crosses need beside what the model reads. */
  readonly itemParts: ItemParts
  /** Pair features that rows have to hold. */
  readonly pairFeatures: readonly string[]
}

const noLabels: EncodedRows['labels'] = new Map()

/** What `inputs` of `model` need of rows. */
export function rankerEncoder(
  where: string, model: Pick<Model, 'spec'>, inputs: readonly Pick<ModelInput, 'feature'>[], given: FittedSpec | undefined,
): RankerEncoder {
  const spec = given ?? (canEncode(model.spec) ? model.spec : undefined)
  const json = (spec ?? model.spec).toJSON()
  const info = new Map(model.spec.features.map((feature) => [feature.name, feature] as const))
  const read = new Set(inputs.map(({ feature }) => feature))
  const crosses = (json.crosses as readonly (Cross & { readonly name: string })[])
    .filter(({ name }) => read.has(name) && info.get(name)?.rate === 'pair').map((cross): PairCross => ({ name: cross.name, cross }))
  const parts = [...new Set(crosses.flatMap(({ cross }) => cross.parts))]
  const ofRate = (rate: string) => (name: string) => info.get(name)?.rate === rate
  const itemParts: ItemParts = new Map(parts.filter(ofRate('item')).map((name) => [name, info.get(name)!.encoding.kind]))
  const crossNames = new Set(crosses.map(({ name }) => name))
  const pairFeatures = [...new Set([...read].filter(ofRate('pair')).filter((name) => !crossNames.has(name)).concat(parts.filter(ofRate('pair'))))]
  let alone: FittedSpec | undefined

  const encoder = (): FittedSpec => {
    if (spec !== undefined) return spec
    throw new SpecError(`feedrank/${where}: expected rows encoded by the model's spec, as its spec cannot encode; give \`spec\` to compileRanker`)
  }
  const encoded = (name: string, rows: readonly object[] | EncodedRows, scopes: readonly ('user' | 'context' | 'item')[]): EncodedRows => {
    if (Array.isArray(rows)) return encoder().encode(rows, { scopes })
    checkEncoded(where, name, rows as EncodedRows)
    return rows as EncodedRows
  }

  return {
    itemParts,
    pairFeatures,
    requests: (rows) => encoded('request', rows, ['user', 'context']),
    items(rows) {
      const made = encoded('rows', rows, ['item'])
      // Before anything is kept of them.
      for (const [name, kind] of itemParts) columnOf(made.columns, name, kind)
      return made
    },
    pairs(rows, count, request, items) {
      const columns = new Map<string, EncodedColumn>()
      if (rows !== undefined && !Array.isArray(rows)) {
        checkEncoded(where, 'rows', rows as EncodedRows)
        for (const name of [...pairFeatures, ...crossNames]) {
          const column = (rows as EncodedRows).columns.get(name)
          if (column !== undefined) columns.set(name, column)
        }
      } else if (pairFeatures.length > 0) {
        if (rows === undefined)
          throw new SpecError(`feedrank/${where}: expected rows with the pair features ${pairFeatures.map(show).join(', ')}; give { ids, rows }`)
        alone ??= withoutCrosses(encoder(), pairFeatures)
        const made = alone.encode(rows as readonly object[], { scopes: ['pair'] }).columns
        for (const name of pairFeatures) columns.set(name, made.get(name)!)
      }
      for (const { name, cross } of crosses) {
        if (columns.has(name)) continue
        const of = cross.parts.map((part) => columns.get(part) ?? items(part) ?? stretched(request.columns.get(part), count))
        const missing = of.findIndex((column) => column === undefined)
        if (missing >= 0) throw new SpecError(`feedrank/${where}: expected feature ${show(cross.parts[missing])}, a part of the cross ${show(name)}, got none`)
        columns.set(name, encodeCross(cross, of as EncodedColumn[], count))
      }
      return { rows: count, columns, labels: noLabels }
    },
  }
}

/** One row's column for `count` rows. */
export function stretched(column: EncodedColumn | undefined, count: number): EncodedColumn | undefined {
  if (column === undefined) return undefined
  if (column.kind === 'ids') return { kind: 'ids', ids: new Int32Array(count).fill(column.ids[0]) }
  if (column.kind === 'dense') {
    const values = new Float32Array(count * column.width)
    for (let k = 0; k < column.width; k++) for (let i = k, value = column.values[k]; i < values.length; i += column.width) values[i] = value
    return { kind: 'dense', values, width: column.width }
  }
  const [from, to] = [column.offsets[0], column.offsets[1]]
  const repeated = <T extends Int32Array | Float32Array>(one: T, all: T): T => {
    for (let at = 0; at < all.length; at += one.length) all.set(one, at)
    return all
  }
  const ids = repeated(column.ids.subarray(from, to), new Int32Array(count * (to - from)))
  const weights = column.weights && repeated(column.weights.subarray(from, to), new Float32Array(ids.length))
  return { kind: 'bags', ids, offsets: Int32Array.from({ length: count + 1 }, (_, i) => i * (to - from)), ...(weights && { weights }) }
}

const canEncode = (spec: FeatureSchema): spec is FittedSpec => typeof (spec as Partial<FittedSpec>).encode === 'function'

/** The same spec without crosses and with as few features as it can have, so that pair columns can be encoded by themselves. */
function withoutCrosses(spec: FittedSpec, names: readonly string[]): FittedSpec {
  const json: FittedSpecJson = { ...spec.toJSON(), crosses: [], labels: [] }
  const kept = json.features.filter((feature) => names.includes((feature as { readonly name: string }).name))
  try {
    return fittedSpecFromJSON({ ...json, features: kept })
  } catch {
    // A feature that shares its vocabulary needs the one it shares it with.
    return fittedSpecFromJSON(json)
  }
}

/** Throws unless `spec` is the one the model was made with. */
export function checkSpec(where: string, model: Model, spec: FittedSpec | undefined): void {
  if (spec === undefined) return
  if (typeof spec?.hash !== 'string' || !canEncode(spec)) throw new ArgumentError(expected(where, 'spec', 'a fitted spec', spec))
  if (spec.hash !== model.spec.hash)
    throw new SpecError(`feedrank/${where}: expected \`spec\` to be the model's own, of hash ${model.spec.hash}, got another, ${spec.hash}`)
}
