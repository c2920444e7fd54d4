import type { OperationName, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import { broadcastStrides, collapse, type LoopNest } from '../javascript/loops'
import { place, type Elsewhere, type Place } from './places'
import type { Stage } from './stages'
import { storageOf } from './storage'
import { nestWords, type Word } from './tape'

/** The instructions of assembly/elementwise.ts. */
const codes = {
  copy: 0, negate: 1, exp: 2, log: 3, sqrt: 4, abs: 5, relu: 6, sigmoid: 7, tanh: 8, softplus: 9, toInt: 10, toFloat: 11,
  add: 12, subtract: 13, multiply: 14, divide: 15, maximum: 16, minimum: 17, greater: 18, equal: 19, greaterInt: 20, equalInt: 21, where: 22,
} as const

/** Numbers that an instruction goes over at once, so that a dozen buffers of them stay in the innermost cache. */
const longestBlock = 1024
const kinds = { temporary: 0, contiguous: 1, scalar: 2, stretched: 3, periodic: 4 } as const
const slotWords = 4

const plain: ReadonlySet<OperationName> = new Set([
  'negate', 'exp', 'log', 'sqrt', 'abs', 'relu', 'sigmoid', 'tanh', 'softplus', 'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'greater', 'equal', 'where',
])

export const isElementwise = ({ op }: Tensor): boolean => plain.has(op) || op === 'cast' || op === 'broadcastTo' || op === 'standardize'

function codeOf(t: Tensor): number {
  if (t.op === 'cast') return t.attributes.to === 'int32' ? codes.toInt : codes.toFloat
  if (t.op === 'broadcastTo') return codes.copy
  if ((t.op === 'greater' || t.op === 'equal') && t.inputs[0].dtype === 'int32') return codes[`${t.op}Int`]
  return codes[t.op as keyof typeof codes]
}

interface Slot {
  readonly kind: number
  readonly at: Word
  readonly base: Word
  readonly nest?: readonly number[]
}

/** The words of one chain, for given sizes; `scratch` takes in the buffers it works with. */
export function elementwiseWords(
  { nodes, results }: Extract<Stage, { kind: 'elementwise' }>, bindings: Bindings, placeOf: (t: Tensor) => Place | Elsewhere, step: number, scratch: (place: Place) => void,
): Word[] | undefined {
  const shape = resolveShape(nodes[0].shape, bindings)
  const count = elements(shape)
  if (count === 0) return undefined
  const nestOf = (t: Tensor) => collapse(shape, [broadcastStrides(resolveShape(t.shape, bindings), shape.length), broadcastStrides(shape, shape.length)])
  const block = blockFor(nodes.flatMap((t) => t.inputs.flatMap((input) => rowLength(nestOf(input)) ?? [])))
  const bufferBytes = Math.min(block, count) * 4
  const slots: Slot[] = []
  const instructions: (readonly number[])[] = []
  const own = new Map<Tensor, number>()
  const read = new Map<string, number>()
  const ids = new Map<Tensor, number>()
  const idle: number[] = []

  const buffer = (): Place => {
    const made = place(bufferBytes, step)
    scratch(made)
    return made
  }
  const addSlot = (slot: Slot): number => slots.push(slot) - 1
  const temporary = (): number => idle.pop() ?? addSlot({ kind: kinds.temporary, at: buffer(), base: 0 })

  /** The slot of something read from outside the chain, in the shape in which it is read. */
  const outside = (t: Tensor): number => {
    const root = storageOf(t)
    if (!ids.has(root)) ids.set(root, ids.size)
    const key = `${ids.get(root)} ${t.shape.join()}`
    const known = read.get(key)
    if (known !== undefined) return known
    const nest = nestOf(t)
    const row = rowLength(nest)
    const base = placeOf(root)
    const [stride] = nest.strides[0]
    const slot = addSlot(
      nest.sizes.length > 1 ? { kind: row !== undefined && block % row === 0 ? kinds.periodic : kinds.stretched, at: buffer(), base, nest: nestWords(nest, 1) }
      : stride === 0 ? { kind: kinds.scalar, at: buffer(), base }
      : { kind: kinds.contiguous, at: base, base },
    )
    read.set(key, slot)
    return slot
  }

  const lastReader = new Map<Tensor, Tensor>()
  for (const t of nodes) for (const input of t.inputs) lastReader.set(storageOf(input), t)
  const kept = new Set(results)
  for (const t of nodes) {
    const inputs = t.inputs.map((input) => own.get(storageOf(input)) ?? outside(input))
    const target = kept.has(t) ? addSlot({ kind: kinds.contiguous, at: placeOf(t), base: placeOf(t) }) : temporary()
    if (t.op === 'standardize') {
      instructions.push([codes.subtract, target, inputs[0], inputs[1]], [codes.multiply, target, target, inputs[2]])
    } else instructions.push([codeOf(t), target, ...inputs])
    own.set(t, target)
    for (const root of new Set(t.inputs.map(storageOf)))
      if (own.has(root) && !kept.has(root) && lastReader.get(root) === t) idle.push(own.get(root)!)
  }
  return encode([count, block], slots, instructions)
}

/** The length of a row that repeats itself; `undefined` for any other way of stretching. */
const rowLength = ({ sizes, strides: [stride] }: LoopNest): number | undefined =>
  sizes.length === 2 && stride[0] === 0 && stride[1] === 1 ? sizes[1] : undefined

/** Whole rows of the longest kind that fits, so that rows look the same in every block; whole vectors in any case. */
function blockFor(rows: readonly number[]): number {
  const units = rows.map((row) => row * (row % 4 === 0 ? 1 : row % 2 === 0 ? 2 : 4)).filter((unit) => unit <= longestBlock)
  const unit = Math.max(4, ...units)
  return longestBlock - (longestBlock % unit)
}

function encode(head: readonly number[], slots: readonly Slot[], instructions: readonly (readonly number[])[]): Word[] {
  const firstSlot = head.length + 2
  const address = (slot: number): Word => ({ word: firstSlot + slot * slotWords })
  let nestsAt = firstSlot + slots.length * slotWords + instructions.length * 5
  const nests: number[] = []
  const slotPart = slots.flatMap(({ kind, at, base, nest }): Word[] => {
    if (!nest) return [at, kind, base, 0]
    const start = nestsAt + nests.length
    nests.push(...nest)
    return [at, kind, base, { word: start }]
  })
  const instructionPart = instructions.flatMap(([code, target, a, b, c]): Word[] => [code, address(target), address(a), address(b ?? a), address(c ?? a)])
  return [...head, slots.length, instructions.length, ...slotPart, ...instructionPart, ...nests]
}
