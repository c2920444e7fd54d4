import {
  ageFilter, authorDiversity, batchedHydrator, blockedAuthorsFilter, conversationFilter, functionHydrator, inNetwork, MixerPipeline, mutedKeywordsFilter,
  newAuthorBoost, outOfNetwork, outOfNetworkFactor, ownItemsFilter, repostFilter, seenFilter, servedFilter, servedItems, visibilityFilter, weightedActions,
} from 'feedrank'
import type { IdStore } from 'feedrank'
import type { Action, Author, Content, Post, World } from '../for-you-world/world'

const hour = 3_600_000

export interface Ask {
  readonly userId: number
  readonly mutedKeywords: readonly string[]
  readonly seenIds: readonly number[]
}

/** What an action is worth. X has not published its weights; these are made up, their signs are not. */
const weights: Readonly<Record<Action, number>> = { like: 1, reply: 9, repost: 2, click: 0.5, profile: 3, block: -30, report: -150 }

/**
 * The For-You pipeline of X as published in 2026 (`home-mixer` on `candidate-pipeline`): what followed accounts posted
 * (Thunder) and what a two-tower model retrieves (Phoenix), hydrated, filtered, scored by predicted actions, lowered for
 * repeated authors and for accounts out of network, and filtered once more when the page is known.
 */
export function forYou(world: World, served: IdStore) {
  const visibility = visibilityFilter({ name: 'visibility', labels: (post: { readonly labels: readonly string[] }) => post.labels, rules: { spam: 'drop', graphic: 'interstitial' } })
  return MixerPipeline.for<Ask, Post>({ name: 'for you', limit: 20, deadlineMs: 2000, seed: (q) => q.userId })
    .hydrateQuery(
      { name: 'follows', fallback: { follows: new Set<number>() }, timeoutMs: 50, hydrate: async (q) => ({ follows: world.follows(q.userId) }) },
      { name: 'blocked', onError: 'fail', hydrate: async (q) => ({ blocked: world.blocked(q.userId) }) },
      { name: 'served', fallback: { served: new Set<string | number>() }, hydrate: async (q) => ({ served: await served.get(q.userId) }) },
    )
    .source(
      inNetwork({ name: 'thunder', follows: (q) => q.follows, latest: async (authors) => world.latest(authors), createdAt: (post) => post.createdAt, timeoutMs: 100 }),
      outOfNetwork({ name: 'phoenix retrieval', retrieve: async (q) => world.nearest(q.userId, 800), follows: (q) => q.follows, authorId: (post) => post.authorId, timeoutMs: 150 }),
    )
    .filter(
      ageFilter({ maxAgeMs: 48 * hour, createdAt: (post) => post.createdAt }),
      ownItemsFilter({ userId: (q) => q.userId, authorId: (post) => post.authorId }),
      repostFilter({ repostOf: (post) => post.repostOf }),
      seenFilter({ seen: (q) => q.seenIds }),
      servedFilter({ name: 'already served', served: (q) => q.served }),
      blockedAuthorsFilter({ blocked: (q) => q.blocked, authorId: (post) => post.authorId }),
    )
    .hydrate(
      batchedHydrator({
        name: 'core data', key: (post: Post) => post.id, fetch: async (ids) => world.contents(ids), batchSize: 500,
        fallback: { text: '', labels: ['unknown'] } satisfies Content as Content,
      }),
      batchedHydrator({
        name: 'authors', key: (post: Post) => post.authorId, fetch: async (ids) => world.authors(ids), batchSize: 500,
        fallback: { followers: 0, shownToday: Infinity } satisfies Author as Author,
      }),
      functionHydrator('in network', (post: Post, q: { readonly follows: ReadonlySet<number> }) => ({ inNetwork: q.follows.has(post.authorId) }), { fallback: { inNetwork: false } }),
    )
    .filter(mutedKeywordsFilter({ keywords: (q) => q.mutedKeywords, text: (post) => post.text }))
    .hydrate({ name: 'phoenix', onError: 'fail', hydrate: async (q, posts) => posts.map((post) => ({ predicted: world.predict(q.userId, post) })) })
    .score(
      weightedActions({ weights, probabilities: (post) => post.predicted }),
      authorDiversity({ authorId: (post) => post.authorId, decay: 0.5, floor: 0.25 }),
      outOfNetworkFactor({ inNetwork: (post) => post.inNetwork, factor: 0.75 }),
      newAuthorBoost({ exposure: (post) => post.shownToday, until: 40, boost: 0.2 }),
    )
    .hydrateSelected(visibility.mark)
    .filterSelected(visibility, conversationFilter({ conversationId: (post) => post.conversationId }))
    .effect(servedItems({ user: (q) => q.userId, store: served }))
    .build()
}
