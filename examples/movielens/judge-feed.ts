import { evaluateLists } from 'feedrank'
import { byCount } from './co-likes'
import { buildFeed, type FeedParts } from './feed'
import { likedFrom } from './history'
import { seed, type Rating } from './movielens'

/**
 * The whole feed on the day the test part begins: whose page holds what its user went on to like. Nothing later is known to
 * the pipeline; users without a rating up to then get what is popular.
 */
export async function judgeFeed(parts: FeedParts, train: readonly Rating[], test: readonly Rating[]) {
  const { movies, past, now } = parts
  const liked = new Map<string, string[]>()
  for (const { userId, movieId, rating } of test) if (rating >= likedFrom) liked.set(userId, [...(liked.get(userId) ?? []), movieId])
  const { pipeline, likedLately, dispose } = await buildFeed(parts)
  const popular = byCount(likedLately)
  try {
    return await evaluateLists({
      queries: [...liked.keys()].map((userId) => ({ userId })), relevant: ({ userId }) => liked.get(userId) ?? [], user: ({ userId }) => userId, catalogue: movies.keys(), known: ({ userId }) => past.ratedBy(userId, now).keys(),
      k: 10, measures: ['precision@10', 'ndcg@10', 'hitRate@10', 'mrr@10'], seed, timestamp: () => now,
      contenders: [
        { name: 'The feed', what: 'three sources, Wide & Deep, variety', feed: ({ userId }) => pipeline.run({ userId }) },
        { name: 'Popular now', what: 'most liked in the last 90 days', retrieve: (_, { known }) => popular.filter((id) => !known.has(id)).slice(0, 10) },
      ],
      inUse: 'Popular now',
      train: train.filter(({ rating }) => rating >= likedFrom).map(({ userId, movieId, timestamp }) => ({ user: userId, item: movieId, timestamp })),
    })
  } finally {
    dispose()
  }
}
