import { ArgumentError, ShapeError, expected } from '../errors'
import { type Dimension, type Shape, showShape } from './shape'

export const dtypes = ['float32', 'int32'] as const
export type DType = (typeof dtypes)[number]

/**
 * How often an input changes while candidates are scored: never (weights), once per request (user, context), once per
 * item, or for every (request, item) pair.
 */
export type InputRate = (typeof rates)[number]
export const rates = ['constant', 'request', 'item', 'pair'] as const

interface Axes {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}
interface None {
  readonly [key: string]: never
}

/** What each operation carries besides its inputs: plain JSON, so a graph can be written down and read back. */
export interface AttributesOf {
  input: { readonly name: string; readonly rate: InputRate }
  /** A typed array is what weights are: no number of it may change. */
  constant: { readonly values: readonly number[] | Float32Array | Int32Array }

  negate: None
  exp: None
  log: None
  sqrt: None
  abs: None
  relu: None
  sigmoid: None
  tanh: None
  softplus: None
  cast: { readonly to: DType }
  stopGradient: None

  add: None
  subtract: None
  multiply: None
  divide: None
  maximum: None
  minimum: None
  greater: None
  equal: None
  where: None

  reduceSum: Axes
  reduceMean: Axes
  reduceMax: Axes
  size: { readonly axes: readonly number[] }

  reshape: { readonly to: Shape }
  transpose: { readonly permutation: readonly number[] }
  broadcastTo: { readonly to: Shape }
  concat: { readonly axis: number }
  slice: { readonly axis: number; readonly start: number; readonly end: number }
  pad: { readonly axis: number; readonly before: number; readonly after: number }

  matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  quantizedMatmul: { readonly zeroPoint: number }
  gather: None
  segmentSum: { readonly rows: Dimension }

  softmax: None
  logSoftmax: None
  standardize: { readonly axes: readonly number[] }
}

export type OperationName = keyof AttributesOf

/** One node of a graph: an operation applied to the values of other nodes. */
export interface Node<Op extends OperationName> {
  readonly op: Op
  readonly inputs: readonly Tensor[]
  readonly attributes: AttributesOf[Op]
  readonly shape: Shape
  readonly dtype: DType
}

/**
 * A value in a model graph: what an operation will produce, not the numbers themselves.
 *
 * Tensors are immutable. They are made by the operations of this area (`input`, `add`, `matmul`, …), which check
 * shapes as the graph is built, and turned into numbers by a backend.
 */
export type Tensor = { [Op in OperationName]: Node<Op> }[OperationName]

/** A tensor, or a number that stands for a scalar constant. */
export type TensorLike = Tensor | number

/** Makes a node; shape and dtype are the caller's to have checked. */
export function node<Op extends OperationName>(
  op: Op, inputs: readonly Tensor[], attributes: AttributesOf[Op], shape: Shape, dtype: DType = 'float32',
): Tensor {
  return Object.freeze({ op, inputs: Object.freeze(inputs), attributes, shape: Object.freeze(shape), dtype }) as Tensor
}

/** Throws unless `tensor` holds float32. */
export function checkFloat(where: string, tensor: Tensor): void {
  checkDType(where, tensor, 'float32')
}

export function checkDType(where: string, tensor: Tensor, dtype: DType): void {
  checkTensor(where, tensor)
  if (tensor.dtype !== dtype)
    throw new ShapeError(`feedrank/${where}: expected a ${dtype} tensor, got ${tensor.dtype} ${showShape(tensor.shape)}`)
}

export function checkTensor(where: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || !('op' in value && 'shape' in value))
    throw new ArgumentError(expected(where, 'operand', 'a tensor', value))
}

export function checkOneOf(where: string, name: string, allowed: readonly string[], value: unknown): void {
  if (!allowed.includes(value as string)) throw new ArgumentError(expected(where, name, `one of ${allowed.join(', ')}`, value))
}

export function checkFlag(where: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new ArgumentError(expected(where, name, 'true or false', value))
}
