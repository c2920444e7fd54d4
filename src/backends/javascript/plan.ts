import type { Program, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import type { NumericArray } from '../backend'
import { kernelOf } from './kernels'
import type { Kernel } from './kernels/kernel'

/** A program laid out for one set of sizes: which kernel runs when, and in which array each value lives. */
export interface Plan {
  readonly steps: readonly Step[]
  /** By node: the array its value is in; inputs are filled in at each run. */
  readonly arrays: NumericArray[]
  readonly inputs: readonly { readonly name: string; readonly place: number }[]
  readonly outputs: readonly { readonly name: string; readonly tensor: Tensor; readonly place: number; readonly shape: readonly number[] }[]
}

interface Step {
  readonly kernel: Kernel
  readonly inputs: readonly number[]
  readonly out: number
}

/** Lays out `program`: an array is used again as soon as the last reader of its value has run. */
export function planRun({ nodes, outputs }: Program, bindings: Bindings): Plan {
  const place = new Map(nodes.map((t, i) => [t, i]))
  const shapes = nodes.map((t) => resolveShape(t.shape, bindings))
  const lastReader = new Map<number, number>()
  nodes.forEach((t, i) => t.inputs.forEach((input) => lastReader.set(place.get(input)!, i)))
  for (const t of outputs.values()) lastReader.set(place.get(t)!, Infinity)

  const free = arrayPool()
  const arrays: NumericArray[] = []
  const steps: Step[] = []
  nodes.forEach((t, i) => {
    if (t.op === 'input') return
    const inputs = t.inputs.map((input) => place.get(input)!)
    // Constants are written once, so nothing else may live in their arrays.
    arrays[i] = t.op === 'constant' ? new kinds[t.dtype](elements(shapes[i])) : free.take(t.dtype, elements(shapes[i]))
    const kernel = kernelOf(t, { inputs: inputs.map((at) => shapes[at]), out: shapes[i], bindings })
    if (t.op === 'constant') kernel([], arrays[i])
    else steps.push({ kernel, inputs, out: i })
    for (const at of new Set(inputs))
      if (lastReader.get(at) === i && nodes[at].op !== 'input' && nodes[at].op !== 'constant') free.give(nodes[at].dtype, arrays[at])
  })
  return {
    steps,
    arrays,
    inputs: nodes.flatMap((t, i) => (t.op === 'input' ? [{ name: t.attributes.name, place: i }] : [])),
    outputs: [...outputs].map(([name, tensor]) => ({ name, tensor, place: place.get(tensor)!, shape: shapes[place.get(tensor)!] })),
  }
}

const kinds = { float32: Float32Array, int32: Int32Array }

function arrayPool() {
  const idle = new Map<string, NumericArray[]>()
  const listOf = (dtype: Tensor['dtype'], length: number) => {
    const key = `${dtype} ${length}`
    const list = idle.get(key) ?? []
    idle.set(key, list)
    return list
  }
  return {
    take: (dtype: Tensor['dtype'], length: number): NumericArray => listOf(dtype, length).pop() ?? new kinds[dtype](length),
    give: (dtype: Tensor['dtype'], array: NumericArray): void => void listOf(dtype, array.length).push(array),
  }
}
