import { ShapeError } from '../errors'
import { gradientRules } from './gradient-rules'
import { add, cast, where } from './operations/elementwise'
import { broadcastTo } from './operations/layout'
import { constant } from './operations/source'
import { showShape } from './shape'
import type { Tensor } from './tensor'
import { topologicalOrder } from './topological-order'

/**
 * Reverse-mode gradients of a scalar: for each tensor of `wrt`, the tensor `∂loss/∂wrt`, of the same shape.
 *
 * A graph transform: nothing is computed, and the result is made of the same operations, so it can be differentiated
 * again. A tensor the loss does not depend on has gradient zero.
 *
 * @throws ShapeError when `loss` is not a float32 scalar
 * @example
 * ```ts
 * import { gradients, input, multiply, reduceSum } from 'feedrank'
 *
 * const x = input('x', ['batch'])
 * const [dx] = gradients(reduceSum(multiply(x, x)), [x]) // 2x
 * console.log(dx.shape) // [ 'batch' ]
 * ```
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0 || loss.dtype !== 'float32')
    throw new ShapeError(`feedrank/gradients: expected the loss to be a float32 scalar, got ${loss.dtype} ${showShape(loss.shape)}`)
  const order = topologicalOrder([loss])
  const wanted = new Set(wrt)
  const needed = new Set<Tensor>()
  for (const t of order) if (wanted.has(t) || t.inputs.some((i) => needed.has(i))) needed.add(t)

  const arrived = new Map<Tensor, Tensor>([[loss, constant(1)]])
  for (const t of order.toReversed()) {
    const g = arrived.get(t)
    if (!needed.has(t) || g === undefined) continue
    const flowing = ruleFor(t)(t, g, t)
    t.inputs.forEach((to, i) => {
      const part = flowing[i]
      if (part === undefined || !needed.has(to)) return
      const before = arrived.get(to)
      arrived.set(to, before === undefined ? part : add(before, part))
    })
  }
  return wrt.map((t) => arrived.get(t) ?? zerosLike(t))
}

/** Zeros of the tensor's shape; a named size needs the tensor itself, as nothing else may be there to tell it. */
const zerosLike = (t: Tensor): Tensor =>
  t.shape.every((d) => typeof d === 'number') ? broadcastTo(constant(0), t.shape) : where(0, cast(t, 'float32'), 0)

// A node and its rule carry the same operation; the union of rules cannot say so.
const ruleFor = ({ op }: Tensor) => gradientRules[op] as (node: Tensor, g: Tensor, y: Tensor) => readonly (Tensor | undefined)[]
