import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from '../../backends/onnxruntime/onnx-writer'
import type { NumericArray } from '../../backends'
import { ArgumentError, show } from '../../errors'

/** Numbers that stand in the file in place of an input. */
export interface Fixed {
  readonly data: NumericArray
  readonly shape: readonly number[]
}

/** Operators that make an input of a graph out of other inputs. */
export interface Front {
  readonly inputs: readonly OnnxValue[]
  readonly constants: readonly OnnxTensor[]
  readonly nodes: readonly OnnxNode[]
}

/**
 * The graph of a program with the caller's names: inputs that are fixed become constants, those with a front are made by
 * it (its last node gives the input's value under the input's name), all others and the outputs keep their names.
 *
 * `inputs` and `outputs` are the program's names in the order of the graph's.
 */
export function namedGraph(
  graph: OnnxGraph, inputs: readonly string[], outputs: readonly string[], fixed: ReadonlyMap<string, Fixed>, fronts: ReadonlyMap<string, Front>,
): OnnxGraph {
  const made = [...fronts.values()]
  const open = inputs.filter((name) => !fixed.has(name) && !fronts.has(name))
  const given = [...open, ...made.flatMap((front) => front.inputs.map(({ name }) => name))]
  const clash = outputs.find((name) => given.includes(name))
  if (clash !== undefined) throw new ArgumentError(`feedrank/exportOnnx: expected outputs with names of their own, got ${show(clash)}, which an input has, too`)

  // The graph's own names get a mark in front that no given name begins with.
  let mark = '_'
  while ([...given, ...outputs, ...inputs].some((name) => name.startsWith(mark))) mark += '_'
  const known = new Map<string, string>([
    ...graph.inputs.map(({ name }, i) => [name, open.includes(inputs[i]) ? inputs[i] : `${mark}${inputs[i]}`] as const),
    ...graph.outputs.map(({ name }, i) => [name, outputs[i]] as const),
  ])
  const named = (name: string) => known.get(name) ?? `${mark}${name}`
  // In a front, names of inputs and constants are their own; all others are the graph's.
  const frontNames = new Set(made.flatMap((front) => front.inputs.map(({ name }) => name)))
  const inFront = (name: string) => (frontNames.has(name) ? name : `${mark}${name}`)

  return {
    nodes: [
      ...made.flatMap((front) => front.nodes.map((node) => ({ ...node, inputs: node.inputs.map(inFront), outputs: node.outputs.map(inFront) }))),
      ...graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(named), outputs: node.outputs.map(named) })),
    ],
    constants: [
      ...[...fixed].map(([name, { data, shape }]): OnnxTensor => ({ name: `${mark}${name}`, shape, data })),
      // Fronts of one table name it alike, and it is written once.
      ...[...new Map(made.flatMap((front) => front.constants.map((constant) => [constant.name, constant] as const))).values()].map((constant) => ({ ...constant, name: inFront(constant.name) })),
      ...graph.constants.map((constant) => ({ ...constant, name: named(constant.name) })),
    ],
    inputs: [
      ...graph.inputs.flatMap((value, i) => (open.includes(inputs[i]) ? [{ ...value, name: inputs[i] }] : [])),
      // Two uses of a feature are fed the same ids.
      ...new Map(made.flatMap((front) => front.inputs.map((value) => [value.name, value] as const))).values(),
    ],
    outputs: graph.outputs.map((value, i) => ({ ...value, name: outputs[i] })),
  }
}
