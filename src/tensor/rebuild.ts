import * as elementwise from './operations/elementwise'
import * as layout from './operations/layout'
import * as normalization from './operations/normalization'
import * as product from './operations/product'
import { quantizedMatmul } from './operations/quantized'
import * as reduction from './operations/reduction'
import { constant, input } from './operations/source'
import type { Shape } from './shape'
import type { AttributesOf, DType, OperationName, Tensor } from './tensor'

/** A node written down without its inputs; `shape` and `dtype` matter only where they cannot be derived. */
export interface NodeRecord<Op extends OperationName = OperationName> {
  readonly op: Op
  readonly attributes: AttributesOf[Op]
  readonly shape: Shape
  readonly dtype: DType
}

type Rebuild<Op extends OperationName> = (inputs: readonly Tensor[], attributes: AttributesOf[Op], record: NodeRecord<Op>) => Tensor

const unary = (make: (x: Tensor) => Tensor) => ([x]: readonly Tensor[]) => make(x)
const binary = (make: (x: Tensor, y: Tensor) => Tensor) => ([x, y]: readonly Tensor[]) => make(x, y)

/** For each operation, how to make its node anew through the checks of the operation itself. */
export const rebuild: { readonly [Op in OperationName]: Rebuild<Op> } = {
  input: (_, { name, rate }, { shape, dtype }) => input(name, shape, { rate, dtype }),
  constant: (_, { values }, { shape, dtype }) => constant(values, shape as readonly number[], dtype),

  negate: unary(elementwise.negate),
  exp: unary(elementwise.exp),
  log: unary(elementwise.log),
  sqrt: unary(elementwise.sqrt),
  abs: unary(elementwise.abs),
  relu: unary(elementwise.relu),
  sigmoid: unary(elementwise.sigmoid),
  tanh: unary(elementwise.tanh),
  softplus: unary(elementwise.softplus),
  stopGradient: unary(elementwise.stopGradient),
  cast: ([x], { to }) => elementwise.cast(x, to),

  add: binary(elementwise.add),
  subtract: binary(elementwise.subtract),
  multiply: binary(elementwise.multiply),
  divide: binary(elementwise.divide),
  maximum: binary(elementwise.maximum),
  minimum: binary(elementwise.minimum),
  greater: binary(elementwise.greater),
  equal: binary(elementwise.equal),
  where: ([condition, x, y]) => elementwise.where(condition, x, y),

  reduceSum: ([x], attributes) => reduction.reduceSum(x, attributes),
  reduceMean: ([x], attributes) => reduction.reduceMean(x, attributes),
  reduceMax: ([x], attributes) => reduction.reduceMax(x, attributes),
  size: ([x], { axes }) => reduction.size(x, axes),

  reshape: ([x], { to }) => layout.reshape(x, to),
  transpose: ([x], { permutation }) => layout.transpose(x, permutation),
  broadcastTo: ([x], { to }) => layout.broadcastTo(x, to),
  concat: (inputs, { axis }) => layout.concat(inputs, axis),
  slice: ([x], { axis, start, end }) => layout.slice(x, axis, start, end),
  pad: ([x], { axis, before, after }) => layout.pad(x, axis, before, after),

  matmul: ([a, b], attributes) => product.matmul(a, b, attributes),
  quantizedMatmul: ([x, weight, scales], attributes) => quantizedMatmul(x, weight, scales, attributes),
  gather: ([table, indices]) => product.gather(table, indices),
  segmentSum: ([values, indices], { rows }) => product.segmentSum(values, indices, rows),

  softmax: unary(normalization.softmax),
  logSoftmax: unary(normalization.logSoftmax),
  standardize: ([x, mean, inverseDeviation], { axes }) => normalization.standardize(x, mean, inverseDeviation, axes),
}
