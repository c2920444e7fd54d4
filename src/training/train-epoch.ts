import type { EncodedRows } from '../features'
import type { TrainingBatch, TrainingTask } from '../models'
import type { Random } from '../random'
import type { FitOptions } from './fit'
import type { Progress } from './progress'
import { batched, shuffled } from './row-stream'
import type { TrainStep } from './train-step'

/** What a training goes by, checked. */
export type Settings = Required<Pick<FitOptions, 'epochs' | 'batchSize' | 'learningRate' | 'optimizer' | 'rowOptimizer' | 'seed' | 'shuffle' | 'shuffleBuffer'>> & {
  readonly clipNorm: number | undefined
  readonly momentum: number
}

/** Rows that come in parts. */
export interface Source {
  /** The parts of an epoch. */
  readonly parts: () => AsyncIterable<EncodedRows>
  readonly batch: (rows: EncodedRows) => TrainingBatch
  readonly count: number | undefined
}

interface EpochSettings extends Settings {
  readonly epoch: number
  readonly random: Random
  readonly progress: Progress
  readonly pause: () => Promise<void>
  readonly signal: AbortSignal | undefined
}

/** One pass over the data; `examples` is how many there are to be, where that is known. */
export async function trainEpoch(task: TrainingTask, source: Source | undefined, examples: number | undefined, step: TrainStep, settings: EpochSettings) {
  const { epoch, learningRate, random, progress, pause, signal } = settings
  const started = performance.now()
  const parts = new Map<string, number>()
  let [loss, norms, steps, done] = [0, 0, 0, 0]
  const batches = source === undefined ? inMemory(task, settings) : inParts(source, settings)
  for await (const { batch, size } of batches) {
    await pause()
    signal?.throwIfAborted()
    const result = await step.run(batch(), random, learningRate)
    loss += result.loss * size
    for (const [name, part] of result.parts) parts.set(name, (parts.get(name) ?? 0) + part * size)
    norms += result.gradientNorm
    steps++
    done += size
    progress.batch(epoch, done, Math.max(done, examples ?? 0), result.loss)
  }
  return {
    examples: done,
    loss: loss / done,
    parts: Object.fromEntries([...parts].map(([name, sum]) => [name, sum / done])),
    gradientNorm: norms / steps,
    trainingMs: performance.now() - started,
  }
}

interface Step {
  readonly batch: () => TrainingBatch
  readonly size: number
}

function* inMemory(task: TrainingTask, { batchSize, shuffle, random }: EpochSettings): Generator<Step, void> {
  const order = Int32Array.from({ length: task.examples }, (_, i) => i)
  if (shuffle) random.fork('order').shuffle(order)
  // Batches as even as they come: a last one of a few rows would take a full step on hardly any evidence, and leave its
  // moments in the running statistics of batch norm.
  const steps = Math.ceil(order.length / batchSize)
  for (let i = 0; i < steps; i++) {
    const examples = order.subarray(Math.floor((i * order.length) / steps), Math.floor(((i + 1) * order.length) / steps))
    yield { batch: () => task.batch(examples, random), size: examples.length }
  }
}

async function* inParts(source: Source, { batchSize, shuffle, shuffleBuffer, random }: EpochSettings): AsyncGenerator<Step, void> {
  const parts = source.parts()
  const ordered = shuffle ? shuffled(parts, shuffleBuffer, random.fork('order')) : parts
  for await (const rows of batched(ordered, batchSize, source.count)) yield { batch: () => source.batch(rows), size: rows.rows }
}
