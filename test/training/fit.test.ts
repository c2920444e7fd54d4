import { afterEach, describe, expect, it, vi } from 'vitest'
import { javascriptBackend, loadBackend, type Backend, type Executable } from '../../src/backends'
import { ArgumentError, BackendError, DataError } from '../../src/errors'
import { WideAndDeep, predict, type Model, type RankingData, type Trainable, type TrainingTask } from '../../src/models'
import { rowSgd, sgd } from '../../src/optimizers'
import { fit, type FitOptions } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'
import { rejected } from '../models/caught'
import { encode, fitted, numbersOf } from '../models/samples'

const backend = javascriptBackend()
const training: FitOptions = { backend, epochs: 3, batchSize: 16, learningRate: 0.02 }
const rows = encode('train', 64)
const modelOf = (options: object = {}) => new WideAndDeep(fitted, { hidden: [6, 4], seed: 1, ...options })

/** The model with another task. */
const retasked = (model: WideAndDeep, change: (task: TrainingTask) => Partial<TrainingTask>): Trainable<RankingData> => {
  const { kind, spec, config, tables, weights, inputs, graphs } = model
  return { kind, spec, config, tables, weights, inputs, graphs, trainingTask: (data) => {
    const task = model.trainingTask(data)
    return { ...task, ...change(task) }
  } }
}

/** The model with given measures, one set an epoch. */
const measured = (model: WideAndDeep, measures: readonly Readonly<Record<string, number>>[]) => {
  let epoch = 0
  return retasked(model, () => ({ validation: async () => ({ measure: async () => new Map(Object.entries(measures[epoch++])), dispose: () => {} }) }))
}

/** A backend that counts what it compiled and what of that is still held. */
function counting(on: Backend) {
  const held = new Set<Executable>()
  let compiled = 0
  const compile: Backend['compile'] = async (program) => {
    const executable = await on.compile(program)
    const counted = { run: executable.run, dispose: () => (held.delete(counted), executable.dispose()) }
    compiled++
    held.add(counted)
    return counted
  }
  return { backend: { ...on, compile }, held: () => held.size, compiled: () => compiled }
}

describe('seeds', () => {
  forEachBackend((on) => {
    it('give equal weights, bit for bit, and equal histories; another seed gives others', async () => {
      const trained = async (seed: number, first = 1) => {
        const model = modelOf({ dropout: 0.3, seed: first })
        const { epochs } = await fit(model, { rows, validation: encode('later', 40) }, { ...training, backend: on, seed })
        return { numbers: numbersOf(model), epochs: epochs.map((record) => ({ ...record, trainingMs: 0 })) }
      }
      const once = await trained(1)
      expect(await trained(1)).toEqual(once)
      expect((await trained(2)).numbers).not.toEqual(once.numbers)
      expect((await trained(1, 2)).numbers).not.toEqual(once.numbers)
    })
  })

  it('the draws of a seed do not depend on whether there is validation', async () => {
    const [plain, validated] = [modelOf(), modelOf()]
    await fit(plain, { rows }, training)
    await fit(validated, { rows, validation: rows }, { ...training, earlyStopping: { metric: 'loss' } })
    expect(numbersOf(validated)).toEqual(numbersOf(plain))
  })
})

describe('backends', () => {
  forEachBackend((on) => {
    it('score alike by the same weights, and learn alike', async () => {
      const models = { ours: modelOf({ dropout: 0.2 }), theirs: modelOf({ dropout: 0.2 }) }
      const histories = {
        ours: await fit(models.ours, { rows, validation: rows }, { ...training, epochs: 6 }),
        theirs: await fit(models.theirs, { rows, validation: rows }, { ...training, epochs: 6, backend: on }),
      }
      const scores = { ours: await predict(models.ours, rows, { backend }), theirs: await predict(models.ours, rows, { backend: on }) }
      for (const [name, values] of scores.ours)
        values.forEach((value, i) => expect(Math.abs(scores.theirs.get(name)![i] - value), `${name}[${i}]`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value))))
      // Adam amplifies rounding where gradients are next to nothing, so curves are held to 1 in 1,000.
      histories.ours.epochs.forEach(({ loss, validation, gradientNorm }, i) => {
        const other = histories.theirs.epochs[i]
        expect(other.loss / loss).toBeCloseTo(1, 3)
        expect(other.gradientNorm / gradientNorm).toBeCloseTo(1, 2)
        for (const name of Object.keys(validation)) expect(other.validation[name] / validation[name]).toBeCloseTo(1, 2)
      })
    })
  })
})

describe('batches', () => {
  const sizesOf = async (examples: number, batchSize: number) => {
    const seen: number[][] = []
    const model = retasked(modelOf({ batchNorm: false }), (task) => ({ batch: (batch, random) => (seen.push([...batch]), task.batch(batch, random)) }))
    await fit(model, { rows: encode(1, examples) }, { ...training, epochs: 2, batchSize })
    return seen
  }

  it.each([[10, 4, [3, 3, 4]], [16, 16, [16]], [17, 16, [8, 9]], [5, 100, [5]], [3, 1, [1, 1, 1]], [1, 8, [1]]])(
    '%i examples by %i come as %o, each once an epoch', async (examples, batchSize, sizes) => {
      const seen = await sizesOf(examples, batchSize)
      expect(seen.map((batch) => batch.length)).toEqual([...sizes, ...sizes])
      const all = Array.from({ length: examples }, (_, i) => i)
      for (const epoch of [seen.slice(0, sizes.length), seen.slice(sizes.length)]) expect(epoch.flat().sort((a, b) => a - b)).toEqual(all)
      if (examples >= 10) expect(seen.slice(0, sizes.length).flat()).not.toEqual(seen.slice(sizes.length).flat())
    })

  it('the loss of an epoch is the mean over its examples', async () => {
    const model = modelOf({ batchNorm: false, heads: { clicked: {} } })
    const all = encode(1, 10)
    const scores = (await predict(model, all, { backend })).get('clicked')!
    const { values } = all.labels.get('clicked')!
    const want = scores.reduce((sum, p, i) => sum - Math.log(values[i] === 1 ? p : 1 - p), 0) / 10
    const { epochs: [{ loss, parts }] } = await fit(model, { rows: all }, { ...training, epochs: 1, batchSize: 4, learningRate: 1e-30 })
    expect(loss).toBeCloseTo(want, 5)
    expect(parts.clicked).toBeCloseTo(want, 5)
  })
})

describe('early stopping', () => {
  it('ends with the weights of the best epoch, bit for bit', async () => {
    const aucs = [0.5, 0.7, 0.6, 0.7, 0.65, 0.9]
    const model = modelOf()
    const after: object[] = []
    const history = await fit(measured(model, aucs.map((auc) => ({ 'auc:clicked': auc }))), { rows }, {
      ...training, epochs: 6, earlyStopping: { patience: 3 }, onEpoch: () => void after.push(numbersOf(model)),
    })
    // The second 0.7 is no gain, so the third epoch in a row without one is the fifth.
    expect(history.epochs.length).toBe(5)
    expect(history).toMatchObject({ bestEpoch: 2, stoppedEarly: true })
    expect(numbersOf(model)).toEqual(after[1])
    expect(after[1]).not.toEqual(after[4])
  })

  it('counts a gain only beyond minDelta, downwards for losses, and NaN for none', async () => {
    const stop = async (values: readonly number[], name: string, options: object) =>
      (await fit(measured(modelOf(), values.map((v) => ({ [name]: v }))), { rows }, { ...training, epochs: values.length, earlyStopping: { patience: 2, ...options } })).bestEpoch
    expect(await stop([1, 0.95, 0.9, 0.89], 'logLoss:clicked', { minDelta: 0.07 })).toBe(3)
    expect(await stop([1, 0.9, NaN, 0.8], 'rmse:seconds', {})).toBe(4)
    expect(await stop([1, 2, 3, 2], 'custom', {})).toBe(3)
    expect(await stop([1, 2, 0.5, 2], 'custom', { direction: 'down' })).toBe(3)
    expect(await stop([NaN, NaN, 1], 'custom', {})).toBe(2)
  })

  it('that never comes keeps the best epoch, too', async () => {
    const model = modelOf()
    const after: object[] = []
    const history = await fit(measured(model, [0.6, 0.8, 0.7].map((auc) => ({ auc }))), { rows }, { ...training, earlyStopping: {}, onEpoch: () => void after.push(numbersOf(model)) })
    expect(history).toMatchObject({ bestEpoch: 2, stoppedEarly: false })
    expect(numbersOf(model)).toEqual(after[1])
  })

  it('without it, the last epoch stays', async () => {
    const model = modelOf()
    let last: object | undefined
    const history = await fit(measured(model, [0.9, 0.1, 0.2].map((auc) => ({ auc }))), { rows }, { ...training, onEpoch: () => void (last = numbersOf(model)) })
    expect(history).toMatchObject({ bestEpoch: 3, stoppedEarly: false })
    expect(numbersOf(model)).toEqual(last)
  })

  it('watches the first measure, or the training loss where nothing is measured', async () => {
    const { epochs, bestEpoch } = await fit(modelOf(), { rows }, { ...training, epochs: 4, earlyStopping: { patience: 1 } })
    const losses = epochs.map(({ loss }) => loss)
    expect(losses[bestEpoch - 1]).toBe(Math.min(...losses))
    const validated = await fit(modelOf(), { rows, validation: rows }, { ...training, earlyStopping: {} })
    expect(Object.keys(validated.epochs[0].validation)).toEqual(['logLoss:clicked', 'auc:clicked', 'rmse:seconds'])
  })
})

describe('reduceOnPlateau', () => {
  const rates = async (values: readonly number[], reduceOnPlateau: FitOptions['reduceOnPlateau'], learningRate = 0.08) =>
    (await fit(measured(modelOf(), values.map((auc) => ({ auc }))), { rows }, { ...training, epochs: values.length, learningRate, reduceOnPlateau: reduceOnPlateau! })).epochs.map((epoch) => epoch.learningRate)

  it('lowers the rate of the next epoch after as many epochs without gain as its patience', async () => {
    expect(await rates([1, 2, 2, 2, 3, 2], {})).toEqual([0.08, 0.08, 0.08, 0.04, 0.02, 0.02])
    expect(await rates([2, 1, 1, 1, 1, 1], { patience: 2, factor: 0.25 })).toEqual([0.08, 0.08, 0.08, 0.02, 0.02, 0.005])
  })

  it('never goes below its least rate, and never raises one that is below', async () => {
    expect(await rates([1, 1, 1, 1], { factor: 0.1, minLearningRate: 0.02 })).toEqual([0.08, 0.08, 0.02, 0.02])
    expect(await rates([1, 1, 1], { minLearningRate: 0.5 })).toEqual([0.08, 0.08, 0.08])
  })
})

describe('clipNorm', () => {
  it('bounds the gradient of dense weights and rows together, and reports the norm before', async () => {
    const step = async (clipNorm?: number) => {
      const model = modelOf()
      const before = numbersOf(model)
      const { epochs: [{ gradientNorm }] } = await fit(model, { rows }, {
        ...training, epochs: 1, batchSize: 64, learningRate: 1, optimizer: sgd(), rowOptimizer: rowSgd(), ...(clipNorm !== undefined && { clipNorm }),
      })
      const after = numbersOf(model)
      const moved = Object.keys(before).filter((name) => !/mean|variance/.test(name)).flatMap((name) => [...before[name]].map((v, i) => after[name][i] - v))
      return { gradientNorm, moved: Math.hypot(...moved) }
    }
    const free = await step()
    expect(free.moved / free.gradientNorm).toBeCloseTo(1, 4)
    const clipped = await step(free.gradientNorm / 10)
    expect(clipped.gradientNorm).toBeCloseTo(free.gradientNorm, 6)
    expect(clipped.moved / (free.gradientNorm / 10)).toBeCloseTo(1, 4)
    expect((await step(free.gradientNorm * 10)).moved).toBeCloseTo(free.moved, 6)
  })
})

describe('a training that ends badly puts the model back and frees all', () => {
  const endings: readonly [string, (model: WideAndDeep) => readonly [Trainable<RankingData>, FitOptions], RegExp][] = [
    ['onEpoch throws', (model) => [model, { onEpoch: () => { throw new Error('no more') } }], /no more/],
    ['onEpoch rejects in the second epoch', (model) => [model, { onEpoch: async ({ epoch }) => { if (epoch === 2) throw new Error('no more') } }], /no more/],
    ['aborted before it began', (model) => [model, { signal: AbortSignal.abort(new Error('stop')) }], /stop/],
    ['the optimizer throws', (model) => [model, { rowOptimizer: { ...rowSgd(), update: () => { throw new Error('full') } } }], /full/],
    ['a batch throws', (model) => [retasked(model, () => ({ batch: () => { throw new Error('gone') } })), {}], /gone/],
    ['validation throws', (model) => [retasked(model, () => ({ validation: async () => ({ measure: async () => { throw new Error('blind') }, dispose: () => {} }) })), {}], /blind/],
  ]
  it.each(endings)('%s', async (_, make, message) => {
    const model = modelOf({ dropout: 0.1 })
    const before = numbersOf(model)
    const { backend: counted, held } = counting(backend)
    const [task, options] = make(model)
    expect(String(await rejected(() => fit(task, { rows, validation: rows }, { ...training, ...options, backend: counted })))).toMatch(message)
    expect(numbersOf(model)).toEqual(before)
    expect(held()).toBe(0)
  })

  it('aborted in the middle of an epoch, with the reason given', async () => {
    const model = modelOf()
    const before = numbersOf(model)
    const ending = new AbortController()
    let batches = 0
    const reason = new Error('enough')
    const task = retasked(model, (plain) => ({ batch: (examples, random) => (++batches === 6 && ending.abort(reason), plain.batch(examples, random)) }))
    expect(await rejected(() => fit(task, { rows }, { ...training, signal: ending.signal }))).toBe(reason)
    expect(batches).toBe(6)
    expect(numbersOf(model)).toEqual(before)
  })

  it('aborted by the last onEpoch', async () => {
    const model = modelOf()
    const before = numbersOf(model)
    const ending = new AbortController()
    const error = await rejected(() => fit(model, { rows }, { ...training, signal: ending.signal, onEpoch: ({ epoch }) => { if (epoch === 3) ending.abort() } }))
    expect((error as Error).name).toBe('AbortError')
    expect(numbersOf(model)).toEqual(before)
  })

  it('aborted by a timer, which a backend on this thread must let fire', async () => {
    const model = modelOf()
    const error = await rejected(() => fit(model, { rows }, { ...training, epochs: 100_000, signal: AbortSignal.timeout(60) }))
    expect((error as Error).name).toBe('TimeoutError')
  })

  it('and one that ends well frees all, too', async () => {
    const { backend: counted, held, compiled } = counting(backend)
    await fit(modelOf(), { rows, validation: rows }, { ...training, backend: counted })
    expect(compiled()).toBe(2)
    expect(held()).toBe(0)
  })
})

describe('divergence', () => {
  const cases: readonly [string, FitOptions, RegExp][] = [
    ['in a gradient', { ...training, learningRate: 1e30 }, /expected the gradient of "(deep\/\d|head|wide:|user|topic|tags)[^"]*" to be finite, got (NaN|-?Infinity)/],
    ['in the very last step', { ...training, epochs: 1, batchSize: 64, learningRate: 1e39 }, /expected "[^"]+" to stay finite, got -?Infinity at position \d+/],
  ]
  it.each(cases)('%s is a DataError that names the weight', async (_, options, message) => {
    const model = modelOf({ batchNorm: false })
    const before = numbersOf(model)
    const error = await rejected(() => fit(model, { rows, validation: rows }, options))
    expect(DataError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(message)
    expect(numbersOf(model)).toEqual(before)
  })
})

describe('bad options', () => {
  const cases: readonly [object, RegExp][] = [
    [{ epochs: 0 }, /`epochs` to be a positive integer, got 0/],
    [{ batchSize: 2.5 }, /`batchSize` to be a positive integer, got 2.5/],
    [{ learningRate: 0 }, /`learningRate` to be a finite number > 0, got 0/],
    [{ learningRate: NaN }, /`learningRate` to be a finite number > 0, got NaN/],
    [{ clipNorm: -1 }, /`clipNorm` to be a finite number > 0, got -1/],
    [{ statisticsMomentum: 2 }, /`statisticsMomentum` to be a finite number <= 1 and > 0|`statisticsMomentum` to be a finite number > 0 and <= 1, got 2/],
    [{ seed: NaN }, /`seed` to be a string or a finite number, got NaN/],
    [{ optimizer: 'adam' }, /`optimizer` to be an optimizer, such as adam\(\), got "adam"/],
    [{ rowOptimizer: {} }, /`rowOptimizer` to be a row optimizer/],
    [{ backend: 'javascript' }, /`backend` to be a backend, as `loadBackend` returns it, got "javascript"/],
    [{ earlyStopping: { patience: 0 } }, /`earlyStopping.patience` to be a positive integer, got 0/],
    [{ earlyStopping: { minDelta: -1 } }, /`earlyStopping.minDelta` to be a finite number >= 0, got -1/],
    [{ earlyStopping: { direction: 'max' } }, /`earlyStopping.direction` to be 'up' or 'down', got "max"/],
    [{ earlyStopping: { metric: 3 } }, /`earlyStopping.metric` to be the name of a measure, got 3/],
    [{ reduceOnPlateau: { factor: 1 } }, /`reduceOnPlateau.factor` to be a finite number > 0 and < 1, got 1/],
    [{ reduceOnPlateau: { minLearningRate: 0 } }, /`reduceOnPlateau.minLearningRate` to be a finite number > 0, got 0/],
  ]
  it.each(cases)('%o', async (options, message) => {
    const error = await rejected(() => fit(modelOf(), { rows }, { ...training, ...options }))
    expect(String(error)).toMatch(message)
    expect(ArgumentError.isInstance(error)).toBe(true)
  })

  it('a measure that is not measured is found before the first step', async () => {
    for (const options of [{ earlyStopping: { metric: 'auc:liked' } }, { reduceOnPlateau: { metric: 'auc:liked' } }]) {
      let batches = 0
      const model = retasked(modelOf(), (task) => ({ batch: (examples, random) => (batches++, task.batch(examples, random)) }))
      const error = await rejected(() => fit(model, { rows, validation: rows }, { ...training, ...options }))
      expect(String(error)).toMatch('.metric` to be one of the measures logLoss:clicked, auc:clicked, rmse:seconds, loss, got "auc:liked"')
      expect(ArgumentError.isInstance(error)).toBe(true)
      expect(batches).toBe(0)
    }
  })
})

describe('progress', () => {
  const { isTTY } = process.stderr
  afterEach(() => {
    vi.restoreAllMocks()
    process.stderr.isTTY = isTTY
  })
  const written = (tty: boolean) => {
    process.stderr.isTTY = tty
    const chunks: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => (chunks.push(String(chunk)), true))
    return chunks
  }

  it('writes nothing where nobody watches, or where it is told not to', async () => {
    const chunks = written(false)
    await fit(modelOf(), { rows }, training)
    process.stderr.isTTY = true
    await fit(modelOf(), { rows }, { ...training, progress: false })
    expect(chunks).toEqual([])
  })

  it('writes a line an epoch where it is told to, without a bar on what is no terminal', async () => {
    const chunks = written(false)
    await fit(modelOf(), { rows, validation: rows }, { ...training, epochs: 2, progress: true })
    expect(chunks.length).toBe(2)
    expect(chunks[1]).toMatch(/^epoch 2\/2 loss \d\.\d{4} logLoss:clicked \d\.\d{4} auc:clicked \d\.\d{4} rmse:seconds \d+\.\d{4} \(\d+\.\d s\)\n$/)
  })

  it('draws a bar on a terminal, and leaves its line when training fails', async () => {
    const chunks = written(true)
    await rejected(() => fit(modelOf(), { rows }, { ...training, rowOptimizer: failingAt(3) }))
    expect(chunks[0]).toContain('epoch 1/3')
    expect(chunks.at(-1)).toBe('\n')
  })
})

/** A row optimizer that fails with its n-th update. */
const failingAt = (n: number) => {
  let updates = 0
  return { ...rowSgd(), update: () => { if (++updates === n * 4) throw new Error('full') } }
}

it('needs no backend to be named', async () => {
  const model = modelOf()
  const { name } = await loadBackend('auto')
  expect(['javascript', 'onnxruntime']).toContain(name)
  expect((await fit(model, { rows }, { epochs: 1 })).epochs.length).toBe(1)
})

it('goes on from where it was: training twice is no other than training on', async () => {
  const model: Model & Trainable<RankingData> = modelOf()
  const [first] = (await fit(model, { rows }, { ...training, epochs: 8 })).epochs
  const [second] = (await fit(model, { rows }, { ...training, epochs: 1, learningRate: 1e-6 })).epochs
  expect(second.loss).toBeLessThan(first.loss)
})

it('refuses a disposed backend run as a BackendError', async () => {
  const disposed: Backend = { ...backend, compile: async (program) => {
    const executable = await backend.compile(program)
    executable.dispose()
    return executable
  } }
  expect(BackendError.isInstance(await rejected(() => fit(modelOf(), { rows }, { ...training, backend: disposed })))).toBe(true)
})
