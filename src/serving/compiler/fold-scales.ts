import { add, broadcastTo, divide, matmul, multiply, reshape, subtract, type Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import { constantMatrix } from './constant-matrix'
import { mapGraph, readersOf, withInputs, type Outputs, type Rates } from './rows'

/**
 * Puts constant factors behind a product into its matrix, `(x·W + b) ∘ c = x·(W ∘ c) + b ∘ c`: a batch norm that follows
 * a linear layer costs nothing then. Standardising by constant statistics is such a factor with a shift.
 */
export const foldScales = (outputs: Outputs, rates: Rates): Outputs => {
  const readers = readersOf(outputs)
  const original = new Map<Tensor, Tensor>()
  const readOnce = (t: Tensor) => readers(original.get(t) ?? t) <= 1
  return mapGraph(outputs, (t, inputs) => {
    const made = folded(withInputs(t, inputs), readOnce, rates)
    original.set(made, t)
    return made
  })
}

function folded(t: Tensor, readOnce: (t: Tensor) => boolean, rates: Rates): Tensor {
  if (t.op === 'standardize') {
    const [x, mean, inverseDeviation] = t.inputs
    if (rates.of(mean) !== 'constant' || rates.of(inverseDeviation) !== 'constant') return t
    return folded(multiply(subtract(x, mean), inverseDeviation), readOnce, rates)
  }
  if (t.op !== 'multiply' && t.op !== 'divide') return t
  const [a, b] = t.inputs
  const factor = t.op === 'multiply' && rates.of(a) === 'constant' ? a : b
  const x = factor === a ? b : a
  if (rates.of(factor) !== 'constant' || rates.of(x) === 'constant' || x.shape.length === 0 || !sameShape(x.shape, t.shape)) return t
  if (factor.shape.slice(0, -1).some((d) => d !== 1)) return t
  return scaled(x, t.op === 'multiply' ? factor : divide(1, factor), readOnce, rates) ?? t
}

/** `x ∘ factor` without a product of its own; `undefined` where it takes one. */
function scaled(x: Tensor, factor: Tensor, readOnce: (t: Tensor) => boolean, rates: Rates): Tensor | undefined {
  if (rates.of(x) === 'constant') return multiply(x, factor)
  if (!readOnce(x)) return undefined
  if (x.op === 'add' || x.op === 'subtract') {
    const [a, b] = x.inputs.map((part) => (rates.of(part) === 'constant' || part.shape.at(-1) === x.shape.at(-1) ? scaled(part, factor, readOnce, rates) : undefined))
    return a && b && (x.op === 'add' ? add(a, b) : subtract(a, b))
  }
  if (x.op !== 'matmul') return undefined
  const matrix = constantMatrix(x, rates)
  if (matrix === undefined) return undefined
  const wide = multiply(matrix, reshape(factor, [1, factor.shape.at(-1) ?? 1]))
  const lead = x.shape.slice(0, -2)
  return matmul(x.inputs[0], lead.length === 0 ? wide : broadcastTo(wide, [...lead, ...wide.shape]))
}
