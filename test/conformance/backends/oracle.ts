import type { Node, OperationName, Tensor } from 'feedrank/tensor'

/**
 * What every operation means, written as plainly as it can be: multi-indices, double precision, no thought of speed.
 * It shares no code with any backend; only the shapes that tensors carry are taken as given.
 */
export interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export type NumbersByName = Readonly<Record<string, Numbers>>

/** The values of `outputs`, given those of the inputs by name; named sizes are read off the inputs. */
export function evaluate(outputs: readonly Tensor[], feeds: NumbersByName): Numbers[] {
  const values = new Map<Tensor, Numbers>()
  const sizes = new Map<string, number>()
  const visit = (t: Tensor): Numbers => {
    const known = values.get(t)
    if (known) return known
    const inputs = t.inputs.map(visit)
    const shape = t.shape.map((d) => (typeof d === 'number' ? d : sizes.get(d)!))
    const meaning = meanings[t.op] as (of: Of<Tensor>) => Numbers
    const value = t.op === 'input' ? feeds[t.attributes.name] : meaning({ t, inputs, shape })
    values.set(t, value)
    return value
  }
  for (const t of reachable(outputs))
    if (t.op === 'input') t.shape.forEach((d, i) => typeof d === 'string' && sizes.set(d, feeds[t.attributes.name].shape[i]))
  return outputs.map(visit)
}

function reachable(roots: readonly Tensor[], found = new Set<Tensor>()): Set<Tensor> {
  for (const t of roots) if (!found.has(t)) reachable(t.inputs, found.add(t))
  return found
}

export const count = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

/** All multi-indices of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((all, d) => all.flatMap((index) => Array.from({ length: d }, (_, i) => [...index, i])), [[]])
}

const fill = (shape: readonly number[], f: (index: number[]) => number): Numbers => ({ shape, data: indicesOf(shape).map(f) })

/** The element at `index` of a larger shape that `x` is broadcast to. */
function at(x: Numbers, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length)
  return x.data[own.reduce((place, i, axis) => place * x.shape[axis] + (x.shape[axis] === 1 ? 0 : i), 0)]
}

interface Of<T> {
  readonly t: T
  readonly inputs: readonly Numbers[]
  /** The result's shape in this run. */
  readonly shape: readonly number[]
}
type Meaning<Op extends OperationName> = (of: Of<Node<Op>>) => Numbers

const each = (f: (...values: number[]) => number) => ({ inputs, shape }: Of<Tensor>) => fill(shape, (index) => f(...inputs.map((x) => at(x, index))))

const reduce = (f: (values: number[]) => number) => ({ t, inputs: [x], shape }: Of<Node<'reduceSum' | 'reduceMean' | 'reduceMax'>>) => {
  const { axes, keepDims } = t.attributes
  const groups = new Map<string, number[]>()
  for (const index of indicesOf(x.shape)) {
    const key = index.flatMap((i, axis) => (axes.includes(axis) ? [] : [i])).join()
    groups.set(key, [...(groups.get(key) ?? []), at(x, index)])
  }
  return fill(shape, (index) => f(groups.get(index.filter((_, axis) => !keepDims || !axes.includes(axis)).join()) ?? []))
}

const rowwise = (f: (x: number, row: readonly number[]) => number) => ({ inputs: [x], shape }: Of<Tensor>) => {
  const width = shape[shape.length - 1]
  return fill(shape, (index) => f(at(x, index), Array.from({ length: width }, (_, i) => at(x, index.with(shape.length - 1, i)))))
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity)

export const meanings: { readonly [Op in OperationName]: Meaning<Op> } = {
  input: () => { throw new Error('inputs are fed') },
  constant: ({ t, shape }) => ({ shape, data: Array.from(t.attributes.values, t.dtype === 'float32' ? Math.fround : Math.trunc) }),

  negate: each((x) => -x),
  exp: each(Math.exp),
  log: each(Math.log),
  sqrt: each(Math.sqrt),
  abs: each(Math.abs),
  relu: each((x) => Math.max(x, 0)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  softplus: each((x) => (x > 30 ? x : Math.log1p(Math.exp(x)))),
  cast: ({ t, inputs: [x] }) => ({ shape: x.shape, data: t.attributes.to === 'int32' ? x.data.map(Math.trunc) : x.data }),
  stopGradient: ({ inputs: [x] }) => x,

  add: each((x, y) => x + y),
  subtract: each((x, y) => x - y),
  multiply: each((x, y) => x * y),
  divide: each((x, y) => x / y),
  maximum: each(Math.max),
  minimum: each(Math.min),
  greater: each((x, y) => Number(x > y)),
  equal: each((x, y) => Number(x === y)),
  where: each((condition, x, y) => (condition === 0 ? y : x)),

  reduceSum: reduce(sum),
  reduceMean: reduce((values) => sum(values) / values.length),
  reduceMax: reduce(largest),
  size: ({ t, inputs: [x] }) => ({ shape: [], data: [count(t.attributes.axes.map((axis) => x.shape[axis]))] }),

  reshape: ({ inputs: [x], shape }) => ({ shape, data: x.data }),
  transpose: ({ t, inputs: [x], shape }) =>
    fill(shape, (index) => at(x, x.shape.map((_, axis) => index[t.attributes.permutation.indexOf(axis)]))),
  broadcastTo: each((x) => x),
  concat: ({ t: { attributes: { axis } }, inputs, shape }) =>
    fill(shape, (index) => {
      let place = index[axis]
      for (const x of inputs) {
        if (place < x.shape[axis]) return at(x, index.with(axis, place))
        place -= x.shape[axis]
      }
      throw new Error('beyond the last part')
    }),
  slice: ({ t: { attributes: { axis, start } }, inputs: [x], shape }) => fill(shape, (index) => at(x, index.with(axis, index[axis] + start))),
  pad: ({ t: { attributes: { axis, before } }, inputs: [x], shape }) =>
    fill(shape, (index) => {
      const place = index[axis] - before
      return place >= 0 && place < x.shape[axis] ? at(x, index.with(axis, place)) : 0
    }),

  matmul: ({ t: { attributes: { transposeA, transposeB } }, inputs: [a, b], shape }) => {
    const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)]
    return fill(shape, (index) => {
      const [i, j] = index.slice(-2)
      const lead = index.slice(0, -2)
      return sum(Array.from({ length: inner }, (_, k) => at(a, [...lead, ...(transposeA ? [k, i] : [i, k])]) * at(b, [...lead, ...(transposeB ? [j, k] : [k, j])])))
    })
  },
  quantizedMatmul: ({ t: { attributes: { zeroPoint } }, inputs: [x, w, scales], shape }) => {
    const rounded = (v: number) => (Math.round(v) - v === 0.5 && Math.round(v) % 2 !== 0 ? Math.round(v) - 1 : Math.round(v))
    const byte = (v: number) => Math.min(Math.max(rounded(v), -zeroPoint), 255 - zeroPoint)
    return fill(shape, ([i, j]) => at(scales, [j]) * sum(Array.from({ length: x.shape[1] }, (_, p) => byte(at(x, [i, p])) * at(w, [p, j]))))
  },
  gather: ({ inputs: [table, rows], shape }) => {
    const lead = rows.shape.length
    return fill(shape, (index) => at(table, [at(rows, index.slice(0, lead)), ...index.slice(lead)]))
  },
  segmentSum: ({ inputs: [values, rows], shape }) => {
    const places = indicesOf(rows.shape)
    return fill(shape, ([row, ...rest]) => sum(places.filter((place) => at(rows, place) === row).map((place) => at(values, [...place, ...rest]))))
  },

  softmax: rowwise((x, row) => Math.exp(x - largest(row)) / sum(row.map((v) => Math.exp(v - largest(row))))),
  logSoftmax: rowwise((x, row) => x - largest(row) - Math.log(sum(row.map((v) => Math.exp(v - largest(row)))))),
  standardize: each((x, mean, inverseDeviation) => (x - mean) * inverseDeviation),
}
