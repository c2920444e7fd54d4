import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { gradients, input, type Shape, type Tensor } from 'feedrank/tensor'
import { expectClose, finiteDifferences, sample, type NumbersByName } from '../conformance/backends/harness'
import { evaluate } from '../conformance/backends/oracle'

/** Losses of several operations; the rule of each operation alone is tested with the backends. */
const losses: Readonly<Record<string, readonly [shapes: Readonly<Record<string, Shape>>, loss: (t: Readonly<Record<string, Tensor>>) => Tensor]>> = {
  'squared error of a linear model': [{ x: ['batch', 3], w: [3, 1], b: [1], y: ['batch', 1] },
    ({ x, w, b, y }) => mean(square(ops.subtract(ops.add(ops.matmul(x, w), b), y)))],
  'cross-entropy of a small network': [{ x: ['batch', 3], w: [3, 4], v: [4, 3], y: ['batch', 3] },
    ({ x, w, v, y }) => ops.negate(mean(ops.multiply(ops.softmax(y), ops.logSoftmax(ops.matmul(ops.tanh(ops.matmul(x, w)), v)))))],
  'in-batch softmax of normalised towers': [{ u: ['batch', 4], i: ['batch', 4] },
    ({ u, i }) => {
      const scores = ops.logSoftmax(ops.divide(ops.matmul(ops.l2Normalize(u), ops.l2Normalize(i), { transposeB: true }), 0.2))
      return ops.negate(ops.reduceMean(ops.reduceMax(scores, { axes: 1 })))
    }],
  'batch normalisation': [{ x: ['batch', 3], scale: [3], shift: [3], r: ['batch', 3] },
    ({ x, scale, shift, r }) => {
      const { mean: m, variance } = ops.moments(x, 0)
      const standard = ops.standardize(x, m, ops.inverseDeviation(variance, 0.1), 0)
      return ops.reduceSum(ops.multiply(r, ops.sigmoid(ops.add(ops.multiply(standard, scale), shift))))
    }],
  'a value used many times': [{ x: ['batch', 2] },
    ({ x }) => mean(ops.add(ops.multiply(x, ops.exp(x)), ops.divide(x, ops.add(ops.multiply(x, x), 1))))],
  'attention over a few rows': [{ q: ['batch', 2, 3], k: ['batch', 4, 3] },
    ({ q, k }) => mean(square(ops.matmul(ops.softmax(ops.matmul(q, k, { transposeB: true })), k)))],
  'columns apart and together again': [{ x: ['batch', 4] },
    ({ x }) => mean(square(ops.concat([ops.pad(ops.slice(x, 1, 1, 3), 1, 1, 0), ops.negate(ops.slice(x, 1, 0, 1))])))],
}
const square = (x: Tensor) => ops.multiply(x, x)
const mean = (x: Tensor) => ops.reduceMean(x)

const feedsOf = (inputs: readonly Tensor[], seed: number, batch: number): NumbersByName =>
  Object.fromEntries(inputs.map((t) => [nameOf(t), sample(t, 'any', `${seed}/${nameOf(t)}`, { batch })]))
const nameOf = (t: Tensor) => (t.attributes as { readonly name: string }).name

describe('gradients of composites equal central differences', () => {
  test.each(Object.entries(losses))('%s', (_, [shapes, build]) => {
    const tensors = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]))
    const inputs = Object.values(tensors)
    const loss = build(tensors)
    const derivatives = gradients(loss, inputs)
    for (const [seed, batch] of [[1, 4], [2, 4], [3, 1]]) {
      const feeds = feedsOf(inputs, seed, batch)
      const got = evaluate(derivatives, feeds)
      inputs.forEach((t, i) => expectClose(got[i], finiteDifferences(loss, feeds, nameOf(t)), `∂${nameOf(t)}`, 1e-6))
    }
  })
})

describe('second derivatives', () => {
  const x = input('x', ['batch'])
  const at = { x: { shape: [4], data: [-1.5, -0.3, 0.4, 2] } }
  const second = (f: (t: Tensor) => Tensor) => {
    const [first] = gradients(ops.reduceSum(f(x)), [x])
    return evaluate(gradients(ops.reduceSum(first), [x]), at)[0].data
  }
  const known: readonly (readonly [string, (t: Tensor) => Tensor, (x: number) => number])[] = [
    ['x³', (t) => ops.multiply(ops.multiply(t, t), t), (v) => 6 * v],
    ['eˣ', ops.exp, Math.exp],
    ['tanh', ops.tanh, (v) => -2 * Math.tanh(v) * (1 - Math.tanh(v) ** 2)],
    ['1 / (1 + x²)', (t) => ops.divide(1, ops.add(1, ops.multiply(t, t))), (v) => (6 * v * v - 2) / (1 + v * v) ** 3],
    ['softplus', ops.softplus, (v) => Math.exp(-v) / (1 + Math.exp(-v)) ** 2],
  ]
  test.each(known)('of %s', (_, f, derivative) => {
    second(f).forEach((value, i) => expect(value).toBeCloseTo(derivative(at.x.data[i]), 9))
  })

  test('of a whole loss: the gradient of |gradient|² equals central differences', () => {
    const w = input('w', [3, 2])
    const data = input('data', ['batch', 3])
    const loss = ops.reduceMean(ops.logSoftmax(ops.matmul(data, w)))
    const penalty = ops.reduceSum(gradients(loss, [w]).map(square)[0])
    const feeds = feedsOf([w, data], 5, 3)
    expectClose(evaluate(gradients(penalty, [w]), feeds)[0], finiteDifferences(penalty, feeds, 'w'), '∂w', 1e-6)
  })
})

describe('where no gradient flows', () => {
  const x = input('x', ['batch', 2])
  const w = input('w', [2])
  const feeds = { x: { shape: [2, 2], data: [1, 2, 3, 4] }, w: { shape: [2], data: [5, 6] } }
  test('it is 0, of the shape of what it is taken of', () => {
    const loss = ops.reduceSum(ops.stopGradient(x))
    const [dx, dw] = gradients(loss, [x, w])
    expect([dx.shape, dw.shape]).toEqual([['batch', 2], [2]])
    expect(evaluate([dx, dw], feeds).map(({ data }) => data)).toEqual([[0, 0, 0, 0], [0, 0]])
  })
  test('a part that is stopped counts as a constant', () => {
    const [dx] = gradients(ops.reduceSum(ops.multiply(x, ops.stopGradient(x))), [x])
    expect(evaluate([dx], feeds)[0].data).toEqual([1, 2, 3, 4])
  })
  test('of the loss itself it is 1', () => {
    const loss = ops.reduceSum(x)
    expect(evaluate(gradients(loss, [loss]), feeds)[0].data).toEqual([1])
  })
  test('a value in the middle of the graph has one too', () => {
    const hidden = ops.exp(x)
    const [dh] = gradients(ops.reduceSum(ops.multiply(hidden, hidden)), [hidden])
    evaluate([dh], feeds)[0].data.forEach((g, i) => expect(g).toBeCloseTo(2 * Math.exp(feeds.x.data[i]), 9))
  })
})

test('what is not chosen spoils no gradient: where keeps its NaN away', () => {
  const x = input('x', ['batch'])
  const safe = ops.where(ops.greater(x, 0), ops.log(ops.where(ops.greater(x, 0), x, 1)), 0)
  const [dx] = gradients(ops.reduceSum(safe), [x])
  expect(evaluate([dx], { x: { shape: [3], data: [-1, 0, 2] } })[0].data).toEqual([0, 0, 0.5])
})

test('ties share: a maximum goes to the first, a largest value evenly', () => {
  const [a, b] = [input('a', [2]), input('b', [2])]
  const feeds = { a: { shape: [2], data: [1, 3] }, b: { shape: [2], data: [1, 4] } }
  expect(evaluate(gradients(ops.reduceSum(ops.maximum(a, b)), [a, b]), feeds).map(({ data }) => data)).toEqual([[1, 0], [0, 1]])
  expect(evaluate(gradients(ops.reduceSum(ops.minimum(a, b)), [a, b]), feeds).map(({ data }) => data)).toEqual([[1, 1], [0, 0]])
  const x = input('x', [4])
  expect(evaluate(gradients(ops.reduceMax(x), [x]), { x: { shape: [4], data: [7, 1, 7, 2] } })[0].data).toEqual([0.5, 0, 0.5, 0])
})

test('only what leads from the loss to the wanted tensors is differentiated', () => {
  const [x, w] = [input('x', ['batch', 3]), input('w', [3, 2])]
  const [dw] = gradients(ops.reduceSum(ops.matmul(x, w)), [w])
  const products = ops.program({ dw }).nodes.filter(({ op }) => op === 'matmul')
  expect(products.length).toBe(1)
})

test('a chain of 10,000 operations has its gradient, and is no trouble for the stack', () => {
  const x = input('x', [])
  let t: Tensor = x
  for (let i = 0; i < 10_000; i++) t = i % 2 ? ops.multiply(t, 1.0001) : ops.add(t, ops.multiply(x, 1e-9 * (i + 1)))
  const { nodes } = ops.program({ t, dx: gradients(t, [x])[0] })
  expect(nodes.length).toBeGreaterThan(20_000)
  expect(ops.programFromJson(ops.programToJson(ops.program({ t }))).nodes.length).toBe(ops.program({ t }).nodes.length)
})

test('the same loss gives the same graph', () => {
  const build = () => {
    const [x, w] = [input('x', ['batch', 3]), input('w', [3])]
    return ops.printProgram(ops.program({ dw: gradients(ops.reduceMean(ops.softplus(ops.multiply(x, w))), [w])[0] }))
  }
  expect(build()).toBe(build())
})
