import type { Backend, Feeds } from '../backends'
import { DataError } from '../errors'
import { encodedFor, featureFeeds, keptArrays, weightFeeds, weightInput, type Arrays, type Model, type TrainingBatch, type TrainingTask } from '../models'
import type { Optimizer, RowOptimizer } from '../optimizers'
import type { Random } from '../random'
import { gradients, program, type Program, type Tensor } from '../tensor'
import { fillDropoutMask } from './dropout'
import { normOf } from './learner'
import { createLearners } from './learners'

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
  /** Brings the model up to date: between steps, what learns may live elsewhere. */
  readonly store: () => void
  /** Goes on from the model, which someone may have changed. */
  readonly load: () => void
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
  const denseInputs = used.filter((to) => to.kind === 'dense')
  const weights = [...model.weights.trained].filter(([name]) => compiled.inputs.has(weightInput(name))).map(([name, weight]) => ({ name, ...weight }))
  const tables = [...new Set(rowInputs.map((to) => model.tables.get(to.table)!))]
    .map((table) => ({ table, inputs: rowInputs.filter((to) => to.table === table.name) }))
  const learners = await createLearners(weights, tables, optimizer, rowOptimizer)
  const learnable = new Set(learnt)
  const fixed = Object.entries(weightFeeds(model.weights)).filter(([name]) => compiled.inputs.has(name) && !learnable.has(name))
  const arrays = keptArrays()
  let step = 0

  return {
    async run(batch, random, learningRate) {
      for (const learner of learners) learner.prepare(batch)
      const fed = learners.flatMap((learner) => learner.feeds())
      const feeds = Object.fromEntries([
        ...fixed,
        ...fed.map(({ input, data, shape }) => [input, { data, shape }] as const),
        ...Object.entries(featureFeeds(model, denseInputs, batch.rows, arrays)),
        ...Object.entries(batch.feeds),
        ...maskFeeds(task, batch, random, arrays),
      ])
      const outputs = await executable.run(feeds, Object.fromEntries(fed.map(({ input, gradient }) => [gradientOutput(input), gradient])))

      for (const learner of learners) learner.receive((input) => outputs[gradientOutput(input)].data as Float32Array)
      const gradientNorm = normOf(learners, clipNorm)
      const loss = outputs.loss.data[0]
      if (!Number.isFinite(loss)) throw new DataError(`feedrank/fit: expected the loss to stay finite, got ${loss}: training diverged`)

      step++
      const scale = clipNorm === undefined || gradientNorm <= clipNorm ? 1 : clipNorm / gradientNorm
      for (const learner of learners) learner.update(step, learningRate, scale)
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
    store: () => learners.forEach((learner) => learner.store()),
    load: () => learners.forEach((learner) => learner.load()),
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

function maskFeeds({ graph }: TrainingTask, batch: TrainingBatch, random: Random, arrays: Arrays): (readonly [string, Feeds[string]])[] {
  return graph.masks.map(({ input, shape, rate }) => {
    const sizes = shape.map((d) => (typeof d === 'number' ? d : encodedFor(batch.rows, d).rows))
    const mask = arrays(input, sizes.reduce((n, d) => n * d, 1))
    fillDropoutMask(mask, rate, random)
    return [input, { data: mask, shape: sizes }]
  })
}
