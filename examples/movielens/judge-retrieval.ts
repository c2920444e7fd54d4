import { evaluateLists, type ListContender } from 'feedrank'
import { byCount, coLikes, countBy } from './co-likes'
import type { EventRow } from './history'
import { seed, type Movie } from './movielens'
import { k, userVectors, type Retrieval } from './retrieval'

/**
 * The share of liked test movies that are among the 100 retrieved just before, of all movies the user had not rated.
 * Popularity and item-to-item counts know the training rows, as the towers do; all see what the user liked up to then.
 */
export async function judgeRetrieval(
  retrieval: Retrieval, movies: readonly Movie[], train: readonly EventRow[], test: readonly EventRow[], ratedBefore: (row: EventRow) => ReadonlySet<string>,
) {
  const likes = train.filter((row) => row.liked)
  const targets = test.filter((row) => row.liked)
  const popular = byCount(countBy(likes.map((row) => row.movieId)))
  const together = coLikes(20)
  for (const { userId, movieId } of likes) together.add(userId, movieId)
  const vectors = await userVectors(retrieval, targets)
  const { dim } = retrieval.index
  const places = new Map(targets.map((row, i) => [row, i]))

  const contenders: readonly ListContender<EventRow>[] = [
    {
      name: 'Two-tower', what: 'nearest movies to the user’s vector',
      retrieve(row) {
        const i = places.get(row)!
        return retrieval.index.search(vectors.subarray(i * dim, (i + 1) * dim), k, { exclude: ratedBefore(row) })[0].keys
      },
    },
    {
      name: 'Item-to-item', what: 'movies liked beside those the user liked last, then the most liked',
      retrieve: (row) => firstUnrated([...byCount(together.besideAll(row.recentlyLiked)), ...popular], ratedBefore(row)),
    },
    { name: 'Popularity', what: 'the most liked movies', retrieve: (row) => firstUnrated(popular, ratedBefore(row)) },
  ]
  return evaluateLists({
    queries: targets, relevant: ({ movieId }) => [movieId], user: ({ userId }) => userId, timestamp: ({ timestamp }) => timestamp,
    catalogue: movies.map(({ movieId }) => movieId), known: ratedBefore, contenders, k, measures: [`recall@${k}`, `ndcg@${k}`, 'mrr', 'recall@10'], seed,
    train: likes.map(({ userId, movieId, timestamp }) => ({ user: userId, item: movieId, timestamp })), baselines: ['random', 'recency'],
  })
}

function firstUnrated(ranked: Iterable<string>, rated: ReadonlySet<string>): string[] {
  const page = new Set<string>()
  for (const movieId of ranked) {
    if (!rated.has(movieId)) page.add(movieId)
    if (page.size === k) break
  }
  return [...page]
}
