import { CandidatePipeline, MixerPipeline, ScoringPipeline, when } from 'feedrank/pipeline'
import type { Filter, Hydrator, QueryHydrator, RankResult, Reranker, Scorer, Selector, Source } from 'feedrank/pipeline'
import { fromPipeline } from 'feedrank/sources'
import { describe, expectTypeOf, it } from 'vitest'

interface Ask { readonly userId: string }
interface Post { readonly id: number; readonly text: string }
interface Author { readonly authorId: number }

const start = () => MixerPipeline.for<Ask, Post>({ name: 'types' }).source({ name: 'posts', fetch: () => [{ id: 1, text: 'a' }] })

declare const authors: Hydrator<Ask, Post, Author>
declare const certainAuthors: Hydrator<Ask, Post, Author> & { readonly fallback: Author }
declare const byAuthor: Filter<Ask, Author>
declare const authorScorer: Scorer<object, Author>
declare const authorReranker: Reranker<Ask, Author>
declare const maybeByAuthor: Filter<Ask, Partial<Author>>

describe('types that accumulate', () => {
  it('a hydrator with a fallback makes its fields certain', () => {
    const built = start().hydrate(certainAuthors).filter(byAuthor).score(authorScorer).rerank(authorReranker).build()
    expectTypeOf(built.run).returns.resolves.toEqualTypeOf<RankResult<Ask, Post & Author>>()
  })

  it('a hydrator without one leaves them optional', () => {
    const builder = start().hydrate(authors)
    builder.filter(maybeByAuthor)
    // @ts-expect-error authorId may be missing
    builder.filter(byAuthor)
    // @ts-expect-error authorId may be missing
    builder.score(authorScorer)
    expectTypeOf(builder.build().run).returns.resolves.toEqualTypeOf<RankResult<Ask, Post & Partial<Author>>>()
  })

  it('inline hydrators are inferred, their arguments too, and a group adds together', () => {
    const built = start()
      .hydrate(
        { name: 'length', fallback: { length: 0 }, hydrate: (q, posts) => posts.map((post) => ({ length: post.text.length + q.userId.length })) },
        { name: 'shout', hydrate: async (_, posts) => posts.map((post) => (post.text ? { shout: post.text.toUpperCase() } : new Error('empty'))) },
      )
      .hydrate({ name: 'double', fallback: { double: 0 }, hydrate: (_, posts) => posts.map((post) => ({ double: 2 * post.length })) })
      .filter({ name: 'long', keep: (_, posts) => posts.map((post) => post.double > 2) })
      .build()
    type Hydrated = Awaited<ReturnType<typeof built.run>>['selected'][number]['candidate']
    expectTypeOf<Hydrated['length']>().toEqualTypeOf<number>()
    expectTypeOf<Hydrated['shout']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Hydrated['double']>().toEqualTypeOf<number>()
  })

  it('a hydrator that always runs and fails the request needs no fallback', () => {
    start()
      .hydrate({ name: 'must', onError: 'fail', hydrate: (_, posts) => posts.map(() => ({ authorId: 1 })) })
      .filter(byAuthor)
    start()
      .hydrate({ name: 'may', onError: 'fail', enable: (q) => q.userId !== '', hydrate: (_, posts) => posts.map(() => ({ authorId: 1 })) })
      // @ts-expect-error it may be disabled
      .filter(byAuthor)
  })

  it('a field that nobody adds does not compile', () => {
    // @ts-expect-error no hydrator adds authorId
    start().filter(byAuthor)
    // @ts-expect-error no hydrator adds authorId
    start().filterSelected(byAuthor)
    // @ts-expect-error no hydrator adds authorId
    start().rerank(authorReranker)
    // @ts-expect-error a misspelt field
    start().filter({ name: 'typo', keep: (_, posts) => posts.map((post) => post.txt === '') })
  })

  it('query hydrators extend the query of what follows, not of the caller', () => {
    const seen: QueryHydrator<Ask, { seen: ReadonlySet<number> }> & { readonly fallback: { seen: ReadonlySet<number> } } =
      { name: 'seen', fallback: { seen: new Set() }, hydrate: () => ({ seen: new Set([1]) }) }
    const bySeen: Filter<{ seen: ReadonlySet<number> }, { id: number }> = { name: 'unseen', keep: (q, cs) => cs.map((c) => !q.seen.has(c.id)) }
    const built = MixerPipeline.for<Ask, Post>({ name: 'query' })
      .hydrateQuery(seen, { name: 'follows', hydrate: async (q) => ({ follows: [q.userId] }) })
      .source({ name: 'posts', fetch: (q) => (q.follows?.length ? [{ id: 1, text: 'a' }] : []) })
      .filter(bySeen)
      .build()
    expectTypeOf(built.run).parameter(0).toEqualTypeOf<Ask>()
    // @ts-expect-error nobody adds the seen ids
    start().filter(bySeen)
  })

  it('sources bring the candidate, or more', () => {
    const rich: Source<object, Post & Author> = { name: 'rich', fetch: () => [] }
    const poor: Source<object, { id: number }> = { name: 'poor', fetch: () => [] }
    start().source(rich)
    // @ts-expect-error it lacks the text
    start().source(poor)
  })

  it('candidates without an id of their own need the `id` option', () => {
    MixerPipeline.for<Ask, { readonly url: string }>({ name: 'pages', id: (page) => page.url })
    // @ts-expect-error nothing tells one page from another
    MixerPipeline.for<Ask, { readonly url: string }>({ name: 'pages' })
  })
})

describe('the page and the smaller pipelines', () => {
  it('what a post-selection hydrator adds is known to the filters of the page, finalizers and the page, not to the rest', () => {
    const built = start().hydrateSelected(certainAuthors).filterSelected(byAuthor)
      .finalize({ name: 'f', finalize: (_, page) => page.map((post, i) => (post.authorId > 0 ? i : i)) })
      .effect({ name: 'e', run: (result) => { expectTypeOf(result.selected[0].candidate.authorId).toEqualTypeOf<number>() } })
      .build()
    type Result = Awaited<ReturnType<typeof built.run>>
    expectTypeOf<Result['selected'][number]['candidate']>().toEqualTypeOf<Post & Author>()
    expectTypeOf<Result['rest'][number]['candidate']>().toEqualTypeOf<Post>()
    // @ts-expect-error nobody adds authorId to the page
    start().finalize({ name: 'f', finalize: (_, page) => page.map((post) => post.authorId) })
  })

  it('a gated hydrator without a fallback is uncertain', () => {
    const must: Hydrator<Ask, Post, Author> & { readonly onError: 'fail' } = { name: 'must', onError: 'fail', hydrate: (_, posts) => posts.map(() => ({ authorId: 1 })) }
    start().hydrate(when((q: Ask) => q.userId !== '', certainAuthors)).filter(byAuthor)
    // @ts-expect-error it may be disabled
    start().hydrate(when((q: Ask) => q.userId !== '', must)).filter(byAuthor)
  })

  it('a gate asks of the query what its predicate and its component ask', () => {
    const news: Source<{ readonly lang: string }, Post> = { name: 'news', enable: (q) => q.lang !== '', fetch: () => [] }
    const asked = MixerPipeline.for<Ask & { readonly lang: string }, Post>({ name: 'x' }).source({ name: 's', fetch: () => [] })
    asked.source(when((q) => q.userId !== '', news))
    // @ts-expect-error the request has no country
    start().source(when((q: { readonly country: string }) => q.country === 'pl', { name: 'n', fetch: (): Post[] => [] }))
    // @ts-expect-error the request has no language
    start().source(when((q: Ask) => q.userId !== '', news))
  })

  it('a pipeline within another brings what it shows, and asks no more than it is given', () => {
    const inner = start().hydrateSelected(certainAuthors).build()
    const poor: MixerPipeline<{ readonly token: string }, object, Post> = MixerPipeline.for<{ readonly token: string }, Post>({ name: 'p' }).source({ name: 's', fetch: () => [] }).build()
    MixerPipeline.for<Ask, Post & Author>({ name: 'outer' }).source(fromPipeline(inner))
    start().source(fromPipeline(poor, { query: (q: Ask) => ({ token: q.userId }) }))
    // @ts-expect-error the request has no token
    start().source(fromPipeline(poor))
  })

  it('smaller pipelines have fewer stages', () => {
    const candidates = CandidatePipeline.for<Ask, Post>({ name: 'c' })
    const scoring = ScoringPipeline.for<Ask, Post>({ name: 's' })
    // @ts-expect-error it ranks nothing
    void candidates.score
    // @ts-expect-error it is given its candidates
    void scoring.source
    // @ts-expect-error nobody adds authorId
    scoring.score(authorScorer)
    scoring.hydrate(certainAuthors).score(authorScorer)
  })
})

describe('scores by name', () => {
  const fresh: Selector<object, { readonly id: number }, 'freshness'> = {
    name: 'fresh first', scores: ['freshness'], select: (_, cs, __, limit, ctx) => cs.map((_c, i) => i).sort((a, b) => ctx.score('freshness', b) - ctx.score('freshness', a)).slice(0, limit),
  }
  const freshness = { name: 'freshness', score: (_: object, cs: readonly { readonly id: number }[]) => new Float64Array(cs.length) } as const

  it('a selector or reranker on a score that does not exist does not compile', () => {
    start().score(freshness).select(fresh)
    start().score({ name: 'likes', score: (_, cs) => new Float64Array(cs.length) }, freshness).hydrate(certainAuthors).select(fresh)
    // @ts-expect-error there is no scorer at all
    start().select(fresh)
    // @ts-expect-error no scorer is named so
    start().score({ name: 'likes', score: (_, cs) => new Float64Array(cs.length) }).select(fresh)
    // @ts-expect-error no scorer is named so
    start().score(freshness).rerank({ name: 'r', scores: ['likes'], rerank: (_, cs) => cs.map((_c, i) => i) })
  })

  it('a scorer whose name is any string is looked for when the pipeline is built', () => {
    start().score(authorScorerOf('likes')).select(fresh)
  })
})
declare const authorScorerOf: (name: string) => Scorer<object, Post>
