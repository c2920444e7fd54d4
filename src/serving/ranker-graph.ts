import { ArgumentError, SpecError, expected, show } from '../errors'
import type { Model, ModelInput } from '../models'
import { multiply, program, reduceSum } from '../tensor'
import { showShape } from '../tensor/shape'
import { mapGraph, withAxis, type Outputs } from './compiler/rows'

/** The graph that gives a model's scores, all its rows along one axis. */
export interface RankerGraph {
  readonly outputs: Outputs
  readonly axis: string
  /** The inputs that are made of features. */
  readonly inputs: readonly ModelInput[]
}

/**
 * The graph `name` of a model; without a name `score`, or for two towers `user · item`, the inner product.
 *
 * @throws ArgumentError when the model has no such graph or head; SpecError when rows lie along several axes
 */
export function rankerGraph(model: Model, name: string | undefined, heads: readonly string[] | undefined): RankerGraph {
  const { graphs } = model
  const known = Object.keys(graphs)
  if (name !== undefined && !Object.hasOwn(graphs, name)) throw new ArgumentError(expected('compileRanker', 'graph', `one of ${known.map(show).join(', ')}`, name))
  const towers = name === undefined && !Object.hasOwn(graphs, 'score') && Object.hasOwn(graphs, 'user') && Object.hasOwn(graphs, 'item')
  if (name === undefined && !towers && !Object.hasOwn(graphs, 'score')) throw new ArgumentError(expected('compileRanker', 'graph', `one of ${known.map(show).join(', ')}`, name))
  const all = towers ? innerProduct(model) : graphs[name ?? 'score']
  if (heads !== undefined && !Array.isArray(heads)) throw new ArgumentError(expected('compileRanker', 'heads', 'an array of names', heads))
  const outputs = heads === undefined ? all : new Map(heads.map((head) => {
    const found = all.get(head)
    if (found === undefined) throw new ArgumentError(expected('compileRanker', 'heads', `of ${[...all.keys()].map(show).join(', ')}`, head))
    return [head, found]
  }))
  if (outputs.size === 0) throw new ArgumentError(expected('compileRanker', 'heads', 'at least one head', heads))
  const used = program(outputs).inputs
  const inputs = model.inputs.filter(({ input }) => used.has(input))
  const axes = [...new Set(inputs.map(({ input }) => used.get(input)!.shape[0]))]
  if (axes.length !== 1 || typeof axes[0] !== 'string')
    throw new SpecError(`feedrank/compileRanker: expected the inputs of the graph to have their rows along one named axis, got ${axes.map(String).join(', ') || 'none'}`)
  for (const [head, { shape, dtype }] of outputs)
    if (shape[0] !== axes[0] || shape.slice(1).some((d) => typeof d !== 'number') || dtype !== 'float32')
      throw new SpecError(`feedrank/compileRanker: expected head ${show(head)} to be float32 numbers for each row, [${axes[0]}, ...], got ${dtype} ${showShape(shape)}`)
  return { outputs, axis: axes[0], inputs }
}

/** The inner product of what two towers give, the items' rows along the users' axis. */
function innerProduct({ graphs, inputs }: Model): Outputs {
  const axisOf = (outputs: Outputs) => {
    const used = program(outputs).inputs
    return inputs.find(({ input }) => used.has(input))?.axis ?? 'batch'
  }
  const [from, to] = [axisOf(graphs['item']), axisOf(graphs['user'])]
  const items = mapGraph(graphs['item'], (t, given) => withAxis(t, given, from, to))
  const [user, item] = [[...graphs['user'].values()], [...items.values()]]
  if (user.length !== 1 || item.length !== 1) throw new ArgumentError(expected('compileRanker', 'graph', 'named, as the towers have several outputs', undefined))
  return new Map([['score', reduceSum(multiply(user[0], item[0]), { axes: -1 })]])
}
