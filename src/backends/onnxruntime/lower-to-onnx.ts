import type { Program, Tensor } from '../../tensor'
import { type GraphBuilder, graphBuilder, inputName } from './graph-builder'
import { givesMask, lowerings, type Lowering } from './lowerings'
import { type OnnxGraph, type OnnxType, typeCodes, writeOnnx } from './onnx-writer'

/**
 * A program as the bytes of an ONNX model.
 *
 * Inputs and outputs are named by their place in the program (`input0`, `output0`, …). Named sizes become symbolic
 * ones, so the model takes any batch.
 *
 * @throws ShapeError when a named size follows from no input
 */
export const lowerToOnnx = (program: Program): Uint8Array => writeOnnx(lowerToGraph(program))

/** The same, before it is written. */
export function lowerToGraph(program: Program): OnnxGraph {
  const graph = graphBuilder(program)
  const { value } = lowerNodes(program, graph)
  return graph.build([...program.outputs.values()].map(value))
}

function lowerNodes({ nodes, inputs, outputs }: Program, graph: GraphBuilder): Lowering {
  const readers = new Map<Tensor, number>()
  for (const t of [...nodes.flatMap((t) => t.inputs), ...outputs.values()]) readers.set(t, (readers.get(t) ?? 0) + 1)
  const places = [...inputs.keys()]
  const lowered = new Map<Tensor, string>()
  const converted = new Map<Tensor, string>()
  const converting = (wanted: (t: Tensor) => boolean, to: OnnxType) => (t: Tensor) => {
    const name = lowered.get(t)!
    if (wanted(t)) return name
    const made = converted.get(t) ?? graph.emit('Cast', [name], { to: typeCodes[to] })
    converted.set(t, made)
    return made
  }
  const lowering: Lowering = {
    graph,
    value: converting((t) => !givesMask(t), 'float32'),
    mask: converting(givesMask, 'bool'),
    readers: (t) => readers.get(t) ?? 0,
  }
  for (const t of nodes) lowered.set(t, t.op === 'input' ? inputName(places.indexOf(t.attributes.name)) : lower(t, lowering))
  return lowering
}

// A node and its lowering carry the same operation; the union of lowerings cannot say so.
const lower = (t: Tensor, at: Lowering) => (lowerings[t.op] as (node: Tensor, at: Lowering) => string)(t, at)
