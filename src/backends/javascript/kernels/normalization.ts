import type { Node } from '../../../tensor'
import { binaryKernels } from './elementwise'
import type { Kernel, Sizes } from './kernel'

/** Softmax or its logarithm, row by row, shifted by each row's maximum. */
const softmaxRows = (logarithm: boolean) => (_: unknown, { out: to }: Sizes): Kernel => {
  const width = to[to.length - 1]
  return ([x], out) => {
    for (let start = 0; start < out.length; start += width) {
      const end = start + width
      let largest = -Infinity
      for (let i = start; i < end; i++) largest = Math.max(largest, x[i])
      let total = 0
      for (let i = start; i < end; i++) total += Math.exp(x[i] - largest)
      // The shift apart from the logarithm, which would be lost beside a large one.
      const logTotal = Math.log(total)
      for (let i = start; i < end; i++) out[i] = logarithm ? x[i] - largest - logTotal : Math.exp(x[i] - largest) / total
    }
  }
}

export const normalizationKernels = {
  softmax: softmaxRows(false),
  logSoftmax: softmaxRows(true),

  standardize: (node: Node<'standardize'>, { inputs: [x, statistics], out, bindings }: Sizes): Kernel => {
    const sizes = { inputs: [x, statistics], out, bindings }
    const centre = binaryKernels.subtract(node, sizes)
    const scale = binaryKernels.multiply(node, sizes)
    return ([values, mean, inverse], result) => {
      centre([values, mean], result)
      scale([result, inverse], result)
    }
  },
}
