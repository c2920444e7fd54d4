import type { Node, OperationName } from '../../../tensor'
import type { Bindings } from '../../../tensor/shape'
import type { NumericArray } from '../../backend'

/** Computes one node: reads the inputs' arrays, fills `out` wholly. */
export type Kernel = (inputs: readonly NumericArray[], out: NumericArray) => void

/** The sizes a node meets in one run, inputs and output. */
export interface Sizes {
  readonly inputs: readonly (readonly number[])[]
  readonly out: readonly number[]
  readonly bindings: Bindings
}

/** Makes the kernel of a node for given sizes; all that depends on sizes alone is worked out here, once. */
export type MakeKernel<Op extends OperationName> = (node: Node<Op>, sizes: Sizes) => Kernel
