import type { NumericArray } from '../../backends'
import { lowerToGraph } from '../../backends/onnxruntime/lower-to-onnx'
import { withMetadata } from '../../backends/onnxruntime/onnx-metadata'
import { writeOnnx, type OnnxGraph } from '../../backends/onnxruntime/onnx-writer'
import { ArgumentError, checkObject, expected, show } from '../../errors'
import { statisticInput, weightInput, type Model, type ModelInput } from '../../models'
import { program, type Program } from '../../tensor'
import { fileError } from '../files'
import { libraryVersion } from '../library-version'
import { checkPath } from '../save-model'
import { writeAtomically } from '../staging'
import { namedGraph, type Fixed, type Front } from './plan'
import { tableFront, type IdType } from './table-front'

/** What {@link exportOnnx} takes beside a model. */
export interface ExportOnnxOptions {
  /** Which of the model's graphs. @defaultValue 'score' */
  readonly graph?: string
  /**
   * Whether embedding tables are part of the file. Inside, it takes ids; outside, embedding rows that the host gathered.
   *
   * @defaultValue 'inside'
   */
  readonly tables?: 'inside' | 'outside'
  /** The dtype of ids. @defaultValue 'int64', what Python makes of lists of integers */
  readonly ids?: IdType
  /** Further texts about it, by name; those of this package begin with `feedrank.`. @defaultValue none */
  readonly metadata?: Readonly<Record<string, string>>
}

/** What {@link exportOnnx} takes beside a program. */
export interface ExportProgramOptions extends Pick<ExportOnnxOptions, 'metadata'> {
  /** Numbers that stand in the file in place of inputs, by name. @defaultValue none */
  readonly constants?: ReadonlyMap<string, Fixed>
}

/** The most a protobuf message may hold. */
const mostBytes = 2 ** 31 - 1

/**
 * A model's graph for inference, or any program, as an ONNX file: float32, opset 18, any batch, every head an output of its name.
 *
 * Weights are part of the file, and batch norm is in its inference form. Inputs: `dense:<feature>` `[batch, width]`; with tables
 * inside, `ids:<feature>` `[batch]`, and for a bag `ids:<feature>` and `weights:<feature>` `[batch, length]`, where a weight of
 * 0 pads; with tables outside, `rows:<feature>` `[batch, dim]` (`wide:<cross>` for a cross). A negative id, or one beyond its
 * table, is an error of the runtime and never another row. `onnxFeeds` makes all of these of encoded rows. The file's metadata
 * hold kind, spec hash, and which input is which feature.
 *
 * @throws ArgumentError when the model has no such graph, an option is not what it should be, or the file would be larger than
 * the 2 GiB that ONNX allows: then export with tables outside
 * @example
 * ```ts
 * import { WideAndDeep, binary, categorical, defineFeatures, exportOnnx } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } })
 *   .fit([{ topic: 'cats', clicked: 1 }, { topic: 'tax', clicked: 0 }])
 * const bytes = exportOnnx(new WideAndDeep(spec, { hidden: [4] }))
 * console.log(bytes.length > 500) // true
 * ```
 */
export function exportOnnx(what: Model, options?: ExportOnnxOptions): Uint8Array
export function exportOnnx(what: Program, options?: ExportProgramOptions): Uint8Array
export function exportOnnx(what: Model | Program, options: ExportOnnxOptions & ExportProgramOptions = {}): Uint8Array {
  checkObject('exportOnnx', 'options', options)
  if (isModel(what)) return modelAsOnnx(what, options)
  const { nodes, inputs, outputs } = (what ?? {}) as Partial<Program>
  if (!Array.isArray(nodes) || typeof inputs?.keys !== 'function' || typeof outputs?.keys !== 'function')
    throw new ArgumentError(expected('exportOnnx', 'what', 'a model or a program', what))
  const constants = options.constants ?? new Map<string, Fixed>()
  for (const [name, { data, shape }] of constants) checkConstant(what, name, data, shape)
  return written(namedGraph(lowerToGraph(what), [...inputs.keys()], [...outputs.keys()], constants, new Map()), 'A program of feedrank.', [], options.metadata)
}

/**
 * Writes {@link exportOnnx}'s file, whole or not at all.
 *
 * @throws ArgumentError as exportOnnx; ModelFileError when the file cannot be written
 */
export function saveOnnx(what: Model, path: string, options?: ExportOnnxOptions): Promise<void>
export function saveOnnx(what: Program, path: string, options?: ExportProgramOptions): Promise<void>
export async function saveOnnx(what: Model | Program, path: string, options: ExportOnnxOptions & ExportProgramOptions = {}): Promise<void> {
  checkPath('saveOnnx', path)
  const bytes = isModel(what) ? exportOnnx(what, options) : exportOnnx(what, options)
  await writeAtomically(path, [bytes]).catch((cause: unknown) => { throw fileError('saveOnnx', 'write', path, cause) })
}

/** The graph a caller means, its program, and the model's inputs that it reads. */
export function graphOf(where: string, model: Model, { graph = 'score', tables = 'inside', ids = 'int64' }: ExportOnnxOptions) {
  if (!Object.hasOwn(model.graphs, graph))
    throw new ArgumentError(expected(where, 'graph', `one of ${Object.keys(model.graphs).map((g) => `'${g}'`).join(', ')}`, graph))
  if (tables !== 'inside' && tables !== 'outside') throw new ArgumentError(expected(where, 'tables', "'inside' or 'outside'", tables))
  if (ids !== 'int32' && ids !== 'int64') throw new ArgumentError(expected(where, 'ids', "'int32' or 'int64'", ids))
  const compiled = program(model.graphs[graph])
  return { graph, tables, ids, compiled, inputs: model.inputs.filter((to) => compiled.inputs.has(to.input)) }
}

function modelAsOnnx(model: Model, options: ExportOnnxOptions): Uint8Array {
  const { graph, tables, ids, compiled, inputs } = graphOf('exportOnnx', model, options)
  const fixed = new Map<string, Fixed>([
    ...[...model.weights.trained].map(([name, { values, shape }]) => [weightInput(name), { data: values, shape }] as const),
    ...[...model.weights.statistics].map(([name, { values, shape }]) => [statisticInput(name), { data: values, shape }] as const),
  ].filter(([name]) => compiled.inputs.has(name)))
  const fronts = new Map<string, Front>(tables === 'outside' ? [] : inputs.flatMap((to) => (to.kind === 'rows' ? [[to.input, tableFront(to, model.tables.get(to.table)!, ids)] as const] : [])))
  const named = namedGraph(lowerToGraph(compiled), [...compiled.inputs.keys()], [...compiled.outputs.keys()], fixed, fronts)
  return written(named, `${model.kind}, graph '${graph}', exported by feedrank ${libraryVersion}.\n${listing(named)}`, [
    ['feedrank.kind', model.kind], ['feedrank.graph', graph], ['feedrank.specHash', model.spec.hash], ['feedrank.library', libraryVersion],
    ['feedrank.tables', tables], ['feedrank.inputs', JSON.stringify(inputs.map(describe))],
  ], options.metadata)
}

function written(graph: OnnxGraph, documentation: string, own: readonly (readonly [string, string])[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const bytes = graph.constants.reduce((n, { data }) => n + data.byteLength, 0)
  if (bytes > mostBytes - 2 ** 20)
    throw new ArgumentError(`feedrank/exportOnnx: expected numbers of less than 2 GiB, all that an ONNX file can hold, got ${bytes} bytes; export with \`tables: 'outside'\``)
  for (const [key, value] of Object.entries(checkObject('exportOnnx', 'metadata', metadata, 'texts by name')))
    if (typeof value !== 'string' || key.startsWith('feedrank.')) throw new ArgumentError(expected('exportOnnx', `metadata.${key}`, 'a text of a name that does not begin with `feedrank.`', value))
  return withMetadata(writeOnnx(graph), { documentation, producerVersion: libraryVersion, properties: [...own, ...Object.entries(metadata)] })
}

const listing = ({ inputs, outputs }: OnnxGraph): string =>
  [...inputs.map((value) => ['in', value] as const), ...outputs.map((value) => ['out', value] as const)]
    .map(([way, { name, type, shape }]) => `${way} ${name}: ${type} [${shape.join(', ')}]`).join('\n')

const describe = (to: ModelInput) => ({ input: to.input, feature: to.feature, kind: to.kind, axis: to.axis, ...(to.kind === 'rows' && { table: to.table, ...(to.combiner && { combiner: to.combiner }) }) })

function checkConstant({ inputs }: Program, name: string, data: NumericArray, shape: readonly number[]): void {
  const t = inputs.get(name)
  if (t === undefined) throw new ArgumentError(`feedrank/exportOnnx: expected \`constants\` to name inputs of the program (${[...inputs.keys()].join(', ')}), got ${show(name)}`)
  const kind = Object.prototype.toString.call(data) === `[object ${t.dtype === 'float32' ? 'Float32Array' : 'Int32Array'}]`
  const fits = kind && t.shape.length === shape.length && t.shape.every((d, i) => typeof d === 'string' || d === shape[i]) && data.length === shape.reduce((n, d) => n * d, 1)
  if (!fits) throw new ArgumentError(expected('exportOnnx', `constants.${name}`, `${t.dtype} of shape [${t.shape.join(', ')}]`, data))
}

const isModel = (what: Model | Program): what is Model => typeof (what as Model | undefined)?.graphs === 'object'
