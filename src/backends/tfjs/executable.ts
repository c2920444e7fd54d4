import type { Tensor as TfTensor } from '@tensorflow/tfjs-core'
import { BackendError, DataError } from '../../errors'
import type { Program, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import type { Executable, NumericArray, TensorValue } from '../backend'
import { type BoundFeeds, bindFeeds, fedIndices, type FeedPlan } from '../feeds'
import { messageOf } from '../../optional-package'
import { outputArray } from '../outputs'
import { isStarting, whenStarted, withEngine } from './current-backend'
import { type Lowering, lower } from './lowerings'
import type { StartedEngine } from './start-engine'

/** A program run node by node. All but the reading of results happens at once, so that runs under way do not meet. */
export function tfjsExecutable(plan: FeedPlan, started: StartedEngine): Executable {
  const { tf, engine } = started
  const { nodes, outputs } = plan.program
  const freed = lastReaders(plan.program)
  const constants = new Map<Tensor, TfTensor>()
  let disposed = false
  let running = 0

  withEngine(tf, engine, () => {
    for (const t of nodes)
      if (t.op === 'constant') constants.set(t, tf.keep(tf.tensor([...t.attributes.values], t.shape as number[], t.dtype)))
  })
  const releaseWhenIdle = () => {
    if (!disposed || running > 0) return
    for (const constant of constants.values()) constant.dispose()
    constants.clear()
  }

  /** The outputs in order, and after them the row numbers that the graph computed; all are the caller's to dispose. */
  const compute = ({ values, bindings }: BoundFeeds): TfTensor[] => {
    const live = new Map<Tensor, TfTensor>(constants)
    const at: Lowering = { tf, engine, raw: (t) => live.get(t)!, sizes: (shape) => resolveShape(shape, bindings) }
    const rows: TfTensor[] = []
    for (const [i, t] of nodes.entries()) {
      if (t.op === 'input') {
        const data = values.get(t.attributes.name)!
        // Only wasm copies what it is given; the others would go on reading the caller's array.
        live.set(t, tf.tensor(engine === 'wasm' ? data : data.slice(), at.sizes(t.shape), t.dtype))
      } else if (t.op !== 'constant') {
        if (computesRows(t)) rows.push(tf.clone(live.get(t.inputs[1])!))
        live.set(t, tf.tidy(() => apply(t, at, bindings)))
      }
      for (const done of freed[i]) live.get(done)!.dispose()
    }
    return [...[...outputs.values()].map((t) => readable(live.get(t)!, t)), ...rows]
  }
  const readable = (x: TfTensor, { dtype }: Tensor) => (x.dtype === dtype ? tf.clone(x) : tf.cast(x, dtype))

  return {
    async run(feeds, into) {
      if (disposed) throw new BackendError('feedrank/run: this executable was disposed; compile the program again')
      const bound = bindFeeds(plan, feeds)
      const results = [...outputs].map(([name, t]) => {
        const shape = resolveShape(t.shape, bound.bindings)
        return { name, shape, data: outputArray(name, t, shape, into) }
      })
      const found = await computeAndRead(bound)
      nodes.filter(computesRows).forEach((t, i) => checkRows(t, found[results.length + i], bound.bindings))
      return Object.fromEntries(results.map(({ name, shape, data }, i): [string, TensorValue] => {
        data.set(found[i])
        return [name, { data, shape }]
      }))
    },
    dispose() {
      if (disposed) return
      disposed = true
      releaseWhenIdle()
    },
  }

  async function computeAndRead(bound: BoundFeeds): Promise<NumericArray[]> {
    let computed: TfTensor[] = []
    running++
    try {
      if (isStarting(tf)) await whenStarted(tf)
      computed = withEngine(tf, engine, () => tf.tidy(() => compute(bound)))
      return (await Promise.all(computed.map((x) => x.data()))) as NumericArray[]
    } catch (cause) {
      throw new BackendError(`feedrank/run: tfjs failed: ${messageOf(cause)}`, { cause })
    } finally {
      for (const x of computed) x.dispose()
      running--
      releaseWhenIdle()
    }
  }
}

/** A node's value; tensors without elements never reach tfjs, whose kernels differ on them. */
function apply(t: Tensor, at: Lowering, bindings: Bindings): TfTensor {
  const { tf } = at
  const shape = resolveShape(t.shape, bindings)
  if (elements(shape) === 0) return tf.zeros(shape, t.dtype)
  if (t.op !== 'size' && t.inputs.some((input) => elements(resolveShape(input.shape, bindings)) === 0))
    return tf.fill(shape, t.op === 'reduceMean' ? NaN : t.op === 'reduceMax' ? -Infinity : 0)
  const made = lower(t, at)
  return t.inputs.some((input) => at.raw(input) === made) ? tf.clone(made) : made
}

/** For each place of the order, the nodes whose last reader stands there; constants and outputs stay. */
function lastReaders({ nodes, outputs }: Program): Tensor[][] {
  const freed: Tensor[][] = nodes.map(() => [])
  const seen = new Set<Tensor>(outputs.values())
  for (let i = nodes.length - 1; i >= 0; i--)
    for (const t of nodes[i].inputs) {
      if (seen.has(t) || t.op === 'constant') continue
      seen.add(t)
      freed[i].push(t)
    }
  return freed
}

const computesRows = (t: Tensor): boolean => (t.op === 'gather' || t.op === 'segmentSum') && fedIndices(t.inputs[1]) === undefined

function checkRows(t: Tensor, found: NumericArray, bindings: Bindings): void {
  const [rows] = resolveShape([t.op === 'gather' ? t.inputs[0].shape[0] : t.shape[0]], bindings)
  const at = found.findIndex((row) => row < 0 || row >= rows)
  if (at >= 0) throw new DataError(`feedrank/${t.op}: expected the indices computed in the graph to lie in [0, ${rows}), got ${found[at]} at position ${at}`)
}
