import type { NumericArray } from '../../backend'
import { broadcastStrides, collapse, innermost, walk } from '../loops'
import type { Kernel, Sizes } from './kernel'

const map = (f: (x: number) => number): (() => Kernel) => () => ([x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = f(x[i])
}

const copy = (): Kernel => ([x], out) => out.set(x)

export const unaryKernels = {
  // The commonest ones have loops of their own: a shared loop calls through a pointer for every element.
  negate: (): Kernel => ([x], out) => {
    for (let i = 0; i < out.length; i++) out[i] = -x[i]
  },
  relu: (): Kernel => ([x], out) => {
    for (let i = 0; i < out.length; i++) out[i] = x[i] < 0 ? 0 : x[i]
  },
  exp: map(Math.exp),
  log: map(Math.log),
  sqrt: map(Math.sqrt),
  abs: map(Math.abs),
  sigmoid: map((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x)))),
  tanh: map(Math.tanh),
  softplus: map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  stopGradient: copy,
  cast: copy,
}

type A = NumericArray
/** `n` steps over two arrays from given places with given strides, into consecutive places of `out`. */
type Pairwise = (a: A, i: number, si: number, b: A, j: number, sj: number, out: A, o: number, n: number) => void

const pairwise: Readonly<Record<'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum' | 'greater' | 'equal', Pairwise>> = {
  add(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] + b[j]
  },
  subtract(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] - b[j]
  },
  multiply(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] * b[j]
  },
  divide(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] / b[j]
  },
  maximum(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = Math.max(a[i], b[j])
  },
  minimum(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = Math.min(a[i], b[j])
  },
  greater(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] > b[j] ? 1 : 0
  },
  equal(a, i, si, b, j, sj, out, o, n) {
    for (const end = o + n; o < end; o++, i += si, j += sj) out[o] = a[i] === b[j] ? 1 : 0
  },
}

/** The loops of an elementwise operation over broadcast inputs; the output comes last and is always contiguous. */
const broadcastLoops = ({ inputs, out }: Sizes) =>
  collapse(out, [...inputs.map((shape) => broadcastStrides(shape, out.length)), broadcastStrides(out, out.length)])

const binary = (op: keyof typeof pairwise) => (_: unknown, sizes: Sizes): Kernel => {
  const run = pairwise[op]
  const nest = broadcastLoops(sizes)
  const [n, si, sj] = innermost(nest)
  return ([a, b], out) => walk(nest, (i, j, o) => run(a, i, si, b, j, sj, out, o, n))
}

export const binaryKernels = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  greater: binary('greater'),
  equal: binary('equal'),
  where: (_: unknown, sizes: Sizes): Kernel => {
    const nest = broadcastLoops(sizes)
    const [n, sc, si, sj] = innermost(nest)
    return ([condition, a, b], out) =>
      walk(nest, (c, i, j, o) => {
        for (const end = o + n; o < end; o++, c += sc, i += si, j += sj) out[o] = condition[c] !== 0 ? a[i] : b[j]
      })
  },
}
