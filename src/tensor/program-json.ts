import { FeedrankError, ModelFileError, expected } from '../errors'
import { program, type Program } from './program'
import { rebuild, type NodeRecord } from './rebuild'
import type { Shape } from './shape'
import type { DType, Tensor } from './tensor'

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
    nodes: nodes.map((t) => ({
      op: t.op,
      ...(t.inputs.length > 0 && { inputs: t.inputs.map((i) => place.get(i)!) }),
      ...(Object.keys(t.attributes).length > 0 && {
        attributes: t.op === 'constant' ? { values: t.attributes.values.map((v) => (Number.isFinite(v) ? v : String(v))) } : { ...t.attributes },
      }),
      ...((t.op === 'input' || t.op === 'constant') && { shape: [...t.shape], dtype: t.dtype }),
    })),
    outputs: [...outputs].map(([name, t]) => [name, place.get(t)!] as const),
  }
}

/**
 * The program that {@link programToJson} wrote. Every node is made anew through the checks of its operation, so a file
 * that was altered is an error and never a wrong graph.
 *
 * @throws ModelFileError when the JSON is not a program this version can read; it names the node
 */
export function programFromJson(json: ProgramJson): Program {
  if (json?.format !== 'feedrank-program' || json.version !== 1)
    throw new ModelFileError(`feedrank/programFromJson: expected a feedrank-program of version 1, got ${json?.format} ${json?.version}`)
  if (!Array.isArray(json.nodes) || !Array.isArray(json.outputs)) throw new ModelFileError(expected('programFromJson', 'nodes and outputs', 'arrays', json.nodes))
  const made: Tensor[] = []
  for (const [i, entry] of json.nodes.entries()) made.push(readNode(entry, made, `node ${i}`))
  return program(new Map(json.outputs.map(([name, at]) => [name, earlier(made, at, `output '${name}'`)])))
}

function readNode(entry: NodeJson, made: readonly Tensor[], where: string): Tensor {
  if (typeof entry?.op !== 'string' || !Object.hasOwn(rebuild, entry.op))
    throw new ModelFileError(`feedrank/programFromJson: ${where} has an operation this version does not know: ${JSON.stringify(entry?.op)}`)
  const inputs = (entry.inputs ?? []).map((at) => earlier(made, at, where))
  const attributes = entry.op === 'constant' ? { values: (entry.attributes?.values as readonly unknown[]).map(Number) } : (entry.attributes ?? {})
  const record = { op: entry.op, attributes, shape: entry.shape ?? [], dtype: entry.dtype ?? 'float32' } as NodeRecord
  try {
    // The table is keyed by operation; the attributes are checked by the operation itself.
    const make = rebuild[record.op] as (inputs: readonly Tensor[], attributes: unknown, record: NodeRecord) => Tensor
    return make(inputs, attributes, record)
  } catch (cause) {
    const reason = FeedrankError.isInstance(cause) ? cause.message : `its inputs or attributes are missing`
    throw new ModelFileError(`feedrank/programFromJson: ${where} (${entry.op}) cannot be read: ${reason}`, { cause })
  }
}

function earlier(made: readonly Tensor[], at: number, where: string): Tensor {
  const found = made[at]
  if (found === undefined) throw new ModelFileError(`feedrank/programFromJson: ${where} refers to node ${at}, of ${made.length} before it`)
  return found
}
