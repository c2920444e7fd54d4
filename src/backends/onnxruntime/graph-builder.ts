import { ShapeError } from '../../errors'
import type { Dimension, Program, Shape } from '../../tensor'
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnx-writer'

/** Collects the operators and constants of an ONNX graph; values go by generated names, so no user's name can clash. */
export interface GraphBuilder {
  /** Adds an operator with one output and returns that output's name. */
  readonly emit: (operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>, domain?: OnnxNode['domain']) => string
  /** A constant of the given sizes. */
  readonly constant: (data: OnnxTensor['data'], shape: readonly number[]) => string
  /** A constant int64 vector, as operators take axes, sizes and bounds. */
  readonly integers: (values: readonly number[]) => string
  /** The sizes of `shape` in a run, as an int64 vector. */
  readonly sizes: (shape: Shape) => string
  /** How many elements `shape` holds in a run, as an int64 vector of one. */
  readonly count: (shape: Shape) => string
  /** The graph whose outputs are `values` (by name, in the program's order), without the operators none of them needs. */
  readonly build: (values: readonly string[]) => OnnxGraph
}

export const inputName = (place: number): string => `input${place}`
export const outputName = (place: number): string => `output${place}`

export function graphBuilder({ inputs, outputs }: Program): GraphBuilder {
  const nodes: OnnxNode[] = []
  const constants: OnnxTensor[] = []
  const vectors = new Map<string, string>()

  const emit: GraphBuilder['emit'] = (operator, from, attributes = {}, domain) => {
    const name = `value${nodes.length}`
    nodes.push({ operator, ...(domain && { domain }), inputs: from, outputs: [name], attributes })
    return name
  }
  const constant: GraphBuilder['constant'] = (data, shape) => {
    const name = `constant${constants.length}`
    constants.push({ name, shape, data })
    return name
  }
  const once = (key: string, make: () => string): string => {
    const made = vectors.get(key) ?? make()
    vectors.set(key, made)
    return made
  }
  const integers: GraphBuilder['integers'] = (values) =>
    once(`integers ${values.join()}`, () => constant(BigInt64Array.from(values, BigInt), [values.length]))

  /** The size of a named axis, read off the first input that has it. */
  const named = (dimension: string) =>
    once(`axis ${dimension}`, () => {
      const found = [...inputs.values()].findIndex(({ shape }) => shape.includes(dimension))
      if (found < 0) throw new ShapeError(`feedrank/onnxruntime: no input tells the size of axis '${dimension}'`)
      const axis = [...inputs.values()][found].shape.indexOf(dimension)
      return emit('Shape', [inputName(found)], { start: axis, end: axis + 1 })
    })
  const size = (d: Dimension) => (typeof d === 'number' ? integers([d]) : named(d))
  const sizes: GraphBuilder['sizes'] = (shape) => {
    if (shape.every((d) => typeof d === 'number')) return integers(shape as readonly number[])
    return shape.length === 1 ? size(shape[0]) : once(`sizes ${JSON.stringify(shape)}`, () => emit('Concat', shape.map(size), { axis: 0 }))
  }

  const count: GraphBuilder['count'] = (shape) => {
    const known = shape.reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)
    const open = shape.filter((d) => typeof d === 'string')
    if (open.length === 0) return integers([known])
    const factors = known === 1 ? open : [known, ...open]
    return factors.length === 1 ? sizes(factors) : once(`count ${JSON.stringify(factors)}`, () => emit('ReduceProd', [sizes(factors)], { keepdims: 1 }))
  }

  const build: GraphBuilder['build'] = (values) => {
    // An operator's result takes the output's name; an input, a constant or a second name for one value is copied.
    const produced = new Set(nodes.map((node) => node.outputs[0]))
    const renamed = new Map<string, string>()
    values.forEach((value, i) => {
      if (produced.has(value) && !renamed.has(value)) renamed.set(value, outputName(i))
      else renamed.set(emit('Identity', [value]), outputName(i))
    })
    const final = (name: string) => renamed.get(name) ?? name
    const needed = new Set(values.map((_, i) => outputName(i)))
    const kept = nodes.toReversed().flatMap((node) => {
      const made = node.outputs.map(final)
      if (!made.some((name) => needed.has(name))) return []
      const from = node.inputs.map(final)
      for (const name of from) needed.add(name)
      return [{ ...node, inputs: from, outputs: made }]
    })
    return {
      nodes: kept.toReversed(),
      constants: constants.filter(({ name }) => needed.has(name)),
      inputs: [...inputs.values()].map(({ dtype, shape }, i) => ({ name: inputName(i), type: dtype, shape })),
      outputs: [...outputs.values()].map(({ dtype, shape }, i) => ({ name: outputName(i), type: dtype, shape })),
    }
  }

  return { emit, constant, integers, sizes, count, build }
}
