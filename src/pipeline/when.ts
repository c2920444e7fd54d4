import { ArgumentError, checkNumber, expected } from '../errors'
import { murmur3 } from '../hash'
import type { CandidateId, Component } from './component'
import { checkFunction } from './component-options'
import type { ParameterValue } from './parameters'
import type { RunContext } from './run-context'

/** A component behind a gate: whether it takes part is decided per request. */
export type Gated<Q, T> = Omit<T, 'enable'> & { readonly enable: (q: Q & QueryOf<T>, ctx: RunContext) => boolean }

/** What the gate of a component asks of the query. */
type QueryOf<T> = T extends { readonly enable?: ((q: infer Q, ctx: RunContext) => boolean) | undefined } ? Q : unknown

function gate<Q, T extends Component<never>>(where: string, component: T, open: (q: Q, ctx: RunContext) => boolean): Gated<Q, T> {
  if (typeof component !== 'object' || component === null) throw new ArgumentError(expected(where, 'component', 'a component', component))
  // The gate asks of the query what the component's own asks, so it may be handed on; only the compiler cannot see it here.
  return { ...component, enable: (q, ctx) => (component.enable?.(q as never, ctx) ?? true) && open(q, ctx) }
}

/**
 * `component` in the requests for which `predicate` is true; elsewhere it stands aside and the trace says so.
 *
 * Gates nest: a component takes part when all of them are open.
 *
 * @throws ArgumentError when `predicate` is no function or `component` no object.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, when } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ country: string }, { id: string }>({ name: 'feed' })
 *   .source(fromList('news', [{ id: 'n' }]), when((q) => q.country === 'pl', fromList('local', [{ id: 'l' }])))
 *   .build()
 * console.log((await feed.run({ country: 'fr' })).selected.map((item) => item.id)) // [ 'n' ]
 * ```
 */
export function when<Q, T extends Component<never>>(predicate: (q: Q, ctx: RunContext) => boolean, component: T): Gated<Q, T> {
  return gate('when', component, checkFunction('when', 'predicate', predicate))
}

/** Who is sampled together. */
export interface SampledOptions<Q> {
  /** Requests of one key are all in or all out, the same in every process. @defaultValue each request by itself */
  readonly key?: ((q: Q) => CandidateId) | undefined
}

/**
 * `component` in a share of the requests: a costly log for one in a hundred, a new source for one user in ten.
 *
 * Without a key it draws from `ctx.random`; with one, from a hash of the key and the component's name.
 *
 * @throws ArgumentError when `rate` lies outside [0, 1].
 * @example
 * ```ts
 * import { fromList, MixerPipeline, sampled } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ userId: string }, { id: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1 }]), sampled(0.5, fromList('trial', [{ id: 2 }]), { key: (q: { userId: string }) => q.userId }))
 *   .build()
 * const sizes = await Promise.all(['ada', 'bob', 'lee', 'max'].map(async (userId) => (await feed.run({ userId })).selected.length))
 * console.log(sizes) // [ 2, 2, 1, 1 ]
 * ```
 */
export function sampled<Q, T extends Component<never>>(rate: number, component: T, options: SampledOptions<Q> = {}): Gated<Q, T> {
  checkNumber('sampled', 'rate', rate, { min: 0, max: 1 })
  const { key } = options
  if (key === undefined) return gate('sampled', component, (_, ctx) => ctx.random() < rate)
  checkFunction('sampled', 'key', key)
  return gate('sampled', component, (q: Q) => murmur3(`${component.name}/${typeof key(q)}/${key(q)}`) < rate * 2 ** 32)
}

/**
 * `component` in the requests whose parameter `parameter` is `value`: a feature flag, or one arm of an experiment.
 *
 * The pipeline declares the parameter with its usual value, a request may set another.
 *
 * @throws ArgumentError when `component` is no object; building the pipeline throws when the parameter is not declared.
 * @example
 * ```ts
 * import { flagged, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed', parameters: { trending: false } })
 *   .source(fromList('all', [{ id: 1 }]), flagged('trending', fromList('hot', [{ id: 2 }])))
 *   .build()
 * const { selected } = await feed.run({}, { parameters: { trending: true } })
 * console.log(selected.map((item) => item.id)) // [ 1, 2 ]
 * ```
 */
export function flagged<Q, T extends Component<never>>(parameter: string, component: T, value: ParameterValue = true): Gated<Q, T> {
  if (typeof parameter !== 'string' || parameter === '') throw new ArgumentError(expected('flagged', 'parameter', 'the name of a parameter', parameter))
  const gated = gate<Q, T>('flagged', component, (_, ctx) => ctx.parameters.get(parameter) === value)
  return { ...gated, parameters: [...(component.parameters ?? []), parameter] }
}
