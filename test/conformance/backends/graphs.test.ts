import { describe, test } from 'vitest'
import { type Random, seededRandom } from '../../../src/random'
import * as ops from 'feedrank/tensor'
import { input, type Shape, type Tensor } from 'feedrank/tensor'
import { broadcastShapes, broadcastsTo } from '../../../src/tensor/shape'
import { evaluateAll, expectAllClose, forEachBackend, runAll, sample } from './harness'
import type { NumbersByName } from './oracle'

/**
 * Random graphs of many operations and their gradients: what the cases of one operation cannot show, since backends
 * rewrite neighbouring operations together. All functions used keep values small, so float32 stays accurate.
 */
function randomGraph(random: Random): { readonly outputs: Record<string, Tensor>; readonly inputs: readonly Tensor[] } {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]
  const shapes: readonly Shape[] = [['batch', 3], ['batch', 1], [3], [], ['batch', 4], [3, 4], [1, 3]]
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape))
  const pool: Tensor[] = [...inputs]
  const fitting = (a: Tensor) => pick(pool.filter((b) => fits(a, b)))
  const steps: readonly (() => Tensor | undefined)[] = [
    () => pick([ops.tanh, ops.sigmoid, ops.negate, ops.softplus, ops.abs, ops.relu, ops.stopGradient])(pick(pool)),
    () => {
      const a = pick(pool)
      return pick([ops.add, ops.subtract, ops.maximum, ops.minimum, (x: Tensor, y: Tensor) => ops.multiply(ops.tanh(x), ops.tanh(y))])(a, fitting(a))
    },
    () => {
      const a = pick(pool)
      const b = fitting(a)
      return ops.where(ops.greater(a, b), a, pick([b, ops.constant(0.5)]))
    },
    () => {
      const a = pick(pool.filter((t) => t.shape.length === 2))
      const b = pool.find((t) => t.shape.length === 2 && t.shape[0] === a.shape[1])
      return b && ops.multiply(ops.matmul(a, b), 0.3)
    },
    () => {
      const a = pick(pool.filter((t) => t.shape.length === 2))
      const b = pool.find((t) => t.shape.length === 2 && t.shape[0] === a.shape[0])
      const product = b && ops.matmul(a, b, { transposeA: true })
      const term = product && pool.find((t) => broadcastsTo(t.shape, product.shape))
      return term && ops.tanh(ops.add(product, term))
    },
    () => {
      const a = pick(pool.filter((t) => t.shape.length > 0))
      return pick([ops.reduceSum, ops.reduceMean])(a, { axes: random.integer(a.shape.length), keepDims: random.next() < 0.5 })
    },
    () => pick([ops.softmax, ops.logSoftmax])(pick(pool.filter((t) => t.shape.length > 0))),
    () => {
      const a = pick(pool)
      const wider = shapes.filter((shape) => broadcastsTo(a.shape, shape))
      return wider.length > 0 ? ops.broadcastTo(a, pick(wider)) : undefined
    },
    () => ops.concat([pick(pool.filter((t) => String(t.shape) === 'batch,3')), inputs[1], inputs[4]]),
    () => {
      const a = pick(pool.filter((t) => t.shape.length === 2 && typeof t.shape[1] === 'number' && t.shape[1] > 1))
      return ops.pad(ops.slice(a, 1, 1, a.shape[1] as number), 1, random.integer(2), 1)
    },
  ]
  while (pool.length < inputs.length + 12) {
    const made = pick(steps)()
    if (made && made.shape.length <= 3) pool.push(made)
  }
  const last = pool.slice(-4)
  const loss = last.map((t) => ops.reduceMean(ops.tanh(t))).reduce((a, b) => ops.add(a, b))
  const gradients = ops.gradients(loss, inputs.slice(0, 4))
  return { inputs, outputs: Object.fromEntries([...last, loss, ...gradients].map((t, i) => [`y${i}`, t])) }
}

function fits(a: Tensor, b: Tensor): boolean {
  try {
    return broadcastShapes('fits', a.shape, b.shape).length <= 3
  } catch {
    return false
  }
}

/** A ranking model's training step: three layers, batch statistics, a wide part, two heads, gradients of all weights. */
function trainingStep(): { readonly outputs: Record<string, Tensor>; readonly inputs: readonly Tensor[] } {
  const x = input('x', ['batch', 6])
  const wide = input('wide', ['batch', 2])
  const labels = input('labels', ['batch', 2])
  const weights: Tensor[] = []
  const weight = (name: string, shape: Shape) => (weights.push(input(name, shape)), weights[weights.length - 1])
  let hidden: Tensor = x
  let width = 6
  for (const [layer, next] of [8, 5].entries()) {
    hidden = ops.relu(ops.add(ops.matmul(hidden, weight(`w${layer}`, [width, next])), weight(`b${layer}`, [next])))
    const { mean, variance } = ops.moments(hidden, 0)
    const standard = ops.standardize(hidden, mean, ops.inverseDeviation(variance, 0.1), 0)
    hidden = ops.add(ops.multiply(standard, weight(`scale${layer}`, [next])), weight(`shift${layer}`, [next]))
    width = next
  }
  const logits = ops.add(ops.add(ops.matmul(hidden, weight('out', [width, 2])), weight('bias', [2])), ops.reduceSum(wide, { axes: 1, keepDims: true }))
  const loss = ops.reduceMean(ops.subtract(ops.softplus(logits), ops.multiply(logits, labels)))
  const gradients = ops.gradients(loss, [...weights, x, wide])
  return { inputs: [x, wide, labels, ...weights], outputs: { loss, logits, ...Object.fromEntries(gradients.map((g, i) => [`d${i}`, g])) } }
}

const runsOf = (inputs: readonly Tensor[], batches: readonly number[], seed: number): NumbersByName[] =>
  batches.map((batch) => Object.fromEntries(inputs.map((t) => {
    const { name } = t.attributes as { readonly name: string }
    return [name, sample(t, 'any', `${seed}/${name}/${batch}`, { batch })]
  })))

forEachBackend((backend) => {
  describe('whole graphs', () => {
    test.each(Array.from({ length: 60 }, (_, seed) => seed))('random, seed %i', async (seed) => {
      const { inputs, outputs } = randomGraph(seededRandom(seed))
      const feeds = runsOf(inputs, [5, 1, 0], seed)
      expectAllClose(await runAll(backend, outputs, feeds), evaluateAll(outputs, feeds), `seed ${seed}`)
    })

    test('a ranking model in training', async () => {
      const { inputs, outputs } = trainingStep()
      const feeds = runsOf(inputs, [32, 3, 1], 0)
      expectAllClose(await runAll(backend, outputs, feeds), evaluateAll(outputs, feeds), 'training step')
    })
  })
})
