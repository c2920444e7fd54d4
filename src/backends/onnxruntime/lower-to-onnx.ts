import { constant, input, program as programOf, quantizedMatmul, type Program, type Tensor } from '../../tensor'
import { type GraphBuilder, graphBuilder, inputName } from './graph-builder'
import { givesMask, lowerings, type Lowering } from './lowerings'
import { type OnnxGraph, type OnnxType, typeCodes, writeOnnx } from './onnx-writer'

export interface LoweringOptions {
  /** Whether this processor sums bytes times signed bytes exactly; see {@link bytesProbe}. @defaultValue true */
  readonly signedBytes?: boolean
}

/**
 * A program whose product of bytes is `255 · 127` twice over: more than 16 bits hold, in which processors without VNNI
 * add such products up in pairs, and lose what is too much. Their products of unsigned bytes are exact, and slower.
 */
export const bytesProbe = () => ({
  program: programOf({ y: quantizedMatmul(input('x', ['n', 64]), constant(new Int32Array(64 * 16).fill(127), [64, 16], 'int32'), constant(new Float32Array(16).fill(1)), {}) }),
  feeds: { x: new Float32Array(8 * 64).fill(255) },
  expected: 64 * 255 * 127,
})

/**
 * A program as the bytes of an ONNX model.
 *
 * Inputs and outputs are named by their place in the program (`input0`, `output0`, …). Named sizes become symbolic
 * ones, so the model takes any batch.
 *
 * @throws ShapeError when a named size follows from no input
 */
export const lowerToOnnx = (program: Program, options?: LoweringOptions): Uint8Array => writeOnnx(lowerToGraph(program, options))

/** The same, before it is written. */
export function lowerToGraph(program: Program, options: LoweringOptions = {}): OnnxGraph {
  const graph = graphBuilder(program)
  const { value } = lowerNodes(program, graph, options)
  return graph.build([...program.outputs.values()].map(value))
}

function lowerNodes({ nodes, inputs, outputs }: Program, graph: GraphBuilder, { signedBytes = true }: LoweringOptions): Lowering {
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
    signedBytes,
  }
  for (const t of nodes) lowered.set(t, t.op === 'input' ? inputName(places.indexOf(t.attributes.name)) : lower(t, lowering))
  return lowering
}

// A node and its lowering carry the same operation; the union of lowerings cannot say so.
const lower = (t: Tensor, at: Lowering) => (lowerings[t.op] as (node: Tensor, at: Lowering) => string)(t, at)
