import {
  ageFilter, authorDiversity, batchedHydrator, blockedAuthorsFilter, CandidatePipeline, fixedSlots, fromPipeline, graph, inNetwork, MixerPipeline,
  mutedKeywordsFilter, outOfNetwork, outOfNetworkFactor, ownItemsFilter, ratio, repostFilter, seenFilter, spaced, visibilityFilter, weightedActions, when,
} from 'feedrank'
import type { Content, Post, World } from '../for-you-world/world'

const hour = 3_600_000

export interface Ask {
  readonly userId: number
  readonly mutedKeywords: readonly string[]
  readonly seenIds: readonly number[]
}

/** What stands on the page: a post, an ad, or people to follow. */
export type Item =
  | { readonly id: number | string; readonly kind: 'post'; readonly authorId: number; readonly sources: readonly string[] }
  | { readonly id: string; readonly kind: 'ad' | 'who to follow' }

/** Those of the weights published in 2023 whose actions this world knows. */
const weights = { like: 0.5, reply: 13.5, repost: 1, click: 11, profile: 12, block: -74, report: -369 }

/** The scored tweets: half from the network, half from without, ranked by predicted actions and a few heuristics. */
function scoredTweets(world: World) {
  const visibility = visibilityFilter({ labels: (post: Content) => post.labels, rules: { spam: 'drop', graphic: 'interstitial' } })
  return MixerPipeline.for<Ask, Post>({ name: 'scored tweets', limit: 60 })
    .hydrateQuery(
      { name: 'follow graph', fallback: { follows: new Set<number>() }, hydrate: async (q) => ({ follows: world.follows(q.userId) }) },
      { name: 'social graph service', onError: 'fail', hydrate: async (q) => ({ blocked: world.blocked(q.userId) }) },
    )
    // A dependent query hydrator: it needs what the ones before it added.
    .hydrateQuery({ name: 'real graph', fallback: { closest: [] as number[] }, hydrate: async (q) => ({ closest: [...q.follows].slice(0, 10) }) })
    .source(
      inNetwork({ name: 'earlybird', follows: (q) => q.follows, latest: async (authors) => world.latest(authors), createdAt: (post) => post.createdAt, limit: 600 }),
      when((q) => q.closest.length > 0, graph({ name: 'uteg', from: (q: { readonly closest: readonly number[] }) => q.closest, edges: async (users) => world.likes(users), limit: 300 })),
      outOfNetwork({ name: 'cr-mixer', retrieve: async (q) => world.nearest(q.userId, 400), follows: (q) => q.follows, authorId: (post) => post.authorId }),
    )
    .filter(
      ageFilter({ maxAgeMs: 48 * hour, createdAt: (post) => post.createdAt }),
      ownItemsFilter({ userId: (q) => q.userId, authorId: (post) => post.authorId }),
      seenFilter({ seen: (q) => q.seenIds }),
      repostFilter({ repostOf: (post) => post.repostOf }),
      blockedAuthorsFilter({ blocked: (q) => q.blocked, authorId: (post) => post.authorId }),
    )
    .hydrate(batchedHydrator({
      name: 'tweetypie', key: (post: Post) => post.id, fetch: async (ids) => world.contents(ids), batchSize: 500,
      fallback: { text: '', labels: ['unknown'] } satisfies Content as Content,
    }))
    .filter(mutedKeywordsFilter({ keywords: (q) => q.mutedKeywords, text: (post) => post.text }))
    .hydrate({ name: 'heavy ranker', onError: 'fail', hydrate: async (q, posts) => posts.map((post) => ({ predicted: world.predict(q.userId, post) })) })
    .score(
      weightedActions({ weights, probabilities: (post) => post.predicted }),
      authorDiversity({ authorId: (post) => post.authorId, decay: 0.5, floor: 0.25 }),
      outOfNetworkFactor({ inNetwork: (post, q) => q.follows.has(post.authorId), factor: 0.75 }),
    )
    .select(ratio({ stream: (_, sources): 'in' | 'out' => (sources.includes('earlybird') ? 'in' : 'out'), shares: { in: 1, out: 1 } }))
    .hydrateSelected(visibility.mark)
    .filterSelected(visibility)
    .build()
}

/**
 * The For-You timeline of Twitter as published in 2023 (`home-mixer` on product-mixer): the scored tweets, with ads at
 * fixed places, never two of an author in a row, and a module of people to follow.
 */
export function forYou(world: World) {
  const ads = CandidatePipeline.for<Ask, { id: string; bid: number }>({ name: 'ads' }).source({ name: 'ad server', timeoutMs: 50, fetch: async (q) => world.ads(q.userId) }).build()
  const people = CandidatePipeline.for<Ask, { id: string }>({ name: 'who to follow' }).source({ name: 'frs', timeoutMs: 50, fetch: async (q) => world.people(q.userId) }).build()
  return MixerPipeline.for<Ask, Item>({ name: 'for you', limit: 30, deadlineMs: 2000, seed: (q) => q.userId, parameters: { whoToFollow: true } })
    .source(
      fromPipeline(scoredTweets(world), { candidate: ({ id, candidate, sources }): Item => ({ id, kind: 'post', authorId: candidate.authorId, sources }) }),
      fromPipeline(ads, { candidate: ({ candidate }): Item => ({ id: candidate.id, kind: 'ad' }) }),
      when((_, ctx) => ctx.parameters.get('whoToFollow') === true, fromPipeline(people, { limit: 1, candidate: ({ candidate }): Item => ({ id: candidate.id, kind: 'who to follow' }) })),
    )
    .select(fixedSlots({
      slots: [
        { positions: [3, 11, 19, 27], fits: (item) => item.kind === 'ad' },
        { positions: [5], fits: (item) => item.kind === 'who to follow' },
      ],
      around: spaced({ rules: [{ group: (item) => (item.kind === 'post' ? item.authorId : undefined), gap: 1 }] }),
    }))
    .build()
}
