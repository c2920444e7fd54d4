import {
  MixerPipeline, capPerGroup, createPredictor, describe, fromFunction, mmr, modelScorer, popular, predicateFilter, sampleFeed, seenFilter,
  type Backend, type SampleFeed, type WideAndDeep,
} from 'feedrank'
import { byCount } from './co-likes'
import type { History } from './history'
import type { Movie } from './movielens'
import type { RankingSpec } from './ranking'
import { userVectors, type Retrieval } from './retrieval'

/** A request: whose feed. The moment comes from the pipeline's clock. */
export interface Request {
  readonly userId: string
}

interface Candidate {
  readonly id: string
}

export interface FeedParts {
  readonly movies: ReadonlyMap<string, Movie>
  readonly past: History
  readonly retrieval: Retrieval
  readonly ranker: { readonly spec: RankingSpec; readonly model: WideAndDeep }
  readonly backend: Backend
  /** The moment the feed is made at, ms since 1970. */
  readonly now: number
}

const pageSize = 10
const perSource = 200
const ninetyDays = 90 * 24 * 3600 * 1000

/** The feed: three sources, what was rated left out, Wide & Deep scores, variety by MMR, at most three of a genre. */
export async function buildFeed({ movies, past, retrieval, ranker, backend, now }: FeedParts) {
  const predictor = await createPredictor(ranker.model, 'score', backend)
  const candidates = (ids: readonly string[]): Candidate[] => ids.map((id) => ({ id }))
  const likedLately = past.likedSince(now - ninetyDays)

  const pipeline = MixerPipeline.for<Request, Candidate>({ name: 'movies for you', limit: pageSize, deadlineMs: 2000, clock: () => now, seed: ({ userId }) => userId })
    .hydrateQuery({
      name: 'what the user did',
      onError: 'fail',
      hydrate: ({ userId }, ctx) => ({ rated: past.ratedBy(userId, ctx.now), profile: past.profile(userId, ctx.now) }),
    })
    .source(
      fromFunction('two-tower', async (q) => {
        const vector = await userVectors(retrieval, [q.profile])
        return candidates(retrieval.index.search(vector, perSource, { exclude: (id) => q.rated.has(id) })[0].keys)
      }, { timeoutMs: 500 }),
      popular({ name: 'popular now', items: candidates([...likedLately.keys()]), count: ({ id }) => likedLately.get(id) ?? 0, limit: perSource }),
      fromFunction('similar to what you liked', ({ profile }) =>
        candidates(byCount(past.together.besideAll(profile.recentlyLiked)).slice(0, perSource)), { timeoutMs: 500 }),
    )
    .hydrate({ name: 'movie', onError: 'fail', hydrate: (_, cs) => cs.map(({ id }) => movies.get(id) ?? new Error(`there is no movie ${id}`)) })
    .filter(
      seenFilter({ name: 'already rated', seen: (q) => q.rated.keys() }),
      predicateFilter('has a genre', (movie) => movie.genres.length > 0),
    )
    .score(modelScorer({
      name: 'Wide & Deep', predictor,
      row: (movie, { userId }, ctx) => past.row(movie, userId, ctx.now),
      encode: (rows) => ranker.spec.encode(rows),
      score: ({ liked }) => liked,
    }))
    .rerank(mmr({ vector: ({ id }) => retrieval.vectorOf(id), lambda: 0.8, depth: 100 }))
    .select(capPerGroup({ name: 'at most three of a genre', max: 3, group: (movie) => movie.genres, relax: true }))
    .build()
  return { pipeline, likedLately, dispose: predictor.dispose }
}

/** Makes one feed and tells, for each item, why it is there. */
export async function showFeed(parts: FeedParts, userId: string): Promise<SampleFeed> {
  const { pipeline, likedLately, dispose } = await buildFeed(parts)
  try {
    const result = await pipeline.run({ userId })
    await result.settled
    const { recentlyLiked } = result.query.profile
    return sampleFeed(result, {
      title: `A feed for user ${userId}`,
      known: { title: 'Liked last', items: recentlyLiked.slice(-5).reverse().map((id) => parts.movies.get(id)!.title) },
      probability: 'Chance of a like',
      item: ({ candidate, sources }) => ({
        title: candidate.title,
        subtitle: candidate.genres.join(', '),
        reason: reasonFor(candidate, sources, recentlyLiked, parts, likedLately.get(candidate.movieId) ?? 0),
      }),
      wiring: describe(pipeline).text,
    })
  } finally {
    dispose()
  }
}

/** Why a movie was brought up, in words for the person who sees it. */
function reasonFor(movie: Movie, sources: readonly string[], liked: readonly string[], { movies, past }: FeedParts, lately: number): string {
  const nearest = liked
    .map((id) => ({ id, alike: past.together.similarity(id, movie.movieId) }))
    .reduce((best, one) => (one.alike > best.alike ? one : best), { id: '', alike: 0 })
  const because = nearest.alike > 0 ? `people who liked ${movies.get(nearest.id)!.title} liked it too` : 'it is near to what you like'
  const popularity = `${lately} ${lately === 1 ? 'person' : 'people'} liked it in the last 90 days`
  const known = sources.includes('two-tower') || sources.includes('similar to what you liked')
  if (known && sources.includes('popular now')) return `${because}, and ${popularity}`
  return known ? because : popularity
}
