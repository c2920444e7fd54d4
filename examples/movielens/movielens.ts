import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'

/** Seeds everything random in this example. */
export const seed = 7

/** A film of the catalogue. */
export interface Movie {
  readonly movieId: string
  readonly title: string
  readonly genres: readonly string[]
  /** Year of release, where the title tells it. */
  readonly year: number | null
}

/** One user's rating of one film. */
export interface Rating {
  readonly userId: string
  readonly movieId: string
  /** Half a star to five. */
  readonly rating: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
}

export interface MovieLens {
  readonly movies: ReadonlyMap<string, Movie>
  /** In order of time; ties in order of the file. */
  readonly ratings: readonly Rating[]
}

/** Reads `movies.csv` and `ratings.csv` of a MovieLens folder. */
export async function readMovieLens(folder: URL): Promise<MovieLens> {
  const [movies, ratings] = await Promise.all([readCsv(new URL('movies.csv', folder)), readCsv(new URL('ratings.csv', folder))])
  return {
    movies: new Map(movies.map(({ movieId, title, genres }) => [movieId, {
      movieId,
      title: title.trim(),
      genres: genres === '(no genres listed)' ? [] : genres.split('|'),
      year: Number(/\((\d{4})\)\s*$/.exec(title)?.[1] ?? NaN) || null,
    }])),
    ratings: ratings
      .map(({ userId, movieId, rating, timestamp }) => ({ userId, movieId, rating: Number(rating), timestamp: Number(timestamp) * 1000 }))
      .sort((a, b) => a.timestamp - b.timestamp),
  }
}

async function readCsv(file: URL): Promise<Record<string, string>[]> {
  const { data, errors } = Papa.parse<Record<string, string>>(await readFile(file, 'utf8'), { header: true, skipEmptyLines: true })
  if (errors.length > 0) throw new Error(`${file.pathname}: ${errors[0].message} in row ${errors[0].row}`)
  return data
}
