import { describe, expect, it } from 'vitest'
import { javascriptBackend, loadBackend } from '../../src/backends'
import { sliceRows, type EncodedRows } from '../../src/features'
import { WideAndDeep, type RankingData, type Trainable, type TrainingTask } from '../../src/models'
import { seededRandom } from '../../src/random'
import { fit, type FitOptions, type RowStream } from '../../src/training'
import { batched, shuffled } from '../../src/training/row-stream'
import { rejected } from '../models/caught'
import { encode, fitted, numbersOf } from '../models/samples'

const backend = javascriptBackend()
const training: FitOptions = { backend, epochs: 3, batchSize: 16, learningRate: 0.02, shuffle: false }
const rows = encode('train', 64)
const modelOf = (options: object = {}) => new WideAndDeep(fitted, { hidden: [6, 4], dropout: 0.2, seed: 1, ...options })

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Rows cut into parts of random sizes, some of them empty. */
function* cut(all: EncodedRows, seed: number): Generator<EncodedRows, void> {
  const random = seededRandom(seed)
  for (let at = 0; at < all.rows;) {
    const end = Math.min(all.rows, at + random.integer(12))
    yield sliceRows(all, at, end)
    at = end
  }
}
const streamOf = (all: EncodedRows, seed = 0): RowStream => async function* () { yield* cut(all, seed) }

async function trained(data: Parameters<typeof fit<RankingData>>[1], options: FitOptions = {}) {
  const model = modelOf()
  const history = await fit(model, data, { ...training, ...options })
  return { numbers: numbersOf(model), history: history.epochs.map((record) => ({ ...record, trainingMs: 0 })) }
}

describe('fit on rows that come in parts', () => {
  it('is the same as in memory, bit for bit, where the order is not drawn', async () => {
    const validation = encode('validation', 20)
    const inMemory = await trained({ rows, validation })
    for (const seed of [1, 2, 3]) expect(await trained({ rows: streamOf(rows, seed), validation })).toEqual(inMemory)
    const uneven = sliceRows(rows, 0, 57)
    expect(await trained({ rows: streamOf(uneven), count: 57, validation })).toEqual(await trained({ rows: uneven, validation }))
  })

  it('is so on the backend that learns in memory of its own', async () => {
    const fast = await loadBackend('wasm')
    expect(await trained({ rows: streamOf(rows) }, { backend: fast })).toEqual(await trained({ rows }, { backend: fast }))
  })

  it('gives the same model for the same seed, whatever the parts, and another for another', async () => {
    const options = { shuffle: true, shuffleBuffer: 20, seed: 5 }
    const first = await trained({ rows: streamOf(rows, 1) }, options)
    expect(await trained({ rows: streamOf(rows, 1) }, options)).toEqual(first)
    expect(await trained({ rows: streamOf(rows, 1) }, { ...options, seed: 6 })).not.toEqual(first)
    expect(await trained({ rows: () => [rows] }, { ...options, shuffleBuffer: 1000 })).toEqual(await trained({ rows: streamOf(rows, 2) }, { ...options, shuffleBuffer: 1000 }))
  })

  it('learns as it does in memory', async () => {
    const many = encode('many', 600)
    const [validation, options] = [encode('validation', 300), { epochs: 8, shuffle: true, shuffleBuffer: 100 }]
    const [streamed, inMemory] = [await trained({ rows: streamOf(many), validation }, options), await trained({ rows: many, validation }, options)]
    const lossOf = ({ history }: typeof streamed) => history[history.length - 1].loss
    expect(Math.abs(lossOf(streamed) - lossOf(inMemory))).toBeLessThan(0.05)
  })

  it('opens the rows once an epoch, and closes what it opened, whatever happens', async () => {
    let [opened, closed] = [0, 0]
    const counting = (fail?: number): RowStream => async function* () {
      opened++
      try {
        let at = 0
        for (const part of cut(rows, 1)) {
          if (opened === 2 && at++ === fail) throw new Error('the disk is gone')
          yield part
        }
      } finally {
        closed++
      }
    }
    await trained({ rows: counting() })
    expect([opened, closed]).toEqual([3, 3])
    opened = closed = 0
    const model = modelOf()
    const before = numbersOf(model)
    expect(messageOf(await rejected(() => fit(model, { rows: counting(3) }, training)))).toBe('the disk is gone')
    expect([opened, closed, numbersOf(model)]).toEqual([2, 2, before])
    opened = closed = 0
    const stop = new AbortController()
    const aborted = fit(modelOf(), { rows: counting() }, { ...training, signal: stop.signal, onEpoch: () => stop.abort(new Error('enough')) })
    expect([messageOf(await rejected(() => aborted)), opened, closed]).toEqual(['enough', 1, 1])
    opened = closed = 0
    await rejected(() => fit(modelOf(), { rows: counting() }, { ...training, earlyStopping: { metric: 'auc:nothing' } }))
    expect([opened, closed]).toEqual([1, 1])
  })

  it('checks every part, and the count', async () => {
    const broken = { ...rows, labels: new Map([...rows.labels].map(([name, label]) => [name, { ...label, values: label.values.map(() => 7) }])) }
    const failing = async (data: Parameters<typeof trained>[0]) => messageOf(await rejected(() => trained(data)))
    expect(await failing({ rows: () => [rows, broken] })).toMatch(/expected (0 or 1|finite numbers) of label .* got 7 at row 0/)
    expect(await failing({ rows: () => [rows, sliceRows(encode('one', 9), 0, 3), { ...rows, columns: new Map() }] })).toContain('expected encoded rows to hold feature "user" as ids, got no columns')
    expect(await failing({ rows: streamOf(rows), count: 63 })).toContain('expected 63 rows, as `count` says, got 64 and more')
    expect(await failing({ rows: streamOf(rows), count: 65 })).toContain('expected 65 rows, as `count` says, got 64')
    expect(await failing({ rows: () => [] })).toContain('at least one row to train on, got none')
    expect(await failing({ rows: () => 5 as never })).toContain('a function that gives an iterable of encoded rows, got 5')
    expect(await failing({ rows: () => [{ a: 1 }] as never })).toContain('a function that gives parts of encoded rows')
    expect(await failing({ rows: streamOf(rows), count: 0 })).toContain('`count`')
    const without: Trainable<RankingData> = Object.assign(modelOf(), { trainingTask: (data: RankingData): TrainingTask => { const { stream: _, ...task } = modelOf().trainingTask(data); return task } })
    expect(messageOf(await rejected(() => fit(without, { rows: streamOf(rows) }, training)))).toContain('`rows` in memory, as WideAndDeep needs all of them at hand')
  })
})

describe('batches of parts', () => {
  const numbers = (n: number): EncodedRows => ({ rows: n, columns: new Map([['i', { kind: 'dense', values: Float32Array.from({ length: n }, (_, i) => i), width: 1 }]]), labels: new Map() })
  const seen = ({ columns }: EncodedRows) => { const column = columns.get('i'); return column?.kind === 'dense' ? [...column.values] : [] }
  const all = async (parts: AsyncIterable<EncodedRows>) => { const lists: number[][] = []; for await (const part of parts) lists.push(seen(part)); return lists }
  const opened = (n: number, seed: number): AsyncIterable<EncodedRows> => streamOf(numbers(n), seed)() as AsyncIterable<EncodedRows>

  it('hold every row once and in order, none of them small', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(`batches ${seed}`)
      const [n, size] = [1 + random.integer(90), 1 + random.integer(20)]
      const count = random.next() < 0.5 ? n : undefined
      const batches = await all(batched(opened(n, seed), size, count))
      expect(batches.flat()).toEqual(seen(numbers(n)))
      const lengths = batches.map((batch) => batch.length)
      expect(lengths.length).toBe(Math.ceil(n / size))
      expect(Math.max(...lengths)).toBeLessThanOrEqual(size)
      if (count !== undefined) expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
      else if (n > size) expect(Math.min(...lengths)).toBeGreaterThanOrEqual(Math.floor((size + 1) / 2))
    }
  })

  it('are shuffled within the buffer: every row once, each as far as any', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(`shuffled ${seed}`)
      const [n, buffer] = [1 + random.integer(300), 1 + random.integer(60)]
      const order = (await all(shuffled(opened(n, seed), buffer, random))).flat()
      expect(order.toSorted((a, b) => a - b)).toEqual(seen(numbers(n)))
      order.forEach((i, place) => expect(i - place).toBeLessThanOrEqual(buffer + 12))
    }
    const order = (await all(shuffled(opened(2000, 1), 500, seededRandom(1)))).flat()
    const moved = order.reduce((sum, i, place) => sum + Math.abs(i - place), 0) / order.length
    expect(moved).toBeGreaterThan(100)
  })
})
