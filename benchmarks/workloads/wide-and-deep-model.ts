import { WideAndDeep, binary, cross, defineFeatures, hashed, numeric, regression } from 'feedrank'
import type { EncodedColumn, EncodedRows, Model, Scope } from 'feedrank'
import { batch, crossRows, crossWeights, crosses, distinctBatches, embeddingWeights, embeddings, heads, hidden, layerWeights, layers, numericals } from './wide-and-deep'
import type { Batch } from './wide-and-deep'

type Scopes = (name: string) => Scope

export const numericalNames = Array.from({ length: numericals }, (_, i) => `numerical${i}`)

/** The seed model's features; in training nothing is gained by knowing whose property one is. */
export function seedSpec(scopeOf: Scopes = () => 'pair') {
  const features = Object.fromEntries<ReturnType<typeof hashed> | ReturnType<typeof numeric>>([
    ...embeddings.map(({ name, rows, dim }) => [name, hashed({ scope: scopeOf(name), buckets: rows, embeddingDim: dim })] as const),
    ...numericalNames.map((name) => [name, numeric({ scope: scopeOf(name), scale: 'none' })] as const),
  ])
  const row = { ...Object.fromEntries(embeddings.map(({ name }) => [name, 'a'])), ...Object.fromEntries(numericalNames.map((name) => [name, 0])) }
  return defineFeatures({
    features,
    crosses: Object.fromEntries(crosses.map(({ name, of: [a, b] }) => [name, cross([a, b], { buckets: crossRows })])),
    labels: { click: binary(), dwell: regression() },
  }).fit([{ ...row, click: 0, dwell: -1 }, { ...row, click: 1, dwell: 1 }])
}

/** The seed model with the workload's first weights. */
export function seedModel(spec = seedSpec()): WideAndDeep {
  const model = new WideAndDeep(spec, { hidden, heads: { click: {}, dwell: { standardize: false } } })
  for (const table of embeddings) set(tableOf(model, table.name), embeddingWeights(table))
  for (const { name } of crosses) set(tableOf(model, `wide:${name}`), crossWeights(name))
  const [click, dwell] = layers.slice(hidden.length).map(layerWeights)
  for (const [i, layer] of layers.slice(0, hidden.length).entries()) set(weightOf(model, `deep/${i}/kernel`), layerWeights(layer))
  set(weightOf(model, 'head/kernel'), Float32Array.from({ length: hidden[2] * heads.length }, (_, i) => (i % 2 === 0 ? click : dwell)[i >> 1]))
  weightOf(model, 'head/bias').fill(0)
  return model
}

/** The numbers of a table, to be read or replaced. */
export const tableOf = (model: Model, name: string): Float32Array => found(name, model.tables.get(name)?.values)

/** The numbers of a dense weight, to be read or replaced. */
export const weightOf = (model: Model, name: string): Float32Array => found(name, model.weights.trained.get(name)?.values)

function found(name: string, values: Float32Array | undefined): Float32Array {
  if (values === undefined) throw new Error(`the model has no ${name}`)
  return values
}

function set(target: Float32Array, source: Float32Array): void {
  if (target.length !== source.length) throw new Error(`expected ${source.length} numbers, the model has ${target.length}`)
  target.set(source)
}

/** The distinct batches one after the other, as the spec would encode them. */
export function encodedBatches(size: number): EncodedRows {
  const batches = Array.from({ length: distinctBatches }, (_, i) => batch(i, size))
  const idColumn = (idsOf: (one: Batch) => Int32Array) => ({ kind: 'ids' as const, ids: Int32Array.from(batches.flatMap((one) => [...idsOf(one)])) })
  const numbers = (of: (one: Batch) => Float32Array) => Float32Array.from(batches.flatMap((one) => [...of(one)]))
  const all = numbers((one) => one.numericals)
  return {
    rows: size * distinctBatches,
    columns: new Map<string, EncodedColumn>([
      ...embeddings.map(({ name }) => [name, idColumn((one) => one.ids[name])] as const),
      ...numericalNames.map((name, i) => [name, { kind: 'dense', width: 1, values: all.filter((_, at) => at % numericals === i) }] as const),
      ...crosses.map(({ name }) => [name, idColumn((one) => one.crosses[name])] as const),
    ]),
    labels: new Map([['click', { values: numbers((one) => one.click) }], ['dwell', { values: numbers((one) => one.dwell) }]]),
  }
}
