import { runningAggregates } from 'feedrank'
import { coLikes, countBy } from './co-likes'
import type { Movie, Rating } from './movielens'

/** From this rating on, a movie counts as liked. */
export const likedFrom = 4

/** Ratings a user or movie is taken to have had at the overall mean before the first real one. */
const prior = { prior: 3.5, weight: 5 } as const
/** How many of the movies a user liked last are remembered as features, and how many of the last ratings. */
const remembered = 20
const mood = 5

/**
 * What was known of users and movies at a moment: the one place features come from, in training and when a feed is made.
 *
 * Ratings are added in order of time; what is read sees those strictly before its own moment.
 */
export function history(catalogue: ReadonlyMap<string, Movie>) {
  const users = runningAggregates({
    key: 'userId', timestamp: 'timestamp',
    aggregates: {
      ratings: { kind: 'count' },
      mean: { kind: 'mean', of: 'rating', ...prior },
      meanSquare: { kind: 'mean', of: 'square', prior: prior.prior ** 2 + 1, weight: prior.weight },
    },
  })
  const movies = runningAggregates({
    key: 'movieId', timestamp: 'timestamp',
    aggregates: { ratings: { kind: 'count' }, mean: { kind: 'mean', of: 'rating', ...prior } },
  })
  const tastes = runningAggregates({
    key: 'userGenre', timestamp: 'timestamp',
    aggregates: { ratings: { kind: 'count' }, surprise: { kind: 'mean', of: 'surprise', prior: 0, weight: 3 } },
  })
  const together = coLikes(remembered)
  const rated = new Map<string, Map<string, number>>()
  const likes: { readonly movieId: string; readonly timestamp: number }[] = []
  let waiting: Rating[] = []

  /** Lets the past catch up with `now`: events wait until time has moved beyond them. */
  const catchUp = (now: number) => {
    if (waiting.length === 0 || waiting[0].timestamp >= now) return
    for (const { userId, movieId, rating, timestamp } of waiting) {
      const all = rated.get(userId) ?? new Map<string, number>()
      rated.set(userId, all.set(movieId, rating))
      if (rating < likedFrom) continue
      together.add(userId, movieId)
      likes.push({ movieId, timestamp })
    }
    waiting = []
  }

  /** What is known of a user alone. */
  const profile = (userId: string, now: number) => {
    catchUp(now)
    const { ratings, mean, meanSquare } = users.before(userId, now)
    const last = [...(rated.get(userId)?.values() ?? [])].slice(-mood)
    const liked = together.lastLiked(userId)
    return {
      userRatings: ratings,
      userMean: mean,
      userDeviation: Math.sqrt(Math.max(meanSquare - mean ** 2, 0)),
      userMood: average([mean, ...last]),
      recentlyLiked: liked,
      likedGenres: liked.flatMap((id) => catalogue.get(id)!.genres),
    }
  }

  return {
    profile,
    /** Which movies are liked beside which. */
    together,
    /** All the user has rated, oldest first, with the rating. */
    ratedBy(userId: string, now: number): ReadonlyMap<string, number> {
      catchUp(now)
      return rated.get(userId) ?? new Map()
    },
    /** How often each movie was liked from `start` on. */
    likedSince: (start: number): ReadonlyMap<string, number> => countBy(likes.filter((l) => l.timestamp >= start).map((l) => l.movieId)),

    /** Features of a user who is shown a movie at a moment. */
    row({ movieId, genres, year }: Movie, userId: string, now: number) {
      const user = profile(userId, now)
      const movie = movies.before(movieId, now)
      const taste = genres.map((genre) => tastes.before(`${userId} ${genre}`, now))
      return {
        ...user, movieId, genres, year,
        age: year === null ? null : new Date(now).getUTCFullYear() - year,
        movieRatings: movie.ratings,
        movieMean: movie.mean,
        genreTaste: average(taste.map((t) => t.surprise)),
        genreShare: average(taste.map((t) => t.ratings / Math.max(user.userRatings, 1))),
        likedBeside: together.beside(userId, movieId),
      }
    },

    add(event: Rating, movie: Movie) {
      const { userId, movieId, rating, timestamp } = event
      catchUp(timestamp)
      // How much better the user found the movie than its rating and the user's habit promised.
      const surprise = rating - movies.before(movieId, timestamp).mean - (users.before(userId, timestamp).mean - prior.prior)
      users.add({ userId, timestamp, rating, square: rating ** 2 })
      movies.add({ movieId, timestamp, rating })
      for (const genre of movie.genres) tastes.add({ userGenre: `${userId} ${genre}`, timestamp, surprise })
      waiting.push(event)
    },
  }
}

export type History = ReturnType<typeof history>
export type FeatureRow = ReturnType<History['row']>

/** One rating with what was known before it. */
export interface EventRow extends FeatureRow {
  readonly userId: string
  readonly timestamp: number
  readonly rating: number
  readonly liked: boolean
}

/** Replays all ratings in order of time; each gets the features of its moment and only then becomes part of the past. */
export function replay(past: History, ratings: readonly Rating[], catalogue: ReadonlyMap<string, Movie>): EventRow[] {
  return ratings.map((event) => {
    const { userId, movieId, rating, timestamp } = event
    const movie = catalogue.get(movieId)!
    const row = { ...past.row(movie, userId, timestamp), userId, timestamp, rating, liked: rating >= likedFrom }
    past.add(event, movie)
    return row
  })
}

const average = (values: readonly number[]) => (values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length)
