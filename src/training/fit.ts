import { loadBackend, type Backend } from '../backends'
import { ArgumentError, checkInteger, checkNumber, expected } from '../errors'
import type { EncodedRows } from '../features'
import type { Model, Trainable, TrainingTask, Validator } from '../models'
import { adam, lazyAdam, type Optimizer, type RowOptimizer } from '../optimizers'
import { seededRandom, type Seed } from '../random'
import { breather } from './breather'
import { checkFinite } from './check-finite'
import type { EpochRecord, History } from './history'
import { progressBar } from './progress'
import { isStreamed, openStream, type OpenStream, type RowStream, type Streamed } from './row-stream'
import { bestSoFar, checkEarlyStopping, checkReduceOnPlateau, directionOf, type EarlyStopping, type ReduceOnPlateau, type Watch } from './schedules'
import { snapshot } from './snapshot'
import { trainEpoch, type Settings, type Source } from './train-epoch'
import { trainStep, type TrainStep } from './train-step'

export interface FitOptions {
  /** @defaultValue `loadBackend('auto')` */
  readonly backend?: Backend
  /** Most passes over the data. @defaultValue 10 */
  readonly epochs?: number
  /** Most examples a step: an epoch has as few steps as that allows, all of the same size but for one example. @defaultValue 256 */
  readonly batchSize?: number
  /** η of the first epoch. @defaultValue 0.001 */
  readonly learningRate?: number
  /** For dense weights. @defaultValue `adam()` */
  readonly optimizer?: Optimizer
  /** For embedding rows. @defaultValue `lazyAdam()` */
  readonly rowOptimizer?: RowOptimizer
  /** Gradients are scaled down to this global norm. @defaultValue no clipping */
  readonly clipNorm?: number
  /** Needs validation data, unless it watches `loss`. @defaultValue trains all epochs */
  readonly earlyStopping?: EarlyStopping
  /** @defaultValue a constant learning rate */
  readonly reduceOnPlateau?: ReduceOnPlateau
  /** Share by which each batch moves running statistics, in (0, 1]. @defaultValue 0.1 */
  readonly statisticsMomentum?: number
  /** Whether every epoch has an order of its own; otherwise examples come as they stand. @defaultValue true */
  readonly shuffle?: boolean
  /** Of rows that come in parts, among how many the order is drawn: they are in memory at once. @defaultValue 65536 */
  readonly shuffleBuffer?: number
  /** Orders examples, draws negatives and dropout. @defaultValue 0 */
  readonly seed?: Seed
  /** Draw a progress bar on standard error. @defaultValue 'auto': when it is a terminal */
  readonly progress?: boolean | 'auto'
  /** Called after each epoch. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>
  /** Ends training after the running step, or the running `onEpoch`; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Trains a model in place: shuffled batches, one optimizer step each, validation after each epoch.
 *
 * With `earlyStopping`, the model ends with the weights of its best epoch; otherwise with those of the last. The same
 * seed, data and backend give the same weights, bit for bit. If training fails or is aborted, the model is put back to
 * what it was.
 *
 * Rows larger than memory come in parts: `rows` is then a function that opens them, for every epoch anew, such as
 * `async function* () { for await (const table of readParquet(path)) yield spec.encode(table, { labels: true }) }`. Their order
 * is drawn within a buffer (`shuffleBuffer`); without `shuffle`, and with their `count` given, training is the same as on all of them in memory, bit for bit. Validation
 * rows are in memory.
 *
 * While an epoch runs, what learns may live in memory of its own, where WebAssembly kernels gather rows and take the steps
 * of the optimizers of this package: the model then has its numbers back before validation and `onEpoch`, and what
 * `onEpoch` changes in it holds. An optimizer with an `update` of its own, a table too large (4 GiB hold all tables with
 * their optimizers' state) and a platform without WebAssembly SIMD train in JavaScript, to the same numbers but for the
 * rounding of float32.
 *
 * @throws ArgumentError when an option is out of range, or a watched measure is not measured; DataError when there are
 * no rows, or training diverges (the message names the weight whose gradient or value is not finite)
 * @example
 * ```ts
 * import { WideAndDeep, binary, defineFeatures, fit, loadBackend, numeric } from 'feedrank'
 *
 * const rows = Array.from({ length: 90 }, (_, hour) => ({ hour, clicked: hour > 40 }))
 * const [train, validation] = [rows.filter((_, i) => i % 3 > 0), rows.filter((_, i) => i % 3 === 0)]
 * const spec = defineFeatures({ features: { hour: numeric({ scope: 'context' }) }, labels: { clicked: binary() } }).fit(train)
 * const { epochs, bestEpoch } = await fit(
 *   new WideAndDeep(spec, { hidden: [] }),
 *   { rows: spec.encode(train, { labels: true }), validation: spec.encode(validation, { labels: true }) },
 *   { backend: await loadBackend('javascript'), epochs: 30, batchSize: 16, learningRate: 0.1, earlyStopping: { metric: 'logLoss:clicked' } },
 * )
 * console.log(epochs[bestEpoch - 1].validation['auc:clicked'] > 0.95) // true
 * ```
 */
export async function fit<Data>(model: Trainable<Data>, data: NoInfer<Data> | Streamed<NoInfer<Data>>, options: FitOptions = {}): Promise<History> {
  if (typeof model?.trainingTask !== 'function') throw new ArgumentError(expected('fit', 'model', 'a model that can be trained, such as a WideAndDeep', model))
  const settings = checked(options)
  if (!isStreamed<Data>(data)) return train(model, model.trainingTask(data), undefined, settings, options)
  const { rows, count, ...others } = data as { readonly rows: RowStream; readonly count?: number }
  if (count !== undefined) checkInteger('fit', 'count', count)
  const opened = await openStream(rows)
  try {
    const task = model.trainingTask({ ...others, rows: opened.first } as Data)
    const { stream } = task
    if (stream === undefined) throw new ArgumentError(`feedrank/fit: expected \`rows\` in memory, as ${model.kind} needs all of them at hand, got a function`)
    // The first epoch goes on with what was opened to learn what the rows are like.
    let current: OpenStream | undefined = opened
    const parts = async function* (): AsyncGenerator<EncodedRows, void> {
      const from = current ?? (await openStream(rows))
      current = undefined
      try {
        for await (const part of from.parts) yield stream.accept(part)
      } finally {
        await from.close()
      }
    }
    return await train(model, task, { parts, batch: stream.batch, count }, settings, options)
  } finally {
    await opened.close()
  }
}

async function train(model: Model, task: TrainingTask, source: Source | undefined, settings: Settings, options: FitOptions): Promise<History> {
  const backend = options.backend ?? (await loadBackend('auto'))
  const validator = await task.validation?.(backend)
  const restore = snapshot(model)
  const progress = progressBar(options.progress ?? 'auto', settings.epochs)
  let step: TrainStep | undefined
  try {
    step = await trainStep(model, task, backend, settings)
    const { epochs } = settings
    await checkWatched({ earlyStopping: options.earlyStopping, reduceOnPlateau: options.reduceOnPlateau }, validator)
    const random = seededRandom(settings.seed)
    const records: EpochRecord[] = []
    const plateau = watching(options.reduceOnPlateau)
    const stopping = watching(options.earlyStopping)
    let { learningRate } = settings
    let best: { readonly epoch: number; readonly restore: () => void } | undefined

    const pause = breather()
    let examples = source === undefined ? task.examples : source.count

    for (let epoch = 1; epoch <= epochs; epoch++) {
      const { examples: seen, ...trained } = await trainEpoch(task, source, examples, step, { ...settings, learningRate, epoch, progress, pause, random: random.fork(`epoch ${epoch}`), signal: options.signal })
      examples = seen
      step.store()
      checkFinite(model)
      const validation = Object.fromEntries((await validator?.measure()) ?? [])
      const record: EpochRecord = { epoch, ...trained, validation, learningRate }
      records.push(record)
      progress.epoch(record, epochs)
      if (options.onEpoch !== undefined) {
        await options.onEpoch(record)
        step.load()
      }
      options.signal?.throwIfAborted()

      if (plateau !== undefined && !plateau.observe(record) && plateau.sinceBest() >= (options.reduceOnPlateau?.patience ?? 1)) {
        const { factor = 0.5, minLearningRate = 1e-6 } = options.reduceOnPlateau!
        learningRate = Math.max(learningRate * factor, Math.min(learningRate, minLearningRate))
        plateau.restart()
      }
      if (stopping === undefined) continue
      if (stopping.observe(record)) best = { epoch, restore: snapshot(model) }
      else if (stopping.sinceBest() >= (options.earlyStopping?.patience ?? 3)) break
    }
    best?.restore()
    return { epochs: records, bestEpoch: best?.epoch ?? records.length, stoppedEarly: records.length < epochs }
  } catch (error) {
    restore()
    throw error
  } finally {
    progress.close()
    step?.dispose()
    validator?.dispose()
  }
}

function checked(options: FitOptions): Settings {
  const { epochs = 10, batchSize = 256, learningRate = 0.001, optimizer = adam(), rowOptimizer = lazyAdam(), seed = 0, clipNorm, statisticsMomentum = 0.1, shuffle = true, shuffleBuffer = 65_536 } = options
  if (typeof optimizer?.update !== 'function') throw new ArgumentError(expected('fit', 'optimizer', 'an optimizer, such as adam()', optimizer))
  if (typeof rowOptimizer?.update !== 'function') throw new ArgumentError(expected('fit', 'rowOptimizer', 'a row optimizer, such as lazyAdam()', rowOptimizer))
  if (options.backend !== undefined && typeof options.backend?.compile !== 'function')
    throw new ArgumentError(expected('fit', 'backend', 'a backend, as `loadBackend` returns it', options.backend))
  if (typeof shuffle !== 'boolean') throw new ArgumentError(expected('fit', 'shuffle', 'true or false', shuffle))
  seededRandom(seed)
  if (options.earlyStopping !== undefined) checkEarlyStopping(options.earlyStopping)
  if (options.reduceOnPlateau !== undefined) checkReduceOnPlateau(options.reduceOnPlateau)
  return {
    epochs: checkInteger('fit', 'epochs', epochs),
    batchSize: checkInteger('fit', 'batchSize', batchSize),
    learningRate: checkNumber('fit', 'learningRate', learningRate, { above: 0 }),
    clipNorm: clipNorm === undefined ? undefined : checkNumber('fit', 'clipNorm', clipNorm, { above: 0 }),
    momentum: checkNumber('fit', 'statisticsMomentum', statisticsMomentum, { above: 0, max: 1 }),
    shuffleBuffer: checkInteger('fit', 'shuffleBuffer', shuffleBuffer),
    optimizer, rowOptimizer, seed, shuffle,
  }
}

/** Measures once before training, so that a misspelt measure does not cost an epoch. */
async function checkWatched(watches: Readonly<Record<string, Watch | undefined>>, validator: Validator | undefined): Promise<void> {
  const named = Object.entries(watches).filter(([, watch]) => watch?.metric !== undefined && watch.metric !== 'loss')
  if (named.length === 0) return
  const measures = [...((await validator?.measure()) ?? new Map<string, number>()).keys(), 'loss']
  const without = validator === undefined ? ' (others need `validation` data)' : ''
  for (const [name, watch] of named)
    if (!measures.includes(watch!.metric!)) throw new ArgumentError(expected('fit', `${name}.metric`, `one of the measures ${measures.join(', ')}${without}`, watch!.metric))
}

/** Follows the measure a schedule watches; which one that is becomes clear with the first epoch. */
function watching(watch: Watch | undefined) {
  if (watch === undefined) return undefined
  let tracker: ReturnType<typeof bestSoFar> | undefined
  return {
    observe(record: EpochRecord): boolean {
      const measures: Record<string, number> = { ...record.validation, loss: record.loss }
      const name = watch.metric ?? Object.keys(measures)[0]
      tracker ??= bestSoFar(directionOf(watch, name), watch.minDelta)
      return tracker.observe(measures[name])
    },
    sinceBest: () => tracker!.sinceBest(),
    restart: () => tracker!.restart(),
  }
}
