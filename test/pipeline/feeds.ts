import { MixerPipeline } from 'feedrank/pipeline'
import type { ComponentTrace, Filter, PipelineTrace, Scorer, Source } from 'feedrank/pipeline'

/** The candidates of these tests. */
export interface Post {
  readonly id: number | string
  readonly likes: number
}

export interface Ask {
  readonly user: string
}

export const ask: Ask = { user: 'u1' }

export const post = (id: number | string, likes = 0): Post => ({ id, likes })

export const posts = (...ids: readonly (number | string)[]) => ids.map((id) => post(id, typeof id === 'number' ? id : 0))

export const sourceOf = (name: string, candidates: readonly Post[], rest: Partial<Source<Ask, Post>> = {}): Source<Ask, Post> =>
  ({ name, fetch: () => candidates, ...rest })

export const byLikes: Scorer<object, Post> = { name: 'likes', score: (_, cs) => Float64Array.from(cs, (c) => c.likes) }

export const dropping = (name: string, ...ids: readonly (number | string)[]): Filter<object, Post> =>
  ({ name, keep: (_, cs) => cs.map((c) => !ids.includes(c.id)) })

export const never = <T>() => new Promise<T>(() => {})

export const fails = (message: string) => (): never => {
  throw new Error(message)
}

export const rejects = (message: string) => () => Promise.reject(new Error(message))

export const start = (options: Partial<Parameters<typeof MixerPipeline.for<Ask, Post>>[0]> = {}) =>
  MixerPipeline.for<Ask, Post>({ name: 'test', limit: 10, ...options })

export const idsOf = (items: readonly { readonly id: number | string }[]) => items.map((item) => item.id)

/** Every entry of one component in a trace: a backfill round adds another. */
export const entriesOf = (trace: PipelineTrace, component: string): ComponentTrace[] =>
  trace.stages.flatMap((stage) => stage.components.filter((one) => one.component === component))

export const entryOf = (trace: PipelineTrace, component: string): ComponentTrace => {
  const [entry] = entriesOf(trace, component)
  if (!entry) throw new Error(`no entry of ${component}`)
  return entry
}
