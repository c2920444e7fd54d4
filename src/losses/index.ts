export { maskedMean } from './masked-mean'
export { sigmoidCrossEntropy, squaredError } from './pointwise'
export { neverNegative, sampledSoftmax } from './sampled-softmax'
export type { SampledSoftmaxInputs } from './sampled-softmax'
