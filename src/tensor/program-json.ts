import { FeedrankError, ModelFileError, expected } from '../errors'
import { program, type Program } from './program'
import { rebuild, type NodeRecord } from './rebuild'
import type { Shape } from './shape'
import type { DType, OperationName, Tensor } from './tensor'

/** A {@link Program} as plain JSON: nodes in order, each naming its inputs by their places. */
export interface ProgramJson {
  readonly format: 'feedrank-program'
  readonly version: 1
  readonly nodes: readonly NodeJson[]
  readonly outputs: readonly (readonly [name: string, node: number])[]
}

export interface NodeJson {
  readonly op: string
  readonly inputs?: readonly number[]
  readonly attributes?: Readonly<Record<string, unknown>>
  /** Given for inputs and constants only; all other shapes follow. */
  readonly shape?: Shape
  readonly dtype?: DType
}

/** Writes a program as plain JSON; {@link programFromJson} reads it back. */
export function programToJson({ nodes, outputs }: Program): ProgramJson {
  const place = new Map(nodes.map((t, i) => [t, i]))
  return {
    format: 'feedrank-program',
    version: 1,
    nodes: nodes.map((t) => nodeToJson(t, t.inputs.map((i) => place.get(i)!))),
    outputs: [...outputs].map(([name, t]) => [name, place.get(t)!] as const),
  }
}

function nodeToJson(t: Tensor, inputs: readonly number[]): NodeJson {
  return {
    op: t.op,
    ...(inputs.length > 0 && { inputs }),
    ...(Object.keys(t.attributes).length > 0 && { attributes: t.op === 'constant' ? { values: Array.from(t.attributes.values, writeNumber) } : { ...t.attributes } }),
    ...((t.op === 'input' || t.op === 'constant') && { shape: [...t.shape], dtype: t.dtype }),
  }
}

/** JSON has no NaN, no infinities and no −0. */
const writeNumber = (v: number): number | string => (Object.is(v, -0) ? '-0' : Number.isFinite(v) ? v : String(v))
const readNumber = (v: unknown): number => (v === '-0' || v === 'NaN' || v === 'Infinity' || v === '-Infinity' ? Number(v) : (v as number))

/**
 * The program that {@link programToJson} wrote. Every node is made anew through the checks of its operation and must
 * then be written as it was found, so a file that was altered is an error and never a wrong graph.
 *
 * @throws ModelFileError when the JSON is not a program this version can read; it names the node
 */
export function programFromJson(json: ProgramJson): Program {
  if (json?.format !== 'feedrank-program' || json.version !== 1)
    throw new ModelFileError(`feedrank/programFromJson: expected a feedrank-program of version 1, got ${json?.format} ${json?.version}`)
  for (const key of ['nodes', 'outputs'] as const)
    if (!Array.isArray(json[key])) throw new ModelFileError(expected('programFromJson', key, 'an array', json[key]))
  const made: Tensor[] = []
  for (const [i, entry] of json.nodes.entries()) made.push(readNode(entry, made, `node ${i}`))
  const outputs = new Map<string, Tensor>()
  for (const entry of json.outputs as readonly unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || outputs.has(entry[0]))
      throw new ModelFileError(`feedrank/programFromJson: expected every output to be a name of its own with a node, got ${JSON.stringify(entry)}`)
    outputs.set(entry[0], earlier(made, entry[1], `output '${entry[0]}'`))
  }
  if (outputs.size === 0) throw new ModelFileError('feedrank/programFromJson: expected at least one output, got none')
  return program(outputs)
}

function readNode(entry: NodeJson, made: readonly Tensor[], where: string): Tensor {
  if (typeof entry?.op !== 'string' || !Object.hasOwn(rebuild, entry.op))
    throw new ModelFileError(`feedrank/programFromJson: ${where} has an operation this version does not know: ${JSON.stringify(entry?.op)}`)
  const { op, inputs = [], attributes = {}, shape = [], dtype = 'float32' } = entry
  const refuse = (reason: string, cause?: unknown) =>
    new ModelFileError(`feedrank/programFromJson: ${where} (${op}) cannot be read: ${reason}`, { cause })
  if (!Array.isArray(inputs)) throw refuse(expected('programFromJson', 'inputs', 'an array', inputs))
  const from = inputs.map((at) => earlier(made, at, where))
  let tensor: Tensor
  try {
    const given = op === 'constant' ? { values: (attributes.values as readonly unknown[]).map(readNumber) } : attributes
    // The table is keyed by operation; the attributes are checked by the operation itself.
    const make = rebuild[op as OperationName] as (inputs: readonly Tensor[], attributes: unknown, record: NodeRecord) => Tensor
    tensor = make(from, given, { op, attributes: given, shape, dtype } as NodeRecord)
  } catch (cause) {
    throw refuse(FeedrankError.isInstance(cause) ? cause.message : 'its inputs or attributes are missing', cause)
  }
  // An attribute left out or misspelt would have become a default, and an input too many been passed over.
  const written = sorted(nodeToJson(tensor, inputs))
  if (tensor.inputs.length !== from.length || written !== sorted(entry)) throw refuse(`it says ${sorted(entry)}, which is ${written}`)
  return tensor
}

/** JSON text with the keys of objects in one order. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v)

function earlier(made: readonly Tensor[], at: unknown, where: string): Tensor {
  const found = Number.isInteger(at) ? made[at as number] : undefined
  if (found === undefined) throw new ModelFileError(`feedrank/programFromJson: ${where} refers to node ${JSON.stringify(at)}, of ${made.length} before it`)
  return found
}
