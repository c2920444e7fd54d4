import {
  abs, add, broadcastTo, concat, constant, divide, input, matmul, maximum, multiply, negate, reduceMax, reduceMean, reduceSum, relu, reshape, sigmoid, slice,
  softmax, stopGradient, subtract, tanh, type InputRate, type Tensor,
} from 'feedrank'
import { describe, expect, it } from 'vitest'
import { seededRandom, type Random } from '../../../src/random'
import { compileGraph } from '../../../src/serving/compiler/compile-graph'
import { numbersFor, plainly, served } from './run'

const weightsOf = (values: ReturnType<typeof numbersFor>) => Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith('w')))

const x = (name: string, width: number, rate: InputRate) => input(name, ['batch', width], { rate })
let weights = 0
const w = (...shape: number[]) => input(`w${weights++}`, shape, { rate: 'constant' })

/** Scores of the compiled graph and of the plain one, for one request and for several, rows gathered here or there. */
async function compare(graph: ReadonlyMap<string, Tensor>, seed: string) {
  const pairs = 11
  const values = numbersFor(graph, 'batch', { requests: 3, items: 5, pairs }, seed)
  const random = seededRandom(seed)
  const compiled = await compileGraph(graph, 'batch', weightsOf(values))
  const itemOf = Array.from({ length: pairs }, () => random.integer(5))
  const lists = compiled.plan.mixesCandidates ? [itemOf.map(() => 1)] : [itemOf.map(() => 1), itemOf.map((_, i) => i % 3)]
  for (const requestOf of lists) {
    const plain = await plainly(graph, values, requestOf, itemOf)
    for (const gathers of ['host', 'backend'] as const) {
      const fast = await served(compiled, graph, values, requestOf, itemOf, gathers)
      for (const name of graph.keys()) {
        const expected = [...plain[name].data]
        expect(fast[name].length).toBe(expected.length)
        expected.forEach((value, i) => expect(Math.abs(fast[name][i] - value), `${seed} ${name}[${i}]: ${fast[name][i]} for ${value}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value))))
      }
    }
  }
  return compiled
}

const mlp = (h: Tensor, ...units: readonly number[]): Tensor =>
  units.reduce((at, n) => relu(add(matmul(at, w(at.shape[1] as number, n)), w(n))), h)

describe('compileGraph', () => {
  it('splits the first product by rate, folds batch norm and adds up the wide part by rate', async () => {
    const features = concat([x('user', 8, 'request'), x('post', 8, 'item'), x('author', 4, 'item'), x('numbers', 3, 'pair')], 1)
    const first = relu(add(matmul(features, w(23, 16)), w(16)))
    const norm = add(multiply(multiply(subtract(first, w(1, 16)), divide(1, add(multiply(w(1, 16), 0), 0.7))), w(16)), w(16))
    const deep = add(matmul(relu(add(matmul(norm, w(16, 8)), w(8))), w(8, 2)), w(2))
    const all = add(add(add(deep, x('cross', 2, 'pair')), x('popular', 2, 'item')), x('country', 2, 'request'))
    const heads = new Map([['click', sigmoid(reshape(slice(all, 1, 0, 1), ['batch']))], ['dwell', reshape(slice(all, 1, 1, 2), ['batch'])]])
    const { plan } = await compare(heads, 'wide and deep')
    expect(plan.pair.multiplications).toBe(3 * 16 + 16 * 8 + 8 * 2)
    expect(plan.columns.map(({ width }) => width).toSorted((a, b) => a - b)).toEqual([2, 16])
    expect(plan.hoisted).toBe(true)
    expect(plan.text).toContain('once an item')
  })

  it('holds for two towers: items are whole rows, the rest a dot product', async () => {
    const u = mlp(x('u', 6, 'request'), 8, 4)
    const v = mlp(x('v', 5, 'item'), 8, 4)
    const { plan } = await compare(new Map([['score', reduceSum(multiply(u, v), { axes: 1 })]]), 'towers')
    expect(plan.pair.multiplications).toBe(4)
    expect(plan.columns).toEqual([{ name: 'item:0', shape: [4], width: 4 }])
  })

  it('holds for DCN, DeepFM, MMoE and attention over a history', async () => {
    const fields = [x('u', 6, 'request'), x('i', 6, 'item'), x('j', 6, 'item'), x('p', 6, 'pair')]
    const x0 = concat(fields, 1)
    const dcn = [0, 1].reduce((at) => add(multiply(x0, add(matmul(at, w(24, 24)), w(24))), at), x0)
    await compare(new Map([['dcn', matmul(dcn, w(24, 1))]]), 'dcn')

    const stacked = concat(fields.map((f) => reshape(f, ['batch', 1, 6])), 1)
    const sum = reduceSum(stacked, { axes: 1 })
    const squares = reduceSum(multiply(stacked, stacked), { axes: 1 })
    const fm = multiply(0.5, reduceSum(subtract(multiply(sum, sum), squares), { axes: 1, keepDims: true }))
    const deepFm = await compare(new Map([['deepfm', sigmoid(add(fm, matmul(mlp(x0, 8), w(8, 1))))]]), 'deepfm')
    expect(deepFm.plan.pair.multiplications).toBeLessThan(deepFm.plan.plainMultiplications / 1.5)

    const experts = [0, 1, 2].map(() => mlp(x0, 8))
    const tasks = ['like', 'share'].map((task) => {
      const gate = softmax(matmul(x0, w(24, 3)))
      const mixed = experts.map((e, i) => multiply(e, slice(gate, 1, i, i + 1))).reduce((a, b) => add(a, b))
      return [task, reshape(sigmoid(add(matmul(mixed, w(8, 1)), w(1))), ['batch'])] as const
    })
    const mmoe = await compare(new Map(tasks), 'mmoe')
    expect(mmoe.plan.saved).toBeGreaterThan(0.5)

    const history = reshape(x('history', 4 * 6, 'request'), ['batch', 4, 6])
    const target = broadcastTo(reshape(fields[1], ['batch', 1, 6]), ['batch', 4, 6])
    const beside = concat([history, target, subtract(history, target), multiply(history, target)], 2)
    const hidden = relu(matmul(beside, broadcastTo(w(24, 5), ['batch', 24, 5])))
    const attention = matmul(hidden, broadcastTo(w(5, 1), ['batch', 5, 1]))
    const interest = reduceSum(multiply(history, attention), { axes: 1 })
    const din = await compare(new Map([['din', matmul(mlp(concat([interest, fields[0], fields[1]], 1), 8), w(8, 1))]]), 'din')
    expect(din.plan.saved).toBeGreaterThan(0.5)
  })

  it('leaves heads of one rate where they belong', async () => {
    const request = mlp(x('u', 3, 'request'), 2)
    const item = mlp(x('i', 3, 'item'), 2)
    const { plan } = await compare(new Map([['request', request], ['item', item], ['both', add(request, item)], ['fixed', broadcastTo(w(2), ['batch', 2])]]), 'heads')
    expect(plan.pair.multiplications).toBe(0)
    await compare(new Map([['request', reshape(matmul(x('u', 3, 'request'), w(3, 1)), ['batch'])]]), 'request alone')
    // Nothing but the constant's own shape tells how many there are.
    await compare(new Map([['item', x('i', 2, 'item')], ['fixed', broadcastTo(w(2), ['batch', 2])]]), 'item and constant')
  })

  it('keeps shapes that a factor or a dropout mask widens', async () => {
    const wide = multiply(matmul(x('u', 3, 'request'), w(3, 4)), w(1, 1, 4))
    await compare(new Map([['y', reduceSum(wide, { axes: [0, 2] })]]), 'a factor of three axes')
    const mask = input('dropout:1', ['batch', 4])
    const { whole } = await compileGraph(new Map([
      ['stretched', multiply(x('i', 1, 'item'), mask)], ['joined', concat([multiply(broadcastTo(constant([1, 2, 3, 4]), ['batch', 4]), mask), x('i', 1, 'item')], 1)],
    ]), 'batch', {})
    expect([...whole.values()].map(({ shape }) => shape)).toEqual([['batch', 4], ['batch', 5]])
  })

  it('says where nothing can be worked out ahead', async () => {
    const { plan } = await compare(new Map([['y', mlp(x('p', 4, 'pair'), 3, 1)]]), 'pairs alone')
    expect(plan).toMatchObject({ hoisted: false, saved: 0, columns: [] })
    expect(plan.text).toContain('nothing can be worked out ahead')
  })

  it('does not take apart what depends on the other candidates', async () => {
    const item = x('i', 3, 'item')
    const centred = subtract(item, reduceMean(item, { axes: 0, keepDims: true }))
    const { plan } = await compare(new Map([['y', reduceSum(multiply(centred, x('u', 3, 'request')), { axes: 1 })]]), 'mixing')
    expect(plan.mixesCandidates).toBe(true)
    expect(plan.text).toContain('depend on the other candidates')
  })

  it('drops dropout and stopped gradients', async () => {
    const graph = new Map([['y', multiply(stopGradient(x('i', 3, 'item')), input('dropout:0', ['batch', 3]))]])
    const { whole } = await compileGraph(graph, 'batch', {})
    expect(whole.get('y')!.op).toBe('input')
  })

  it('gives the scores of the plain graph for random graphs of random rates', async () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = seededRandom(`graph ${seed}`)
      await compare(new Map([['y', randomGraph(random)]]), `graph ${seed}`)
    }
  })
})

function randomGraph(random: Random): Tensor {
  const rates: readonly InputRate[] = ['request', 'item', 'pair']
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]
  const made: Tensor[] = Array.from({ length: 2 + random.integer(4) }, (_, i) => x(`x${i}`, 1 + random.integer(5), pick(rates)))
  const width = (t: Tensor) => t.shape[1] as number
  const unary = [relu, tanh, sigmoid, negate, abs, softmax, stopGradient]
  const binary = [add, subtract, multiply, maximum]
  for (let step = 0; step < 4 + random.integer(14); step++) {
    const a = pick(made)
    const b = pick(made.filter((t) => width(t) === width(a) || width(t) === 1))
    const c = pick([w(width(a)), w(1, width(a)), constant(0.5), w(1)])
    made.push(pick<() => Tensor>([
      () => pick(unary)(a),
      () => (b === undefined ? a : pick(binary)(a, b)),
      () => (random.next() < 0.5 ? pick(binary)(a, c) : subtract(c, a)),
      () => divide(a, add(abs(c), 1)),
      () => concat([a, pick(made), pick(made)], 1),
      () => concat([a, pick(made)], 1),
      () => matmul(a, w(width(a), 1 + random.integer(6))),
      () => {
        const wide = concat([a, pick(made), pick(made)], 1)
        return matmul(wide, w(width(wide), 1 + random.integer(6)))
      },
      () => matmul(a, w(1 + random.integer(6), width(a)), { transposeB: true }),
      () => (width(a) > 1 ? slice(a, 1, random.integer(width(a) - 1), width(a)) : a),
      () => pick([reduceSum, reduceMean, reduceMax])(a, { axes: 1, keepDims: true }),
      () => broadcastTo(pick([reduceSum(a, { axes: 1, keepDims: true }), w(1)]), ['batch', 3]),
      () => reshape(reshape(a, ['batch', 1, width(a)]), ['batch', width(a)]),
    ])())
  }
  return concat(made.slice(-3), 1)
}
