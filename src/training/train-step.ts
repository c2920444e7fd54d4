import type { Backend, Feeds, NumericArray } from '../backends'
import { createRowGradient, type RowGradient } from '../embeddings'
import { DataError } from '../errors'
import { columnOf, encodedFor, featureFeeds, keptArrays, weightFeeds, weightInput, type Arrays, type Model, type RowsInput, type TrainingBatch, type TrainingTask } from '../models'
import { clipByGlobalNorm, createRowSlots, createSlots, globalNorm, type Optimizer, type RowOptimizer } from '../optimizers'
import type { Random } from '../random'
import { gradients, program, type Program, type Tensor } from '../tensor'
import { fillDropoutMask } from './dropout'

export interface StepOptions {
  readonly optimizer: Optimizer
  readonly rowOptimizer: RowOptimizer
  readonly clipNorm: number | undefined
  /** How much of a running statistic each batch replaces. */
  readonly momentum: number
}

export interface StepResult {
  readonly loss: number
  readonly parts: ReadonlyMap<string, number>
  readonly gradientNorm: number
}

/** One step of training: gather, run the graph, write gradients back. */
export interface TrainStep {
  readonly run: (batch: TrainingBatch, random: Random, learningRate: number) => Promise<StepResult>
  readonly dispose: () => void
}

const gradientOutput = (inputName: string) => `gradient of ${inputName}`
const observedOutput = (name: string) => `observed ${name}`
const partOutput = (name: string) => `part ${name}`

/** Compiles the training graph of a task and prepares the state of the optimizers. */
export async function trainStep(model: Model, task: TrainingTask, backend: Backend, options: StepOptions): Promise<TrainStep> {
  const { optimizer, rowOptimizer, clipNorm, momentum } = options
  const learnt = [...[...model.weights.trained.keys()].map(weightInput), ...model.inputs.flatMap((to) => (to.kind === 'rows' ? [to.input] : []))]
  const compiled = trainingProgram(task, new Set(learnt))
  const executable = await backend.compile(compiled)
  const used = model.inputs.filter((to) => compiled.inputs.has(to.input))
  const rowInputs = used.filter((to) => to.kind === 'rows')
  const weights = [...model.weights.trained].filter(([name]) => compiled.inputs.has(weightInput(name)))
  const slots = new Map(weights.map(([name, { values }]) => [name, createSlots(optimizer, values.length)]))
  const tables = [...new Set(rowInputs.map((to) => model.tables.get(to.table)!))]
  const rowSlots = new Map(tables.map((table) => [table.name, createRowSlots(rowOptimizer, table)]))
  const rowGradients = new Map(tables.map((table) => [table.name, createRowGradient(table)]))
  const arrays = keptArrays()
  const fixed = Object.fromEntries(Object.entries(weightFeeds(model.weights)).filter(([name]) => compiled.inputs.has(name)))
  let step = 0

  return {
    async run(batch, random, learningRate) {
      const feeds = { ...fixed, ...featureFeeds(model, used, batch.rows, arrays), ...batch.feeds, ...maskFeeds(task, batch, random, arrays) }
      const outputs = await executable.run(feeds, gradientArrays(compiled, feeds, arrays))
      const gradientOf = (name: string) => outputs[gradientOutput(name)].data as Float32Array

      for (const to of rowInputs) addRowGradient(rowGradients.get(to.table)!, to, batch, gradientOf(to.input))
      const all = [
        ...weights.map(([name]) => ({ name, values: gradientOf(weightInput(name)) })),
        ...[...rowGradients.values()].filter((g) => g.count > 0).map(({ name, values }) => ({ name, values })),
      ]
      const gradientNorm = clipNorm === undefined ? globalNorm(all) : clipByGlobalNorm(all, clipNorm)
      const loss = outputs.loss.data[0]
      if (!Number.isFinite(loss)) throw new DataError(`feedrank/fit: expected the loss to stay finite, got ${loss}: training diverged`)

      step++
      for (const [name, { values }] of weights) optimizer.update(values, gradientOf(weightInput(name)), slots.get(name)!, step, learningRate)
      for (const table of tables) {
        const gradient = rowGradients.get(table.name)!
        rowOptimizer.update(table, gradient, rowSlots.get(table.name)!, step, learningRate)
        gradient.clear()
      }
      for (const [name, { values }] of model.weights.statistics) {
        const seen = outputs[observedOutput(name)]?.data
        if (seen !== undefined) for (let i = 0; i < values.length; i++) values[i] += momentum * (seen[i] - values[i])
      }
      return {
        loss,
        parts: new Map([...task.graph.parts.keys()].map((name) => [name, outputs[partOutput(name)].data[0]])),
        gradientNorm,
      }
    },
    dispose: executable.dispose,
  }
}

/** The loss, its parts, what was observed, and the gradient of every learnt input. */
function trainingProgram({ graph }: TrainingTask, learnt: ReadonlySet<string>): Program {
  const forward = program(new Map([['loss', graph.loss]]))
  const loss = forward.outputs.get('loss')!
  const wanted = [...forward.inputs.values()].filter((t) => learnt.has(t.attributes.name))
  const slopes = gradients(loss, wanted)
  return program(new Map<string, Tensor>([
    ['loss', loss],
    ...[...graph.parts].map(([name, part]) => [partOutput(name), part] as const),
    ...[...graph.observed].map(([name, value]) => [observedOutput(name), value] as const),
    ...wanted.map((t, i) => [gradientOutput(t.attributes.name), slopes[i]] as const),
  ]))
}

/** Gradients are as long as what they are gradients of; writing them into kept arrays spares an allocation a step. */
function gradientArrays({ outputs }: Program, feeds: Feeds, arrays: Arrays): Record<string, NumericArray> {
  return Object.fromEntries(Object.entries(feeds).flatMap(([name, feed]) => {
    const output = gradientOutput(name)
    const { length } = ArrayBuffer.isView(feed) ? feed : feed.data
    return outputs.has(output) ? [[output, arrays(output, length)]] : []
  }))
}

function addRowGradient(sum: RowGradient, to: RowsInput, { rows }: TrainingBatch, gradient: Float32Array): void {
  const { columns } = encodedFor(rows, to.axis)
  if (to.combiner === undefined) sum.add(columnOf(columns, to.feature, 'ids').ids, gradient)
  else sum.addBags(columnOf(columns, to.feature, 'bags'), to.combiner, gradient)
}

function maskFeeds({ graph }: TrainingTask, batch: TrainingBatch, random: Random, arrays: Arrays): Feeds {
  return Object.fromEntries(graph.masks.map(({ input, shape, rate }) => {
    const sizes = shape.map((d) => (typeof d === 'number' ? d : encodedFor(batch.rows, d).rows))
    const mask = arrays(input, sizes.reduce((n, d) => n * d, 1))
    fillDropoutMask(mask, rate, random)
    return [input, { data: mask, shape: sizes }]
  }))
}
