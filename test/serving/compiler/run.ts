import { javascriptBackend, program, type Feeds, type Tensor } from 'feedrank'
import { seededRandom } from '../../../src/random'
import type { CompiledGraph } from '../../../src/serving/compiler/compile-graph'
import { requestsInput, slotsInput, type ItemGather } from '../../../src/serving/compiler/partition'
import { placeRequest } from '../../../src/serving/compiler/place-request'

const backend = javascriptBackend()

export async function run(outputs: ReadonlyMap<string, Tensor>, feeds: Readonly<Record<string, { data: Float32Array | Int32Array; shape: readonly number[] }>>) {
  const compiled = program(outputs)
  const executable = await backend.compile(compiled)
  const wanted: Feeds = Object.fromEntries([...compiled.inputs.keys()].map((name) => [name, feeds[name]]))
  return executable.run(wanted)
}

type Values = Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>

/** Random numbers for every input of `graph`: weights, `requests` request rows, `items` item rows and one row a pair. */
export function numbersFor(graph: ReadonlyMap<string, Tensor>, axis: string, sizes: { readonly requests: number; readonly items: number; readonly pairs: number }, seed: string): Values {
  const random = seededRandom(seed)
  return Object.fromEntries([...program(graph).inputs].map(([name, t]) => {
    const rows = { constant: 1, request: sizes.requests, item: sizes.items, pair: sizes.pairs }[t.attributes.rate]
    const shape = t.shape.map((d) => (d === axis ? rows : (d as number)))
    return [name, { shape, data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.normal() * 0.5) }]
  }))
}

const take = ({ data, shape }: Values[string], rows: readonly number[]) => {
  const width = data.length / shape[0]
  return { data: Float32Array.from(rows.flatMap((r) => [...data.subarray(r * width, (r + 1) * width)])), shape: [rows.length, ...shape.slice(1)] }
}

/** The plain graph, each pair with its own copy of request and item. */
export async function plainly(graph: ReadonlyMap<string, Tensor>, values: Values, requestOf: readonly number[], itemOf: readonly number[]) {
  const feeds = Object.fromEntries([...program(graph).inputs].map(([name, { attributes: { rate } }]) =>
    [name, rate === 'request' ? take(values[name], requestOf) : rate === 'item' ? take(values[name], itemOf) : values[name]]))
  return run(graph, feeds)
}

/** The compiled graph: items first, then all pairs in one run. */
export async function served(
  { parts }: CompiledGraph, graph: ReadonlyMap<string, Tensor>, values: Values, requestOf: readonly number[], itemOf: readonly number[], gathers: ItemGather,
) {
  const requests = new Set(requestOf).size === 1 ? 'one' : 'many'
  const of = (rate: string) => [...program(graph).inputs].filter(([, t]) => t.attributes.rate === rate).map(([name]) => [name, values[name]] as const)
  const kept = parts.item.size > 0 ? await run(parts.item, Object.fromEntries(of('item'))) : {}
  const columns = parts.columns.map(({ name }) => {
    const { data, shape } = kept[name] as Values[string]
    return [name, gathers === 'host' ? take({ data, shape }, itemOf) : { data, shape }] as const
  })
  const request = of('request').map(([name, value]) => [name, requests === 'one' ? take(value, [requestOf[0]]) : value] as const)
  const made = await run(placeRequest(parts.score(requests, gathers), gathers === 'host' ? 'bias' : 'matrix'), Object.fromEntries([
    ...columns, ...request, ...of('pair'),
    [slotsInput, { data: Int32Array.from(itemOf), shape: [itemOf.length] }],
    [requestsInput, { data: Int32Array.from(requests === 'one' ? requestOf.map(() => 0) : requestOf), shape: [requestOf.length] }],
  ]))
  return Object.fromEntries([...graph.keys()].map((name) => {
    const { data, shape } = made[name]
    const width = data.length / shape[0]
    if (!parts.requestOutputs.has(name)) return [name, data as Float32Array]
    return [name, Float32Array.from(requestOf.flatMap((r) => { const at = shape[0] === 1 ? 0 : r; return [...data.subarray(at * width, (at + 1) * width)] }))]
  }))
}
