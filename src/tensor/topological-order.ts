import type { Tensor } from './tensor'

/** Every node `roots` depend on, each after its inputs; without recursion, so depth is not limited by the stack. */
export function topologicalOrder(roots: Iterable<Tensor>): Tensor[] {
  const order: Tensor[] = []
  const done = new Set<Tensor>()
  const pending: { readonly tensor: Tensor; next: number }[] = []
  for (const root of roots) {
    if (!done.has(root)) pending.push({ tensor: root, next: 0 })
    while (pending.length > 0) {
      const top = pending[pending.length - 1]
      if (top.next < top.tensor.inputs.length) {
        const input = top.tensor.inputs[top.next++]
        if (!done.has(input)) pending.push({ tensor: input, next: 0 })
      } else {
        pending.pop()
        if (done.has(top.tensor)) continue
        done.add(top.tensor)
        order.push(top.tensor)
      }
    }
  }
  return order
}
