import { loadBackend, type BackendChoice, type TensorValue } from '../backends'
import { FeedrankError, type ErrorCode } from '../errors'
import { node } from '../tensor/tensor'
import type { Tensor } from '../tensor'
import type { Partition } from './compiler/partition'
import { mapGraph, withInputs, type Outputs } from './compiler/rows'
import { localExecutor, type ScoreGraph, type ScoreJob } from './score-executor'

/** What a worker is given when it starts: the graphs, their weights in shared memory. */
export interface WorkerSetup {
  readonly backend: BackendChoice
  readonly columns: Partition['columns']
  readonly requestOutputs: Partition['requestOutputs']
  readonly fixedOutputs: Partition['fixedOutputs']
  readonly whole: boolean
  readonly item: Outputs
  readonly one: Outputs
  readonly many: Outputs
}

/** What a worker is asked. */
export type Question = { readonly id: number } & (
  | { readonly ask: 'score'; readonly job: ScoreJob }
  | { readonly ask: 'items'; readonly feeds: Readonly<Record<string, TensorValue<Float32Array>>> }
)

/** What it answers; without an id, that it is ready. */
export type Answer =
  | { readonly id?: undefined }
  | { readonly id: number; readonly heads: ReadonlyMap<string, Float32Array> }
  | { readonly id: number; readonly columns: readonly Float32Array[] }
  | { readonly id: number; readonly failed: { readonly code: ErrorCode | undefined; readonly message: string } }

/** The other end of a worker's channel, as `parentPort` is one. */
export interface Port {
  readonly on: (event: 'message', listen: (question: Question) => void) => unknown
  readonly postMessage: (answer: Answer, transfer?: readonly ArrayBuffer[]) => void
}

/** The graphs of a partition as they can be sent, all weights moved to shared memory once. */
export function workerSetup(parts: Partition, graph: ScoreGraph, backend: BackendChoice, whole: boolean): WorkerSetup {
  const shared = new Map<object, Tensor>()
  const share = (outputs: Outputs): Outputs => mapGraph(outputs, (t, inputs) => {
    if (t.op !== 'constant' || !ArrayBuffer.isView(t.attributes.values)) return withInputs(t, inputs)
    const { values } = t.attributes
    let moved = shared.get(values)
    if (moved === undefined) {
      const bytes = new SharedArrayBuffer(values.byteLength)
      const copy = t.dtype === 'float32' ? new Float32Array(bytes) : new Int32Array(bytes)
      copy.set(values)
      shared.set(values, (moved = node('constant', [], { values: copy }, t.shape, t.dtype)))
    }
    return moved
  })
  return {
    backend, whole, columns: parts.columns, requestOutputs: parts.requestOutputs, fixedOutputs: parts.fixedOutputs,
    item: share(parts.item), one: share(graph('one', 'host')), many: share(graph('many', 'host')),
  }
}

/**
 * A worker's life: answers what it is asked, until it is ended. The worker threads of `compileRanker` call it; nobody
 * else needs to.
 *
 * @internal
 */
export async function runScoreWorker(port: Port, { backend, columns, requestOutputs, fixedOutputs, whole, item, one, many }: WorkerSetup): Promise<void> {
  const loaded = await loadBackend(backend)
  const parts: Partition = { columns, requestOutputs, fixedOutputs, item, score: (requests) => (requests === 'one' ? one : many) }
  const executor = localExecutor(parts, parts.score, loaded, whole, 'host')
  await executor.prepare()
  let turn: Promise<unknown> = Promise.resolve()
  port.on('message', (question) => {
    turn = turn.then(() => answer(question)).then(
      ([reply, transfer]) => port.postMessage(reply, transfer),
      (error: unknown) => port.postMessage({
        id: question.id,
        failed: { code: FeedrankError.isInstance(error) ? error.code : undefined, message: error instanceof Error ? error.message : String(error) },
      }),
    )
  })
  port.postMessage({})

  async function answer(question: Question): Promise<readonly [Answer, readonly ArrayBuffer[]]> {
    const { id } = question
    const bytes = (arrays: Iterable<Float32Array>) => Array.from(arrays, ({ buffer }) => buffer as ArrayBuffer)
    if (question.ask === 'items') {
      const made = await executor.items(question.feeds)
      return [{ id, columns: made }, bytes(made)]
    }
    const heads = await executor.score(question.job)
    return [{ id, heads }, bytes(heads.values())]
  }
}
