import { expect, it } from 'vitest'
import { WideAndDeep, binary, categorical, defineFeatures, loadBackend } from 'feedrank'
import { pacedFit } from '../../benchmarks/workloads/paced-fit'

const rows = Array.from({ length: 64 }, (_, i) => ({ topic: i % 2 ? 'cats' : 'tax', clicked: i % 2 }))
const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(rows)
const data = { rows: spec.encode(rows, { labels: true }) }

it('trains only while an epoch is asked for', async () => {
  const model = new WideAndDeep(spec, { hidden: [4], seed: 1 })
  const weights = () => [...model.weights.trained.values()].flatMap(({ values }) => [...values])
  const backend = await loadBackend('javascript')
  const training = pacedFit(model, data, { backend, batchSize: 16 })
  expect(await training.epoch()).toBeGreaterThan(0)
  const first = weights()
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(weights()).toEqual(first)
  await training.epoch()
  expect(weights()).not.toEqual(first)
  await training.close()
})

it('fails as the training fails, and closes when nothing was trained', async () => {
  const model = new WideAndDeep(spec, { hidden: [4] })
  await expect(pacedFit(model, { rows: spec.encode(rows.slice(0, 0), { labels: true }) }, {}).epoch()).rejects.toThrow()
  await pacedFit(model, data, {}).close()
})
