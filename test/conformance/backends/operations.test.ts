import { describe, test } from 'vitest'
import { input, type Tensor } from 'feedrank/tensor'
import { type Case, cases, defaultRuns } from './cases'
import { evaluateAll, expectAllClose, expectClose, finiteDifferences, forEachBackend, runAll, sample, withGradients } from './harness'
import type { NumbersByName } from './oracle'

/** The case's graph with its loss and gradients, and feeds for each of its runs. */
function prepare({ inputs, build, runs = defaultRuns }: Case) {
  const entries = Object.entries(inputs).map(([name, [shape, fill = 'any']]) => ({
    name, fill, tensor: input(name, shape, { dtype: typeof fill === 'object' ? 'int32' : 'float32' }),
  }))
  const y = build(...entries.map(({ tensor }) => tensor))
  const differentiable = entries.filter(({ tensor, fill }) => tensor.dtype === 'float32' && fill !== 'bits')
  // Of an int32 result there is no gradient to take.
  const outputs: Record<string, Tensor> = y.dtype === 'int32' ? { y } : withGradients(y, differentiable.map(({ tensor }) => tensor))
  const feeds = runs.map((sizes, run): NumbersByName =>
    Object.fromEntries([...entries.map(({ name, tensor, fill }) => [name, sample(tensor, fill, `${name}/${run}`, sizes)] as const),
      ['weights', sample(input('weights', y.shape), 'any', `weights/${run}`, sizes)]]))
  return { outputs, feeds, differentiable: differentiable.map(({ name }) => name) }
}

/** Their derivative is 0 where finite differences see a step, or are no derivative of what is meant. */
const withoutDerivative = new Set(['greater', 'equal', 'cast', 'stopGradient', 'quantizedMatmul'])

const all = Object.entries(cases).flatMap(([op, list]) => list.map((each) => ({ op, title: `${op}: ${each.title}`, each })))

forEachBackend((backend) => {
  describe('values and gradients', () => {
    test.each(all)('$title', async ({ each, title }) => {
      const { outputs, feeds } = prepare(each)
      expectAllClose(await runAll(backend, outputs, feeds), evaluateAll(outputs, feeds), title)
    })
  })
})

describe('gradient rules, against central differences', () => {
  test.each(all.filter(({ op }) => !withoutDerivative.has(op)))('$title', ({ each, title }) => {
    const { outputs, feeds, differentiable } = prepare(each)
    if (outputs.loss === undefined) return
    feeds.forEach((fed, run) => {
      const [got] = evaluateAll(outputs, [fed])
      differentiable.forEach((name, i) => expectClose(got[`d${i}`], finiteDifferences(outputs.loss, fed, name), `∂${name} of ${title}, run ${run}`, 1e-6))
    })
  })
})
