import { SpecError, show } from '../../errors'
import { broadcastTo, gather, input, type InputRate, type Shape, type Tensor } from '../../tensor'
import { topologicalOrder } from '../../tensor/topological-order'
import { withAxis, type Outputs, type Rates } from './rows'

/** A value kept for each item: `[items, …shape]`. */
export interface ItemColumn {
  readonly name: string
  readonly shape: readonly number[]
  /** Numbers an item. */
  readonly width: number
}

/** Where the numbers of items come from in a run: rows of tables named by slots, or already one row a candidate. */
export type ItemGather = 'backend' | 'host'

/** A graph taken apart by rate. */
export interface Partition {
  /** What each item keeps, by column, over rows `items`; empty where no value depends on the item alone. */
  readonly item: Outputs
  readonly columns: readonly ItemColumn[]
  /**
   * The rest, for one request or for several: request values are `[1, …]` or `[requests, …]`, pair values and outputs
   * `[candidates, …]`, columns `[candidates, …]` or, gathered in the backend, `[slots, …]`.
   */
  readonly score: (requests: 'one' | 'many', gathers: ItemGather) => Outputs
  /** Outputs that are the same for all candidates of a request; they come as `[1, …]` or `[requests, …]`. */
  readonly requestOutputs: ReadonlySet<string>
  /** Those of them that never change; they come as `[1, …]`. */
  readonly fixedOutputs: ReadonlySet<string>
}

/** Names of the inputs that a partition adds to those of the model; no model input begins like this. */
export const slotsInput = 'serving:slots'
export const requestsInput = 'serving:requests'

const elementwise: ReadonlySet<string> = new Set(['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'greater', 'equal', 'where'])

/** Takes a graph apart by rate; `axis` is that of its rows. */
export function partition(outputs: Outputs, rates: Rates, axis: string): Partition {
  const boundary = new Map<Tensor, ItemColumn>()
  const keep = (t: Tensor): void => {
    if (boundary.has(t)) return
    if (t.dtype !== 'float32') throw new SpecError(`feedrank/compileRanker: expected what an item keeps to be float32, got ${t.op} of ${t.dtype}`)
    const shape = t.shape.slice(1).map((d) => {
      if (typeof d === 'number') return d
      throw new SpecError(`feedrank/compileRanker: expected what an item keeps to have known sizes, got axis ${show(d)} of ${t.op}; give it a number`)
    })
    boundary.set(t, { name: `item:${boundary.size}`, shape, width: shape.reduce((n, d) => n * d, 1) })
  }
  const nodes = topologicalOrder(outputs.values())
  for (const t of nodes) if (rates.of(t) === 'pair') for (const from of t.inputs) if (rates.of(from) === 'item') keep(from)
  for (const t of outputs.values()) if (rates.of(t) === 'item') keep(t)

  const items = builder(axis, 'items')
  const named = (...of: readonly InputRate[]) => new Set([...outputs].filter(([, t]) => of.includes(rates.of(t))).map(([name]) => name))
  const takesPairs = boundary.size > 0 || nodes.some((t) => t.op === 'input' && t.attributes.rate === 'pair')
  return {
    item: new Map([...boundary].map(([t, { name }]) => [name, items(t)])),
    columns: [...boundary.values()],
    requestOutputs: named('request', 'constant'),
    fixedOutputs: named('constant'),
    // Without a value for each candidate, only the list of whose request each is can tell how many there are.
    score: (requests, gathers) => scoreGraph(outputs, rates, axis, boundary, takesPairs ? requests : 'many', gathers),
  }
}

/** Makes values anew with their rows along another axis. */
function builder(from: string, to: string | number): (t: Tensor) => Tensor {
  const made = new Map<Tensor, Tensor>()
  return (t) => {
    for (const node of topologicalOrder([t])) if (!made.has(node)) made.set(node, withAxis(node, node.inputs.map((i) => made.get(i)!), from, to))
    return made.get(t)!
  }
}

function scoreGraph(
  outputs: Outputs, rates: Rates, axis: string, boundary: ReadonlyMap<Tensor, ItemColumn>, requests: 'one' | 'many', gathers: ItemGather,
): Outputs {
  const rows = 'candidates'
  const made = new Map<Tensor, Tensor>()
  const lower = new Map<Tensor, Tensor>()
  const many = requests === 'many'
  const index = () => input(requestsInput, [rows], { dtype: 'int32', rate: 'pair' })

  const atRequest = (t: Tensor): Tensor => known(lower, t, () => withAxis(t, t.inputs.map(atRequest), axis, many ? 'requests' : 1))
  const constantAt = (t: Tensor): Tensor => (t.shape.includes(axis) || t.inputs.length > 0 ? known(made, t, () => withAxis(t, t.inputs.map(constantAt), axis, rows)) : t)
  const columnOf = (t: Tensor): Tensor => known(made, t, () => {
    const { name, shape } = boundary.get(t)!
    return gathers === 'host'
      ? input(name, [rows, ...shape], { rate: 'item' })
      : gather(input(name, ['slots', ...shape], { rate: 'item' }), input(slotsInput, [rows], { dtype: 'int32', rate: 'pair' }))
  })
  const stretched = (t: Tensor, to: Shape): Tensor => {
    const value = atRequest(t)
    if (t.dtype !== 'float32') throw new SpecError(`feedrank/compileRanker: expected what a request keeps to be float32, got ${t.op} of ${t.dtype}`)
    return many ? known(made, t, () => gather(value, index())) : broadcastTo(value, to.map((d) => (d === axis ? rows : d)))
  }
  /** A value as an operation over candidates reads it; one that broadcasts takes a request's value as it is. */
  const operand = (t: Tensor, broadcasts: boolean): Tensor => {
    const rate = rates.of(t)
    if (rate === 'pair') return made.get(t)!
    if (rate === 'item') return columnOf(t)
    if (rate === 'constant') return constantAt(t)
    return broadcasts && !many ? atRequest(t) : stretched(t, t.shape)
  }
  for (const t of topologicalOrder(outputs.values())) {
    if (rates.of(t) !== 'pair') continue
    const spread = elementwise.has(t.op) && t.inputs.some((i) => (rates.of(i) === 'pair' || rates.of(i) === 'item') && i.shape.includes(axis))
    made.set(t, withAxis(t, t.inputs.map((i) => operand(i, spread)), axis, rows))
  }
  // No input tells how many requests there are where nothing depends on them.
  const once = builder(axis, 1)
  return new Map([...outputs].map(([name, t]) => {
    const rate = rates.of(t)
    return [name, rate === 'pair' ? made.get(t)! : rate === 'item' ? columnOf(t) : rate === 'constant' ? once(t) : atRequest(t)]
  }))
}

function known(memo: Map<Tensor, Tensor>, t: Tensor, make: () => Tensor): Tensor {
  const found = memo.get(t)
  if (found !== undefined) return found
  const value = make()
  memo.set(t, value)
  return value
}
