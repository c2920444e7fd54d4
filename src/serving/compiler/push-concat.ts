import { add, concat, reduceSum, slice, type Node, type Tensor } from '../../tensor'
import { mapGraph, withInputs, type Outputs, type Rates } from './rows'

/**
 * Takes what is done to values side by side to each of them, where they differ in rate: a slice, an elementwise
 * operation or a sum over a concatenation becomes one for each part, and what belongs to the request or the item alone
 * is then worked out ahead.
 */
export const pushConcat = (outputs: Outputs, rates: Rates): Outputs =>
  mapGraph(outputs, (t, inputs) => pushed(t, inputs, rates) ?? withInputs(t, inputs))

const unary: ReadonlySet<string> = new Set(['negate', 'exp', 'log', 'sqrt', 'abs', 'relu', 'sigmoid', 'tanh', 'softplus'])
const binary: ReadonlySet<string> = new Set(['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'])

function pushed(t: Tensor, inputs: readonly Tensor[], rates: Rates): Tensor | undefined {
  const mixed = (x: Tensor): x is Node<'concat'> => x.op === 'concat' && new Set(x.inputs.map(rates.of)).size > 1
  if (t.op === 'slice') return inputs[0].op === 'concat' ? sliceOfParts(t, inputs[0]) : undefined
  const joined = inputs.find(mixed)
  if (joined === undefined) return undefined
  const { axis } = joined.attributes
  if (t.op === 'reduceSum') {
    if (!t.attributes.axes.includes(axis)) return undefined
    return joined.inputs.map((part) => reduceSum(part, t.attributes)).reduce((a, b) => add(a, b))
  }
  if (unary.has(t.op)) return concat(joined.inputs.map((part) => withInputs(t, [part])), axis)
  if (!binary.has(t.op) || t.shape.length !== joined.shape.length || t.shape[axis] !== joined.shape[axis]) return undefined
  const operands = inputs.map((x) => partsOf(x, joined, rates))
  if (operands.some((parts) => parts === undefined)) return undefined
  return concat(joined.inputs.map((_, i) => withInputs(t, operands.map((parts) => parts![i]))), axis)
}

/** An operand cut as the parts of `joined` are; `undefined` where that would take work at every pair. */
function partsOf(x: Tensor, joined: Node<'concat'>, rates: Rates): readonly Tensor[] | undefined {
  const { axis } = joined.attributes
  const at = axis - joined.shape.length + x.shape.length
  if (at < 0 || x.shape[at] === 1) return joined.inputs.map(() => x)
  if (x.op === 'concat' && x.attributes.axis === at && x.inputs.length === joined.inputs.length && x.inputs.every((part, i) => part.shape[at] === joined.inputs[i].shape[axis]))
    return x.inputs
  if (rates.of(x) !== 'constant') return undefined
  let start = 0
  return joined.inputs.map((part) => slice(x, at, start, (start += part.shape[axis] as number)))
}

/** `slice(concat(…))` by the parts it covers. */
function sliceOfParts({ attributes: { axis, start, end } }: Node<'slice'>, joined: Node<'concat'>): Tensor | undefined {
  if (joined.attributes.axis !== axis) return undefined
  let from = 0
  const covered = joined.inputs.flatMap((part) => {
    const width = part.shape[axis] as number
    const own = [Math.max(start - from, 0), Math.min(end - from, width)] as const
    from += width
    return own[0] < own[1] ? [slice(part, axis, own[0], own[1])] : []
  })
  return concat(covered, axis)
}
