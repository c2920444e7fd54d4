import { BackendError } from '../../errors'
import type { Node, Program, Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import { isElementwise } from './elementwise'
import { isSource, storageOf } from './storage'

/** What runs as one: a chain of elementwise operations, a matrix product with what follows it, or any other single node. */
export type Stage =
  | { readonly kind: 'elementwise'; readonly nodes: readonly Tensor[]; readonly results: readonly Tensor[] }
  | { readonly kind: 'matmul'; readonly node: Product; readonly bias: Tensor | undefined; readonly activation: Activation; readonly results: readonly [Tensor] }
  | { readonly kind: 'node'; readonly node: Tensor; readonly results: readonly [Tensor] }

export type Product = Node<'matmul'> | Node<'quantizedMatmul'>

export type Activation = 'none' | 'relu' | 'sigmoid' | 'tanh'

/** More operations than these would need more buffers than the innermost cache holds. */
const longestChain = 40

/** How many stages a search goes through; not joining a chain is always right, so a longer one would only cost time. */
const longestSearch = 300

/** What a stage reads that it does not make itself. */
export function readsOf(stage: Stage): Tensor[] {
  if (stage.kind === 'node') return [...stage.node.inputs]
  if (stage.kind === 'matmul') return [...operandsOf(stage.node), ...(stage.bias ? [stage.bias] : [])]
  const own = new Set(stage.nodes)
  return stage.nodes.flatMap((t) => t.inputs.filter((input) => !own.has(storageOf(input))))
}

/** Weights and scales of a product of bytes are constants, which are written down with its step. */
const operandsOf = (node: Product) => (node.op === 'matmul' ? node.inputs : node.inputs.slice(0, 1))

interface Draft {
  /** Latest first, as the program is read backwards. */
  readonly nodes: Tensor[]
  readonly fusible: boolean
  readonly stage: Stage | undefined
}

/** The stages of a program, in an order in which each comes after those it reads from. */
export function stagesOf({ nodes, outputs }: Program): Stage[] {
  const roots = new Set([...outputs.values()].map(storageOf))
  const readers = new Map<Tensor, { readonly by: Tensor; readonly input: Tensor }[]>()
  for (const by of nodes)
    if (storageOf(by) === by && !isSource(by))
      for (const input of by.inputs) {
        const root = storageOf(input)
        const known = readers.get(root)
        if (known) known.push({ by, input })
        else readers.set(root, [{ by, input }])
      }
  const readOnce = (t: Tensor) => !roots.has(t) && readers.get(t)?.length === 1

  const draftOf = new Map<Tensor, Draft>()
  const drafts: Draft[] = []
  const open = (stage: Stage | undefined, members: readonly Tensor[]) => {
    const draft: Draft = { nodes: [...members], fusible: stage === undefined, stage }
    drafts.push(draft)
    for (const t of members) draftOf.set(t, draft)
  }

  /** Whether anything `from` makes ends up in `to`, or may: in a very large program the search ends early. */
  const leadsTo = (from: Draft, to: Draft): boolean => {
    const seen = new Set([from])
    for (const draft of seen) {
      if (seen.size > longestSearch) return true
      for (const t of draft.nodes)
        for (const { by } of readers.get(t) ?? []) {
          const next = draftOf.get(by)!
          if (next === to) return true
          seen.add(next)
        }
    }
    return false
  }

  /** A chain that reads `t` and may compute it as well: then `t` stays in cache, and nobody waits in a circle. */
  const chainFor = (t: Tensor): Draft | undefined => {
    const around = readers.get(t) ?? []
    const reading = [...new Set(around.map(({ by }) => draftOf.get(by)!))]
    return reading.find((chain) =>
      chain.fusible && chain.nodes.length < longestChain && sameShape(chain.nodes[0].shape, t.shape) &&
      around.every(({ by, input }) => draftOf.get(by) !== chain || sameShape(input.shape, t.shape)) &&
      reading.every((other) => other === chain || !leadsTo(other, chain)))
  }

  for (const t of nodes.toReversed()) {
    if (draftOf.has(t) || isSource(t) || storageOf(t) !== t) continue
    const product = productEndingIn(t, readOnce)
    if (product) open({ kind: 'matmul', ...product.parts, results: [t] }, product.members)
    else if (!isElementwise(t)) open({ kind: 'node', node: t, results: [t] }, [t])
    else {
      const chain = chainFor(t)
      if (chain) {
        chain.nodes.push(t)
        draftOf.set(t, chain)
      } else open(undefined, [t])
    }
  }

  const finished = drafts.map(({ nodes: members, stage }): Stage => {
    if (stage) return stage
    const own = new Set(members)
    const read = (t: Tensor) => roots.has(t) || (readers.get(t) ?? []).some(({ by }) => !own.has(by))
    return { kind: 'elementwise', nodes: members.toReversed(), results: members.filter(read) }
  })
  return inOrder(finished.toReversed())
}

const isProduct = (t: Tensor): t is Product => t.op === 'matmul' || t.op === 'quantizedMatmul'

/** `activation(a · b + bias)` that ends in `t`, where nothing else reads what lies between. */
function productEndingIn(t: Tensor, readOnce: (t: Tensor) => boolean) {
  const activation: Activation = t.op === 'relu' || t.op === 'sigmoid' || t.op === 'tanh' ? t.op : 'none'
  const sum = activation === 'none' ? t : t.inputs[0]
  const inner = (x: Tensor) => x === t || readOnce(x)
  if (!inner(sum)) return undefined
  if (isProduct(sum)) return { members: [...new Set([t, sum])], parts: { node: sum, bias: undefined, activation } }
  if (sum.op !== 'add') return undefined
  for (const i of [0, 1]) {
    const node = sum.inputs[i]
    const bias = sum.inputs[1 - i]
    const row = bias.shape.at(-1) === sum.shape.at(-1) && bias.shape.slice(0, -1).every((d) => d === 1)
    if (isProduct(node) && inner(node) && sameShape(node.shape, sum.shape) && row) return { members: [...new Set([t, sum, node])], parts: { node, bias, activation } }
  }
  return undefined
}

/** Stages in their given order, except where one waits for a later one. */
function inOrder(stages: readonly Stage[]): Stage[] {
  const makers = new Map(stages.flatMap((stage) => stage.results.map((t) => [t, stage] as const)))
  const readers = new Map<Stage, Stage[]>(stages.map((stage) => [stage, []]))
  const waiting = new Map<Stage, number>()
  for (const stage of stages) {
    const before = new Set(readsOf(stage).flatMap((t) => makers.get(storageOf(t)) ?? []))
    waiting.set(stage, before.size)
    for (const maker of before) readers.get(maker)!.push(stage)
  }
  const order: Stage[] = []
  const left = new Set(stages)
  while (left.size > 0) {
    const next = firstOf(left, (stage) => waiting.get(stage) === 0)
    left.delete(next)
    order.push(next)
    for (const reader of readers.get(next)!) waiting.set(reader, waiting.get(reader)! - 1)
  }
  return order
}

function firstOf(stages: Iterable<Stage>, ready: (stage: Stage) => boolean): Stage {
  for (const stage of stages) if (ready(stage)) return stage
  throw new BackendError('feedrank/wasm: the stages of the program wait for one another')
}
