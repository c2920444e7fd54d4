import { divide, equal, greater, multiply, negate, sigmoid, subtract, where } from './operations/elementwise'
import { broadcastTo, pad, reshape, slice, transpose } from './operations/layout'
import { softmax } from './operations/normalization'
import { gather, matmul, segmentSum } from './operations/product'
import { reduceSum, reducedShape, size } from './operations/reduction'
import { sameShape, type Shape } from './shape'
import type { Node, OperationName, Tensor, TensorLike } from './tensor'

/**
 * For each operation, the gradient of the loss with respect to each input, given `g`, the gradient with respect to
 * the output `y`: more graph, made of the same operations. `undefined` where no gradient flows.
 */
export type GradientRules = {
  readonly [Op in OperationName]: (node: Node<Op>, g: Tensor, y: Tensor) => readonly (Tensor | undefined)[]
}

/** `g` summed over the axes along which `shape` was stretched. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length
  const axes = g.shape.flatMap((d, i) => (i < extra || (shape[i - extra] === 1 && d !== 1) ? [i] : []))
  return axes.length === 0 ? g : reshape(reduceSum(g, { axes, keepDims: true }), shape)
}

/** A reduction's output gradient, stretched back over the axes it lost. */
function restretch(g: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(g, reducedShape(shape, axes, true)), shape)
}

const flows = (node: { readonly inputs: readonly Tensor[] }, ...gradients: readonly Tensor[]) =>
  gradients.map((g, i) => unbroadcast(g, node.inputs[i].shape))

/** 1 where the first operand is chosen (`≥` for max, `≤` for min), so ties go to the first. */
const extremum = (loses: (x: TensorLike, y: TensorLike) => Tensor) => (node: Node<'maximum'> | Node<'minimum'>, g: Tensor) => {
  const [a, b] = node.inputs
  const second = loses(a, b)
  return flows(node, where(second, 0, g), where(second, g, 0))
}

/** `g` as `factor · rest`, where the factor does not change along `axes`; without one, `rest` is `g`. */
function constantAlong(g: Tensor, axes: readonly number[]): { readonly factor?: Tensor; readonly rest: Tensor } {
  if (g.op !== 'multiply') return { rest: g }
  const fixed = ({ shape }: Tensor) => axes.every((axis) => (shape[axis - g.shape.length + shape.length] ?? 1) === 1)
  const factor = g.inputs.find(fixed)
  const rest = g.inputs.find((t) => t !== factor && sameShape(t.shape, g.shape))
  return factor === undefined || rest === undefined ? { rest: g } : { factor, rest }
}

const none = () => []

export const gradientRules: GradientRules = {
  input: none,
  constant: none,
  stopGradient: () => [undefined],
  cast: () => [undefined],
  greater: () => [undefined, undefined],
  equal: () => [undefined, undefined],
  size: () => [undefined],

  negate: (_, g) => [negate(g)],
  exp: (_, g, y) => [multiply(g, y)],
  log: ({ inputs: [x] }, g) => [divide(g, x)],
  sqrt: (_, g, y) => [divide(multiply(g, 0.5), y)],
  abs: ({ inputs: [x] }, g) => [where(greater(x, 0), g, where(greater(0, x), negate(g), 0))],
  relu: (_, g, y) => [multiply(g, greater(y, 0))],
  sigmoid: (_, g, y) => [multiply(g, multiply(y, subtract(1, y)))],
  tanh: (_, g, y) => [multiply(g, subtract(1, multiply(y, y)))],
  softplus: ({ inputs: [x] }, g) => [multiply(g, sigmoid(x))],

  add: (node, g) => flows(node, g, g),
  subtract: (node, g) => flows(node, g, negate(g)),
  multiply: (node, g) => flows(node, multiply(g, node.inputs[1]), multiply(g, node.inputs[0])),
  divide: (node, g, y) => {
    const quotient = divide(g, node.inputs[1])
    return flows(node, quotient, negate(multiply(quotient, y)))
  },
  maximum: extremum((a, b) => greater(b, a)),
  minimum: extremum((a, b) => greater(a, b)),
  where: (node, g) => {
    const [condition, x, y] = node.inputs
    return [undefined, unbroadcast(where(condition, g, 0), x.shape), unbroadcast(where(condition, 0, g), y.shape)]
  },

  reduceSum: ({ inputs: [x], attributes: { axes } }, g) => [restretch(g, x.shape, axes)],
  reduceMean: ({ inputs: [x], attributes: { axes } }, g) => [restretch(divide(g, size(x, axes)), x.shape, axes)],
  reduceMax: ({ inputs: [x], attributes: { axes } }, g, y) => {
    const chosen = equal(x, restretch(y, x.shape, axes))
    const share = divide(g, reshape(reduceSum(chosen, { axes, keepDims: true }), g.shape))
    return [multiply(chosen, restretch(share, x.shape, axes))]
  },

  reshape: ({ inputs: [x] }, g) => [reshape(g, x.shape)],
  transpose: ({ attributes: { permutation } }, g) => [transpose(g, permutation.map((_, i) => permutation.indexOf(i)))],
  broadcastTo: (node, g) => flows(node, g),
  concat: ({ inputs, attributes: { axis } }, g) => {
    let start = 0
    return inputs.map((t) => slice(g, axis, start, (start += t.shape[axis] as number)))
  },
  slice: ({ inputs: [x], attributes: { axis, start, end } }, g) => [pad(g, axis, start, (x.shape[axis] as number) - end)],
  pad: ({ inputs: [x], attributes: { axis, before } }, g) => [slice(g, axis, before, before + (x.shape[axis] as number))],

  matmul: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, g) => [
    transposeA ? matmul(b, g, { transposeA: transposeB, transposeB: true }) : matmul(g, b, { transposeB: !transposeB }),
    transposeB ? matmul(g, a, { transposeA: true, transposeB: transposeA }) : matmul(a, g, { transposeA: !transposeA }),
  ],
  quantizedMatmul: () => [undefined, undefined, undefined],
  gather: ({ inputs: [table, indices] }, g) => [segmentSum(g, indices, table.shape[0]), undefined],
  segmentSum: ({ inputs: [, indices] }, g) => [gather(g, indices), undefined],

  softmax: (_, g, y) => {
    const weighted = multiply(g, y)
    return [subtract(weighted, multiply(y, reduceSum(weighted, { axes: -1, keepDims: true })))]
  },
  logSoftmax: ({ inputs: [x] }, g) => [subtract(g, multiply(softmax(x), reduceSum(g, { axes: -1, keepDims: true })))],
  standardize: ({ inputs: [x, , inverseDeviation], attributes: { axes } }, g, y) => {
    // A scale behind the standardisation (γ of batch norm) is the same along the axes, so it can wait until the end; the
    // two sums are then those that γ and β need for their own gradients, and are computed once.
    const { factor, rest } = constantAlong(g, axes)
    const share = (t: Tensor) => divide(reduceSum(t, { axes, keepDims: true }), size(x, axes))
    const centred = subtract(subtract(rest, share(rest)), multiply(y, share(multiply(rest, y))))
    return [multiply(factor === undefined ? inverseDeviation : multiply(inverseDeviation, factor), centred), undefined, undefined]
  },
}
