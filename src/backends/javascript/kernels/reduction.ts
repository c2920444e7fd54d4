import type { Node } from '../../../tensor'
import { elements } from '../../../tensor/shape'
import type { NumericArray } from '../../backend'
import { collapse, innermost, stridesOf, walk } from '../loops'
import type { Kernel, Sizes } from './kernel'

/** Folds `n` values from place `i` into `total` from place `o`. */
type Fold = (x: NumericArray, i: number, si: number, total: Float64Array, o: number, so: number, n: number) => void

const sum: Fold = (x, i, si, total, o, so, n) => {
  if (so === 0) {
    let t = total[o]
    for (let step = 0; step < n; step++, i += si) t += x[i]
    total[o] = t
  } else for (let step = 0; step < n; step++, i += si, o += so) total[o] += x[i]
}

const max: Fold = (x, i, si, total, o, so, n) => {
  for (let step = 0; step < n; step++, i += si, o += so) total[o] = Math.max(total[o], x[i])
}

type Reduction = Node<'reduceSum'> | Node<'reduceMean'> | Node<'reduceMax'>

/** Totals are kept in double precision until all values are in. */
const reduce = (fold: Fold, start: number, finish: (total: number, count: number) => number) =>
  ({ attributes: { axes } }: Reduction, { inputs: [shape], out: to }: Sizes): Kernel => {
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const nest = collapse(shape, [stridesOf(shape), stridesOf(kept)])
    const [n, si, so] = innermost(nest)
    const totals = new Float64Array(elements(to))
    const count = axes.reduce((product, axis) => product * shape[axis], 1)
    return ([x], out) => {
      totals.fill(start)
      walk(nest, (i, o) => fold(x, i, si, totals, o, so, n))
      for (let i = 0; i < out.length; i++) out[i] = finish(totals[i], count)
    }
  }

export const reductionKernels = {
  reduceSum: reduce(sum, 0, (total) => total),
  reduceMean: reduce(sum, 0, (total, count) => total / count),
  reduceMax: reduce(max, -Infinity, (total) => total),
  size: ({ attributes: { axes } }: Node<'size'>, { inputs: [shape] }: Sizes): Kernel => {
    const count = axes.reduce((product, axis) => product * shape[axis], 1)
    return (_, out) => out.fill(count)
  },
}
