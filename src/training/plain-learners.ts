import { createRowGradient, gatherBags, gatherRows, type EmbeddingTable } from '../embeddings'
import { columnOf, encodedFor, keptArrays, weightInput, type RowsInput, type Weight } from '../models'
import { createRowSlots, createSlots, type Optimizer, type RowOptimizer } from '../optimizers'
import { sumOfSquares } from '../optimizers/global-norm'
import type { Learner, LearnerFeed } from './learner'

/** A dense weight of a model, named. */
export type NamedWeight = Weight & { readonly name: string }

/** A dense weight that an optimizer updates where the model has it. */
export function plainWeight({ name, values, shape }: NamedWeight, optimizer: Optimizer): Learner {
  const slots = createSlots(optimizer, values.length)
  let gradient: Float32Array = new Float32Array(values.length)
  const feed = { input: weightInput(name), data: values, shape, gradient }
  return {
    name,
    ...inPlace,
    prepare: () => {},
    feeds: () => [feed],
    receive(gradientOf) {
      gradient = gradientOf(feed.input)
    },
    squares: () => sumOfSquares(gradient),
    gradient: () => gradient,
    update(step, learningRate, scale) {
      multiply(gradient, scale)
      optimizer.update(values, gradient, slots, step, learningRate)
    },
  }
}

/** A table that a row optimizer updates where the model has it. */
export function plainRows(table: EmbeddingTable, inputs: readonly RowsInput[], optimizer: RowOptimizer): Learner {
  const slots = createRowSlots(optimizer, table)
  const sum = createRowGradient(table)
  const arrays = keptArrays()
  let fed: readonly (LearnerFeed & { readonly add: (gradient: Float32Array) => void })[] = []

  return {
    name: table.name,
    ...inPlace,
    prepare({ rows }) {
      fed = inputs.map(({ input, axis, feature, combiner }) => {
        const { rows: count, columns } = encodedFor(rows, axis)
        const data = arrays(input, count * table.dim)
        const feed = { input, data, shape: [count, table.dim], gradient: arrays(`gradient of ${input}`, data.length) }
        if (combiner === undefined) {
          const { ids } = columnOf(columns, feature, 'ids')
          gatherRows(table, ids, data)
          return { ...feed, add: (gradient) => sum.add(ids, gradient) }
        }
        const bags = columnOf(columns, feature, 'bags')
        gatherBags(table, bags, combiner, data)
        return { ...feed, add: (gradient) => sum.addBags(bags, combiner, gradient) }
      })
    },
    feeds: () => fed,
    receive(gradientOf) {
      for (const { input, add } of fed) add(gradientOf(input))
    },
    squares: () => sumOfSquares(sum.values),
    gradient: () => sum.values,
    update(step, learningRate, scale) {
      multiply(sum.values, scale)
      optimizer.update(table, sum, slots, step, learningRate)
      sum.clear()
    },
  }
}

/** The model's arrays are those that learn. */
const inPlace = { store: () => {}, load: () => {} }

function multiply(values: Float32Array, scale: number): void {
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] *= scale
}
