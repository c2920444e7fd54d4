import { broadcastTo, constant, type Node, type Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import { mapGraph, withInputs, type Outputs } from './rows'

/**
 * What only training needs: dropout masks (inputs named `dropout:…`) are all ones at inference, and gradients stop
 * nowhere. Products with 1 and sums with 0 that keep the shape go as well.
 */
export const dropTraining = (outputs: Outputs): Outputs =>
  mapGraph(outputs, (t, inputs) => {
    if (t.op === 'input') return t.attributes.name.startsWith('dropout:') && t.dtype === 'float32' ? broadcastTo(constant(1), t.shape) : t
    if (t.op === 'stopGradient') return inputs[0]
    if (t.op === 'size') return knownSize(t) ?? withInputs(t, inputs)
    return identity(t, inputs) ?? withInputs(t, inputs)
  })

/** How many elements the axes span, where no run can change it. */
function knownSize({ inputs: [x], attributes: { axes } }: Node<'size'>): Tensor | undefined {
  const sizes = axes.map((axis) => x.shape[axis])
  return sizes.every((d) => typeof d === 'number') ? constant((sizes as number[]).reduce((n, d) => n * d, 1)) : undefined
}

/** The operand that an operation gives back unchanged. */
function identity({ op, shape }: Tensor, inputs: readonly Tensor[]): Tensor | undefined {
  const [a, b] = inputs
  const neutral = op === 'multiply' || op === 'divide' ? 1 : op === 'add' || op === 'subtract' ? 0 : undefined
  if (neutral === undefined) return undefined
  if (isNumber(b, neutral) && sameShape(a.shape, shape)) return a
  return (op === 'multiply' || op === 'add') && isNumber(a, neutral) && sameShape(b.shape, shape) ? b : undefined
}

const isNumber = (t: Tensor, value: number): boolean =>
  t.op === 'broadcastTo' ? isNumber(t.inputs[0], value) : t.op === 'constant' && t.attributes.values.length === 1 && t.attributes.values[0] === value
