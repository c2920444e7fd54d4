import { describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, DataError, FeedrankError, ShapeError, SpecError } from '../../src/errors'
import { binary, categorical, defineFeatures, numeric, regression } from '../../src/features'
import { logLoss, meanInterval } from '../../src/metrics'
import { WideAndDeep, predict } from '../../src/models'
import { seededRandom } from '../../src/random'
import { distill, fit, type DistillOptions, type Teacher } from '../../src/training'
import { rejected } from '../models/caught'
import { encode, fitted, numbersOf } from '../models/samples'

const backend = javascriptBackend()
const rows = encode('train', 40)
const once = { backend, epochs: 1, batchSize: 1000, learningRate: 1e-12, progress: false } as const
const studentOf = (seed: number) => new WideAndDeep(fitted, { hidden: [4], batchNorm: false, seed, heads: { clicked: { weight: 2 }, seconds: { weight: 0.5 } } })
const random = seededRandom('teacher')
const said = { clicked: Array.from({ length: 40 }, () => random.next()), seconds: Array.from({ length: 40 }, () => 30 + 5 * random.normal()) }
const teacher: Teacher = new Map(Object.entries(said))
const clicked = rows.labels.get('clicked')!.values
const mask = rows.labels.get('seconds')!.mask!
const logit = (p: number) => Math.log(p / (1 - p))
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const crossEntropy = (z: number, y: number) => Math.log1p(Math.exp(z)) - z * y
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** What the losses are before the first step. */
async function first(options: DistillOptions, seed = 1) {
  const student = studentOf(seed)
  const scores = await predict(student, rows, { backend })
  const { epochs } = await distill(teacher, student, { rows }, { ...once, ...options })
  return { z: Array.from(scores.get('clicked')!, logit), seconds: [...scores.get('seconds')!], record: epochs[0] }
}

describe('the loss', () => {
  it.each([[0.5, 1], [0.9, 3], [0, 1], [1, 0.5]])('is that of labels and teacher, α = %f, T = %f', async (alpha, temperature) => {
    const { z, seconds, record } = await first({ alpha, temperature })
    const soft = mean(z.map((one, i) => temperature ** 2 * crossEntropy(one / temperature, sigmoid(logit(said.clicked[i]) / temperature))))
    const hard = mean(z.map((one, i) => crossEntropy(one, clicked[i])))
    const { deviation } = fitted.labels.find(({ name }) => name === 'seconds')!
    // Seconds count only where there was a click, for the teacher as for the label.
    const counted = seconds.flatMap((one, i) => (mask[i] === 1 ? [((one - said.seconds[i]) / deviation) ** 2] : []))
    expect(record.parts['clicked']).toBeCloseTo(hard, 4)
    expect(record.parts['teacher:clicked']).toBeCloseTo(soft, 4)
    expect(record.parts['teacher:seconds']).toBeCloseTo(mean(counted), 4)
    expect(record.loss).toBeCloseTo((1 - alpha) * (2 * hard + 0.5 * record.parts['seconds']) + alpha * (2 * soft + 0.5 * mean(counted)), 3)
  })

  it('unlabelled rows count where asked, and heads by their weights', async () => {
    const { seconds, record } = await first({ alpha: 1, unlabelled: true, headWeights: { clicked: 0, seconds: 3 } })
    const { deviation } = fitted.labels.find(({ name }) => name === 'seconds')!
    const all = mean(seconds.map((one, i) => ((one - said.seconds[i]) / deviation) ** 2))
    expect(record.parts['teacher:seconds']).toBeCloseTo(all, 4)
    expect(record.loss).toBeCloseTo(3 * all, 3)
  })

  const groups = Array.from({ length: 40 }, (_, i) => `request ${(i * 7) % 9}`)
  const lists = [...new Set(groups)].map((group) => groups.flatMap((one, i) => (one === group ? [i] : [])))
  const softmax = (values: readonly number[]) => {
    const e = values.map(Math.exp)
    return e.map((v) => v / e.reduce((a, b) => a + b, 0))
  }

  it.each([[1, undefined], [2, undefined], [2, 3]])('of lists, T = %f, the first %s', async (temperature, top) => {
    const { z, record } = await first({ alpha: 0, temperature, ranking: { groups, weight: 5, ...(top !== undefined && { top }) } })
    const costs = lists.map((list) => {
      const t = list.map((i) => logit(said.clicked[i]) / temperature)
      const limit = t.toSorted((a, b) => b - a)[Math.min(top ?? Infinity, t.length) - 1]
      const kept = softmax(t.map((one) => (one >= limit ? one : -Infinity)))
      const student = softmax(list.map((i) => z[i] / temperature))
      return -(temperature ** 2) * kept.reduce((sum, share, i) => sum + share * Math.log(student[i]), 0)
    })
    expect(record.parts['ranking']).toBeCloseTo(mean(costs), 3)
    expect(record.loss).toBeCloseTo(2 * record.parts['clicked'] + 0.5 * record.parts['seconds'] + 5 * mean(costs), 2)
  })

  it.each([[1, undefined], [2, 2]])('of pairs, T = %f, the first %s', async (temperature, top) => {
    const { z, record } = await first({ temperature, ranking: { groups, kind: 'pairwise', head: 'clicked', ...(top !== undefined && { top }) } })
    const costs = lists.flatMap((list) => {
      const t = list.map((i) => logit(said.clicked[i]))
      const limit = t.toSorted((a, b) => b - a)[Math.min(top ?? Infinity, t.length) - 1]
      return list.flatMap((i, a) => (t[a] < limit ? [] : list.map((j, b) => temperature ** 2 * crossEntropy((z[i] - z[j]) / temperature, sigmoid((t[a] - t[b]) / temperature)))))
    })
    expect(record.parts['ranking']).toBeCloseTo(mean(costs), 3)
  })

  it('a teacher that says what the labels say is no other teacher', async () => {
    const [alone, taught] = [studentOf(3), studentOf(3)]
    const options = { ...once, epochs: 4, batchSize: 8, learningRate: 0.02 }
    await fit(alone, { rows }, options)
    await distill(new Map([['seconds', rows.labels.get('seconds')!.values]]), taught, { rows }, { ...options, alpha: 1, headWeights: { seconds: 0.5 } })
    // With α = 1 and the teacher's seconds those of the label, only the click is not learnt.
    const [a, b] = await Promise.all([alone, taught].map((model) => predict(model, rows, { backend })))
    expect(a.get('clicked')).not.toEqual(b.get('clicked'))
    const both = studentOf(3)
    await distill(new Map([['seconds', rows.labels.get('seconds')!.values]]), both, { rows }, { ...options, alpha: 0 })
    expect(numbersOf(both)).toEqual(numbersOf(alone))
  })
})

describe('a student', () => {
  // Who clicks is a matter of user and topic together; the student is too small to find that out from few rows with noise.
  const spec = defineFeatures({
    features: { user: categorical({ scope: 'user', embeddingDim: 4 }), topic: categorical({ scope: 'item', embeddingDim: 4 }), hour: numeric({ scope: 'context' }) },
    labels: { clicked: binary() },
  })
  function world(seed: number, n: number) {
    const draw = seededRandom(`world ${seed}`)
    const taste = Array.from({ length: 30 }, () => Array.from({ length: 12 }, () => 1.5 * draw.normal()))
    return Array.from({ length: n }, () => {
      const [user, topic, hour] = [draw.integer(30), draw.integer(12), draw.integer(24)]
      const p = sigmoid(taste[user][topic] + 0.5 * Math.sin(hour / 4))
      return { user, topic, hour, clicked: Number(draw.next() < p), p }
    })
  }

  it('is not worse for a teacher than alone, over seeds: log loss on new rows, paired', async () => {
    const [alone, taught, teachers]: [number[], number[], number[]] = [[], [], []]
    for (let seed = 0; seed < 6; seed++) {
      const log = world(seed, 2400)
      const [train, test] = [log.slice(0, 1600), log.slice(1600)]
      const learnt = spec.fit(train)
      const data = { rows: learnt.encode(train, { labels: true }) }
      const asked = learnt.encode(test)
      const options = { backend, batchSize: 128, epochs: 6, learningRate: 0.01, seed, progress: false }
      const loss = async (model: WideAndDeep) => logLoss(test.map((row) => row.clicked), (await predict(model, asked, { backend })).get('clicked')!)
      const large = new WideAndDeep(learnt, { hidden: [32, 16], seed })
      await fit(large, data, options)
      const [one, other] = [new WideAndDeep(learnt, { hidden: [3], seed }), new WideAndDeep(learnt, { hidden: [3], seed })]
      await fit(one, data, options)
      await distill(large, other, data, options)
      teachers.push(await loss(large))
      alone.push(await loss(one))
      taught.push(await loss(other))
    }
    // Defaults throughout, α = 0.5 and T = 1. 95% interval of what the teacher saves, in nats: its upper end is above 0.
    const saved = meanInterval(alone.map((one, i) => one - taught[i]))
    expect(saved.high, JSON.stringify({ alone, taught, teachers, saved })).toBeGreaterThan(0)
  }, 60_000)

  it('may read other features than its teacher, in rows of its own spec', async () => {
    const log = world(1, 300)
    const small = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(log)
    const large = spec.fit(log)
    const model = new WideAndDeep(large, { hidden: [8] })
    const student = new WideAndDeep(small, { hidden: [3] })
    const data = { rows: small.encode(log, { labels: true }) }
    const options = { backend, epochs: 1, progress: false }
    expect(SpecError.isInstance(await rejected(() => distill(model, student, data, options)))).toBe(true)
    const { epochs } = await distill(model, student, { ...data, teacherRows: large.encode(log), validation: data.rows }, options)
    expect(Object.keys(epochs[0].validation)).toEqual(['logLoss:clicked', 'auc:clicked'])
  })

  it('is as it was when its teacher fails', async () => {
    const student = studentOf(4)
    const before = numbersOf(student)
    await rejected(() => distill(teacher, student, { rows }, { ...once, onEpoch: () => { throw new Error('stop') } }))
    expect(numbersOf(student)).toEqual(before)
  })
})

describe('bad input', () => {
  const groups = Array.from({ length: 40 }, (_, i) => i % 4)
  const wrong: readonly (readonly [string, Teacher | unknown, object, { readonly isInstance: (e: unknown) => boolean }])[] = [
    ['no teacher', undefined, {}, ArgumentError], ['a teacher of other heads', new Map([['liked', said.clicked]]), {}, ArgumentError],
    ['too few scores', new Map([['clicked', [0.5]]]), {}, ShapeError], ['logits for probabilities', new Map([['clicked', said.seconds]]), {}, DataError],
    ['NaN', new Map([['clicked', said.clicked.map((p, i) => (i === 7 ? NaN : p))]]), {}, DataError],
    ['α above 1', teacher, { alpha: 1.1 }, ArgumentError], ['T of 0', teacher, { temperature: 0 }, ArgumentError], ['unlabelled of text', teacher, { unlabelled: 'yes' }, ArgumentError],
    ['a weight of no head', teacher, { headWeights: { liked: 1 } }, ArgumentError], ['a negative weight', teacher, { headWeights: { clicked: -1 } }, ArgumentError],
    ['groups too few', teacher, { ranking: { groups: [1, 2] } }, ArgumentError], ['groups of one', teacher, { ranking: { groups: groups.map((_, i) => i) } }, ArgumentError],
    ['groups of null', teacher, { ranking: { groups: groups.map(() => null) } }, ArgumentError], ['no groups', teacher, { ranking: {} }, ArgumentError],
    ['another kind', teacher, { ranking: { groups, kind: 'pointwise' } }, ArgumentError], ['a ranking of seconds', teacher, { ranking: { groups, head: 'seconds' } }, ArgumentError],
    ['the first 0', teacher, { ranking: { groups, top: 0 } }, ArgumentError], ['λ below 0', teacher, { ranking: { groups, weight: -1 } }, ArgumentError],
    ['rows of another number', teacher, { teacherRows: encode('other', 3) }, ArgumentError],
  ]
  it.each(wrong)('%s', async (_, given, options, kind) => {
    const { teacherRows, ...rest } = options as DistillOptions & { teacherRows?: typeof rows }
    const error = await rejected(() => distill(given as Teacher, studentOf(1), { rows, ...(teacherRows && { teacherRows }) }, { ...once, ...rest }))
    expect(kind.isInstance(error), String(error)).toBe(true)
  })

  it('a student whose loss is of another form', async () => {
    const learnt = defineFeatures({ features: { a: numeric({ scope: 'item' }) }, labels: { y: regression() } }).fit([{ a: 1, y: 2 }, { a: 2, y: 5 }])
    const encoded = learnt.encode([{ a: 1, y: 2 }, { a: 2, y: 5 }], { labels: true })
    const student = new WideAndDeep(learnt, { hidden: [] })
    await distill(new Map([['y', [2, 5]]]), student, { rows: encoded }, once)
    const error = await rejected(() => distill(new Map([['y', [2, 5]]]), student, { rows: encoded }, { ...once, ranking: { groups: [1, 1] } }))
    expect(FeedrankError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/`ranking.head` to be a binary head that both have \(there is none\)/)
    expect(ArgumentError.isInstance(await rejected(() => distill(teacher, {} as never, { rows })))).toBe(true)
  })
})
