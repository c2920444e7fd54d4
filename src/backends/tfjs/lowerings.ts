import type { Tensor as TfTensor } from '@tensorflow/tfjs-core'
import type { Node, OperationName, Shape, Tensor } from '../../tensor'
import { largestByte, quantizedParts } from '../../tensor/operations/quantized'
import { fedIndices } from '../feeds'
import type { TfjsEngine } from './engines'
import type { Tfjs } from './start-engine'

/** What a lowering sees of a run: the values so far, and the sizes. */
export interface Lowering {
  readonly tf: Tfjs
  readonly engine: TfjsEngine
  /** A tensor's value as it was made; comparisons make booleans. */
  readonly raw: (t: Tensor) => TfTensor
  readonly sizes: (shape: Shape) => number[]
}

type Lower<Op extends OperationName> = (node: Node<Op>, at: Lowering) => TfTensor

/** A tensor's numbers. */
const value = (t: Tensor, { tf, raw }: Lowering): TfTensor => (raw(t).dtype === 'bool' ? tf.cast(raw(t), 'float32') : raw(t))

/** A tensor's truth values: not 0. */
const mask = (t: Tensor, { tf, raw }: Lowering): TfTensor => (raw(t).dtype === 'bool' ? raw(t) : tf.notEqual(raw(t), tf.scalar(0)))

type Unary = 'neg' | 'exp' | 'log' | 'sqrt' | 'abs' | 'relu' | 'sigmoid' | 'tanh' | 'softplus'
type Binary = 'add' | 'sub' | 'mul' | 'greater' | 'equal'

const unary = (name: Unary) => ({ inputs: [x] }: Tensor, at: Lowering) => at.tf[name](value(x, at))
const binary = (name: Binary) => ({ inputs: [a, b] }: Tensor, at: Lowering) => at.tf[name](value(a, at), value(b, at))

/** These engines drop a NaN where they compare; it has to be put back. */
const dropsNaN = ({ engine }: Lowering): boolean => engine === 'wasm' || engine === 'tensorflow'

const extremum = (name: 'maximum' | 'minimum') => ({ inputs: [a, b] }: Tensor, at: Lowering): TfTensor => {
  const { tf } = at
  const [x, y] = [value(a, at), value(b, at)]
  const chosen = tf[name](x, y)
  if (!dropsNaN(at)) return chosen
  return [[a, x], [b, y]].reduce((result, [t, v]) => (holdsNoNaN(t as Tensor) ? result : tf.where(tf.isNaN(v as TfTensor), v as TfTensor, result)), chosen)
}

/** Whether a tensor is a constant that holds no NaN. */
const holdsNoNaN = (t: Tensor): boolean => t.op === 'constant' && !Array.from(t.attributes.values).some(Number.isNaN)

const reduction = (name: 'sum' | 'mean') => ({ inputs: [x], attributes: { axes, keepDims } }: Node<'reduceSum' | 'reduceMean'>, at: Lowering) =>
  axes.length === 0 ? value(x, at) : at.tf[name](value(x, at), [...axes], keepDims)

/** The row numbers as a vector; those the graph computed are kept within the table, and the run fails on them later. */
function rowsOf(indices: Tensor, rows: number, at: Lowering): TfTensor {
  const { tf } = at
  const flat = tf.reshape(value(indices, at), [-1])
  if (fedIndices(indices) !== undefined) return flat
  return tf.maximum(tf.minimum(flat, tf.scalar(rows - 1, 'int32')), tf.scalar(0, 'int32'))
}

/** The last two axes change places. */
function transposed(x: TfTensor, { tf }: Lowering): TfTensor {
  const { rank } = x
  return tf.transpose(x, x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)))
}

/** For each operation, how tfjs computes it. */
const lowerings: { readonly [Op in OperationName]: Lower<Op> } = {
  input: (node, { raw }) => raw(node),
  constant: (node, { raw }) => raw(node),
  stopGradient: ({ inputs: [x] }, at) => value(x, at),

  negate: unary('neg'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  abs: unary('abs'),
  // WebGL multiplies by a mask of 0 and 1, which makes NaN of −∞.
  relu: (node, at) => (at.engine === 'webgl' ? at.tf.maximum(value(node.inputs[0], at), 0) : unary('relu')(node, at)),
  sigmoid: unary('sigmoid'),
  tanh: unary('tanh'),
  // WebGL gives ∞ for NaN.
  softplus: (node, at) => {
    if (at.engine !== 'webgl') return unary('softplus')(node, at)
    const { tf } = at
    const x = value(node.inputs[0], at)
    return tf.add(tf.maximum(x, 0), tf.log1p(tf.exp(tf.neg(tf.abs(x)))))
  },
  cast: ({ inputs: [x], attributes: { to } }, at) => at.tf.cast(value(x, at), to),

  add: binary('add'),
  subtract: binary('sub'),
  multiply: binary('mul'),
  divide: ({ inputs: [a, b] }, at) => {
    const { tf } = at
    const [x, y] = [value(a, at), value(b, at)]
    if (at.engine !== 'webgl' || b.op === 'size' || b.op === 'constant') return tf.div(x, y)
    // WebGL gives 1 for all equal operands, of which 0 / 0 and ∞ / ∞ are not 1.
    const undefinedQuotient = tf.logicalAnd(tf.equal(x, y), tf.logicalOr(tf.equal(x, 0), tf.isInf(x)))
    return tf.where(undefinedQuotient, tf.scalar(NaN), tf.div(x, y))
  },
  maximum: extremum('maximum'),
  minimum: extremum('minimum'),
  greater: binary('greater'),
  equal: binary('equal'),
  where: ({ inputs: [condition, x, y] }, at) => at.tf.where(mask(condition, at), value(x, at), value(y, at)),

  reduceSum: reduction('sum'),
  reduceMean: reduction('mean'),
  reduceMax: ({ inputs: [t], attributes: { axes, keepDims } }, at) => {
    const { tf } = at
    const x = value(t, at)
    if (axes.length === 0) return x
    const largest = tf.max(x, [...axes], keepDims)
    return dropsNaN(at) ? tf.where(tf.any(tf.isNaN(x), [...axes], keepDims), tf.scalar(NaN), largest) : largest
  },
  size: ({ inputs: [x], attributes: { axes } }, { tf, sizes }) => tf.scalar(sizes(axes.map((axis) => x.shape[axis])).reduce((n, d) => n * d, 1)),

  reshape: ({ inputs: [x], attributes: { to } }, at) => at.tf.reshape(value(x, at), at.sizes(to)),
  transpose: ({ inputs: [x], attributes: { permutation } }, at) => at.tf.transpose(value(x, at), [...permutation]),
  broadcastTo: ({ inputs: [x], attributes: { to } }, at) => at.tf.broadcastTo(value(x, at), at.sizes(to)),
  concat: ({ inputs, attributes: { axis } }, at) => at.tf.concat(inputs.map((t) => value(t, at)), axis),
  slice: ({ inputs: [t], attributes: { axis, start, end } }, at) => {
    const x = value(t, at)
    return at.tf.slice(x, x.shape.map((_, i) => (i === axis ? start : 0)), x.shape.map((d, i) => (i === axis ? end - start : d)))
  },
  pad: ({ inputs: [t], attributes: { axis, before, after } }, at) => {
    const x = value(t, at)
    return at.tf.pad(x, x.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0])))
  },

  matmul: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, at) => {
    const [x, y] = [value(a, at), value(b, at)]
    if (at.engine !== 'wasm') return at.tf.matMul(x, y, transposeA, transposeB)
    // The wasm engine has a fast product of plain operands only.
    return at.tf.matMul(transposeA ? transposed(x, at) : x, transposeB ? transposed(y, at) : y)
  },
  quantizedMatmul: (node, at) => {
    const { tf } = at
    const { zeroPoint, weight, scales, k, n } = quantizedParts(node)
    const bytes = tf.clipByValue(tf.round(value(node.inputs[0], at)), -zeroPoint, largestByte - zeroPoint)
    return tf.mul(tf.matMul(bytes, tf.tensor(Float32Array.from(weight), [k, n])), tf.tensor(scales))
  },
  gather: ({ inputs: [table, indices], shape }, at) => {
    const [rows] = at.sizes(table.shape)
    return at.tf.reshape(at.tf.gather(value(table, at), rowsOf(indices, rows, at) as never), at.sizes(shape))
  },
  segmentSum: ({ inputs: [values, indices], shape }, at) => {
    // Not unsortedSegmentSum: the wasm engine has none, and that of the cpu engine visits every row for every segment.
    const { tf } = at
    const [rows, ...rest] = at.sizes(shape)
    const width = rest.reduce((n, d) => n * d, 1)
    const places = tf.reshape(rowsOf(indices, rows, at), [-1, 1])
    // The webgl engine has been seen to scatter a single row wrongly.
    if (at.engine === 'webgl' && places.size === 1) {
      const here = tf.equal(tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]), places)
      return tf.reshape(tf.where(here, tf.reshape(value(values, at), [1, width]), tf.scalar(0)), [rows, ...rest])
    }
    return tf.reshape(tf.scatterND(places, tf.reshape(value(values, at), [-1, width]), [rows, width]), [rows, ...rest])
  },

  softmax: ({ inputs: [x] }, at) => at.tf.softmax(value(x, at)),
  logSoftmax: ({ inputs: [x] }, at) => at.tf.logSoftmax(value(x, at)),
  standardize: ({ inputs: [x, mean, inverseDeviation] }, at) =>
    at.tf.mul(at.tf.sub(value(x, at), value(mean, at)), value(inverseDeviation, at)),
}

// A node and its lowering carry the same operation; the union of lowerings cannot say so.
export const lower = (t: Tensor, at: Lowering): TfTensor => (lowerings[t.op] as (node: Tensor, at: Lowering) => TfTensor)(t, at)
