import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { EncodedColumn, EncodedRows, FeatureInfo, FeatureSchema, LabelInfo } from '../../src/features'
import { WideAndDeep, predict, type RankingData, type Trainable } from '../../src/models'
import type { Optimizer, RowOptimizer } from '../../src/optimizers'
import { fit } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'

type Named<T> = Readonly<Record<string, T>>
interface Golden {
  readonly source: string
  readonly rows: number
  readonly batchSize: number
  readonly epochs: number
  readonly learningRate: number
  readonly momentum: number
  readonly hidden: readonly number[]
  readonly features: Named<{ readonly ids?: readonly number[]; readonly offsets?: readonly number[]; readonly values?: readonly number[]; readonly cardinality: number; readonly dim: number; readonly width: number }>
  readonly labels: Named<{ readonly values: readonly number[]; readonly mask: readonly number[]; readonly weight: number }>
  readonly mean: number
  readonly deviation: number
  readonly start: { readonly weights: Named<readonly number[]>; readonly tables: Named<readonly number[]> }
  readonly first: { readonly loss: number; readonly parts: Named<number>; readonly gradients: Named<readonly number[]> }
  readonly losses: readonly number[]
  readonly after: { readonly weights: Named<readonly number[]>; readonly tables: Named<readonly number[]>; readonly statistics: Named<readonly number[]>; readonly clicked: readonly number[]; readonly seconds: readonly number[] }
}

// torch 2.13 in double precision, written by test/golden/make_wide_and_deep.py.
const golden = JSON.parse(readFileSync(new URL('../golden/wide-and-deep.json', import.meta.url), 'utf8')) as Golden

const { user, tags, numbers, cross, bagCross } = golden.features
const deep = { scope: 'user', rate: 'request', part: 'deep' } as const
const wide = { kind: 'cross', scope: 'pair', rate: 'pair', part: 'wide' } as const
const features: readonly FeatureInfo[] = [
  { ...deep, name: 'user', kind: 'categorical', encoding: { kind: 'ids', cardinality: user.cardinality, embeddingDim: user.dim } },
  { ...deep, name: 'tags', kind: 'multi-hot', encoding: { kind: 'bags', cardinality: tags.cardinality, embeddingDim: tags.dim, combiner: 'mean' } },
  { ...deep, name: 'numbers', kind: 'numeric', encoding: { kind: 'dense', width: numbers.width } },
  { ...wide, name: 'cross', encoding: { kind: 'ids', cardinality: cross.cardinality, embeddingDim: 1 } },
  { ...wide, name: 'bagCross', encoding: { kind: 'bags', cardinality: bagCross.cardinality, embeddingDim: 1, combiner: 'sum' } },
]
const labels: readonly LabelInfo[] = [
  { name: 'clicked', kind: 'binary', mean: 0.5, deviation: 0.5, count: 1 },
  { name: 'seconds', kind: 'regression', mean: golden.mean, deviation: golden.deviation, count: 1 },
]
const absent = () => expect.fail('this schema has no more than its shapes')
const schema: FeatureSchema = { features, labels, hash: 'golden', toJSON: absent, categories: absent, describe: absent }

const column = ({ ids = [], offsets, values, width }: Golden['features'][string]): EncodedColumn =>
  values ? { kind: 'dense', values: Float32Array.from(values), width }
    : offsets ? { kind: 'bags', ids: Int32Array.from(ids), offsets: Int32Array.from(offsets) } : { kind: 'ids', ids: Int32Array.from(ids) }
const rows: EncodedRows = {
  rows: golden.rows,
  columns: new Map(Object.entries(golden.features).map(([name, feature]) => [name, column(feature)])),
  labels: new Map(Object.entries(golden.labels).map(([name, { values, mask }]) => [name, { values: Float32Array.from(values), mask: Float32Array.from(mask) }])),
}

function startingModel(): WideAndDeep {
  const heads = Object.fromEntries(Object.entries(golden.labels).map(([name, { weight }]) => [name, { weight }]))
  const model = new WideAndDeep(schema, { hidden: golden.hidden, heads })
  expect([...model.weights.trained.keys()].sort()).toEqual(Object.keys(golden.start.weights).sort())
  expect([...model.tables.keys()].sort()).toEqual(Object.keys(golden.start.tables).sort())
  for (const [name, values] of Object.entries(golden.start.weights)) model.weights.trained.get(name)!.values.set(values)
  for (const [name, values] of Object.entries(golden.start.tables)) model.tables.get(name)!.values.set(values)
  return model
}

/** The same model, that sees its examples in their order. */
const inOrder = (model: WideAndDeep, examples = golden.rows): Trainable<RankingData> => {
  const { kind, spec, config, tables, weights, inputs, graphs } = model
  let next = 0
  return {
    kind, spec, config, tables, weights, inputs, graphs,
    trainingTask(data) {
      const task = model.trainingTask(data)
      const batch: typeof task.batch = ({ length }, random) => task.batch(Int32Array.from({ length }, () => next++ % golden.rows), random)
      return { ...task, examples, batch }
    },
  }
}

const expectClose = (name: string, got: ArrayLike<number>, want: readonly number[], tolerance: number) => {
  expect(got.length, name).toBe(want.length)
  const scale = Math.max(...want.map(Math.abs))
  want.forEach((value, i) => expect(Math.abs(got[i] - value), `${name}[${i}]: ${got[i]}, wanted ${value}`).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(value), 0.1 * scale)))
}

forEachBackend((backend) => {
  it(`computes the loss and every gradient of ${golden.source}`, async () => {
    const model = startingModel()
    const seen = new Map<Float32Array | string, Float32Array>()
    const optimizer: Optimizer = { name: 'spy', slots: 0, update: (weights, gradient) => void seen.set(weights, gradient.slice()) }
    const rowOptimizer: RowOptimizer = {
      name: 'spy', slots: [],
      update({ name, values, dim }, gradient) {
        const whole = new Float32Array(values.length)
        for (let i = 0; i < gradient.count; i++) whole.set(gradient.values.subarray(i * dim, (i + 1) * dim), gradient.rows[i] * dim)
        seen.set(name, whole)
      },
    }
    const { epochs: [{ loss, parts }] } = await fit(inOrder(model, golden.batchSize), { rows }, { backend, optimizer, rowOptimizer, epochs: 1, batchSize: golden.batchSize })
    expectClose('loss', [loss, parts.clicked, parts.seconds], [golden.first.loss, golden.first.parts.clicked, golden.first.parts.seconds], 1e-5)
    for (const [name, want] of Object.entries(golden.first.gradients))
      expectClose(name, seen.get(model.weights.trained.get(name)?.values ?? name)!, want, 1e-5)
  })

  it(`arrives at the weights, running statistics and scores of ${golden.source}`, async () => {
    const model = startingModel()
    const { epochs, batchSize, learningRate, momentum, after } = golden
    const history = await fit(inOrder(model), { rows }, { backend, epochs, batchSize, learningRate, statisticsMomentum: momentum })
    expectClose('losses', history.epochs.map(({ loss }) => loss), golden.losses, 1e-5)
    for (const [name, want] of Object.entries(after.weights)) expectClose(name, model.weights.trained.get(name)!.values, want, 1e-5)
    for (const [name, want] of Object.entries(after.tables)) expectClose(name, model.tables.get(name)!.values, want, 1e-5)
    for (const [name, want] of Object.entries(after.statistics)) expectClose(name, model.weights.statistics.get(name)!.values, want, 1e-5)
    const scores = await predict(model, rows, { backend })
    expectClose('clicked', scores.get('clicked')!, after.clicked, 1e-5)
    expectClose('seconds', scores.get('seconds')!, after.seconds, 1e-5)
  })
})
