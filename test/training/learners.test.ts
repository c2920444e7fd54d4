import { afterEach, describe, expect, it, vi } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import type { Combiner } from '../../src/embeddings'
import { DataError } from '../../src/errors'
import type { EncodedColumn, EncodedRows } from '../../src/features'
import { WideAndDeep, predict, weightInput, type RowsInput, type TrainingBatch } from '../../src/models'
import { adam, adamW, lazyAdam, rowAdagrad, rowSgd, sgd, type Optimizer, type RowOptimizer } from '../../src/optimizers'
import { seededRandom, type Random } from '../../src/random'
import { fit, type FitOptions } from '../../src/training'
import { createArena } from '../../src/training/arena'
import { kernels } from '../../src/training/kernels'
import { normOf, type Learner } from '../../src/training/learner'
import { createLearners } from '../../src/training/learners'
import { encode, fitted, numbersOf } from '../models/samples'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** The same optimizer without a word about what it computes. */
const undescribed = <T extends Optimizer | RowOptimizer>(optimizer: T): T => {
  const { update } = optimizer as { update: (...all: unknown[]) => void }
  return { ...optimizer, update: (...all: unknown[]) => update(...all) }
}

const optimizers: readonly [string, Optimizer, RowOptimizer][] = [
  ['sgd, rowSgd', sgd(), rowSgd()],
  ['sgd with momentum, rowSgd with l2', sgd({ momentum: 0.8 }), rowSgd({ l2: 0.1 })],
  ['adam, lazyAdam', adam(), lazyAdam()],
  ['adamW, lazyAdam with l2', adamW({ weightDecay: 0.1, beta1: 0.7 }), lazyAdam({ l2: 0.1, beta2: 0.99 })],
  ['adam, rowAdagrad', adam({ epsilon: 1e-3 }), rowAdagrad()],
  ['adam, rowAdagrad with l2', adam(), rowAdagrad({ l2: 0.1, initialAccumulator: 0.1, epsilon: 1e-3 })],
]

const combiners: readonly (Combiner | undefined)[] = [undefined, 'sum', 'mean', 'sqrtn']
const inputs = (table: string): RowsInput[] =>
  combiners.map((combiner, i) => ({ kind: 'rows', input: `${table} ${i}`, feature: `feature ${i}`, table, axis: 'batch', ...(combiner && { combiner }) }))

/** One input of ids and three of bags, weighted ones among them, that share their rows. */
function randomBatch(random: Random, rows: number, examples: number): TrainingBatch {
  const ids = (n: number) => Int32Array.from({ length: n }, () => random.integer(rows))
  const columns = combiners.map((combiner, i): [string, EncodedColumn] => {
    if (combiner === undefined) return [`feature ${i}`, { kind: 'ids', ids: ids(examples) }]
    const offsets = new Int32Array(examples + 1)
    for (let r = 0; r < examples; r++) offsets[r + 1] = offsets[r] + random.integer(4)
    const named = ids(offsets[examples])
    const weights = random.next() < 0.5 ? { weights: Float32Array.from(named, () => 0.1 + random.next()) } : {}
    return [`feature ${i}`, { kind: 'bags', ids: named, offsets, ...weights }]
  })
  const encoded: EncodedRows = { rows: examples, columns: new Map(columns), labels: new Map() }
  return { rows: new Map([['batch', encoded]]), feeds: {} }
}

const normals = (random: Random, length: number, deviation = 1) => Float32Array.from({ length }, () => deviation * random.normal())

/** The largest difference, in units of `1 + |value|`. */
const apart = (a: Float32Array, b: Float32Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]) / (1 + Math.abs(b[i]))), 0)

/** A weight and a table, with the learners that hold them. */
async function learning(random: Random, rows: number, dim: number, optimizer: Optimizer, rowOptimizer: RowOptimizer) {
  const weight = { name: 'weight', values: normals(random, 3 + dim * 7), shape: [3 + dim * 7] }
  const table = { name: 'table', rows, dim, values: normals(random, rows * dim) }
  const learners = await createLearners([weight], [{ table, inputs: inputs('table') }], optimizer, rowOptimizer)
  return { weight, table, learners }
}

/** One step with gradients from `random`; gives what was fed and the norm. */
function step(learners: readonly Learner[], batch: TrainingBatch, random: Random, at: number, scale = 1) {
  for (const learner of learners) learner.prepare(batch)
  const feeds = learners.flatMap((learner) => learner.feeds())
  const fed = feeds.map(({ data }) => data.slice())
  // Every other gradient comes in an array of the backend's own.
  const slopes = new Map(feeds.map(({ input, gradient }, i) => {
    const numbers = normals(random, gradient.length, 0.1)
    if (i % 2 === 0) gradient.set(numbers)
    return [input, i % 2 === 0 ? gradient : numbers]
  }))
  for (const learner of learners) learner.receive((input) => slopes.get(input)!)
  const norm = normOf(learners, undefined)
  for (const learner of learners) learner.update(at, 0.05, scale)
  return { fed, norm }
}

describe.each(optimizers)('%s', (_, optimizer, rowOptimizer) => {
  it('learn by kernels what they learn in JavaScript', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const dim = seed < 18 ? 1 + (seed % 9) : 30 + seed
      const rows = 1 + seededRandom(seed).integer(60)
      const [native, plain] = [
        await learning(seededRandom(seed), rows, dim, optimizer, rowOptimizer),
        await learning(seededRandom(seed), rows, dim, undescribed(optimizer), undescribed(rowOptimizer)),
      ]
      for (let at = 1; at <= 8; at++) {
        // Batches grow and shrink, an empty one among them.
        const batch = randomBatch(seededRandom(`${seed} ${at}`), rows, [5, 40, 0, 1, 90, 33, 200, 64][at - 1])
        const scale = at % 3 === 0 ? 0.3 : 1
        const [ours, theirs] = [native, plain].map(({ learners }) => step(learners, batch, seededRandom(`${seed} ${at} slopes`), at, scale))
        ours.fed.forEach((data, i) => expect(apart(data, theirs.fed[i])).toBeLessThan(2e-5))
        expect(Math.abs(ours.norm / theirs.norm - 1)).toBeLessThan(1e-5)
        if (at % 2 === 0) native.learners.forEach((learner) => learner.store())
      }
      for (const what of ['weight', 'table'] as const) expect(apart(native[what].values, plain[what].values), `${what}, seed ${seed}`).toBeLessThan(2e-5)
    }
  })
})

describe('a learner by kernels', () => {
  it('feeds the first rows bit for bit, and leaves the model alone until it is stored', async () => {
    const { table, weight, learners } = await learning(seededRandom(1), 20, 5, adam(), lazyAdam())
    const before = [table.values.slice(), weight.values.slice()]
    const batch = randomBatch(seededRandom(2), 20, 30)
    const { fed } = step(learners, batch, seededRandom(3), 1)
    const { ids } = batch.rows.get('batch')!.columns.get('feature 0') as Extract<EncodedColumn, { kind: 'ids' }>
    expect(fed[0]).toEqual(weight.values)
    expect([...fed[1]]).toEqual([...ids].flatMap((id) => [...before[0].subarray(id * 5, id * 5 + 5)]))
    expect([table.values, weight.values]).toEqual(before)
    for (const learner of learners) learner.store()
    expect(table.values).not.toEqual(before[0])
    expect(weight.values).not.toEqual(before[1])
  })

  it('stores all that changed, over any number of steps', async () => {
    for (const steps of [1, 3, 40]) {
      const [often, once] = [await learning(seededRandom(1), 50, 3, adam(), lazyAdam()), await learning(seededRandom(1), 50, 3, adam(), lazyAdam())]
      for (let at = 1; at <= steps; at++) {
        for (const { learners } of [often, once]) step(learners, randomBatch(seededRandom(at), 50, 4), seededRandom(`slopes ${at}`), at)
        for (const learner of often.learners) learner.store()
      }
      for (const learner of once.learners) learner.store()
      expect(once.table.values).toEqual(often.table.values)
    }
  })

  it('goes on from what it is told to load', async () => {
    const { table, weight, learners } = await learning(seededRandom(1), 9, 4, adam(), lazyAdam())
    step(learners, randomBatch(seededRandom(2), 9, 30), seededRandom(3), 1)
    table.values.fill(7)
    weight.values.fill(8)
    for (const learner of learners) learner.load()
    const { fed } = step(learners, randomBatch(seededRandom(4), 9, 2), seededRandom(5), 2)
    expect([new Set(fed[0]), new Set(fed[1])]).toEqual([new Set([8]), new Set([7])])
  })

  it.each([NaN, Infinity, -Infinity])('names the weight and the place of a gradient that is %d, as in JavaScript, and writes nothing', async (bad) => {
    for (const place of [weightInput('weight'), 'table 0', 'table 2']) {
      const failures = []
      for (const [dense, sparse] of [[adam(), lazyAdam()], [undescribed(adam()), undescribed(lazyAdam())]] as const) {
        const { table, weight, learners } = await learning(seededRandom(1), 9, 4, dense, sparse)
        const before = [table.values.slice(), weight.values.slice()]
        for (const learner of learners) learner.prepare(randomBatch(seededRandom(2), 9, 30))
        const slopes = new Map(learners.flatMap((learner) => learner.feeds()).map(({ input, gradient }) => [input, gradient.fill(0.5)]))
        slopes.get(place)!.fill(bad, 90 % slopes.get(place)!.length, 1 + (90 % slopes.get(place)!.length))
        for (const learner of learners) learner.receive((input) => slopes.get(input)!)
        try {
          normOf(learners, undefined)
          expect.fail('expected it to throw')
        } catch (error) {
          expect(DataError.isInstance(error)).toBe(true)
          failures.push(String(error))
        }
        for (const learner of learners) learner.store()
        expect([table.values, weight.values]).toEqual(before)
      }
      expect(failures[0]).toMatch(place === weightInput('weight') ? /gradient of "weight" to be finite/ : /gradient of "table" to be finite/)
      expect(failures[0]).toBe(failures[1])
    }
  })

  it.each([['an id', 0, -1], ['an id', 0, 9], ['an id of a bag', 1, 9]])('refuses %s outside the table, as in JavaScript', async (_, feature, id) => {
    const failures: string[] = []
    for (const rowOptimizer of [lazyAdam(), undescribed(lazyAdam())]) {
      const { learners } = await learning(seededRandom(1), 9, 4, adam(), rowOptimizer)
      const batch = randomBatch(seededRandom(2), 9, 30)
      const column = batch.rows.get('batch')!.columns.get(`feature ${feature}`) as Extract<EncodedColumn, { kind: 'ids' }>
      column.ids[17] = id
      try {
        for (const learner of learners) learner.prepare(batch)
      } catch (error) {
        expect(DataError.isInstance(error)).toBe(true)
        failures.push(String(error))
      }
    }
    expect(failures[0]).toMatch(`in [0, 9), got ${id} at position 17`)
    expect(failures[1]).toBe(failures[0])
  })
})

it('what finds no room in memory learns in JavaScript beside the rest', async () => {
  vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
    throw new RangeError('no memory')
  })
  const tables = [['large', 20_000], ['small', 10]].map(([name, rows]) => ({ name: String(name), rows: Number(rows), dim: 2, values: new Float32Array(2 * Number(rows)) }))
  const batch = randomBatch(seededRandom(2), 10, 3)
  const learners = await createLearners([], tables.map((table) => ({ table, inputs: inputs(table.name) })), adam(), lazyAdam())
  expect(learners.map(({ name }) => name)).toEqual(['large', 'small'])
  step(learners, batch, seededRandom(3), 1)
  const moved = () => tables.map(({ values }) => values.some((value) => value !== 0))
  // Kernels leave the model alone until it is stored.
  expect(moved()).toEqual([true, false])
  for (const learner of learners) learner.store()
  expect(moved()).toEqual([true, true])
})

describe('fit', () => {
  const rows = encode('train', 64)
  const training: FitOptions = { backend: javascriptBackend(), epochs: 3, batchSize: 16, learningRate: 0.02, clipNorm: 0.5 }
  const trained = async (options: FitOptions = {}) => {
    const model = new WideAndDeep(fitted, { hidden: [6, 4], seed: 1, dropout: 0.2 })
    const { epochs } = await fit(model, { rows, validation: rows }, { ...training, ...options })
    return { model, numbers: numbersOf(model), epochs: epochs.map((record) => ({ ...record, trainingMs: 0 })) }
  }
  const inJavaScript = () => trained({ optimizer: undescribed(adam()), rowOptimizer: undescribed(lazyAdam()) })

  it('computes by kernels what it computes in JavaScript', async () => {
    const [ours, theirs] = [await trained(), await inJavaScript()]
    // Adam amplifies rounding where gradients are next to nothing, so this is looser than a step by itself.
    for (const [name, values] of Object.entries(ours.numbers)) expect(apart(values, theirs.numbers[name]), name).toBeLessThan(1e-3)
    expect(ours.numbers).not.toEqual(theirs.numbers)
  })

  it.each<[string, () => void]>([
    ['there is no WebAssembly', () => vi.stubGlobal('WebAssembly', undefined)],
    ['WebAssembly has no SIMD', () => vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)],
    ['WebAssembly is forbidden', () => vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError('disallowed'))],
    ['memory is refused', () => vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() { throw new RangeError('no memory') })],
  ])('trains in JavaScript where %s', async (_, forbid) => {
    const plain = await inJavaScript()
    forbid()
    const { numbers, epochs } = await trained()
    expect({ numbers, epochs }).toEqual({ numbers: plain.numbers, epochs: plain.epochs })
  })

  it('calls the update of a copied optimizer that has its own', async () => {
    let dense = 0
    let sparse = 0
    await trained({ optimizer: { ...adam(), update: () => void dense++ }, rowOptimizer: { ...lazyAdam(), update: () => void sparse++ } })
    expect([dense > 0, sparse > 0]).toEqual([true, true])
  })

  it('shows validation and onEpoch the model as it has become, and goes on from what onEpoch makes of it', async () => {
    const model = new WideAndDeep(fitted, { hidden: [6, 4], seed: 1 })
    const seen: number[] = []
    const silence = () => {
      for (const { values } of [...model.tables.values(), ...model.weights.trained.values()]) values.fill(0)
    }
    const onEpoch: FitOptions['onEpoch'] = async ({ validation }) => {
      const clicked = (await predict(model, rows, { backend: training.backend! })).get('clicked')!
      const { values } = rows.labels.get('clicked')!
      const loss = clicked.reduce((sum, p, i) => sum - Math.log(values[i] === 1 ? p : 1 - p), 0) / 64
      expect(validation['logLoss:clicked']).toBeCloseTo(loss, 6)
      seen.push(loss)
      silence()
    }
    const rate = 1e-20
    await fit(model, { rows, validation: rows }, { ...training, epochs: 2, learningRate: rate, onEpoch })
    // With every number at 0 and no step to speak of, the second epoch finds a probability of a half everywhere.
    expect(seen[1]).toBeCloseTo(Math.LN2, 6)
    expect(seen[0]).not.toBeCloseTo(Math.LN2, 3)
  })
})

it('the kernels ask for nothing but memory, and are small', async () => {
  const bytes = Buffer.from(kernels, 'base64')
  expect(bytes.length).toBeLessThan(10_000)
  expect(WebAssembly.Module.imports(await WebAssembly.compile(bytes))).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  expect(await createArena()).toBeDefined()
})
