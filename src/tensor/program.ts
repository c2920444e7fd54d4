import { ArgumentError, ShapeError, expected } from '../errors'
import { broadcastShapes, sameShape, showShape } from './shape'
import { checkTensor, type Node, type OperationName, type Tensor } from './tensor'
import { topologicalOrder } from './topological-order'

/**
 * A graph ready to be compiled: named outputs, the named inputs they need, and all nodes in an order in which each
 * comes after its inputs. Nodes nothing depends on are gone, and equal expressions are one node.
 */
export interface Program {
  readonly inputs: ReadonlyMap<string, Node<'input'>>
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly nodes: readonly Tensor[]
}

/**
 * The program that computes `outputs`.
 *
 * @throws ArgumentError when there is no output; ShapeError when one input name is declared in two ways
 * @example
 * ```ts
 * import { add, input, loadBackend, program } from 'feedrank'
 *
 * const x = input('x', ['batch'])
 * const backend = await loadBackend('javascript')
 * const executable = await backend.compile(program({ y: add(x, 1) }))
 * const { y } = await executable.run({ x: new Float32Array([1, 2]) })
 * console.log([...y.data]) // [ 2, 3 ]
 * ```
 */
export function program(outputs: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>): Program {
  const named = outputs instanceof Map ? [...outputs] : Object.entries(outputs as Readonly<Record<string, Tensor>>)
  if (named.length === 0) throw new ArgumentError(expected('program', 'outputs', 'at least one named tensor', outputs))
  for (const [, tensor] of named) checkTensor('program', tensor)
  const merged = shareCommon(topologicalOrder(named.map(([, tensor]) => tensor)))
  const results = new Map(named.map(([name, tensor]) => [name, merged.get(tensor)!]))
  const nodes = topologicalOrder(results.values())
  const inputs = new Map<string, Node<'input'>>()
  for (const t of nodes) if (t.op === 'input') inputs.set(t.attributes.name, declaredOnce(inputs.get(t.attributes.name), t))
  return { inputs, outputs: results, nodes }
}

function declaredOnce(before: Node<'input'> | undefined, now: Node<'input'>): Node<'input'> {
  if (before !== undefined && (before.dtype !== now.dtype || !sameShape(before.shape, now.shape) || before.attributes.rate !== now.attributes.rate))
    throw new ShapeError(`feedrank/program: input '${now.attributes.name}' is declared as ${describe(before)} and as ${describe(now)}`)
  return now
}

const describe = (t: Node<'input'>) => `${t.dtype} ${showShape(t.shape)} (${t.attributes.rate})`

/** Maps every node to the one that stands for all nodes equal to it. */
function shareCommon(order: readonly Tensor[]): Map<Tensor, Tensor> {
  const canonical = new Map<Tensor, Tensor>()
  const byKey = new Map<string, Tensor>()
  const ids = new Map<Tensor, number>()
  // Weights are long: two typed arrays count as equal only where they are one.
  const arrays = new Map<object, number>()
  const attributesKey = (t: Tensor): unknown => {
    if (t.op !== 'constant' || !ArrayBuffer.isView(t.attributes.values)) return t.attributes
    if (!arrays.has(t.attributes.values)) arrays.set(t.attributes.values, arrays.size)
    return arrays.get(t.attributes.values)
  }
  for (const t of order) {
    const inputs = withoutStretching(t, t.inputs.map((i) => canonical.get(i)!))
    const key = JSON.stringify([t.op, inputs.map((i) => ids.get(i)), attributesKey(t), t.shape, t.dtype], keepNonFinite)
    let same = byKey.get(key)
    if (same === undefined) {
      same = inputs.every((input, i) => input === t.inputs[i]) ? t : (Object.freeze({ ...t, inputs: Object.freeze(inputs) }) as Tensor)
      byKey.set(key, same)
      ids.set(same, ids.size)
    }
    canonical.set(t, same)
  }
  return canonical
}

const broadcasting: ReadonlySet<OperationName> = new Set([
  'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'greater', 'equal', 'where',
])

/** An operation that broadcasts by itself takes inputs as they were before `broadcastTo`, where its shape stays the same. */
function withoutStretching({ op, shape }: Tensor, inputs: readonly Tensor[]): readonly Tensor[] {
  if (!broadcasting.has(op)) return inputs
  return inputs.reduce<readonly Tensor[]>((current, input, i) => {
    if (input.op !== 'broadcastTo') return current
    const direct = current.with(i, input.inputs[0])
    return sameShape(direct.map((t) => t.shape).reduce((a, b) => broadcastShapes('program', a, b)), shape) ? direct : current
  }, inputs)
}

/** JSON has no NaN, no infinities and no −0, and the key must tell them apart. */
const keepNonFinite = (_: string, value: unknown) =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? `number:${Object.is(value, -0) ? '-0' : value}` : value
