import type { Node } from '../../../tensor'
import { largestByte, quantizedParts } from '../../../tensor/operations/quantized'
import type { Kernel } from './kernel'

export const quantizedKernels = {
  quantizedMatmul: (node: Node<'quantizedMatmul'>): Kernel => {
    const { k, n, zeroPoint, weight, scales } = quantizedParts(node)
    const sums = new Int32Array(n)
    return ([x], out) => {
      for (let row = 0, at = 0; row * n < out.length; row++) {
        sums.fill(0)
        for (let p = 0; p < k; p++, at++) {
          const q = Math.min(Math.max(roundToEven(x[at]) + zeroPoint, 0), largestByte) - zeroPoint
          if (q !== 0) for (let j = 0, w = p * n; j < n; j++, w++) sums[j] += q * weight[w]
        }
        for (let j = 0; j < n; j++) out[row * n + j] = sums[j] * scales[j]
      }
    }
  },
}

/** Adding and taking away 1.5 · 2⁵² leaves the nearest whole number, the even one of two. What is beyond does not matter: it is clamped. NaN gives 0. */
function roundToEven(x: number): number {
  const big = 6755399441055744
  const bounded = x > -1e6 ? (x < 1e6 ? x : 1e6) : x <= -1e6 ? -1e6 : 0
  return bounded + big - big
}
