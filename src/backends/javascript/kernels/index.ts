import type { Node, OperationName, Tensor } from '../../../tensor'
import { binaryKernels, unaryKernels } from './elementwise'
import { indexingKernels } from './indexing'
import type { Kernel, MakeKernel, Sizes } from './kernel'
import { layoutKernels } from './layout'
import { matmulKernels } from './matmul'
import { normalizationKernels } from './normalization'
import { quantizedKernels } from './quantized'
import { reductionKernels } from './reduction'

const kernels: { readonly [Op in Exclude<OperationName, 'input'>]: MakeKernel<Op> } = {
  constant: ({ attributes: { values } }: Node<'constant'>): Kernel => (_, out) => out.set(values),
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...layoutKernels,
  ...matmulKernels,
  ...quantizedKernels,
  ...indexingKernels,
  ...normalizationKernels,
}

/** The kernel that computes `node` for these sizes. */
export function kernelOf(node: Exclude<Tensor, Node<'input'>>, sizes: Sizes): Kernel {
  // A node and its kernel carry the same operation; the union of kernels cannot say so.
  const make = kernels[node.op] as (node: Tensor, sizes: Sizes) => Kernel
  return make(node, sizes)
}
