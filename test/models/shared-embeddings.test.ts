import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { SpecError } from '../../src/errors'
import { binary, categorical, defineFeatures, fittedSpecFromJSON, multiHot, type FeatureSchema } from '../../src/features'
import { TwoTower, WideAndDeep, predict, type Model } from '../../src/models'
import { seededRandom } from '../../src/random'
import { rowSgd } from '../../src/optimizers'
import { loadModel, saveModel } from '../../src/serving'
import { fit } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'
import { caught } from './caught'

const declared = defineFeatures({
  features: {
    history: multiHot({ scope: 'user', sharedWith: 'movie' }),
    movie: categorical({ scope: 'item', embeddingDim: 3 }),
    seen: categorical({ scope: 'context', sharedWith: 'movie' }),
  },
  labels: { liked: binary() },
})
const catalogue = Array.from({ length: 12 }, (_, i) => `m${i}`)

/** Movies of two sorts; a history is of one sort, and its owner likes what is of that sort. */
function randomRows(seed: number, n: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => {
    const sort = random.integer(2)
    const one = () => catalogue[2 * random.integer(6) + sort]
    const movie = catalogue[random.integer(12)]
    return { history: [one(), one(), one()], movie, seen: one(), liked: catalogue.indexOf(movie) % 2 === sort }
  })
}
const rows = randomRows(1, 400)
const spec = declared.fit([...rows, ...catalogue.map((movie) => ({ history: [movie], movie, seen: movie, liked: true }))])
const encode = (list: typeof rows) => spec.encode(list, { labels: true })

describe('features that share an embedding', () => {
  it('have one table, of the name of the feature they share it with', () => {
    for (const model of [new WideAndDeep(spec, { hidden: [4] }), new TwoTower(spec)]) {
      expect([...model.tables].map(([name, { rows, dim }]) => [name, rows, dim])).toEqual([['movie', 13, 3]])
      expect(model.inputs.map((to) => to.kind === 'rows' && [to.feature, to.table])).toEqual(expect.arrayContaining([['history', 'movie'], ['seen', 'movie'], ['movie', 'movie']]))
    }
    // The same where the feature that names it is left out, so that a part of the model can be compared with the whole.
    const part = new WideAndDeep(spec, { hidden: [4], features: ['history'] })
    expect([...part.tables.keys()]).toEqual(['movie'])
    expect(part.tables.get('movie')!.values).toEqual(new WideAndDeep(spec, { hidden: [4] }).tables.get('movie')!.values)
  })

  it('gather what a hand-made table holds', async () => {
    const model = new WideAndDeep(spec, { hidden: [], batchNorm: false, seed: 2 })
    const { values } = model.tables.get('movie')!
    const { values: kernel } = model.weights.trained.get('head/kernel')!
    const { values: bias } = model.weights.trained.get('head/bias')!
    const scores = (await predict(model, encode(rows), { backend: javascriptBackend() })).get('liked')!
    const id = (movie: string) => spec.categories('movie').indexOf(movie)
    rows.slice(0, 20).forEach((row, i) => {
      const history = [0, 1, 2].map((d) => row.history.reduce((sum, movie) => sum + values[3 * id(movie) + d], 0) / 3)
      const x = [...history, ...values.subarray(3 * id(row.movie), 3 * id(row.movie) + 3), ...values.subarray(3 * id(row.seen), 3 * id(row.seen) + 3)]
      const z = x.reduce((sum, v, d) => sum + v * kernel[d], bias[0])
      expect(scores[i]).toBeCloseTo(1 / (1 + Math.exp(-z)), 5)
    })
  })

  forEachBackend((backend) => {
    it('learn by the sum of their gradients: a step is the finite difference of the loss', async () => {
      const batch = rows.slice(0, 16)
      const data = { rows: encode(batch) }
      const fresh = () => new WideAndDeep(spec, { hidden: [], batchNorm: false, seed: 2 })
      const lossOf = async (model: WideAndDeep) => {
        const scores = (await predict(model, data.rows, { backend: javascriptBackend() })).get('liked')!
        return batch.reduce((sum, { liked }, i) => sum - Math.log(liked ? scores[i] : 1 - scores[i]), 0) / batch.length
      }
      const learningRate = 0.5
      const model = fresh()
      const before = model.tables.get('movie')!.values.slice()
      await fit(model, data, { backend, epochs: 1, batchSize: 16, rowOptimizer: rowSgd(), learningRate, progress: false })
      const after = model.tables.get('movie')!.values
      const h = 1e-2
      for (let i = 0; i < before.length; i++) {
        const nudged = async (by: number) => {
          const other = fresh()
          other.tables.get('movie')!.values[i] += by
          return lossOf(other)
        }
        const slope = ((await nudged(h)) - (await nudged(-h))) / (2 * h)
        expect((before[i] - after[i]) / learningRate).toBeCloseTo(slope, 4)
      }
    })

    it('learn what their vectors have in common', async () => {
      const model = new TwoTower(spec, { hidden: [], dim: 4, seed: 1, features: ['history', 'movie'] })
      const liked = rows.filter((row) => row.liked)
      const items = spec.encode(catalogue.map((movie) => ({ movie })), { scopes: ['item'] })
      const of = (list: typeof rows) => ({ queries: spec.encode(list, { scopes: ['user'] }), positives: Int32Array.from(list, ({ movie }) => catalogue.indexOf(movie)) })
      const { epochs } = await fit(model, { ...of(liked.slice(0, 120)), items, validation: of(liked.slice(120)), k: 6 }, { backend, epochs: 4, batchSize: 20, learningRate: 0.05, progress: false })
      // Half of the catalogue is of the sort, so chance would find half.
      expect(epochs.at(-1)!.validation['recall@6']).toBeGreaterThan(0.9)
    })
  })

  it('come back from a file as they went', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feedrank-shared-'))
    try {
      const model = new WideAndDeep(spec, { hidden: [4], seed: 3 })
      await fit(model, { rows: encode(rows) }, { backend: javascriptBackend(), epochs: 1, batchSize: 50, progress: false })
      await saveModel(model, folder)
      const loaded = await loadModel(folder)
      expect([...loaded.tables.keys()]).toEqual(['movie'])
      const scored = async (one: Model) => (await predict(one, encode(rows), { backend: javascriptBackend() })).get('liked')
      expect(await scored(loaded)).toEqual(await scored(model))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('are shared again in a spec from JSON, and in no spec that says another shape', () => {
    const read = fittedSpecFromJSON(JSON.parse(JSON.stringify(spec)))
    expect([...new TwoTower(read).tables.keys()]).toEqual(['movie'])
    const features = spec.features.map((f) => (f.name === 'history' ? { ...f, encoding: { kind: 'bags', cardinality: 99, embeddingDim: 3, combiner: 'mean' } as const } : f))
    const error = caught((): Model => new WideAndDeep({ ...spec, features } as FeatureSchema))
    expect(String(error)).toMatch(/"movie" to have the shape of table "movie" it shares, 99 x 3, got 13 x 3/)
    expect(SpecError.isInstance(error)).toBe(true)
  })
})
