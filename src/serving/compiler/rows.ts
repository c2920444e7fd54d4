import { rebuild, type NodeRecord } from '../../tensor/rebuild'
import type { InputRate, Tensor } from '../../tensor'
import type { Shape } from '../../tensor/shape'
import { topologicalOrder } from '../../tensor/topological-order'

/** A graph by the names of its outputs: what every pass takes and gives back. */
export type Outputs = ReadonlyMap<string, Tensor>

/**
 * How often each value of a graph changes, and whether some value depends on more than one row.
 *
 * A value's rate is the fastest of what it is made of; request and item together make a pair. Where rows are not along
 * the first axis, or were mixed, nothing can be worked out ahead, so that counts as `pair`.
 */
export interface Rates {
  readonly of: (t: Tensor) => InputRate
  /** Whether a value is made of several rows, so that the candidates of a request belong together. */
  readonly mixesRows: boolean
}

const joinRates = (a: InputRate, b: InputRate): InputRate =>
  a === b || b === 'constant' ? a : a === 'constant' ? b : 'pair'

/** The rates of all values of `outputs`, in which the rows lie along the axis named `axis`. */
export function ratesOf(outputs: Outputs, axis: string): Rates {
  const rates = new Map<Tensor, InputRate>()
  let mixesRows = false
  for (const t of topologicalOrder(outputs.values())) {
    mixesRows ||= mixesRowsOf(t, axis)
    rates.set(t, rateOf(t, rates, axis))
  }
  const rateOfNew = (t: Tensor): InputRate => {
    for (const node of topologicalOrder([t])) if (!rates.has(node)) rates.set(node, rateOf(node, rates, axis))
    return rates.get(t)!
  }
  return { of: (t) => rates.get(t) ?? rateOfNew(t), mixesRows }
}

function rateOf(t: Tensor, known: ReadonlyMap<Tensor, InputRate>, axis: string): InputRate {
  const joined = t.op === 'input' ? t.attributes.rate : t.inputs.map((i) => known.get(i)!).reduce(joinRates, 'constant')
  if (mixesRowsOf(t, axis)) return 'pair'
  return joined === 'constant' || t.shape.indexOf(axis) === 0 ? joined : 'pair'
}

/** Whether a row of the result depends on other rows than the same one of its inputs. */
function mixesRowsOf(t: Tensor, axis: string): boolean {
  const places = t.inputs.map(({ shape }) => shape.flatMap((d, i) => (d === axis ? [i] : [])))
  if (places.every((at) => at.length === 0)) return false
  const here = t.shape.flatMap((d, i) => (d === axis ? [i] : []))
  if (here.length !== 1 || places.some((at) => at.length > 1)) return true
  const fromEnd = (shape: Shape, at: number) => shape.length - at
  switch (t.op) {
    case 'reduceSum':
    case 'reduceMean':
    case 'reduceMax':
      return t.attributes.axes.includes(places[0][0])
    case 'size':
      return true
    case 'softmax':
    case 'logSoftmax':
      return places[0][0] === t.shape.length - 1
    case 'standardize':
      return false
    case 'concat':
    case 'slice':
    case 'pad':
      return t.attributes.axis === here[0]
    case 'transpose':
      return false
    case 'reshape': {
      const before = (shape: Shape, at: number) => JSON.stringify(shape.slice(0, at).filter((d) => d !== 1))
      return before(t.inputs[0].shape, places[0][0]) !== before(t.shape, here[0])
    }
    case 'matmul': {
      const [a, b] = t.inputs
      const [left, right] = places
      const contracted = (operand: Tensor, at: number | undefined, transposed: boolean, first: boolean) =>
        at === operand.shape.length - (first === transposed ? 2 : 1)
      return contracted(a, left[0], t.attributes.transposeA, true) || contracted(b, right[0], t.attributes.transposeB, false)
    }
    case 'gather':
      return places[0].length > 0
    case 'segmentSum':
      return true
    default:
      return places.some((at, i) => at.length > 0 && fromEnd(t.inputs[i].shape, at[0]) !== fromEnd(t.shape, here[0]))
  }
}

/** `t` made anew from other inputs; `t` itself where they are the same. */
export function withInputs(t: Tensor, inputs: readonly Tensor[]): Tensor {
  if (inputs.every((input, i) => input === t.inputs[i])) return t
  // A node and its maker carry the same operation; the table's union of makers cannot say so.
  const make = rebuild[t.op] as (inputs: readonly Tensor[], attributes: unknown, record: NodeRecord) => Tensor
  return make(inputs, t.attributes, { op: t.op, attributes: t.attributes, shape: t.shape, dtype: t.dtype } as NodeRecord)
}

/** The graph with every node replaced by what `change` makes of it, inputs first. */
export function mapGraph(outputs: Outputs, change: (t: Tensor, inputs: readonly Tensor[]) => Tensor): Map<string, Tensor> {
  const changed = new Map<Tensor, Tensor>()
  for (const t of topologicalOrder(outputs.values())) changed.set(t, change(t, t.inputs.map((i) => changed.get(i)!)))
  return new Map([...outputs].map(([name, t]) => [name, changed.get(t)!]))
}

/** How many nodes and outputs read each value. */
export function readersOf(outputs: Outputs): (t: Tensor) => number {
  const readers = new Map<Tensor, number>()
  for (const t of topologicalOrder(outputs.values())) for (const input of t.inputs) readers.set(input, (readers.get(input) ?? 0) + 1)
  for (const t of outputs.values()) readers.set(t, (readers.get(t) ?? 0) + 1)
  return (t) => readers.get(t) ?? 0
}

/** The graph with the axis `from` called `to` (or of size `to`). */
export function withAxis(t: Tensor, inputs: readonly Tensor[], from: string, to: string | number): Tensor {
  const shape = (given: Shape): Shape => given.map((d) => (d === from ? to : d))
  const make = rebuild[t.op] as (inputs: readonly Tensor[], attributes: unknown, record: NodeRecord) => Tensor
  const attributes =
    t.op === 'reshape' || t.op === 'broadcastTo' ? { to: shape(t.attributes.to) }
    : t.op === 'segmentSum' ? { rows: t.attributes.rows === from ? to : t.attributes.rows }
    : t.attributes
  return make(inputs, attributes, { op: t.op, attributes, shape: shape(t.shape), dtype: t.dtype } as NodeRecord)
}
