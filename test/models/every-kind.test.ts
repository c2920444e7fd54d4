import { describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { TwoTower, WideAndDeep, predict } from '../../src/models'
import { compileRanker, requestEncoder } from '../../src/serving'
import { fit } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'
import { everything, randomRows, type Row } from '../features/samples'

const rows = randomRows(3, 120)
const spec = everything.fit(rows)
const encoded = spec.encode(rows, { labels: true })
const options = { hidden: [8], batchNorm: false, seed: 1 } as const

describe('features of every kind', () => {
  forEachBackend((backend) => {
    it('train a ranker and two towers, to the same numbers as in JavaScript', async () => {
      const trained = async (on: typeof backend) => {
        const model = new WideAndDeep(spec, options)
        const { epochs } = await fit(model, { rows: encoded }, { backend: on, epochs: 2, batchSize: 40, learningRate: 0.01, progress: false })
        expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0].loss)
        return (await predict(model, encoded, { backend: on })).get('clicked')!
      }
      const [ours, reference] = [await trained(backend), await trained(javascriptBackend())]
      ours.forEach((score, i) => expect(score).toBeCloseTo(reference[i], 3))

      const towers = new TwoTower(spec, { hidden: [], dim: 4 })
      const queries = spec.encode(rows, { scopes: ['user', 'context'] })
      const items = spec.encode(rows.slice(0, 30), { scopes: ['item'] })
      const { epochs } = await fit(towers, { queries, items, positives: Int32Array.from(rows, (_, i) => i % 30) }, { backend, epochs: 2, batchSize: 30, progress: false })
      expect(Number.isFinite(epochs.at(-1)!.loss)).toBe(true)
    })
  })

  const ofScope = (row: Row, scopes: readonly string[]): object => {
    const names = spec.features.filter(({ scope }) => scopes.includes(scope)).map(({ name }) => name)
    const wanted = new Set([...names, ...(scopes.includes('item') ? ['shares', 'length'] : ['historyAt', 'shownAt'])])
    return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name)))
  }
  const ids = rows.map((_, i) => `item ${i}`)
  const itemRows = rows.map((row) => ofScope(row, ['item'])) as never[]
  const pairRows = (shownAt: Row['shownAt']) => rows.map((row) => ({ affinity: row.affinity, postedAt: row.postedAt, shownAt })) as never[]

  it('serve as they were trained: a request with kept items encodes as whole rows do', () => {
    const requests = requestEncoder(spec)
    requests.items.set(ids, itemRows)
    for (const request of rows.slice(0, 5)) {
      const served = requests.encode(ofScope(request, ['user', 'context']) as never, { ids, rows: pairRows(request.shownAt) })
      const whole = spec.encode(rows.map((row) => ({ ...row, ...ofScope(request, ['user', 'context']), shownAt: request.shownAt })) as never[])
      expect([...served.columns.keys()].sort()).toEqual([...whole.columns.keys()].sort())
      for (const [name, column] of served.columns) expect(column, name).toEqual(whole.columns.get(name))
    }
  })

  it('serve as they were trained: a compiled ranker scores as the model does', async () => {
    const model = new WideAndDeep(spec, options)
    const ranker = await compileRanker(model, { backend: javascriptBackend() })
    await ranker.items.set(ids, itemRows)
    const [request] = rows
    const scores = await ranker.score(ofScope(request, ['user', 'context']) as never, { ids, rows: pairRows(request.shownAt) } as never)
    const whole = spec.encode(rows.map((row) => ({ ...row, ...ofScope(request, ['user', 'context']), shownAt: request.shownAt })) as never[])
    const plain = await predict(model, whole, { backend: javascriptBackend() })
    for (const [head, values] of plain) values.forEach((value, i) => expect(scores.get(head as never)![i]).toBeCloseTo(value, 4))
  })
})
