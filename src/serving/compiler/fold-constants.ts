import { javascriptBackend, type Feeds } from '../../backends'
import { constant, program, type Tensor } from '../../tensor'
import { topologicalOrder } from '../../tensor/topological-order'
import { mapGraph, withInputs, type Outputs } from './rows'

/**
 * Works out what depends on constants alone, with the weights given, and leaves numbers in its place.
 *
 * @param weights the numbers of the inputs of rate `constant`
 */
export async function foldConstants(outputs: Outputs, weights: Feeds): Promise<Outputs> {
  const known = new Set<Tensor>()
  for (const t of topologicalOrder(outputs.values())) {
    const open = t.op === 'input' ? t.attributes.rate !== 'constant' || !Object.hasOwn(weights, t.attributes.name) : t.inputs.some((i) => !known.has(i))
    if (!open && t.shape.every((d) => typeof d === 'number')) known.add(t)
  }
  // Only where a known value meets an unknown one, or is an output, is it kept.
  const kept = new Set<Tensor>([...outputs.values()].filter((t) => known.has(t)))
  for (const t of topologicalOrder(outputs.values())) if (!known.has(t)) for (const input of t.inputs) if (known.has(input)) kept.add(input)
  const wanted = [...kept].filter(({ op }) => op !== 'constant')
  const values = await compute(wanted, weights)
  return mapGraph(outputs, (t, inputs) => values.get(t) ?? withInputs(t, inputs))
}

async function compute(wanted: readonly Tensor[], weights: Feeds): Promise<ReadonlyMap<Tensor, Tensor>> {
  if (wanted.length === 0) return new Map()
  const compiled = program(Object.fromEntries(wanted.map((t, i) => [`value${i}`, t])))
  const executable = await javascriptBackend().compile(compiled)
  const feeds = Object.fromEntries([...compiled.inputs.keys()].map((name) => [name, weights[name]]))
  const made = await executable.run(feeds)
  executable.dispose()
  return new Map(wanted.map((t, i) => [t, constant(made[`value${i}`].data, t.shape as number[], t.dtype)]))
}
