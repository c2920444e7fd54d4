import type { Program, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import type { NumericArray } from '../backend'
import { elementwiseWords } from './elementwise'
import { numbersOf, write, type Constants } from './constants'
import { align } from './heap'
import type { Kernels } from './instance'
import { nodeSteps, productSteps, type Site } from './node-words'
import { arrange, place, type Elsewhere, type Place } from './places'
import { readsOf, type Stage } from './stages'
import { storageOf } from './storage'
import { createTape, steps } from './tape'
import type { Parts, Team } from './team'
import { viewsOf } from './views'

/** A program laid out for one set of sizes, in a block of wasm memory of its own. */
export interface Plan {
  /** What each thread goes through; the first is the caller's own. */
  readonly parts: Parts
  /** What is fed by copying. */
  readonly inputs: readonly { readonly name: string; readonly view: () => NumericArray }[]
  /** What is read where it lies, which must be told before each run. */
  readonly inPlace: readonly { readonly name: string; readonly pointTo: (address: number) => void }[]
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

/**
 * Lays out `stages` of `program`: every value gets its place once, shared with others that are not needed at the same
 * time, and the steps are written down. Runs allocate nothing.
 *
 * @param lying names of the inputs that are read where they lie
 * @throws BackendError when memory cannot grow enough
 */
export function planRun(
  { nodes, outputs }: Program, stages: readonly Stage[], bindings: Bindings, kernels: Pick<Kernels, 'heap' | 'products' | 'quantizedScratch'>, constants: Constants,
  lying: ReadonlySet<string>, { threads, meeting } = alone,
): Plan {
  const { heap } = kernels
  const lengthOf = (t: Tensor) => elements(resolveShape(t.shape, bindings))
  const places: Place[] = []
  const add = (made: Place): Place => (places.push(made), made)
  const placed = new Map<Tensor, Place>()
  const elsewhere = new Map<Tensor, Elsewhere>()
  // Sizes are known before the first step, and stay as they are from run to run.
  const read = new Set([...stages.flatMap(readsOf), ...outputs.values()].map(storageOf))
  for (const t of nodes) {
    if (t.op === 'input' && lying.has(t.attributes.name)) elsewhere.set(t, { address: 0 })
    else if (t.op === 'input') placed.set(t, add(place(lengthOf(t) * 4, -1)))
    else if (t.op === 'size' && read.has(t)) placed.set(t, add(place(4, -1, Infinity)))
  }
  const extend = (t: Tensor, until: number) => {
    const own = placed.get(storageOf(t))
    if (own) own.until = Math.max(own.until, until)
  }
  stages.forEach((stage, index) => {
    for (const t of stage.results) placed.set(t, add(place(lengthOf(t) * 4, index)))
    for (const t of readsOf(stage)) extend(t, index)
  })
  for (const t of outputs.values()) extend(t, Infinity)

  const [tape, ...others] = Array.from({ length: threads }, createTape)
  const tapes = [tape, ...others]
  const located = new Map<number, Located>()
  const memory = viewsOf(heap)
  let block = 0
  const placeOf = (t: Tensor): Place | Elsewhere => {
    const root = storageOf(t)
    const own = placed.get(root) ?? elsewhere.get(root)
    if (own || root.op !== 'constant') return own!
    const numbers = numbersOf(root)
    const made = { address: constants.at(root, 'values', numbers.byteLength, (address) => write(heap, address, numbers)) }
    elsewhere.set(root, made)
    return made
  }
  const viewOf = (t: Tensor, length: number) => {
    const at = placeOf(t)
    return memory(t.dtype, () => ('address' in at ? at.address : block + at.offset), length)
  }
  stages.forEach((stage, index) => {
    const site: Site = { bindings, index, placeOf, scratch: add, constants, kernels }
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

  const results = [...outputs].map(([name, tensor]) => ({ name, tensor, shape: resolveShape(tensor.shape, bindings), view: viewOf(tensor, lengthOf(tensor)) }))

  // The last that may fail, so that nothing is held by a plan that was not made.
  const bytes = align(arrange(places))
  block = heap.take(bytes + tapes.reduce((sum, each) => sum + each.bytes(), 0))
  let end = block + bytes
  const parts = tapes.map((each) => {
    const start = end
    end += each.bytes()
    new Uint32Array(heap.memory.buffer, start, each.bytes() / 4).set(each.write(start, block))
    return { start, end }
  })
  for (const t of placed.keys())
    if (t.op === 'size') viewOf(t, 1)().set([elements(resolveShape(t.attributes.axes.map((axis) => t.inputs[0].shape[axis]), bindings))])
  const inputs = nodes.filter((t) => t.op === 'input')
  return {
    parts,
    inputs: inputs.flatMap((t) => (elsewhere.has(t) ? [] : [{ name: t.attributes.name, view: viewOf(t, lengthOf(t)) }])),
    inPlace: inputs.flatMap((t) => {
      const at = elsewhere.get(t)
      if (!at) return []
      const words = tapes.flatMap((each, thread) => each.wordsOf(at).map((word) => parts[thread].start / 4 + word))
      return [{
        name: t.attributes.name,
        pointTo(address) {
          if (at.address === address) return
          at.address = address
          const all = new Uint32Array(heap.memory.buffer)
          for (const word of words) all[word] = address
        },
      }]
    }),
    outputs: results,
    nodeAt: (address) => located.get(address - parts[0].start),
    release: () => heap.give(block),
  }
}
