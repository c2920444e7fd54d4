import type { Node, Tensor } from '../../tensor'
import { type Bindings, elements, resolveShape } from '../../tensor/shape'
import { quantizedParts } from '../../tensor/operations/quantized'
import { broadcastStrides, collapse, stridesOf } from '../javascript/loops'
import { numbersOf, write, type Constants } from './constants'
import type { Kernels } from './instance'
import { place, type Elsewhere, type Place } from './places'
import type { Activation, Stage } from './stages'
import { storageOf } from './storage'
import { nestWords, steps, type Word } from './tape'

/** What writing a step needs to know. */
export interface Site {
  readonly bindings: Bindings
  /** The index of the stage, in which its scratch memory is needed. */
  readonly index: number
  readonly placeOf: (t: Tensor) => Place | Elsewhere
  readonly scratch: (place: Place) => void
  readonly constants: Constants
  readonly kernels: Pick<Kernels, 'heap' | 'products' | 'quantizedScratch'>
}

type Steps = (readonly [code: number, words: readonly Word[]])[]

/** Columns that a product computes at once, as in assembly/products and assembly/quantized.ts. */
const tileColumns = 8
/** Rows that a product of bytes computes at once, as in assembly/quantized.ts. */
const tileRowsOfBytes = 4

const activations: Readonly<Record<Activation, number>> = { none: 0, relu: 1, sigmoid: 2, tanh: 3 }

/** A product of fewer multiplications is done before others have woken up. */
const worthSharing = 2_000_000

/** A product, as a step of each of up to `threads` threads; every element is summed in the same order however many they are. */
export function productSteps(stage: Extract<Stage, { kind: 'matmul' }>, site: Site, threads: number): Steps {
  const { node, bias, activation, results: [result] } = stage
  const after = [bias ? site.placeOf(bias) : 0, activations[activation]]
  return node.op === 'matmul' ? matmulSteps(node, result, after, site, threads) : quantizedSteps(node, result, after, site, threads)
}

function matmulSteps(node: Node<'matmul'>, result: Tensor, after: readonly Word[], site: Site, threads: number): Steps {
  const [a, b] = node.inputs
  const { transposeA, transposeB } = node.attributes
  const to = resolveShape(node.shape, site.bindings)
  const [m, n] = to.slice(-2)
  const k = resolveShape(a.shape, site.bindings)[a.shape.length - (transposeA ? 2 : 1)]
  const matrices = elements(to.slice(0, -2))
  if (matrices * m * n === 0) return []
  const left = transposeA ? [4, m * 4] : [k * 4, 4]
  const right = transposeB ? [k * 4, 4] : [4, n * 4]
  const { products } = site.kernels
  const shares = matrices === 1 && m * n * k >= worthSharing ? shareOut(m, threads, products.tileRows) : [{ from: 0, rows: m }]
  const packed = matrices === 1 && storageOf(b).op === 'constant' && !(right[0] === 4 && products.readsInPlace(shares[shares.length - 1].rows))
  const panels = packed ? { address: packedRight(b, right, n, k, site) } : site.placeOf(b)
  return shares.map(({ from, rows }) => [steps.matmul, [
    site.placeOf(a), from * left[0], ...left, panels, ...right, Number(packed), site.placeOf(result), from * n * 4, rows, n, k,
    ...after, scratchOf(site, products.scratch(rows, n, k, packed)), m * k * 4, k * n * 4, m * n * 4, matrices,
  ]])
}

/** A right operand that never changes, in panels; as it lies it is in memory only meanwhile. */
function packedRight(b: Tensor, [column, step]: readonly number[], n: number, k: number, { constants, kernels: { heap, products } }: Site): number {
  const root = storageOf(b) as Node<'constant'>
  // Products may read it in several shapes, and turned.
  return constants.at(root, `panels ${column} ${n} ${k}`, products.packedBytes(n, k), (target) => {
    const numbers = numbersOf(root)
    const source = heap.take(numbers.byteLength)
    write(heap, source, numbers)
    products.pack(source, column, step, n, k, target)
    heap.give(source)
  })
}

function quantizedSteps(node: Node<'quantizedMatmul'>, result: Tensor, after: readonly Word[], site: Site, threads: number): Steps {
  const { k, n, zeroPoint, weight, scales } = quantizedParts(node)
  const [m] = resolveShape(node.shape, site.bindings)
  if (m * n === 0) return []
  const panels = Math.ceil(n / tileColumns)
  const padded = new Float32Array(panels * tileColumns)
  padded.set(scales)
  const fixed = (name: string, numbers: Int16Array | Float32Array) =>
    site.constants.at(node, name, numbers.byteLength, (address) => write(site.kernels.heap, address, numbers))
  const [packed, scale] = [fixed('panels', packPairs(weight, k, n)), fixed('scales', padded)]
  const shares = m * n * k >= 2 * worthSharing ? shareOut(m, threads, tileRowsOfBytes) : [{ from: 0, rows: m }]
  return shares.map(({ from, rows }) => [steps.quantizedMatmul, [
    site.placeOf(node.inputs[0]), from * k * 4, site.placeOf(result), from * n * 4, rows, n, k, packed, scale, zeroPoint,
    ...after, scratchOf(site, site.kernels.quantizedScratch(rows, k)),
  ]])
}

/** Weights `[k, n]` in panels of 8 columns, a pair of positions at a time, as assembly/quantized.ts reads them. */
function packPairs(weight: Int8Array, k: number, n: number): Int16Array {
  const pairs = Math.ceil(k / 2)
  const packed = new Int16Array(Math.ceil(n / tileColumns) * pairs * tileColumns * 2)
  for (let p = 0; p < k; p++)
    for (let j = 0; j < n; j++)
      packed[((Math.floor(j / tileColumns) * pairs + (p >> 1)) * tileColumns + (j % tileColumns)) * 2 + (p & 1)] = weight[p * n + j]
  return packed
}

/** `rows` in whole tiles among the threads; a share that would have none is left out. */
function shareOut(rows: number, threads: number, tileRows: number): { readonly from: number; readonly rows: number }[] {
  const share = Math.ceil(rows / threads / tileRows) * tileRows
  return Array.from({ length: Math.ceil(rows / share) }, (_, i) => ({ from: i * share, rows: Math.min(share, rows - i * share) }))
}

function scratchOf({ index, scratch }: Site, bytes: number): Place {
  const made = place(bytes, index)
  scratch(made)
  return made
}

/** The steps of a node that stands alone. */
export function nodeSteps(t: Tensor, site: Site): Steps {
  const { bindings, placeOf } = site
  const out = placeOf(storageOf(t))
  const to = resolveShape(t.shape, bindings)
  const shapes = t.inputs.map((input) => resolveShape(input.shape, bindings))
  const count = elements(to)
  if (count === 0) return []
  switch (t.op) {
    case 'reduceSum':
    case 'reduceMean':
    case 'reduceMax':
      return [reduction(t, shapes[0], count, site)]
    case 'softmax':
    case 'logSoftmax': {
      const width = to[to.length - 1]
      return [[steps.softmax, [placeOf(t.inputs[0]), out, count / width, width, Number(t.op === 'logSoftmax')]]]
    }
    case 'gather': {
      const [table, indices] = t.inputs
      return [[steps.gather, [placeOf(table), placeOf(indices), out, elements(shapes[1]), shapes[0][0], elements(shapes[0].slice(1))]]]
    }
    case 'segmentSum': {
      const [values, indices] = t.inputs
      return [[steps.segmentSum, [placeOf(values), placeOf(indices), out, scratchOf(site, count * 8), elements(shapes[1]), to[0], elements(to.slice(1))]]]
    }
    default:
      return layoutSteps(t, shapes, to, site)
  }
}

const folds = { reduceSum: 0, reduceMean: 1, reduceMax: 2 } as const

function reduction(t: Node<'reduceSum'> | Node<'reduceMean'> | Node<'reduceMax'>, shape: readonly number[], count: number, site: Site): Steps[number] {
  const { axes } = t.attributes
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const nest = elements(shape) === 0 ? [] : nestWords(collapse(shape, [stridesOf(shape), stridesOf(kept)]), 2)
  const span = elements(axes.map((axis) => shape[axis]))
  const words = [folds[t.op], site.placeOf(t.inputs[0]), site.placeOf(t), scratchOf(site, count * 8), count, span]
  return [steps.reduce, [...words, nest.length > 0 ? { word: words.length + 1 } : 0, ...nest]]
}

/** Copies that put numbers elsewhere and change none. */
function layoutSteps(t: Tensor, shapes: readonly (readonly number[])[], to: readonly number[], { placeOf }: Site): Steps {
  const out = placeOf(t)
  /** A block of `sizes`, from and to places some elements into their arrays. */
  const copy = (source: Tensor, start: number, place: number, sizes: readonly number[], from: readonly number[], strides: readonly number[]): Steps =>
    elements(sizes) === 0 ? [] : [[steps.copy, [placeOf(source), start * 4, out, place * 4, { word: 5 }, ...nestWords(collapse(sizes, [from, strides]), 2)]]]
  const [shape] = shapes
  switch (t.op) {
    case 'transpose': {
      const strides = stridesOf(shape)
      return copy(t.inputs[0], 0, 0, to, t.attributes.permutation.map((axis) => strides[axis]), stridesOf(to))
    }
    case 'concat': {
      const { axis } = t.attributes
      let at = 0
      return t.inputs.flatMap((input, i) => {
        const start = at
        at += shapes[i][axis] * stepOf(to, axis)
        return copy(input, 0, start, shapes[i], stridesOf(shapes[i]), stridesOf(to))
      })
    }
    case 'slice': {
      const { axis, start } = t.attributes
      return copy(t.inputs[0], start * stepOf(shape, axis), 0, to, stridesOf(shape), stridesOf(to))
    }
    case 'pad': {
      const { axis, before } = t.attributes
      return [[steps.fill, [out, elements(to) * 4]], ...copy(t.inputs[0], 0, before * stepOf(to, axis), shape, stridesOf(shape), stridesOf(to))]
    }
    default:
      return copy(t.inputs[0], 0, 0, to, broadcastStrides(shape, to.length), stridesOf(to))
  }
}

/** How far one step along `axis` goes, also where the axis has size 1. */
const stepOf = (shape: readonly number[], axis: number) => elements(shape.slice(axis + 1))
