import { describe, expect, it } from 'vitest'
import { javascriptBackend, loadBackend, type Backend } from '../../src/backends'
import { ArgumentError, DataError, ShapeError, SpecError } from '../../src/errors'
import { binary, categorical, cross, defineFeatures, numeric, regression, sliceRows, takeRows, type EncodedRows } from '../../src/features'
import { auc } from '../../src/metrics'
import { WideAndDeep, createPredictor, predict, type WideAndDeepOptions } from '../../src/models'
import { seededRandom } from '../../src/random'
import { fit } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'
import { caught, rejected } from './caught'
import { encode, fitted, numbersOf, randomRows } from './samples'

const backend = javascriptBackend()
const training = { backend, epochs: 2, batchSize: 16, learningRate: 0.01 }
const scoresOf = async (model: WideAndDeep, rows: EncodedRows, on: Backend = backend) =>
  Object.fromEntries(await predict(model, rows, { backend: on }))

describe('inference', () => {
  forEachBackend((on) => {
    it('scores a row alike in whatever batch it is', async () => {
      const model = new WideAndDeep(fitted, { hidden: [8, 6], seed: 3 })
      const rows = encode(1, 40)
      await fit(model, { rows }, { ...training, backend: on })
      const whole = await scoresOf(model, rows, on)
      expect(new Set(whole.clicked).size).toBeGreaterThan(30)
      for (const batchSize of [1, 7, 40]) {
        const parts = Object.fromEntries(await predict(model, rows, { backend: on, batchSize }))
        for (const name of ['clicked', 'seconds'])
          whole[name].forEach((score, i) => expect(Math.abs(parts[name][i] - score), `${name}[${i}]`).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(score))))
      }
      const shuffled = seededRandom(5).shuffle(Array.from({ length: 40 }, (_, i) => i))
      const moved = await scoresOf(model, takeRows(rows, shuffled), on)
      shuffled.forEach((from, to) => expect(moved.clicked[to]).toBeCloseTo(whole.clicked[from], 6))
    })

    it('keeps calls that overlap apart', async () => {
      const model = new WideAndDeep(fitted, { hidden: [8], seed: 3 })
      const predictor = await createPredictor(model, 'score', on, { batchSize: 8 })
      const parts = Array.from({ length: 6 }, (_, i) => encode(`part ${i}`, 20))
      const alone = []
      for (const part of parts) alone.push((await predictor.predict(part)).get('clicked'))
      const together = await Promise.all(parts.map((part) => predictor.predict(part)))
      expect(together.map((scores) => scores.get('clicked'))).toEqual(alone)
      predictor.dispose()
    })
  })

  it('uses the running statistics, and weights as they are at the call', async () => {
    const model = new WideAndDeep(fitted, { hidden: [4, 4] })
    const rows = encode(1, 8)
    const predictor = await createPredictor(model, 'score', backend)
    const before = await predictor.predict(rows)
    const mean = model.weights.statistics.get('deep/0/norm/mean')!.values
    mean.fill(1)
    const after = await predictor.predict(rows)
    expect(after.get('clicked')).not.toEqual(before.get('clicked'))
    mean.fill(0)
    expect(await predictor.predict(rows)).toEqual(before)
    predictor.dispose()
  })

  it('takes no rows', async () => {
    const scores = await scoresOf(new WideAndDeep(fitted), encode(1, 0))
    expect(scores.clicked).toEqual(new Float32Array(0))
  })

  it('begins with the means of the labels, where nothing else speaks', async () => {
    const model = new WideAndDeep(fitted, { hidden: [4] })
    for (const { values } of [...model.weights.trained].flatMap(([name, weight]) => (name.endsWith('kernel') ? [weight] : []))) values.fill(0)
    const scores = await scoresOf(model, encode(1, 3))
    fitted.labels.forEach(({ name, mean }) => scores[name].forEach((score) => expect(score).toBeCloseTo(mean, 4)))
  })
})

describe('options', () => {
  it('heads: those named, with their weights in the loss', async () => {
    const rows = encode(1, 32)
    const model = new WideAndDeep(fitted, { heads: { seconds: { weight: 3 } } })
    expect([...model.graphs.score.keys()]).toEqual(['seconds'])
    expect([...model.tables.values()].find(({ name }) => name === 'wide:user_topic')!.dim).toBe(1)
    const { epochs: [{ loss, parts }] } = await fit(model, { rows }, { ...training, epochs: 1 })
    expect(Object.keys(parts)).toEqual(['seconds'])
    expect(loss).toBeCloseTo(3 * parts.seconds, 5)
  })

  it('features: others have no table and no say', async () => {
    const model = new WideAndDeep(fitted, { features: ['user_topic', 'hour', 'user'] })
    expect(model.config.features).toEqual(['user', 'hour', 'user_topic'])
    expect([...model.tables.keys()]).toEqual(['user', 'wide:user_topic'])
    const [row] = randomRows(2, 1)
    const scores = await scoresOf(model, fitted.encode([row, { ...row, affinity: 50, tags: [] }, { ...row, hour: 99 }]))
    expect(scores.clicked[1]).toBe(scores.clicked[0])
    expect(scores.clicked[2]).not.toBe(scores.clicked[0])
  })

  it('seed: the same gives the same first weights, another gives others', () => {
    const first = (seed: number) => numbersOf(new WideAndDeep(fitted, { hidden: [4], seed }))
    expect(first(1)).toEqual(first(1))
    expect(first(1)['weight deep/0/kernel']).not.toEqual(first(2)['weight deep/0/kernel'])
    expect(first(1)['table user']).not.toEqual(first(2)['table user'])
  })

  it('batchNorm: off leaves no statistics; on normalises between hidden layers alone', () => {
    expect(new WideAndDeep(fitted, { batchNorm: false }).weights.statistics.size).toBe(0)
    expect([...new WideAndDeep(fitted, { hidden: [4, 4, 4] }).weights.statistics.keys()])
      .toEqual(['deep/0/norm/mean', 'deep/0/norm/variance', 'deep/1/norm/mean', 'deep/1/norm/variance'])
  })

  it('hidden: [] is a linear model', async () => {
    const rows = encode(1, 3)
    const model = new WideAndDeep(fitted, { hidden: [], heads: { clicked: {} } })
    expect([...model.weights.trained.keys()]).toEqual(['head/kernel', 'head/bias'])
    const weights = model.weights.trained.get('head/kernel')!.values
    const logit = (p: number) => Math.log(p / (1 - p))
    const at = async (affinity: number) => logit((await scoresOf(model, fitted.encode([{ ...randomRows(1, 1)[0], affinity }]))).clicked[0])
    expect(weights.length).toBe(3 + 1 + 2 + 2 + 1)
    // The numbers stand in the order of their declaration, so affinity is the last.
    expect(await at(2) - await at(1)).toBeCloseTo(weights[8], 4)
    expect(await at(8) - await at(7)).toBeCloseTo(weights[8], 4)
    await fit(model, { rows }, training)
  })

  const bad: readonly [WideAndDeepOptions | object, RegExp, { isInstance: (e: unknown) => boolean }][] = [
    [{ hidden: [0] }, /WideAndDeep: expected `hidden\[0\]` to be a positive integer, got 0/, ArgumentError],
    [{ hidden: 64 }, /WideAndDeep: expected `hidden` to be an array of layer sizes, got 64/, ArgumentError],
    [{ dropout: 1 }, /WideAndDeep: expected `dropout` to be a finite number >= 0 and < 1, got 1/, ArgumentError],
    [{ batchNorm: 'no' }, /WideAndDeep: expected `batchNorm` to be true or false, got "no"/, ArgumentError],
    [{ seed: NaN }, /`seed` to be a string or a finite number, got NaN/, ArgumentError],
    [{ heads: {} }, /expected at least one label to learn, got none/, SpecError],
    [{ heads: ['clicked'] }, /`heads` to be options by label name, got an array of 1/, ArgumentError],
    [{ heads: { shared: {} } }, /`heads` to name labels of the spec \(clicked, seconds\), got "shared"/, SpecError],
    [{ heads: { clicked: { weight: 0 } } }, /`heads.clicked.weight` to be a finite number > 0, got 0/, ArgumentError],
    [{ heads: { seconds: { standardize: 1 } } }, /`heads.seconds.standardize` to be true or false, got 1/, ArgumentError],
    [{ features: ['usr'] }, /`features` to name features it can use \(user, hour, .*\), got "usr"/, SpecError],
    [{ features: 'user' }, /`features` to be an array of names, got "user"/, ArgumentError],
    [{ features: ['user', 'user'] }, /`features` to name each feature once/, ArgumentError],
    [{ features: ['user_topic'] }, /at least one deep feature, got none/, SpecError],
  ]
  it.each(bad)('refuses %o', (options, message, kind) => {
    const error = caught(() => new WideAndDeep(fitted, options as WideAndDeepOptions))
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
  })

  it('refuses what is no fitted spec, and tables of one name', () => {
    expect(String(caught(() => new WideAndDeep({} as typeof fitted)))).toMatch('expected `spec` to be a fitted spec')
    const clash = defineFeatures({
      features: { 'wide:x': categorical({ scope: 'user' }), b: categorical({ scope: 'item' }) },
      crosses: { x: cross(['wide:x', 'b'], { buckets: 5 }) }, labels: { y: binary() },
    }).fit([{ 'wide:x': 1, b: 2, y: 1 }])
    const error = caught(() => new WideAndDeep(clash))
    expect(SpecError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch('got "wide:x" twice')
  })
})

describe('learning', () => {
  // Half the pairs agree and are clicked at rate r, the others at 1 − r. The best score there is tells agreement alone, so
  // the best AUC is known: P(agree | clicked)·P(not | not clicked) and half the ties, r² + r(1 − r) = r.
  it.each([1, 2, 3])('comes near the best AUC there is, by crosses and by embeddings (seed %i)', async (seed) => {
    const rate = 0.88
    const sample = (name: string, n: number) => {
      const random = seededRandom(`${name} ${seed}`)
      return Array.from({ length: n }, () => {
        const [user, item] = [random.integer(12), random.integer(12)]
        return { user, item, noise: random.normal(), clicked: Number(random.next() < ((user + item) % 2 ? rate : 1 - rate)) }
      })
    }
    const train = sample('train', 4000)
    const test = sample('test', 4000)
    const parts = {
      wide: defineFeatures({ features: { user: categorical({ scope: 'user', embeddingDim: 1 }), item: categorical({ scope: 'item', embeddingDim: 1 }), noise: numeric({ scope: 'pair' }) },
        crosses: { both: cross(['user', 'item'], { buckets: 4096 }) }, labels: { clicked: binary() } }).fit(train),
      deep: defineFeatures({ features: { user: categorical({ scope: 'user', embeddingDim: 4 }), item: categorical({ scope: 'item', embeddingDim: 4 }), noise: numeric({ scope: 'pair' }) },
        labels: { clicked: binary() } }).fit(train),
    }
    for (const [part, learnt] of Object.entries(parts)) {
      const model = new WideAndDeep(learnt, { hidden: part === 'wide' ? [] : [16, 8], seed })
      await fit(model, { rows: learnt.encode(train, { labels: true }) }, { backend, epochs: part === 'wide' ? 6 : 10, batchSize: 100, learningRate: 0.02, seed })
      const got = auc(test.map((row) => row.clicked), (await scoresOf(model, learnt.encode(test))).clicked)
      // 4,000 test rows put a standard error of about 0.006 on an AUC near 0.88.
      expect(got, part).toBeGreaterThan(rate - 0.025)
      expect(got, part).toBeLessThan(rate + 0.025)
    }
  })

  const column = (y: number[]) => y.map((value, i) => ({ x: i % 4, y: value }))
  const regressionSpec = defineFeatures({ features: { x: categorical({ scope: 'item' }) }, labels: { y: regression() } })

  it('predicts labels in their own units, whatever their scale', async () => {
    for (const [offset, scale] of [[0, 1], [1e5, 300], [-3, 1e-4]]) {
      const rows = column(Array.from({ length: 200 }, (_, i) => offset + scale * ((i % 4) - 1.5)))
      const learnt = regressionSpec.fit(rows)
      const model = new WideAndDeep(learnt, { hidden: [8] })
      await fit(model, { rows: learnt.encode(rows, { labels: true }) }, { backend, epochs: 40, batchSize: 50, learningRate: 0.05 })
      const { y } = await scoresOf(model, learnt.encode([{ x: 0 }, { x: 3 }]))
      expect((y[0] - offset) / scale).toBeCloseTo(-1.5, 0.5)
      expect((y[1] - offset) / scale).toBeCloseTo(1.5, 0.5)
    }
  })

  it('learns a label that never varies, although its deviation is rounding', async () => {
    const rows = column([...Array.from({ length: 99 }, () => 0.1), 0.1 + 1e-16, 0.1 + 1e-12])
    const learnt = regressionSpec.fit(rows)
    expect(learnt.labels[0].deviation).toBeGreaterThan(0)
    const model = new WideAndDeep(learnt, { hidden: [4] })
    const { epochs } = await fit(model, { rows: learnt.encode(rows, { labels: true }) }, { ...training, epochs: 20 })
    expect(epochs.at(-1)!.loss).toBeLessThan(0.01)
    expect((await scoresOf(model, learnt.encode([{ x: 0 }]))).y[0]).toBeCloseTo(0.1, 1)
  })

  it('standardize: false leaves the loss in the units of the label', async () => {
    const rows = column(Array.from({ length: 100 }, (_, i) => 50 + 10 * (i % 2)))
    const learnt = regressionSpec.fit(rows)
    const first = async (standardize: boolean) =>
      (await fit(new WideAndDeep(learnt, { hidden: [4], heads: { y: { standardize } } }), { rows: learnt.encode(rows, { labels: true }) }, { ...training, batchSize: 100, epochs: 1 })).epochs[0].loss
    expect(await first(false) / await first(true)).toBeCloseTo(25, -1)
  })
})

describe('masks', () => {
  it('leave masked labels without any influence, whatever stands there', async () => {
    const rows = encode(1, 50)
    const { values, mask } = rows.labels.get('seconds')!
    const trained = async (there: number) => {
      const altered = values.map((v, i) => (mask![i] === 0 ? there : v))
      const model = new WideAndDeep(fitted, { hidden: [6, 4] })
      await fit(model, { rows: { ...rows, labels: new Map([...rows.labels, ['seconds', { values: altered, mask: mask! }]]) } }, training)
      return numbersOf(model)
    }
    const plain = await trained(0)
    for (const there of [7, 1e30, NaN, -Infinity]) expect(await trained(there)).toEqual(plain)
  })

  it('a batch in which nothing counts moves nothing of that head', async () => {
    const rows = encode(1, 20)
    const silent = { ...rows, labels: new Map([['seconds', { values: rows.labels.get('seconds')!.values, mask: new Float32Array(20) }]]) }
    const model = new WideAndDeep(fitted, { hidden: [4], batchNorm: false, heads: { seconds: {} } })
    const before = numbersOf(model)
    const { epochs } = await fit(model, { rows: silent }, training)
    expect(epochs[0].loss).toBe(0)
    expect(numbersOf(model)).toEqual(before)
  })
})

describe('bad rows', () => {
  const rows = encode(1, 10)
  const model = () => new WideAndDeep(fitted, { hidden: [4] })
  const withColumn = (name: string, column: object) => ({ ...rows, columns: new Map([...rows.columns, [name, column]]) }) as EncodedRows
  const withLabel = (name: string, label: object) => ({ ...rows, labels: new Map([...rows.labels, [name, label]]) }) as EncodedRows
  const dense = rows.columns.get('affinity') as { values: Float32Array }
  const cases: readonly [string, EncodedRows, RegExp, { isInstance: (e: unknown) => boolean }][] = [
    ['rows never encoded', randomRows(1, 3) as unknown as EncodedRows, /`rows` to be rows encoded by a spec, as `encode` returns them, got an array of 3/, ArgumentError],
    ['nothing', undefined as unknown as EncodedRows, /`rows` to be rows encoded by a spec/, ArgumentError],
    ['a feature that is not there', fitted.encode(randomRows(1, 3), { scopes: ['user'] }), /expected encoded rows to hold feature "hour" as dense, got "user" \(ids\)/, SpecError],
    ['a feature of another kind', withColumn('hour', { kind: 'ids', ids: new Int32Array(10) }), /feature "hour" as dense, got .*"hour" \(ids\)/, SpecError],
    ['a feature of another width', withColumn('hour', { kind: 'dense', width: 2, values: new Float32Array(20) }), /feature "hour" of `rows` to have 1 numbers a row, got 2/, ShapeError],
    ['too few numbers', withColumn('hour', { kind: 'dense', width: 1, values: new Float32Array(9) }), /feature "hour" of `rows` to have \[10, 1\] values, got 9/, ShapeError],
    ['too few ids', withColumn('user', { kind: 'ids', ids: new Int32Array(9) }), /feature "user" of `rows` to have 10 ids, got 9/, ShapeError],
    ['too few bags', withColumn('tags', { kind: 'bags', ids: new Int32Array(0), offsets: new Int32Array(10) }), /feature "tags" of `rows` to have 11 offsets, got 10/, ShapeError],
    ['bags beyond their ids', withColumn('tags', { kind: 'bags', ids: new Int32Array(2), offsets: new Int32Array(11).fill(3, 10) }), /feature "tags" of `rows` to have offsets that rise within \[0, 2\], got 3 at row 10/, ShapeError],
    ['bags that fall', withColumn('tags', { kind: 'bags', ids: new Int32Array(2), offsets: new Int32Array(11).fill(1, 3, 5) }), /offsets that rise within \[0, 2\], got 0 at row 5/, ShapeError],
    ['too few weights of bags', withColumn('tags', { kind: 'bags', ids: new Int32Array(2), offsets: new Int32Array(11).fill(2, 5), weights: new Float32Array(1) }), /to have 2 weights like its ids, got 1/, ShapeError],
    ['a number that is none', withColumn('affinity', { ...dense, values: dense.values.with(4, NaN) }), /feature "affinity" of `rows` to hold finite numbers, got NaN at row 4/, DataError],
    ['ids of a larger vocabulary', withColumn('user', { kind: 'ids', ids: new Int32Array(10).fill(4000) }), /ids of table "user" to be in \[0, 7\), got 4000/, DataError],
    ['negative ids', withColumn('user_topic', { kind: 'ids', ids: new Int32Array(10).fill(-1) }), /ids of table "wide:user_topic" to be in \[0, 31\), got -1/, DataError],
  ]
  it.each(cases)('%s', async (_, given, message, kind) => {
    for (const run of [() => fit(model(), { rows: given }, training), () => predict(model(), given, { backend })]) {
      const error = await rejected(run)
      expect(String(error)).toMatch(message)
      expect(kind.isInstance(error)).toBe(true)
    }
  })

  const { values } = rows.labels.get('clicked')!
  const labelCases: readonly [string, EncodedRows, RegExp, { isInstance: (e: unknown) => boolean }][] = [
    ['no labels', fitted.encode(randomRows(1, 3)), /expected rows encoded with label "clicked", got no labels; encode with { labels: true }/, SpecError],
    ['a label that is NaN', withLabel('clicked', { values: values.with(3, NaN) }), /expected 0 or 1 of label "clicked" \(`rows`\), got NaN at row 3/, DataError],
    ['a binary label of 2', withLabel('clicked', { values: values.with(0, 2) }), /expected 0 or 1 of label "clicked" \(`rows`\), got 2 at row 0/, DataError],
    ['an infinite label', withLabel('seconds', { values: new Float32Array(10).fill(Infinity) }), /expected finite numbers of label "seconds" \(`rows`\), got Infinity at row 0/, DataError],
    ['a mask of 2', withLabel('clicked', { values, mask: new Float32Array(10).fill(2) }), /expected a mask of 0 and 1 of label "clicked"/, DataError],
    ['too few labels', withLabel('clicked', { values: values.slice(1) }), /expected 10 values of label "clicked" \(`rows`\), got 9/, ShapeError],
    ['no rows', sliceRows(rows, 0, 0), /expected at least one row to train on, got none/, DataError],
  ]
  it.each(labelCases)('labels: %s', async (_, given, message, kind) => {
    const error = await rejected(() => fit(model(), { rows: given }, training))
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
    const validating = await rejected(() => fit(model(), { rows, validation: given }, training))
    expect(kind.isInstance(validating), String(validating)).toBe(true)
  })

  it('a graph the model does not have', async () => {
    const error = await rejected(() => predict(model(), rows, { backend, graph: 'user' }))
    expect(ArgumentError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch("expected `graph` to be one of 'score', got \"user\"")
    expect(ArgumentError.isInstance(await rejected(() => predict(model(), rows, { backend, batchSize: 0 })))).toBe(true)
  })
})

it('loads a backend of its own where none is given', async () => {
  const rows = encode(1, 4)
  const model = new WideAndDeep(fitted, { hidden: [4] })
  const [auto, chosen] = [await predict(model, rows), await predict(model, rows, { backend: await loadBackend('auto') })]
  expect(auto).toEqual(chosen)
})
