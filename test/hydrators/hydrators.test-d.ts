import { MixerPipeline } from 'feedrank/pipeline'
import { batchedHydrator, cachedHydrator, functionHydrator } from 'feedrank/hydrators'
import { authorDiversity } from 'feedrank/scorers'
import { fromList } from 'feedrank/sources'
import { describe, expectTypeOf, it } from 'vitest'

interface Post { readonly id: number; readonly authorId: number }
const lookUp = { key: (c: Post) => c.authorId, fetch: (ids: readonly number[]) => new Map(ids.map((id) => [id, { fans: 1 }])) }
const start = () => MixerPipeline.for<object, Post>({ name: 'x' }).source(fromList('l', [{ id: 1, authorId: 2 }]))
type CandidateOf<B extends { readonly build: () => { readonly run: (q: object) => Promise<{ readonly selected: readonly { readonly candidate: unknown }[] }> } }> =
  Awaited<ReturnType<ReturnType<B['build']>['run']>>['selected'][number]['candidate']

describe('hydrator factories', () => {
  it('with a fallback make their fields certain, without one optional', () => {
    const certain = start().hydrate(
      functionHydrator('a', (c: Post) => ({ double: c.id * 2 }), { fallback: { double: 0 } }),
      batchedHydrator({ ...lookUp, name: 'b', fallback: { fans: 0 } }),
    )
    expectTypeOf<CandidateOf<typeof certain>['double']>().toEqualTypeOf<number>()
    expectTypeOf<CandidateOf<typeof certain>['fans']>().toEqualTypeOf<number>()
    const maybe = start().hydrate(functionHydrator('a', (c: Post) => ({ double: c.id * 2 })), cachedHydrator({ ...lookUp, name: 'b', ttlMs: 5 }))
    expectTypeOf<CandidateOf<typeof maybe>['double']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<CandidateOf<typeof maybe>['fans']>().toEqualTypeOf<number | undefined>()
  })

  it('component factories take the candidate from their place in the pipeline', () => {
    start().score(authorDiversity({ authorId: (c) => c.authorId }))
    // @ts-expect-error a misspelt field
    start().score(authorDiversity({ authorId: (c) => c.autorId }))
  })
})
