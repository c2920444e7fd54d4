import type { Program, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import type { NumericArray } from '../backend'
import { elementwiseWords } from './elementwise'
import { align, type Heap } from './heap'
import { nodeSteps, productSteps, type ScratchSizes, type Site } from './node-words'
import { arrange, place, type Place } from './places'
import { readsOf, type Stage } from './stages'
import { isSource, storageOf } from './storage'
import { createTape, steps } from './tape'
import type { Parts, Team } from './team'

/** A program laid out for one set of sizes, in a block of wasm memory of its own. */
export interface Plan {
  /** What each thread goes through; the first is the caller's own. */
  readonly parts: Parts
  readonly inputs: readonly { readonly name: string; readonly view: () => NumericArray }[]
  readonly outputs: readonly { readonly name: string; readonly tensor: Tensor; readonly shape: readonly number[]; readonly view: () => NumericArray }[]
  /** The node whose step is at an address. */
  readonly nodeAt: (address: number) => Located | undefined
  readonly release: () => void
}

/** The threads of a run that has but the caller's. */
const alone: Pick<Team, 'threads' | 'meeting'> = { threads: 1, meeting: 0 }

/** A node that reads row numbers, with where they are and how many rows there are. */
interface Located {
  readonly op: string
  readonly rows: number
  readonly indices: () => NumericArray
}

const kinds = { float32: Float32Array, int32: Int32Array }

/**
 * Lays out `stages` of `program`: every value gets its place once, shared with others that are not needed at the same
 * time, and the steps are written down. Runs allocate nothing.
 *
 * @throws BackendError when memory cannot grow enough
 */
export function planRun(
  { nodes, outputs }: Program, stages: readonly Stage[], bindings: Bindings, heap: Heap, scratchSizes: ScratchSizes, { threads, meeting } = alone,
): Plan {
  const lengthOf = (t: Tensor) => elements(resolveShape(t.shape, bindings))
  const places: Place[] = []
  const add = (made: Place): Place => (places.push(made), made)
  const placed = new Map<Tensor, Place>()
  // What is known before the first step; constants stay as they are from run to run.
  const read = new Set([...stages.flatMap(readsOf), ...outputs.values()].map(storageOf))
  for (const t of nodes) if (isSource(t) && (t.op === 'input' || read.has(t))) placed.set(t, add(place(lengthOf(t) * 4, -1, t.op === 'input' ? -1 : Infinity)))
  stages.forEach((stage, index) => {
    for (const t of stage.results) placed.set(t, add(place(lengthOf(t) * 4, index)))
    for (const t of readsOf(stage)) placed.get(storageOf(t))!.until = Math.max(placed.get(storageOf(t))!.until, index)
  })
  for (const t of outputs.values()) placed.get(storageOf(t))!.until = Infinity

  const [tape, ...others] = Array.from({ length: threads }, createTape)
  const tapes = [tape, ...others]
  const located = new Map<number, Located>()
  const memory = arraysOf(heap)
  const unchanging: { readonly at: Place; readonly numbers: Int16Array | Float32Array }[] = []
  const fixed = (numbers: Int16Array | Float32Array): Place => {
    const at = add(place(numbers.byteLength, -1, Infinity))
    unchanging.push({ at, numbers })
    return at
  }
  let block = 0
  const placeOf = (t: Tensor) => placed.get(storageOf(t))!
  const viewOf = (t: Tensor, length: number) => memory(t.dtype, () => block + placeOf(t).offset, length)
  stages.forEach((stage, index) => {
    const site: Site = { bindings, index, placeOf, scratch: add, fixed, scratchSizes }
    if (stage.kind === 'elementwise') {
      const words = elementwiseWords(stage, bindings, placeOf, index, add)
      if (words) tape.step(steps.elementwise, words)
    } else if (stage.kind === 'matmul') {
      const shares = productSteps(stage, site, threads)
      const meet = () => { if (shares.length > 1) for (const each of tapes) each.step(steps.barrier, [meeting, threads]) }
      meet()
      shares.forEach(([code, words], thread) => tapes[thread].step(code, words))
      meet()
    } else {
      const at = nodeSteps(stage.node, site).map(([code, words]) => tape.step(code, words))
      const { node } = stage
      if (at.length > 0 && (node.op === 'gather' || node.op === 'segmentSum')) {
        const [source, indices] = node.inputs
        const [rows] = resolveShape(node.op === 'gather' ? source.shape : node.shape, bindings)
        located.set(at[0] * 4, { op: node.op, rows, indices: viewOf(indices, lengthOf(indices)) })
      }
    }
  })

  const bytes = align(arrange(places))
  block = heap.take(bytes + tapes.reduce((sum, each) => sum + each.bytes(), 0))
  let end = block + bytes
  const parts = tapes.map((each) => {
    const start = end
    end += each.bytes()
    new Uint32Array(heap.memory.buffer, start, each.bytes() / 4).set(each.write(start, block))
    return { start, end }
  })
  for (const { at, numbers } of unchanging) new Uint8Array(heap.memory.buffer, block + at.offset, numbers.byteLength).set(new Uint8Array(numbers.buffer))
  for (const t of placed.keys()) {
    if (t.op === 'constant') viewOf(t, lengthOf(t))().set(t.attributes.values)
    if (t.op === 'size') viewOf(t, 1)().set([elements(resolveShape(t.attributes.axes.map((axis) => t.inputs[0].shape[axis]), bindings))])
  }
  return {
    parts,
    inputs: nodes.flatMap((t) => (t.op === 'input' ? [{ name: t.attributes.name, view: viewOf(t, lengthOf(t)) }] : [])),
    outputs: [...outputs].map(([name, tensor]) => ({ name, tensor, shape: resolveShape(tensor.shape, bindings), view: viewOf(tensor, lengthOf(tensor)) })),
    nodeAt: (address) => located.get(address - parts[0].start),
    release: () => heap.give(block),
  }
}

/** Views into memory, made again only after it has grown. */
const arraysOf = ({ memory }: Heap) => (dtype: Tensor['dtype'], address: () => number, length: number): (() => NumericArray) => {
  let view: NumericArray | undefined
  return () => {
    if (view?.buffer !== memory.buffer) view = new kinds[dtype](memory.buffer, address(), length)
    return view
  }
}
