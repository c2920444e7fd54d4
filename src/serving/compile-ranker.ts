import { loadBackend, type Backend } from '../backends'
import { choiceOf } from '../backends/load-backend'
import { ArgumentError, BackendError, ContractError, DataError, checkInteger, checkNumber, checkObject, expected, show } from '../errors'
import type { FittedSpec } from '../features'
import type { Calibrator } from '../metrics'
import { weightFeeds, type Model } from '../models'
import { program } from '../tensor'
import { topologicalOrder } from '../tensor/topological-order'
import { headEntries, type ByHead } from './by-head'
import { compileGraph } from './compiler/compile-graph'
import type { Partition } from './compiler/partition'
import { placeRequest } from './compiler/place-request'
import type { Outputs } from './compiler/rows'
import { checkInt8, checkLoss, precisionLoss, samplerOf, type Int8Options } from './int8'
import { itemStore, type ItemCacheOptions } from './item-cache'
import { jobQueue, type BatchingOptions } from './job-queue'
import { encodedItems, feedsFor, prepareJob, type JobSetup } from './prepare-job'
import type { Candidates, Ranker, Scores } from './ranker'
import { checkSpec, rankerEncoder } from './ranker-encoder'
import { rankerGraph } from './ranker-graph'
import { rankerVersion } from './ranker-version'
import { localExecutor, type ScoreGraph } from './score-executor'
import { workerExecutor, type WorkerOptions } from './score-workers'

export interface CompileRankerOptions<Head extends string = string> {
  /** What runs the graphs. @defaultValue `loadBackend('auto')` */
  readonly backend?: Backend
  /** Which of the model's graphs. @defaultValue `'score'`; for two towers the inner product of `user` and `item`, as head `score` */
  readonly graph?: string
  /** The heads that are wanted; what only others need is not computed. @defaultValue all */
  readonly heads?: readonly Head[]
  /** The spec that encodes rows; it must be the model's. @defaultValue `model.spec`, where that can encode */
  readonly spec?: FittedSpec
  /** By head: what a score becomes, as `fitPlatt` gives it; or all that the file of a model holds, `model.saved.calibrators`. */
  readonly calibrators?: { readonly [H in NoInfer<Head>]?: Pick<Calibrator, 'apply'> } | ReadonlyMap<string, Pick<Calibrator, 'apply'>>
  /**
   * Products for each candidate in bytes instead of floats: quicker on wasm and onnxruntime, and not exact. Say how much that may cost, or measure it by {@link precisionLoss}.
   */
  readonly int8?: Int8Options<Head>
  readonly items?: ItemCacheOptions
  readonly batching?: BatchingOptions
  /**
   * Worker threads that score, by their number or with options; each loads the backend anew. Weights and rows of items are
   * in memory that all share. Without workers this thread scores, and its event loop stands still meanwhile.
   *
   * @defaultValue 0
   */
  readonly workers?: number | WorkerOptions
}

/**
 * Compiles a model for serving: a rewrite of its graph, the same for every model.
 *
 * Batch norm, constants and dropout are folded away. What depends on the request alone is computed once a request, what
 * depends on the item alone once an item and kept in {@link Ranker.items}, products over both are split by linearity
 * (`[u, i]·W = u·W₁ + i·W₂`), and only the rest is computed for each candidate. Scores equal those of `predict` up to
 * rounding, 1e-5. `explainPlan()` tells what came of it.
 *
 * The ranker keeps the dense weights as they are now and reads embedding tables where they are: compile again after
 * training.
 *
 * @throws ArgumentError when an option is none; SpecError when `spec` is not the model's; BackendError from the backend
 * @example
 * ```ts
 * import { WideAndDeep, binary, categorical, compileRanker, defineFeatures, loadBackend } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { user: categorical({ scope: 'user' }), topic: categorical({ scope: 'item' }) },
 *   labels: { clicked: binary() },
 * }).fit([{ user: 'ada', topic: 'cats', clicked: 1 }, { user: 'bob', topic: 'tax', clicked: 0 }])
 * const ranker = await compileRanker(new WideAndDeep(spec, { hidden: [8] }), { backend: await loadBackend('javascript'), heads: ['clicked'] })
 * await ranker.items.set([1, 2, 3], [{ topic: 'cats' }, { topic: 'tax' }, { topic: 'cats' }])
 * const scores = await ranker.score({ user: 'ada' }, [3, 1, 2])
 * console.log(scores.get('clicked')?.length, ranker.explainPlan().hoisted) // 3 true
 * ```
 */
export async function compileRanker<Head extends string = string>(model: Model, options: CompileRankerOptions<Head> = {}): Promise<Ranker<Head>> {
  const where = 'compileRanker'
  checkObject(where, 'options', options)
  if (typeof model?.graphs !== 'object' || model.graphs === null) throw new ArgumentError(expected(where, 'model', 'a model, such as a WideAndDeep', model))
  checkSpec(where, model, options.spec)
  const { outputs, axis, inputs } = rankerGraph(model, options.graph, options.heads)
  const heads = [...outputs.keys()] as Head[]
  const calibrators = checkCalibrators(heads, options.calibrators)
  if (options.items !== undefined) checkObject(where, 'items', options.items)
  const { maxCandidates = 512, maxWaitMs = 0 } = options.batching === undefined ? {} : checkObject(where, 'batching', options.batching)
  checkInteger(where, 'batching.maxCandidates', maxCandidates)
  checkNumber(where, 'batching.maxWaitMs', maxWaitMs, { min: 0, max: 2 ** 31 - 1 })
  const workers = checkWorkers(options.workers ?? 0)
  const backend = options.backend ?? (await loadBackend('auto'))
  if (typeof backend?.compile !== 'function') throw new ArgumentError(expected(where, 'backend', 'a backend, as `await loadBackend()` gives it', backend))

  const { int8, ...exact } = options
  if (int8 !== undefined) checkInt8(int8)
  const sample = int8 && samplerOf(model, inputs, int8.sample, backend)
  const { whole, parts, plan } = await compileGraph(outputs, axis, weightFeeds(model.weights), sample)
  const taken = program(whole).inputs
  const version = rankerVersion(model, heads, [parts.columns, options.items?.rows ?? 'float32'], int8 ? constantsOf(whole) : [])
  const graph = scoreGraphFor(parts, backend)
  const encoder = rankerEncoder(where, model, inputs.filter(({ input }) => taken.has(input)), options.spec)
  const inputsOf: JobSetup['inputs'] = (rate) => inputs.filter(({ input }) => taken.get(input)?.attributes.rate === rate)

  const compute: JobSetup['compute'] = async (rows, from, to) => {
    const encoded = encodedItems(encoder, rows, from, to)
    const feeds = feedsFor('rows', model, inputsOf('item'), encoded)
    const columns = parts.columns.length === 0 || to === from ? parts.columns.map(() => new Float32Array(0)) : await queue.exclusive(() => executor.items(feeds))
    return { columns, encoded }
  }
  const store = itemStore({ version, columns: parts.columns, parts: encoder.itemParts, memory: workers.count > 0 ? 'shared' : (backend.allocate ?? 'own'), options: options.items ?? {}, compute })
  const executor = workers.count === 0
    ? localExecutor(parts, graph, backend, plan.mixesCandidates, options.items?.rows === 'int8' ? 'host' : 'backend')
    : await workerExecutor(parts, graph, { ...choiceOf(backend), threads: workers.threads }, plan.mixesCandidates, workers)
  await executor.prepare()
  const queue = jobQueue(executor, parts, { maxCandidates, maxWaitMs }, !plan.mixesCandidates, () => performance.now())
  const setup: JobSetup = { model, encoder, inputs: inputsOf, store, keepsItems: parts.columns.length + encoder.itemParts.size > 0, compute }
  let disposed = false

  const score = async (request: object, candidates: Candidates): Promise<Scores<Head>> => {
    if (disposed) throw new BackendError('feedrank/ranker.score: this ranker was disposed; compile the model again')
    const { job, release } = await prepareJob(setup, request, candidates)
    try {
      if (job.candidates === 0) return new Map(heads.map((head) => [head, new Float32Array(0)]))
      return finished(heads, await queue.score(job), parts.requestOutputs, job.candidates, calibrators)
    } finally {
      release()
    }
  }
  const ranker: Ranker<Head> = {
    kind: model.kind,
    version,
    heads,
    items: store.cache,
    score,
    async scoreAll(lists) {
      if (!Array.isArray(lists)) throw new ArgumentError(expected('ranker.scoreAll', 'lists', 'an array of { request, candidates }', lists))
      lists.forEach((list, i) => checkObject('ranker.scoreAll', `lists[${i}]`, list, '{ request, candidates }'))
      return Promise.all(lists.map(({ request, candidates }) => score(request, candidates)))
    },
    explainPlan: () => plan,
    dispose() {
      disposed = true
      queue.dispose()
      executor.dispose()
      store.dispose()
    },
  }
  if (int8?.maxLoss !== undefined) await refuseLoss(() => compileRanker(model, exact), ranker, int8, int8.maxLoss)
  return ranker
}

/** Disposes of the ranker when what it loses against the exact one may be more than allowed, or cannot be told. */
async function refuseLoss<Head extends string>(compileExact: () => Promise<Ranker<Head>>, ranker: Ranker<Head>, int8: Int8Options<Head>, maxLoss: number): Promise<void> {
  let exact: Ranker<Head> | undefined
  try {
    exact = await compileExact()
    checkLoss(await precisionLoss(exact, ranker, int8.validation ?? [], int8), maxLoss)
  } catch (error) {
    ranker.dispose()
    throw error
  } finally {
    exact?.dispose()
  }
}

const constantsOf = (outputs: Outputs): Float32Array[] =>
  topologicalOrder(outputs.values()).flatMap((t) => (t.op === 'constant' ? [Float32Array.from(t.attributes.values)] : []))

/** The score graphs of a partition, as `backend` runs them best. */
const scoreGraphFor = (parts: Partition, backend: Pick<Backend, 'name'>): ScoreGraph => (requests, gathers) =>
  placeRequest(parts.score(requests, gathers), backend.name === 'onnxruntime' ? 'matrix' : 'bias')

function checkWorkers(given: number | WorkerOptions): WorkerOptions & { readonly threads: number } {
  const { count, threads = 1, ...rest } = typeof given === 'number' ? { count: given } : checkObject('compileRanker', 'workers', given, 'a number of workers, or { count, threads }')
  return { count: checkInteger('compileRanker', 'workers', count, 0), threads: checkInteger('compileRanker', 'workers.threads', threads), ...rest }
}

type Calibrators = ReadonlyMap<string, Pick<Calibrator, 'apply'>>

function checkCalibrators(heads: readonly string[], given: ByHead<Pick<Calibrator, 'apply'> | undefined> | undefined): Calibrators {
  const where = 'compileRanker'
  return new Map(headEntries(given === undefined ? {} : checkObject(where, 'calibrators', given, 'calibrators by head')).flatMap(([head, calibrator]) => {
    if (calibrator === undefined) return []
    if (!heads.includes(head)) throw new ArgumentError(expected(where, 'calibrators', `named like heads (${heads.map(show).join(', ')})`, head))
    if (typeof calibrator?.apply !== 'function') throw new ArgumentError(expected(where, `calibrators.${head}`, 'a calibrator with `apply`', calibrator))
    return [[head, calibrator] as const]
  }))
}

/** Heads as they are handed out: one number a candidate, calibrated, in the order asked for. */
function finished<Head extends string>(
  heads: readonly Head[], made: ReadonlyMap<string, Float32Array>, perRequest: ReadonlySet<string>, candidates: number, calibrators: Calibrators,
): Map<Head, Float32Array> {
  return new Map(heads.map((head) => {
    let values = made.get(head)!
    if (perRequest.has(head)) {
      const one = values
      values = new Float32Array(one.length * candidates)
      for (let i = 0; i < candidates; i++) values.set(one, i * one.length)
    }
    checkFinite(head, values, candidates)
    const calibrator = calibrators.get(head)
    return [head, calibrator === undefined ? values : calibrated(head, calibrator, values)]
  }))
}

function calibrated(head: string, calibrator: Pick<Calibrator, 'apply'>, values: Float32Array): Float32Array {
  const made = Float32Array.from(calibrator.apply(values))
  if (made.length !== values.length || made.some(Number.isNaN))
    throw new ContractError(`feedrank/ranker.score: expected the calibrator of head ${show(head)} to give ${values.length} numbers, got ${made.length}${made.some(Number.isNaN) ? ', NaN among them' : ''}`)
  return made
}

function checkFinite(head: string, values: Float32Array, candidates: number): void {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]) < Infinity))
      throw new DataError(`feedrank/ranker.score: head ${show(head)} gave ${values[i]} for candidate ${Math.floor(i / (values.length / candidates))}; are the model's weights finite?`)
}
