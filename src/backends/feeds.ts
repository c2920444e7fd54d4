import { ArgumentError, DataError, ShapeError, checkObject, expected, show } from '../errors'
import type { Node, Program, Shape, Tensor } from '../tensor'
import { type Bindings, elements, resolveShape, showShape } from '../tensor/shape'
import type { Feeds, NumericArray, TensorValue } from './backend'

/** Feeds checked against a program: an array for each input, and the size of each named axis. */
export interface BoundFeeds {
  readonly values: ReadonlyMap<string, NumericArray>
  readonly bindings: Bindings
}

/** What {@link bindFeeds} needs of a program, worked out once. */
export interface FeedPlan {
  readonly program: Program
  /** Which inputs are used as row numbers, and of how many rows. */
  readonly indices: readonly { readonly name: string; readonly op: string; readonly rows: Shape[number] }[]
}

/** @throws ArgumentError for what is no program */
export function checkProgram(program: Program): void {
  if (typeof program?.inputs?.values !== 'function' || !Array.isArray(program.nodes)) throw new ArgumentError(expected('compile', 'program', 'what `program({ … })` gives', program))
}

/**
 * The plan for a program's feeds.
 *
 * @throws ArgumentError for what is no program; ShapeError when a named size follows from no input, so that no feed could settle it
 */
export function planFeeds(program: Program): FeedPlan {
  checkProgram(program)
  const known = new Set([...program.inputs.values()].flatMap(({ shape }) => shape))
  for (const { op, shape } of program.nodes)
    for (const d of shape)
      if (typeof d === 'string' && !known.has(d))
        throw new ShapeError(`feedrank/compile: the size of axis '${d}' of ${op} ${showShape(shape)} follows from no input`)
  const indices = program.nodes.flatMap((t) => {
    if (t.op !== 'gather' && t.op !== 'segmentSum') return []
    const [source, index] = t.inputs
    const rows = t.op === 'gather' ? source.shape[0] : t.shape[0]
    const fed = fedIndices(index)
    return fed ? [{ name: fed.attributes.name, op: t.op, rows }] : []
  })
  return { program, indices }
}

/** The input that `indices` are, if they are fed and not computed. */
export function fedIndices(indices: Tensor): Node<'input'> | undefined {
  let t = indices
  while (t.op === 'reshape') t = t.inputs[0]
  return t.op === 'input' ? t : undefined
}

/**
 * Checks names, dtypes, sizes and indices of `feeds` and finds the size of every named axis; the same for all backends.
 *
 * @throws ShapeError naming the input, what was expected and what came; DataError for an index outside its table
 */
export function bindFeeds({ program, indices }: FeedPlan, feeds: Feeds): BoundFeeds {
  checkObject('run', 'feeds', feeds, 'arrays by the names of inputs')
  for (const name of Object.keys(feeds))
    if (!program.inputs.has(name)) throw new ShapeError(`feedrank/run: unknown feed '${name}'; the program takes ${listNames(program)}`)

  const values = new Map<string, NumericArray>()
  const bindings = new Map<string, number>()
  const bare: { readonly input: Tensor; readonly name: string; readonly length: number }[] = []
  for (const [name, input] of program.inputs) {
    const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined
    const data = arrayOf(name, input, feed)
    values.set(name, data)
    if (ArrayBuffer.isView(feed)) bare.push({ input, name, length: data.length })
    else bindShape(name, input.shape, feed as TensorValue, bindings)
  }
  // A bare array with one unknown size tells that size; solve those first, as they may settle the others.
  let open = bare
  while (open.length > 0) {
    const left = open.filter(({ input, name, length }) => !solveLength(name, input.shape, length, bindings))
    if (left.length === open.length)
      throw new ShapeError(`feedrank/run: the length of feed '${left[0].name}' does not settle its shape ${showShape(left[0].input.shape)}; feed { data, shape }`)
    open = left
  }
  for (const { name, op, rows } of indices) checkIndices(name, op, values.get(name)!, resolveShape([rows], bindings)[0])
  return { values, bindings }
}

function arrayOf(name: string, input: Tensor, feed: Feeds[string] | undefined): NumericArray {
  const data: unknown = feed === undefined || ArrayBuffer.isView(feed) ? feed : feed?.data
  const kind = input.dtype === 'float32' ? Float32Array : Int32Array
  if (!(data instanceof kind))
    throw new ShapeError(`feedrank/run: expected feed '${name}' to be a ${kind.name} of shape ${showShape(input.shape)}, got ${show(data)}`)
  if (isDetached(data))
    throw new ShapeError(`feedrank/run: expected feed '${name}' to hold numbers, got an array that lost its memory, which was transferred or, in WebAssembly, has grown and moved`)
  return data
}

/** Whether the memory of an array was taken away; it then looks like an empty one. */
function isDetached({ length, buffer }: NumericArray): boolean {
  if (length > 0) return false
  try {
    void new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

function bindShape(name: string, shape: Shape, feed: TensorValue, bindings: Map<string, number>): void {
  const got = feed.shape
  const fits = Array.isArray(got) && got.length === shape.length && got.every((size, i) => Number.isInteger(size) && size >= 0 && bind(shape[i], size, bindings))
  if (!fits || elements(got) !== feed.data.length)
    throw new ShapeError(`feedrank/run: expected feed '${name}' of shape ${showBound(shape, bindings)}, got ${Array.isArray(got) ? showShape(got) : show(got)} with ${feed.data.length} values`)
}

function bind(d: Shape[number], size: number, bindings: Map<string, number>): boolean {
  if (typeof d === 'number') return d === size
  const known = bindings.get(d)
  if (known === undefined) bindings.set(d, size)
  return known === undefined || known === size
}

/** True when the array's shape is settled (and checked); false when more than one of its sizes is still unknown. */
function solveLength(name: string, shape: Shape, length: number, bindings: Map<string, number>): boolean {
  const unknown = shape.filter((d) => typeof d === 'string' && !bindings.has(d))
  if (new Set(unknown).size > 1) return false
  const known = shape.reduce<number>((n, d) => n * (typeof d === 'number' ? d : (bindings.get(d) ?? 1)), 1)
  if (unknown.length > 0) {
    const solved = known === 0 ? NaN : (length / known) ** (1 / unknown.length)
    const size = Math.round(solved)
    if (Number.isNaN(solved)) return false
    if (size ** unknown.length * known === length) bindings.set(unknown[0] as string, size)
  }
  if (shape.some((d) => typeof d === 'string' && !bindings.has(d)) || elements(resolveShape(shape, bindings)) !== length)
    throw new ShapeError(`feedrank/run: expected feed '${name}' of shape ${showBound(shape, bindings)}, got ${length} values`)
  return true
}

function checkIndices(name: string, op: string, ids: NumericArray, rows: number): void {
  for (let i = 0; i < ids.length; i++)
    if (ids[i] < 0 || ids[i] >= rows)
      throw new DataError(`feedrank/${op}: expected the indices of feed '${name}' to lie in [0, ${rows}), got ${ids[i]} at position ${i}`)
}

const showBound = (shape: Shape, bindings: Bindings) =>
  `[${shape.map((d) => (typeof d === 'string' && bindings.has(d) ? `${d} = ${bindings.get(d)}` : d)).join(', ')}]`

const listNames = (program: Program) => (program.inputs.size === 0 ? 'no inputs' : [...program.inputs.keys()].map((n) => `'${n}'`).join(', '))
