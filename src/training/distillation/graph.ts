import type { Node, Tensor } from '../../tensor'
import { rebuild, type NodeRecord } from '../../tensor/rebuild'
import type { OperationName } from '../../tensor'

/** Everything `root` is computed from, itself among them, each once. */
function nodesOf(root: Tensor): ReadonlySet<Tensor> {
  const seen = new Set<Tensor>([root])
  for (const t of seen) for (const from of t.inputs) seen.add(from)
  return seen
}

/**
 * The logits `z` that a loss holds against the fed label of a binary head, found by the form of `sigmoidCrossEntropy`,
 * `softplus(z) − z·label`; `undefined` where the loss is of another form.
 */
export function logitsAgainst(loss: Tensor, label: string): Tensor | undefined {
  const nodes = [...nodesOf(loss)]
  const soft = new Set(nodes.filter((t): t is Node<'softplus'> => t.op === 'softplus').map((t) => t.inputs[0]))
  const found = new Set(nodes.flatMap((t) => {
    if (t.op !== 'multiply') return []
    const [a, b] = t.inputs
    const z = isInput(a, label) ? b : isInput(b, label) ? a : undefined
    return z !== undefined && soft.has(z) ? [z] : []
  }))
  return found.size === 1 ? [...found][0] : undefined
}

/** The same computation over other inputs; what does not depend on them is shared with the first. */
export function withInputs(root: Tensor, inputs: ReadonlyMap<string, Tensor>): Tensor {
  const made = new Map<Tensor, Tensor>()
  const visit = (t: Tensor): Tensor => {
    const before = made.get(t)
    if (before !== undefined) return before
    const after = remade(t, t.inputs.map(visit), inputs)
    made.set(t, after)
    return after
  }
  return visit(root)
}

function remade(t: Tensor, from: readonly Tensor[], inputs: ReadonlyMap<string, Tensor>): Tensor {
  if (t.op === 'input') return inputs.get(t.attributes.name) ?? t
  if (from.every((one, i) => one === t.inputs[i])) return t
  // A node's operation and attributes belong together; the union of them cannot say so.
  return (rebuild[t.op] as (inputs: readonly Tensor[], attributes: unknown, record: NodeRecord<OperationName>) => Tensor)(from, t.attributes, t as NodeRecord<OperationName>)
}

const isInput = (t: Tensor, name: string): boolean => t.op === 'input' && t.attributes.name === name
