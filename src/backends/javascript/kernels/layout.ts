import type { Node } from '../../../tensor'
import type { NumericArray } from '../../backend'
import { broadcastStrides, collapse, innermost, stridesOf, walk } from '../loops'
import type { Kernel, Sizes } from './kernel'

/** Copies a block of `sizes`, from one strided place to another. */
function copyBlock(sizes: readonly number[], from: readonly number[], to: readonly number[]) {
  const nest = collapse(sizes, [from, to])
  const [n, si, so] = innermost(nest)
  return (x: NumericArray, start: number, out: NumericArray, place: number) =>
    walk(nest, (i, o) => {
      i += start
      o += place
      for (let step = 0; step < n; step++, i += si, o += so) out[o] = x[i]
    })
}

/** How far one step along `axis` goes, also where the axis has size 1. */
const stepOf = (shape: readonly number[], axis: number) => shape.slice(axis + 1).reduce((n, d) => n * d, 1)

export const layoutKernels = {
  reshape: (): Kernel => ([x], out) => out.set(x),

  transpose: ({ attributes: { permutation } }: Node<'transpose'>, { inputs: [shape], out: to }: Sizes): Kernel => {
    const strides = stridesOf(shape)
    const copy = copyBlock(to, permutation.map((axis) => strides[axis]), stridesOf(to))
    return ([x], out) => copy(x, 0, out, 0)
  },

  broadcastTo: (_: Node<'broadcastTo'>, { inputs: [shape], out: to }: Sizes): Kernel => {
    const copy = copyBlock(to, broadcastStrides(shape, to.length), stridesOf(to))
    return ([x], out) => copy(x, 0, out, 0)
  },

  concat: ({ attributes: { axis } }: Node<'concat'>, { inputs, out: to }: Sizes): Kernel => {
    let place = 0
    const parts = inputs.map((shape) => {
      const part = { copy: copyBlock(shape, stridesOf(shape), stridesOf(to)), place }
      place += shape[axis] * stepOf(to, axis)
      return part
    })
    return (values, out) => parts.forEach(({ copy, place }, i) => copy(values[i], 0, out, place))
  },

  slice: ({ attributes: { axis, start } }: Node<'slice'>, { inputs: [shape], out: to }: Sizes): Kernel => {
    const copy = copyBlock(to, stridesOf(shape), stridesOf(to))
    const from = start * stepOf(shape, axis)
    return ([x], out) => copy(x, from, out, 0)
  },

  pad: ({ attributes: { axis, before } }: Node<'pad'>, { inputs: [shape], out: to }: Sizes): Kernel => {
    const copy = copyBlock(shape, stridesOf(shape), stridesOf(to))
    const place = before * stepOf(to, axis)
    return ([x], out) => {
      out.fill(0)
      copy(x, 0, out, place)
    }
  },
}
