export type { Dimension, Shape } from './shape'
export type { AttributesOf, DType, Node, OperationName, InputRate, Tensor, TensorLike } from './tensor'
export { constant, input } from './operations/source'
export {
  abs, add, cast, divide, equal, exp, greater, log, maximum, minimum, multiply, negate, relu, sigmoid, softplus, sqrt,
  stopGradient, subtract, tanh, where,
} from './operations/elementwise'
export { reduceMax, reduceMean, reduceSum, size } from './operations/reduction'
export type { ReductionOptions } from './operations/reduction'
export { broadcastTo, concat, pad, reshape, slice, transpose } from './operations/layout'
export { gather, matmul, segmentSum } from './operations/product'
export { quantizedMatmul } from './operations/quantized'
export { inverseDeviation, l2Normalize, logSoftmax, moments, softmax, standardize } from './operations/normalization'
export { gradients } from './gradients'
export { program } from './program'
export type { Program } from './program'
export { programFromJson, programToJson } from './program-json'
export type { NodeJson, ProgramJson } from './program-json'
export { printProgram } from './print-program'
