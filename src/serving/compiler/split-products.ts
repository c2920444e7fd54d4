import {
  add, broadcastTo, concat, divide, matmul, multiply, negate, reduceSum, reshape, slice, type InputRate, type Node, type Shape, type Tensor,
} from '../../tensor'
import { sameShape, showShape } from '../../tensor/shape'
import { constantMatrix } from './constant-matrix'
import { mapGraph, readersOf, withInputs, type Outputs, type Rates } from './rows'
import { sumOf, summands, type Summand } from './summands'

/**
 * Splits products with constant matrices by linearity, so that each part of the left side is multiplied at its own rate:
 *
 * `[x, y]·W = x·W₁ + y·W₂`, `(x + y)·W = x·W + y·W`, `(x ∘ c)·W = x·(diag(c)·W)`, `(x·V)·W = x·(V·W)` where that is less work.
 *
 * The third folds a batch norm into the product after it. What remains for each pair is one product over what changes
 * with the pair.
 */
export const splitProducts = (outputs: Outputs, rates: Rates): Outputs => {
  const readers = readersOf(outputs)
  const original = new Map<Tensor, Tensor>()
  return mapGraph(outputs, (t, inputs) => {
    const same = withInputs(t, inputs)
    const made = same.op === 'matmul' ? split(same, { rates, readOnce: (x) => readers(original.get(x) ?? x) <= 1 }) : same
    original.set(made, t)
    return made
  })
}

interface Context {
  readonly rates: Rates
  /** Whether one node alone reads a value, so that it need not be kept as it is. */
  readonly readOnce: (t: Tensor) => boolean
}

/** `x · matrix`, with `matrix` `[k, n]` constant; `x` may have fewer or shorter leading axes than the whole. */
interface Term {
  readonly x: Tensor
  readonly matrix: Tensor
}

function split(product: Node<'matmul'>, context: Context): Tensor {
  const matrix = constantMatrix(product, context.rates)
  if (matrix === undefined) return product
  const [x] = product.inputs
  const terms: Term[] = []
  const constants: Tensor[] = []
  expand(x, matrix, context, true, terms, constants)
  const changed = constants.length > 0 || terms.length !== 1 || terms[0].x !== x
  if (!changed) return product
  const groups = grouped(terms, product.shape.length, context)
  const sums = [...groups.map((group) => productOf(group, product.shape.length)), ...constants].reduce((a, b) => add(a, b))
  return sameShape(sums.shape, product.shape) ? sums : broadcastTo(sums, product.shape)
}

/** Takes `x · matrix` apart into products of simpler values, and what is constant. `alone`: nothing else reads what led here. */
function expand(x: Tensor, matrix: Tensor, context: Context, alone: boolean, terms: Term[], constants: Tensor[]): void {
  const { rates } = context
  const readOnce = alone && context.readOnce(x)
  const into = (part: Tensor, m: Tensor) => expand(part, m, context, readOnce, terms, constants)
  const [k] = matrix.shape as readonly number[]
  if (rates.of(x) === 'constant') return void addConstant(x, matrix, terms, constants)
  // One number a row that was stretched over all columns meets each column's sum.
  const unstretched = (part: Tensor, m: Tensor) =>
    part.shape.length === 0 || part.shape.at(-1) !== k
      ? into(part.shape.length === 0 ? reshape(part, [1]) : part, reduceSum(m, { axes: 0, keepDims: true }))
      : into(part, m)
  switch (x.op) {
    case 'broadcastTo':
      if (x.inputs[0].shape.length > 0 && (rates.of(x.inputs[0]) === 'constant' || x.inputs[0].shape.length === x.shape.length)) return unstretched(x.inputs[0], matrix)
      break
    case 'negate':
      return into(x.inputs[0], negate(matrix))
    case 'add':
    case 'subtract': {
      const parts = summands(x, context.readOnce)
      const byRate = new Map<InputRate, Summand[]>()
      for (const part of parts) byRate.set(rates.of(part.t), [...(byRate.get(rates.of(part.t)) ?? []), part])
      if (byRate.size === 1) break
      for (const [rate, same] of byRate) {
        if (rate !== 'constant' && same.length > 1) unstretched(sumOf(same), matrix)
        else for (const { t, minus } of same) unstretched(t, minus ? negate(matrix) : matrix)
      }
      return
    }
    case 'multiply':
    case 'divide': {
      const [a, b] = x.inputs
      const scale = x.op === 'multiply' && rates.of(a) === 'constant' ? a : b
      const other = scale === a ? b : a
      if (rates.of(scale) !== 'constant' || scale.shape.slice(0, -1).some((d) => d !== 1)) break
      if (other.shape.at(-1) === k) {
        const column = reshape(scale, [scale.shape.at(-1) ?? 1, 1])
        return into(other, x.op === 'multiply' ? multiply(column, matrix) : divide(matrix, column))
      }
      if (other.shape.at(-1) !== 1) break
      return into(other, matmul(reshape(x.op === 'multiply' ? scale : divide(1, scale), [1, k]), matrix))
    }
    case 'concat': {
      if (x.attributes.axis !== x.shape.length - 1) break
      let start = 0
      for (const part of x.inputs) {
        const width = part.shape.at(-1) as number
        into(part, slice(matrix, 0, start, (start += width)))
      }
      return
    }
    case 'matmul': {
      const inner = constantMatrix(x, rates)
      const [, n] = matrix.shape as readonly number[]
      const [from, to] = (inner?.shape ?? []) as readonly number[]
      if (inner === undefined || !readOnce || from * n > from * to + to * n) break
      return into(x.inputs[0], matmul(inner, matrix))
    }
  }
  terms.push({ x, matrix })
}

/** A constant left side: its product is known when compiling. */
function addConstant(given: Tensor, matrix: Tensor, terms: Term[], constants: Tensor[]): void {
  let x = given
  while (x.op === 'broadcastTo' && x.shape.some((d) => typeof d !== 'number')) x = x.inputs[0]
  const [k] = matrix.shape as readonly number[]
  if (x.shape.some((d) => typeof d !== 'number')) return void terms.push({ x, matrix })
  const lead = x.shape.slice(0, -1) as readonly number[]
  const rows = lead.reduce((n, d) => n * d, 1)
  const product = matmul(broadcastTo(reshape(x, [rows, x.shape.at(-1) ?? 1]), [rows, k]), matrix)
  constants.push(reshape(product, [...lead, matrix.shape[1]]))
}

/** Terms that can be one product: those of one rate, side by side. */
function grouped(terms: readonly Term[], rank: number, { rates }: Context): readonly (readonly Term[])[] {
  const byKind = new Map<string, Term[]>()
  const outer = ({ shape }: Tensor): Shape => [...Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape].slice(0, -1)
  for (const term of terms) {
    const key = `${rates.of(term.x)} ${showShape(outer(term.x))}`
    byKind.set(key, [...(byKind.get(key) ?? []), term])
  }
  const groups = [...byKind.values()]
  const of = (rate: InputRate) => groups.filter(([{ x }]) => rates.of(x) === rate)
  const [items, pairs] = [of('item'), of('pair')]
  // A narrow item part gives a wide row to keep for each item; where pairs are multiplied anyway, it goes along.
  if (items.length !== 1 || pairs.length !== 1 || !sameShape(outer(items[0][0].x), outer(pairs[0][0].x)) || worthKeeping(items[0])) return groups
  return [...groups.filter((g) => g !== items[0] && g !== pairs[0]), terms.filter((t) => items[0].includes(t) || pairs[0].includes(t))]
}

/** Whether the product of the item part saves more than keeping it costs: a row grows from its width to the product's. */
function worthKeeping(group: readonly Term[]): boolean {
  const width = group.reduce((sum, { matrix }) => sum + (matrix.shape[0] as number), 0)
  const units = group[0].matrix.shape[1] as number
  return units - width <= 64 || width * units > 8 * (units - width)
}

/** One product for the terms of a group. */
function productOf(group: readonly Term[], rank: number): Tensor {
  const xs = group.map(({ x }) => (x.shape.length < rank ? reshape(x, [...Array<number>(rank - x.shape.length).fill(1), ...x.shape]) : x))
  const x = joined(xs, -1)
  const matrix = joined(group.map((term) => term.matrix), 0)
  const lead = x.shape.slice(0, -2)
  return matmul(x, lead.length === 0 ? matrix : broadcastTo(matrix, [...lead, ...matrix.shape]))
}

const joined = (tensors: readonly Tensor[], axis: number): Tensor => (tensors.length === 1 ? tensors[0] : concat(tensors, axis))
