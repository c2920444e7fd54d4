import type { Backend, Executable, Feeds, NumericArray, TensorValue } from '../backends'
import { BackendError } from '../errors'
import { program, type Shape } from '../tensor'
import { requestsInput, slotsInput, type ItemGather, type Partition } from './compiler/partition'
import type { Outputs } from './compiler/rows'
import { areResident, readRows, type ItemRows } from './item-rows'

type Values = Readonly<Record<string, TensorValue<Float32Array>>>

/** Candidates of one request or more, ready to be run. */
export interface ScoreJob {
  readonly requests: number
  readonly candidates: number
  /** Inputs of requests, `[requests, …]`, and of pairs, `[candidates, …]`. */
  readonly request: Values
  readonly pair: Values
  /** Whose request each candidate is, where there are several. */
  readonly requestOf: Int32Array | undefined
  /** Rows of the cache, or `[candidates, width]` of each column. */
  readonly items: { readonly slots: Int32Array; readonly rows: ItemRows } | { readonly columns: readonly Float32Array[] }
}

/** What runs the programs of a compiled ranker: this thread, or workers. */
export interface ScoreExecutor {
  /** How many jobs it takes at once. */
  readonly lanes: number
  /** Compiles what the first request will need. */
  readonly prepare: () => Promise<void>
  /** The columns of items, each `[rows, width]`, from their inputs. */
  readonly items: (feeds: Values) => Promise<readonly Float32Array[]>
  /** Each head, `[candidates, …]`; one that is the same for all candidates of a request `[requests, …]`, or `[1, …]` where it never changes. */
  readonly score: (job: ScoreJob) => Promise<ReadonlyMap<string, Float32Array>>
  readonly dispose: () => void
}

/** A graph for scoring, by what it is fed. `apply` is done to each graph before it is compiled. */
export type ScoreGraph = (requests: 'one' | 'many', gathers: ItemGather) => Outputs

/** Candidates in one run at most: few enough that what passes between two layers stays in the processor's caches. */
const blockOf = (native: boolean) => (native ? 2048 : 1024)

/**
 * Outside onnxruntime, programs are laid out for each size, so sizes are powers of two there: the next one, filled up, or
 * where a quarter of it would be for nothing, the last one, and the rest in runs of its own.
 */
function sizeFor(left: number, block: number): number {
  if (left >= block) return block
  const next = Math.max(smallestBlock, 2 ** Math.ceil(Math.log2(left)))
  return next > smallestBlock && next - left > next / 4 ? next / 2 : next
}
const smallestBlock = 16

interface Compiled {
  readonly run: Executable['run']
  readonly inputs: ReadonlySet<string>
  readonly heads: readonly { readonly name: string; readonly width: number; readonly perRequest: boolean; readonly fixed: boolean }[]
}

/**
 * Runs the programs on `backend`, in this thread. `whole`: the candidates of a request must not be taken apart.
 * `gathersRows`: whether rows of the cache may be handed to the backend as they lie, which shared memory may not. It gathers
 * them where that copies no table: onnxruntime reads any memory, a backend with memory of its own what lies there.
 */
export function localExecutor(parts: Partition, graph: ScoreGraph, backend: Backend, whole: boolean, gathersRows: ItemGather = 'backend'): ScoreExecutor {
  const native = backend.name === 'onnxruntime' && backend.device === 'cpu'
  const block = whole ? Number.MAX_SAFE_INTEGER : blockOf(native)
  const executables = new Map<string, Promise<Executable>>()
  const variants = new Map<string, Promise<Compiled>>()
  const buffer = growingBuffers()
  let disposed = false

  const compile = (key: string, outputs: () => Outputs): Promise<Executable> => {
    if (disposed) throw new BackendError('feedrank/ranker: this ranker was disposed; compile the model again')
    const made = executables.get(key) ?? backend.compile(program(outputs()))
    executables.set(key, made)
    return made
  }
  const variant = (requests: 'one' | 'many', gathers: ItemGather): Promise<Compiled> => {
    const key = `${requests} ${gathers}`
    const known = variants.get(key)
    if (known !== undefined && !disposed) return known
    const outputs = graph(requests, gathers)
    const heads = [...outputs].map(([name, { shape }]) => ({ name, width: widthOf(shape), perRequest: parts.requestOutputs.has(name), fixed: parts.fixedOutputs.has(name) }))
    const made = compile(key, () => outputs).then(({ run }) => ({ run, inputs: new Set(program(outputs).inputs.keys()), heads }))
    variants.set(key, made)
    return made
  }

  /** Rows `from` to `to` of a value, filled up to `padded` rows. */
  const rowsOf = (name: string, data: Float32Array, shape: readonly number[], from: number, to: number, padded: number): TensorValue => {
    const width = shape.reduce((n, d) => n * d, 1)
    const own = data.subarray(from * width, to * width)
    if (padded === to - from) return { data: own, shape: [padded, ...shape] }
    const out = buffer(name, padded * width)
    out.set(own)
    return { data: out, shape: [padded, ...shape] }
  }
  const columnFeeds = ({ items }: ScoreJob, from: number, to: number, padded: number, gathers: ItemGather): [string, TensorValue][] =>
    parts.columns.map(({ name, shape, width }, c) => {
      if (!('slots' in items)) return [name, rowsOf(name, items.columns[c], shape, from, to, padded)]
      if (gathers === 'backend') return [name, items.rows.values[c]]
      const out = buffer(name, padded * width)
      readRows(items.rows, c, width, items.slots.subarray(from, to), out)
      return [name, { data: out, shape: [padded, ...shape] }]
    })

  return {
    lanes: 1,
    async prepare() {
      if (parts.item.size > 0) await compile('items', () => parts.item)
      await variant('one', gathersRows === 'backend' && (native || backend.allocate !== undefined) ? 'backend' : 'host')
    },
    async items(feeds) {
      const { run } = await compile('items', () => parts.item)
      const made = await run(feeds)
      return parts.columns.map(({ name }) => made[name].data as Float32Array)
    },
    async score(job) {
      const kept = 'slots' in job.items && job.items.rows
      const gathers: ItemGather = gathersRows === 'backend' && kept && (native ? kept.precision === 'float32' : areResident(kept)) ? 'backend' : 'host'
      const { run, inputs, heads } = await variant(job.requestOf === undefined ? 'one' : 'many', gathers)
      const results = new Map(heads.map(({ name, width, perRequest, fixed }) => [name, new Float32Array(width * (fixed ? 1 : perRequest ? job.requests : job.candidates))]))
      const exact = native || whole
      for (let from = 0, to = 0; from < job.candidates; from = to) {
        const size = exact ? block : sizeFor(job.candidates - from, block)
        to = Math.min(job.candidates, from + size)
        const padded = exact ? to - from : size
        const feeds: Record<string, NumericArray | TensorValue> = Object.fromEntries([
          ...Object.entries(job.request),
          ...Object.entries(job.pair).map(([name, { data, shape }]) => [name, rowsOf(name, data, shape.slice(1), from, to, padded)] as const),
          ...columnFeeds(job, from, to, padded, gathers),
        ])
        if (inputs.has(slotsInput) && 'slots' in job.items) feeds[slotsInput] = indexOf(job.items.slots, from, to, padded)
        if (inputs.has(requestsInput)) feeds[requestsInput] = job.requestOf === undefined ? new Int32Array(padded) : indexOf(job.requestOf, from, to, padded)
        const into = Object.fromEntries(heads.map(({ name, width, perRequest }) => {
          const all = results.get(name)!
          return [name, perRequest ? all : padded === to - from ? all.subarray(from * width, to * width) : buffer(`into ${name}`, padded * width)]
        }))
        await run(onlyKnown(feeds, inputs), into)
        if (padded > to - from)
          for (const { name, width, perRequest } of heads) if (!perRequest) results.get(name)!.set(into[name].subarray(0, (to - from) * width), from * width)
      }
      return results
    },
    dispose() {
      disposed = true
      for (const one of executables.values()) one.then((executable) => executable.dispose(), () => undefined)
    },
  }
}

const widthOf = (shape: Shape): number => shape.slice(1).reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)

/** What a rewrite made needless is not fed. */
const onlyKnown = (feeds: Feeds, inputs: ReadonlySet<string>): Feeds => Object.fromEntries([...inputs].map((name) => [name, feeds[name]]))

/** Row numbers `from` to `to`, filled up with zeros: the first row is always there. */
function indexOf(rows: Int32Array, from: number, to: number, padded: number): Int32Array {
  const own = rows.subarray(from, to)
  if (padded === to - from) return own
  const index = new Int32Array(padded)
  index.set(own)
  return index
}

/** Memory by name that is used again at the next run. */
function growingBuffers(): (name: string, length: number) => Float32Array {
  const held = new Map<string, Float32Array>()
  return (name, length) => {
    let memory = held.get(name)
    if (memory === undefined || memory.length < length) {
      memory = new Float32Array(length)
      held.set(name, memory)
    }
    return memory.length === length ? memory : memory.subarray(0, length)
  }
}
