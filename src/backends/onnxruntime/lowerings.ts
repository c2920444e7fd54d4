import type { Node, OperationName, Shape, Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import { quantizedParts } from '../../tensor/operations/quantized'
import { fedIndices } from '../feeds'
import type { GraphBuilder } from './graph-builder'
import { microsoft, typeCodes } from './onnx-writer'

/** What a lowering sees of the whole: the graph so far and the values already in it. */
export interface Lowering {
  readonly graph: GraphBuilder
  /** The name of a tensor's numbers. */
  readonly value: (t: Tensor) => string
  /** The name of a tensor's truth values: not 0. */
  readonly mask: (t: Tensor) => string
  /** How many nodes and outputs read a tensor. */
  readonly readers: (t: Tensor) => number
  /** Whether weights of bytes may be signed. */
  readonly signedBytes: boolean
}

type Lower<Op extends OperationName> = (node: Node<Op>, at: Lowering) => string

/** These two give ONNX booleans, which become numbers only where a reader wants numbers. */
export const givesMask = ({ op }: Tensor): boolean => op === 'greater' || op === 'equal'

const elementwise = (operator: string) => ({ inputs }: Tensor, { graph, value }: Lowering) => graph.emit(operator, inputs.map(value))

const reduction = (operator: string) => ({ inputs: [x], attributes: { axes, keepDims } }: Node<'reduceSum' | 'reduceMean' | 'reduceMax'>, { graph, value }: Lowering) =>
  axes.length === 0 ? value(x) : graph.emit(operator, [value(x), graph.integers(axes)], { keepdims: Number(keepDims) })

const overLastAxis = (operator: string) => ({ inputs: [x] }: Node<'softmax' | 'logSoftmax'>, { graph, value }: Lowering) =>
  graph.emit(operator, [value(x)], { axis: -1 })

/**
 * Row numbers as the operators take them. Those operators count negative rows from the end, so a negative number that
 * was computed in the graph (fed ones are checked before the run) becomes one that no table has.
 */
function rowsOf(indices: Tensor, { graph, value }: Lowering): string {
  if (fedIndices(indices) !== undefined) return value(indices)
  const negative = graph.emit('Less', [value(indices), graph.constant(Int32Array.of(0), [])])
  return graph.emit('Where', [negative, graph.constant(Int32Array.of(2 ** 31 - 1), []), value(indices)])
}

/** The number of elements of `shape` as a float32 scalar. */
function elementsOf(shape: Shape, graph: GraphBuilder): string {
  const scalar = graph.emit('Squeeze', [graph.count(shape), graph.integers([0])])
  return graph.emit('Cast', [scalar], { to: typeCodes.float32 })
}

/** `A · B + C` as one operator for matrices; `C` is left out or stretches to the product's shape. */
function gemm({ inputs: [a, b], attributes: { transposeA, transposeB } }: Node<'matmul'>, { graph, value }: Lowering, added?: Tensor): string {
  return graph.emit('Gemm', [value(a), value(b), ...(added ? [value(added)] : [])], { transA: Number(transposeA), transB: Number(transposeB) })
}

/**
 * A product of bytes and what is added to its rows, by onnxruntime's operator that does not leave the registers between
 * the sum and its scale.
 */
function quantizedProduct(node: Node<'quantizedMatmul'>, { graph, value, signedBytes }: Lowering, bias?: Tensor): string {
  const { zeroPoint, weight, scales, k, n } = quantizedParts(node)
  const [zero, step] = [graph.constant(Uint8Array.of(zeroPoint), []), graph.constant(Float32Array.of(1), [])]
  const bytes = graph.emit('QuantizeLinear', [value(node.inputs[0]), step, zero])
  const weights = signedBytes ? [weight, new Int8Array(n)] : [Uint8Array.from(weight, (w) => w + 128), new Uint8Array(n).fill(128)]
  const operands = [bytes, graph.constant(weights[0], [k, n]), step, graph.constant(scales, [n]), zero, graph.constant(weights[1], [n])]
  const row = bias && (bias.shape.length === 1 ? value(bias) : graph.emit('Reshape', [value(bias), graph.integers([n])]))
  return graph.emit('MatMulIntegerToFloat', row ? [...operands, row] : operands, {}, microsoft)
}

/** The last two axes in the other order, where `asked`. */
function transposed(t: Tensor, asked: boolean, { graph, value }: Lowering): string {
  const rank = t.shape.length
  return asked ? graph.emit('Transpose', [value(t)], { perm: [...Array(rank - 2).keys(), rank - 1, rank - 2] }) : value(t)
}

/** A sum that can ride on a matrix product which nothing else reads: `[product, the other term]`. */
function productAndTerm(node: Node<'add'>, readers: Lowering['readers']): readonly [Node<'matmul'> | Node<'quantizedMatmul'>, Tensor] | undefined {
  for (const i of [1, 0]) {
    const product = node.inputs[i]
    const term = node.inputs[1 - i]
    if (readers(product) !== 1 || !sameShape(product.shape, node.shape)) continue
    if (product.op === 'matmul' && product.shape.length === 2) return [product, term]
    if (product.op === 'quantizedMatmul' && isRow(term.shape, product.shape[1])) return [product, term]
  }
  return undefined
}

/** Whether `shape` is `[n]` or `[1, n]`. */
const isRow = (shape: Shape, n: Shape[number]): boolean => shape.at(-1) === n && (shape.length === 1 || (shape.length === 2 && shape[0] === 1))

/** For each operation, the ONNX operators that compute it. */
export const lowerings: { readonly [Op in OperationName]: Lower<Op> } = {
  input: (node, { value }) => value(node),
  constant: ({ attributes: { values }, shape, dtype }, { graph }) =>
    graph.constant(dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values), shape as readonly number[]),
  stopGradient: ({ inputs: [x] }, { value }) => value(x),

  negate: elementwise('Neg'),
  exp: elementwise('Exp'),
  log: elementwise('Log'),
  sqrt: elementwise('Sqrt'),
  abs: elementwise('Abs'),
  relu: elementwise('Relu'),
  sigmoid: elementwise('Sigmoid'),
  tanh: elementwise('Tanh'),
  softplus: elementwise('Softplus'),
  cast: ({ inputs: [x], attributes: { to } }, { graph, value }) => graph.emit('Cast', [value(x)], { to: typeCodes[to] }),

  add: (node, at) => {
    const found = productAndTerm(node, at.readers)
    if (!found) return elementwise('Add')(node, at)
    const [product, term] = found
    return product.op === 'matmul' ? gemm(product, at, term) : quantizedProduct(product, at, term)
  },
  subtract: elementwise('Sub'),
  multiply: elementwise('Mul'),
  divide: elementwise('Div'),
  maximum: elementwise('Max'),
  minimum: elementwise('Min'),
  greater: elementwise('Greater'),
  equal: elementwise('Equal'),
  where: ({ inputs: [condition, x, y] }, { graph, value, mask }) => graph.emit('Where', [mask(condition), value(x), value(y)]),

  reduceSum: reduction('ReduceSum'),
  reduceMean: (node, at) => {
    const spanned = node.attributes.axes.map((a) => node.inputs[0].shape[a])
    // ReduceMean gives 0 over an empty batch, not NaN; the quotient is taken after the sum, so it costs little.
    if (spanned.some((d) => typeof d === 'string')) return at.graph.emit('Div', [reduction('ReduceSum')(node, at), elementsOf(spanned, at.graph)])
    return reduction('ReduceMean')(node, at)
  },
  reduceMax: (node, at) => {
    const { inputs: [x], attributes: { axes, keepDims } } = node
    if (axes.length === 0) return at.value(x)
    // ReduceMax passes over NaN; the row that holds one has to be told so.
    const { emit, integers, constant } = at.graph
    const flags = emit('Cast', [emit('IsNaN', [at.value(x)])], { to: typeCodes.float32 })
    const flagged = emit('ReduceMax', [flags, integers(axes)], { keepdims: Number(keepDims) })
    const poisoned = emit('Greater', [flagged, constant(Float32Array.of(0), [])])
    return emit('Where', [poisoned, constant(Float32Array.of(NaN), []), reduction('ReduceMax')(node, at)])
  },
  size: ({ inputs: [x], attributes: { axes } }, { graph }) => elementsOf(axes.map((a) => x.shape[a]), graph),

  reshape: ({ inputs: [x], attributes: { to } }, { graph, value }) => {
    // One size may be left for the operator to find; with two unknown ones, either could be 0.
    const free = to.filter((d) => typeof d === 'string').length <= 1
    const sizes = free ? graph.integers(to.map((d) => (typeof d === 'number' ? d : -1))) : graph.sizes(to)
    return graph.emit('Reshape', [value(x), sizes], free ? {} : { allowzero: 1 })
  },
  transpose: ({ inputs: [x], attributes: { permutation } }, { graph, value }) => graph.emit('Transpose', [value(x)], { perm: permutation }),
  broadcastTo: ({ inputs: [x], attributes: { to } }, { graph, value }) => {
    // Where the size is there already, 1 says: as it is.
    const sizes = to.map((d, i) => (d === x.shape[i - to.length + x.shape.length] ? 1 : d))
    return graph.emit('Expand', [value(x), graph.sizes(sizes)])
  },
  concat: ({ inputs, attributes: { axis } }, { graph, value }) => graph.emit('Concat', inputs.map(value), { axis }),
  slice: ({ inputs: [x], attributes: { axis, start, end } }, { graph, value }) =>
    graph.emit('Slice', [value(x), graph.integers([start]), graph.integers([end]), graph.integers([axis])]),
  pad: ({ inputs: [x], attributes: { axis, before, after } }, { graph, value }) => {
    const amount = (n: number) => x.shape.map((_, i) => (i === axis ? n : 0))
    return graph.emit('Pad', [value(x), graph.integers([...amount(before), ...amount(after)])])
  },

  matmul: (node, at) => {
    const { inputs: [a, b], attributes: { transposeA, transposeB }, shape } = node
    if (shape.length === 2) return gemm(node, at)
    return at.graph.emit('MatMul', [transposed(a, transposeA, at), transposed(b, transposeB, at)])
  },
  quantizedMatmul: (node, at) => quantizedProduct(node, at),
  gather: ({ inputs: [table, indices] }, at) => at.graph.emit('Gather', [at.value(table), rowsOf(indices, at)], { axis: 0 }),
  segmentSum: ({ inputs: [values, indices], shape }, at) => {
    // ScatterND would take the rows as they are, but adds from several threads at once and loses sums.
    const { emit, sizes, integers, count } = at.graph
    const tail = shape.slice(1)
    const flat = emit('Concat', [count(indices.shape), ...(tail.length > 0 ? [sizes(tail)] : [])], { axis: 0 })
    const column = emit('Reshape', [rowsOf(indices, at), integers([-1, ...tail.map(() => 1)])])
    const added = emit('Reshape', [at.value(values), flat], { allowzero: 1 })
    const zeros = emit('ConstantOfShape', [sizes(shape)])
    return emit('ScatterElements', [zeros, emit('Expand', [column, flat]), added], { axis: 0, reduction: 'add' })
  },

  softmax: overLastAxis('Softmax'),
  logSoftmax: overLastAxis('LogSoftmax'),
  standardize: ({ inputs: [x, mean, inverseDeviation] }, { graph, value }) =>
    graph.emit('Mul', [graph.emit('Sub', [value(x), value(mean)]), value(inverseDeviation)]),
}
